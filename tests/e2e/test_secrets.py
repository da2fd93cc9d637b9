"""Where secrets and personal data must not be: everything a run and each kind of failure leaves is searched."""

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
from tests.e2e.inspection import CommandResult, run, text_of
from tests.e2e.mails import NOW, START, accepted_mail, compose
from tests.servers.echo import EchoImapServer, EchoSmtpServer

SECRET = 'Zq7-mK!2x"w\\9'
USER = "school@163.com"
TELEPHONE, PERSON, WORDS = "13812345678", "欧阳晓明", "校企合作的车间里灯火通明"
IN_THE_FORM = ("0551-00000000", "周敏", "zhoumin@school.example")
FORMS_OF_SECRET = (
    SECRET.encode(),
    SECRET.replace("\\", "\\\\").replace('"', '\\"').encode(),
    b64encode(SECRET.encode()),
    b64encode(b"\0".join((b"", USER.encode(), SECRET.encode()))),
)


def secret_in(content: bytes) -> list[bytes]:
    """The forms of the secret that are found there."""
    return [form for form in FORMS_OF_SECRET if form in content]


def files_with(home: Path, *words: str) -> set[str]:
    """The files under data/ that hold any of these words in UTF-8, by the folder or file right below it."""
    data = home / "data"
    return {
        path.relative_to(data).parts[0]
        for path in data.rglob("*")
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words)
    }


# ---- a run of the service without failures -------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """The results of a run of the service."""

    home: Path
    said: bytes
    """Standard output and error."""
    command_lines: bytes
    """Command lines of all processes during the run."""
    smtp: SmtpServer


def day_mails() -> list[bytes]:
    """A form with personal data, a text in the mail body, and a mail that is not understood."""
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
    """Command lines of all processes that may be read (Linux)."""
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


def test_service_writes_its_secret_nowhere(day: Day) -> None:
    assert len(day.smtp.letters) == len(day_mails()), day.said.decode()
    assert secret_in(day.said) == []
    assert b"intake_bot" in day.command_lines or not Path("/proc").exists()
    assert secret_in(day.command_lines) == []
    for path in day.home.rglob("*"):
        if path.is_file():
            assert secret_in(path.read_bytes()) == [], path
    for letter in day.smtp.letters:
        assert secret_in(letter.raw) == []


def test_service_log_has_no_words_of_a_mail_and_no_personal_data(day: Day) -> None:
    log = (day.home / "data" / "logs" / "intake-bot.log").read_text("utf-8")
    assert "judged receipt=" in log
    for said in (log, day.said.decode()):
        for word in (TELEPHONE, PERSON, WORDS, *IN_THE_FORM, "school@example.edu.cn", "老师您好"):
            assert word not in said


def test_data_of_a_form_are_in_ledger_files_and_digest_only(day: Day) -> None:
    now = ("--now", datetime.now(UTC).isoformat())
    assert run("digest", "--home", day.home, "--preview", *now).code == 0
    assert files_with(day.home, TELEPHONE, PERSON, *IN_THE_FORM) <= {
        "ledger.sqlite3", "ledger.sqlite3-wal", "files", "digests", "spool",
    }  # fmt: skip
    for letter in day.smtp.letters:
        assert not any(word in text_of(letter) for word in IN_THE_FORM)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes the rights of the folder above")
def test_data_folder_is_readable_by_its_owner_only(day: Day) -> None:
    assert (day.home / "data").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
@pytest.mark.parametrize(
    "command", [("held",), ("ledger",), ("digest", "--preview"), ("status",), ("poll",)], ids=lambda words: words[0]
)
def test_data_folder_made_by_any_command_is_private(
    command: tuple[str, ...], imap_server: ImapAccount, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", {"hebei": imap_server}, smtp_server)
    (home / "data").rmdir()
    run(command[0], "--home", home, *command[1:])
    assert not (home / "data").exists() or (home / "data").stat().st_mode & 0o077 == 0


# ---- runs with failures --------------------------------------------------------------------------------------------


@contextmanager
def bureau_with(tmp_path: Path, smtp: SmtpServer) -> Iterator[Path]:
    """A home whose mailbox has one mail, and whose secret lies in a file."""
    with ImapServer(SECRET) as imap:
        account = imap.account(USER)
        account.append(accepted_mail(), START)
        home = make_home(tmp_path / "home", {"hebei": account}, smtp)
        (home / "secret.txt").write_text(SECRET, encoding="utf-8")
        yield home


def use_server(home: Path, protocol: str, port: int, security: str = "none") -> None:
    """Configures another server for one protocol."""
    path = home / "config" / "bureaus" / "hebei.yaml"
    lines = path.read_text("utf-8").splitlines()
    there = [line for line in lines if line.strip().startswith(f"{protocol}:")]
    line = f"  {protocol}: {{host: 127.0.0.1, port: {port}, security: {security}}}"
    path.write_text("\n".join(line if one in there else one for one in lines) + "\n", "utf-8")


def polled(home: Path, times: int) -> list[CommandResult]:
    """Several polls, an hour apart, so that refusals are given up and alerts are written."""
    times_of_polls = [(NOW + timedelta(hours=number)).isoformat() for number in range(times)]
    return [run("poll", "--home", home, "--now", time) for time in times_of_polls]


def assert_kept(home: Path, smtp: SmtpServer, caplog: pytest.LogCaptureFixture, *ran: CommandResult) -> None:
    """Asserts that the secret is in its own file only."""
    said = "".join(one.out + one.err for one in ran)
    assert secret_in(said.encode()) == []
    assert secret_in(caplog.text.encode()) == []
    for path in (home / "data").rglob("*"):
        if path.is_file():
            assert secret_in(path.read_bytes()) == [], path
    for letter in smtp.letters:
        assert secret_in(letter.raw) == []
        assert secret_in(text_of(letter).encode()) == []


def test_secret_in_an_imap_response_is_masked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home, EchoImapServer() as echo:
        use_server(home, "imap", echo.port)
        ran = polled(home, 4)
        digest = run("digest", "--home", home, "--now", NOW.isoformat())
        assert "you said: LOGIN" in ran[0].out
        assert "***" in ran[0].out
        assert_kept(home, smtp, caplog, *ran, digest, run("status", "--home", home), run("doctor", "--home", home))
        assert len(smtp.letters) > 0


def test_secret_in_an_smtp_response_is_masked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home, EchoSmtpServer() as echo:
        use_server(home, "smtp", echo.port)
        ran = polled(home, 4)
        assert "you said ***, that is" in ran[0].out
        assert_kept(home, smtp, caplog, *ran, run("status", "--home", home), run("doctor", "--home", home))


@pytest.mark.parametrize("protocol", ["imap", "smtp"])
def test_failed_tls_connection_reveals_no_secret(
    protocol: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with SmtpServer(SECRET) as smtp, bureau_with(tmp_path, smtp) as home:
        use_server(home, protocol, smtp.port, "tls")
        ran = polled(home, 2)
        assert "问题：" in ran[0].out
        assert_kept(home, smtp, caplog, *ran)
