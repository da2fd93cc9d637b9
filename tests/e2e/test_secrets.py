"""Where secrets and people's data may not come to: a whole run is searched for them, and each way in which it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.demo.material import contact_form
from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.e2e.home import edit, make_home
from tests.e2e.looking import Ran, run, text_of
from tests.e2e.mails import NOW, START, accepted_mail, compose
from tests.servers.echo import EchoImapServer, EchoSmtpServer

SECRET = 'Zq7-mK!2x"w\\9'
USER = "school@163.com"
TELEPHONE, PERSON, WORDS = "13812345678", "欧阳晓明", "校企合作的车间里灯火通明"
IN_THE_FORM = ("0551-00000000", "周敏", "zhoumin@school.example")
FORMS_OF_IT = (
    SECRET.encode(),
    SECRET.replace("\\", "\\\\").replace('"', '\\"').encode(),
    b64encode(SECRET.encode()),
    b64encode(b"\0".join((b"", USER.encode(), SECRET.encode()))),
)


def secret_in(content: bytes) -> list[bytes]:
    """The forms of the secret that are found there."""
    return [form for form in FORMS_OF_IT if form in content]


def files_with(home: Path, *words: str) -> set[str]:
    """The files under data/ that hold any of these words in UTF-8, by the folder or file right below it."""
    data = home / "data"
    return {
        path.relative_to(data).parts[0]
        for path in data.rglob("*")
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words)
    }


# ---- a good day, by the real service -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """What the service left behind."""

    home: Path
    said: bytes
    """Standard output and error."""
    command_lines: bytes
    """Of all processes that were at work."""
    smtp: SmtpServer


def day_mails() -> list[bytes]:
    """A form with a person's data, a text in the mail itself, and one that was not understood."""
    form = {"附件1 联络员信息表.xlsx": contact_form("合肥市经贸旅游学校")}
    words = f"{WORDS}。联系人：{PERSON}，电话{TELEPHONE}。"
    return [
        compose("活动周合肥市经贸旅游学校联络员信息表", form, to="hfsjyzcc@163.com", text=words),
        compose(
            "活动周合肥市经贸旅游学校典型案例材料", to="hfsjyzcc@163.com", text=words, message_id="<2@example.edu.cn>"
        ),
        compose(f"活动周{PERSON}{TELEPHONE}", form, to="hfsjyzcc@163.com", message_id="<3@example.edu.cn>"),
    ]


