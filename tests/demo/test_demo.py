"""`intake-bot demo` through its real entry point, and what it leaves."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest

from intake_bot.cli import run
from intake_bot.commands import demo
from intake_bot.demo.clients import QQ
from intake_bot.demo.mailbox import DemoMailbox, Person
from intake_bot.demo.mails import DEMO_MAILS
from intake_bot.judging.verdict import Disposition

CLERK = "clerk@example.edu.cn"


@dataclass(frozen=True)
class Played:
    """One run of the demo."""

    folder: Path
    code: int
    out: str
    err: str
    threads_left: set[str]


def play(arguments: list[str], folder: Path) -> Played:
    before = set(threading.enumerate())
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["demo", *arguments])
    left = {thread.name for thread in set(threading.enumerate()) - before}
    return Played(folder, code, out.getvalue(), err.getvalue(), left)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("演示") / "new"
    yield play(["--keep", str(folder)], folder)


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, str]]:
    """Sender's address and Message-ID of every mail that is to be answered."""
    heads = [mail.write()[:3000] for mail in DEMO_MAILS if mail.is_answered]
    return [(header(head, b"From"), f"<{header(head, b'Message-ID')}>") for head in heads]


def header(head: bytes, name: bytes) -> str:
    """What stands in angle brackets at the end of this field."""
    found = re.search(rb"^" + name + rb":[^<]*<([^>\r\n]+)>\r\n", head, re.MULTILINE)
    assert found
    return found[1].decode("ascii")


def letters(folder: Path) -> list[EmailMessage]:
    paths = sorted((folder / "letters").iterdir())
    return [message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default) for path in paths]


def test_demo_exits_with_0_and_leaves_no_thread(played: Played) -> None:
    assert (played.code, played.err, played.threads_left) == (0, "", set())


def test_demo_answers_every_submission_once_and_no_other_mail(played: Played, asked: list[tuple[str, str]]) -> None:
    recipients = [address for letter in letters(played.folder) for _, address in getaddresses([str(letter["To"])])]
    assert Counter(recipients) == Counter([*(sender for sender, _ in asked), *[CLERK] * 4])


def test_demo_answers_each_mail_in_its_own_thread(played: Played, asked: list[tuple[str, str]]) -> None:
    answered = [str(letter["In-Reply-To"]) for letter in letters(played.folder) if letter["In-Reply-To"]]
    assert sorted(answered) == sorted(message_id for _, message_id in asked)


def test_demo_answers_at_the_time_of_the_mail(played: Played) -> None:
    refused = next(letter for letter in letters(played.folder) if "liuyang@mobile.example" in str(letter["To"]))
    assert refused["Date"].endswith("10:07:02 +0800")
    plain = refused.get_body(("plain",))
    assert plain is not None
    assert "已经过了" not in plain.get_content()


def test_demo_numbers_its_letters_and_names_them(played: Played) -> None:
    names = sorted(path.name for path in (played.folder / "letters").iterdir())
    assert names[0].startswith("01-pyxzck@163.example-【已收】活动周濮阳县教育局照片")
    assert [int(name[:2]) for name in names] == list(range(1, len(names) + 1))
    assert {Path(name).suffix for name in names} == {".eml"}


def test_demo_leaves_a_digest_for_each_bureau(played: Played) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in (played.folder / "digests").iterdir()}
    assert set(pages) == {
        "濮阳市教育局-2023-05-17.html",
        "合肥市教育局-2023-05-18.html",
        "河北省教育厅-2023-05-28.html",
        "教育部职业教育与成人教育司-2023-05-24.html",
    }
    assert "清丰县职业技术学校" in pages["濮阳市教育局-2023-05-17.html"]


def test_demo_prints_a_sum_that_counts_every_mail(played: Played) -> None:
    lines = [line for line in played.out.splitlines() if line.startswith("邮箱 ")]
    assert lines == [
        "邮箱 21 = 收 9 + 退 7 + 待人工 1 + 非报送 4",
        "邮箱 9 = 收 5 + 退 2 + 待人工 0 + 非报送 2",
        "邮箱 8 = 收 4 + 退 2 + 待人工 0 + 非报送 2",
        "邮箱 5 = 收 2 + 退 2 + 待人工 0 + 非报送 1",
    ]


def test_demo_prints_for_each_mail_whether_it_was_answered(played: Played) -> None:
    rows = [line for line in played.out.splitlines() if line.endswith(("已回 │", "不回 │"))]
    answered = sum(mail.is_answered for mail in DEMO_MAILS)
    assert Counter(row.split()[-2] for row in rows) == {"已回": answered, "不回": len(DEMO_MAILS) - answered}


def test_demo_stores_every_file_unchanged(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "--json", "--home", str(played.folder)]) == 0
    items = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stored = {hashlib.sha256(path.read_bytes()).hexdigest() for path in stored_files(played.folder)}
    attached = {file["sha256"] for item in items for file in item["files"] if "/" not in file["name"]}
    assert attached
    assert attached <= stored


def stored_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "data" / "files").rglob("*") if path.is_file()]


def test_demo_files_materials_by_bureau_day_and_unit(played: Played) -> None:
    place = played.folder / "data" / "files" / "puyang" / "2023-05-17" / "濮阳县教育局" / "1001-9"
    assert {path.name for path in place.iterdir()} == {"濮阳县教育局照片.zip", "邮件正文.txt"}


def test_demo_home_is_readable_by_other_commands(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["held", "--home", str(played.folder)]) == 1
    assert "共 1 封待人工处理。" in capsys.readouterr().out
    assert run(["check", "--home", str(played.folder)]) == 0


def test_demo_home_names_no_real_server(played: Played) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (played.folder / "config" / "bureaus").iterdir()]
    assert [text.count("host: 127.0.0.1") for text in texts] == [2, 2, 2, 2]


def test_demo_into_a_folder_that_is_not_empty_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", "--keep", str(tmp_path)]) == 2
    assert f"{tmp_path}：这个文件夹里已经有东西了，请换一个空文件夹。" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_demo_into_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", "--keep", str(tmp_path / "mine.txt")]) == 2
    assert "这里不能新建文件夹" in capsys.readouterr().err


def test_demo_without_keep_makes_a_folder_and_prints_markup_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Person("[red]x[/red]", "stranger@qq.example", QQ)
    mail = DemoMailbox("moe", "zcs@moe.edu.cn").mail(
        "markup", Disposition.REJECTED, "2023-05-24T09:00:00", stranger, "活动周[bold]:bomb:[/nosuch]", "请查收。"
    )
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(demo, "DEMO_MAILS", (mail,))
    shown = play([], tmp_path)
    (folder,) = tmp_path.glob("intake-bot-demo-*")
    assert shown.code == 0
    assert "活动周[bold]:bomb:[/nosuch]" in shown.out
    assert f"都留在 {folder.resolve()}" in shown.out


def test_demo_without_its_extra_names_what_to_install() -> None:
    code = "import sys; sys.modules.update(pymap=None, aiosmtpd=None); from intake_bot.cli import main; main(['demo'])"
    alone = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (alone.returncode, alone.stdout) == (2, b"")
    assert 'pip install ".[demo]"' in alone.stderr.decode("utf-8")