def command_lines() -> bytes:
    """Of every process that can be looked at (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # another user's, or it has ended meanwhile
            found.append(path.read_bytes())
    return b"\n".join(found)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    if sys.platform == "win32":
        pytest.skip("Windows ends a process without asking it")
    with ImapServer(SECRET) as imap, SmtpServer(SECRET) as smtp:
        account = imap.account(USER)
        for raw in day_mails():
            account.append(raw, datetime.now(UTC))
        home = make_home(tmp_path_factory.mktemp("secrets") / "home", {"hefei": account}, smtp)
        (home / "secret.txt").unlink()
        edit(home, "config/bureaus/hefei.yaml", "secret_file: secret.txt", "secret_env: HEFEI_MAIL_SECRET")
        seen, said = _served(home, smtp)
        yield Day(home, said, seen, smtp)


def _served(home: Path, smtp: SmtpServer) -> tuple[bytes, bytes]:
    """Runs the service until all is answered; the command lines seen meanwhile, and what it printed."""
    service = subprocess.Popen(
        [sys.executable, "-m", "intake_bot", "run", "--home", str(home), "--verbose"],
        env={**os.environ, "HEFEI_MAIL_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen = b""
    until = time.monotonic() + 90
    while len(smtp.letters) < len(day_mails()) and time.monotonic() < until and service.poll() is None:
        seen += command_lines()
        time.sleep(0.1)
    service.send_signal(signal.SIGTERM)
    said, _ = service.communicate(timeout=60)
    return seen, said


def test_a_day_of_the_service_tells_its_secret_to_nobody(day: Day) -> None:
    assert len(day.smtp.letters) == len(day_mails()), day.said.decode()
    assert secret_in(day.said) == []
    assert b"intake_bot" in day.command_lines or not Path("/proc").exists()
    assert secret_in(day.command_lines) == []
    for path in day.home.rglob("*"):
        if path.is_file():
            assert secret_in(path.read_bytes()) == [], path
    for letter in day.smtp.letters:
        assert secret_in(letter.raw) == []


def test_its_log_holds_no_words_of_a_mail_and_no_persons_data(day: Day) -> None:
    log = (day.home / "data" / "logs" / "intake-bot.log").read_text("utf-8")
    assert "judged receipt=" in log
    for said in (log, day.said.decode()):
        for word in (TELEPHONE, PERSON, WORDS, *IN_THE_FORM, "school@example.edu.cn", "老师您好"):
            assert word not in said


def test_the_data_of_a_form_stay_in_ledger_files_and_digest(day: Day) -> None:
    now = ("--now", datetime.now(UTC).isoformat())
    assert run("digest", "--home", day.home, "--preview", *now).code == 0
    assert files_with(day.home, TELEPHONE, PERSON, *IN_THE_FORM) <= {
        "ledger.sqlite3", "ledger.sqlite3-wal", "files", "digests", "spool",
    }  # fmt: skip
    for letter in day.smtp.letters:
        assert not any(word in text_of(letter) for word in IN_THE_FORM)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes the rights of the folder above")
def test_the_data_are_the_owners_alone(day: Day) -> None:
    assert (day.home / "data").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
@pytest.mark.parametrize(
    "command", [("held",), ("ledger",), ("digest", "--preview"), ("status",), ("poll",)], ids=lambda words: words[0]
)
def test_whatever_command_comes_first_the_data_are_private(
    command: tuple[str, ...], imap_server: ImapAccount, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", {"hebei": imap_server}, smtp_server)
    (home / "data").rmdir()
    run(command[0], "--home", home, *command[1:])
    assert not (home / "data").exists() or (home / "data").stat().st_mode & 0o077 == 0


# ---- and on a bad one ----------------------------------------------------------------------------------------------


@contextmanager
def bureau_with(tmp_path: Path, smtp: SmtpServer) -> Iterator[Path]:
    """A home whose mailbox has one mail, and whose secret lies in a file."""
    with ImapServer(SECRET) as imap:
        account = imap.account(USER)
        account.append(accepted_mail(), START)
        home = make_home(tmp_path / "home", {"hebei": account}, smtp)
        (home / "secret.txt").write_text(SECRET, encoding="utf-8")
        yield home


def at_a_server(home: Path, door: str, port: int, security: str = "none") -> None:
    """Another server for one door."""
    path = home / "config" / "bureaus" / "hebei.yaml"
    lines = path.read_text("utf-8").splitlines()
    there = [line for line in lines if line.strip().startswith(f"{door}:")]
    line = f"  {door}: {{host: 127.0.0.1, port: {port}, security: {security}}}"
    path.write_text("\n".join(line if one in there else one for one in lines) + "\n", "utf-8")


def polled(home: Path, times: int) -> list[Ran]:
    """Several rounds, an hour apart: refusals are given up, alerts are written."""
    moments = [(NOW + timedelta(hours=number)).isoformat() for number in range(times)]
    return [run("poll", "--home", home, "--now", moment) for moment in moments]


def assert_kept(home: Path, smtp: SmtpServer, caplog: pytest.LogCaptureFixture, *ran: Ran) -> None:
    """The secret is in its own file, and nowhere else."""
    said = "".join(one.out + one.err for one in ran)
    assert secret_in(said.encode()) == []
    assert secret_in(caplog.text.encode()) == []
    for path in (home / "data").rglob("*"):
        if path.is_file():
            assert secret_in(path.read_bytes()) == [], path
    for letter in smtp.letters:
        assert secret_in(letter.raw) == []
        assert secret_in(text_of(letter).encode()) == []


def test_a_mailbox_that_repeats_the_secret_is_not_repeated(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home, EchoImapServer() as echo:
        at_a_server(home, "imap", echo.port)
        ran = polled(home, 4)
        digest = run("digest", "--home", home, "--now", NOW.isoformat())
        assert "you said: LOGIN" in ran[0].out
        assert "***" in ran[0].out
        assert_kept(home, smtp, caplog, *ran, digest, run("status", "--home", home), run("doctor", "--home", home))
        assert len(smtp.letters) > 0


def test_a_relay_that_repeats_the_secret_is_not_repeated(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home, EchoSmtpServer() as echo:
        at_a_server(home, "smtp", echo.port)
        ran = polled(home, 4)
        assert "you said ***, that is" in ran[0].out
        assert_kept(home, smtp, caplog, *ran, run("status", "--home", home), run("doctor", "--home", home))


@pytest.mark.parametrize("door", ["imap", "smtp"])
def test_a_line_that_cannot_be_secured_tells_nothing(
    door: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home:
        at_a_server(home, door, smtp.port, "tls")
        ran = polled(home, 2)
        assert "问题：" in ran[0].out
        assert_kept(home, smtp, caplog, *ran)
