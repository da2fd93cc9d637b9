"""A large mail is read while it is fetched."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo.media import jpeg
from intake_bot.disk.wave import Wave
from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.worker.worker import Worker
from intake_bot.intake import opening
from intake_bot.intake.batch import taking
from intake_bot.intake.intake import IntakeCount
from intake_bot.intake.mailbox_scanner import MailboxScanner
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.smime import read_growing_message, read_whole_message
from tests.e2e.inspection import query_ledger
from tests.e2e.mails import START, compose
from tests.e2e.office import Office

PICTURE = jpeg(640, 480, min_bytes=300_000)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no lock that says that a file grows")

Write = Callable[[bytes], object]


class Line:
    """Stands between the server and the spool, and before the worker: hands out the first half of the mail, and the
    second one when `is_time`, or raises `failure`. When the mail is fetched again, nothing keeps it."""

    def __init__(
        self, is_time: Callable[[Line], bool], monkeypatch: pytest.MonkeyPatch, failure: Exception | None = None
    ) -> None:
        self.read: list[str] = []
        """The files that the worker was asked to read, by their suffixes."""
        self.answered: list[str] = []
        self.work = Path()
        self.refused: set[str] = set()
        self._is_time, self._failure = is_time, failure
        self._fetch, self._ask = MailboxScanner.fetch, Worker.ask
        monkeypatch.setattr(taking, "LARGE_BYTES", 0)
        monkeypatch.setattr(MailboxScanner, "fetch", lambda *given: self.fetch(*given))
        monkeypatch.setattr(Worker, "ask", lambda *given, **more: self.ask(*given, **more))

    def fetch(self, scanner: MailboxScanner, key: MailKey, write: Write) -> None:
        content = bytearray()
        self._fetch(scanner, key, content.extend)
        half = len(content) // 2
        write(bytes(content[:half]))
        wait_until(lambda: self._is_time(self))
        self._is_time = lambda _line: True
        if self._failure:
            raise self._failure
        write(bytes(content[half:]))

    def ask(self, worker: Worker, task: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        if task not in (read_growing_message, read_whole_message):
            return self._ask(worker, task, *arguments, **more)
        raw, self.work, *_ = arguments
        self.read.append(raw.suffix)
        try:
            if raw.suffix in self.refused:
                raise Unreadable(Trouble.UNSUPPORTED)
            return self._ask(worker, task, *arguments, **more)
        finally:
            self.answered.append(raw.suffix)


def is_followed(line: Line) -> bool:
    """Whether the worker has come to the picture."""
    return bool(line.read) and (line.work / "parts" / "part-001").exists()


def is_answered(line: Line) -> bool:
    return bool(line.answered)


def wait_until(is_time: Callable[[], bool]) -> None:
    latest = time.monotonic() + 60
    while not is_time():
        assert time.monotonic() < latest
        time.sleep(0.01)


def append(office: Office) -> None:
    mail = compose("活动周天涯海角学校典型案例材料", {"照片.jpg": PICTURE}, text="材料。")
    office.account.append(mail, START)


def kept(office: Office) -> list[bytes]:
    """The pictures in the store."""
    paths = query_ledger(office.root, "SELECT path FROM file WHERE path LIKE '%.jpg'")
    return [(office.root / "data" / "files" / path).read_bytes() for (path,) in paths]


def test_large_mail_is_read_while_it_is_fetched(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(is_followed, monkeypatch)
    append(office)
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert (line.read, kept(office)) == ([".part"], [PICTURE])


def test_mail_that_came_too_slowly_is_read_once_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_PATIENCE", 0)
    line = Line(is_answered, monkeypatch)
    append(office)
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert (line.read, kept(office)) == ([".part", ".eml"], [PICTURE])


def test_mail_that_the_worker_could_not_follow_is_read_once_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(is_answered, monkeypatch)
    line.refused = {".part"}
    append(office)
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert (line.read, kept(office)) == ([".part", ".eml"], [PICTURE])


def test_mail_whose_fetch_fails_is_fetched_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patches:
        Line(is_followed, patches, TemporaryFailure("连接断了"))
        append(office)
        assert office.run_cycle().taken == IntakeCount(seen=1, failed=1)
    work = office.root / "data" / "work" / "hebei"
    assert list(work.iterdir()) == []
    assert office.run_cycle().taken == IntakeCount(settled=1)
    assert kept(office) == [PICTURE]


def test_mail_that_cannot_be_made_durable_is_settled_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read ahead of it must not be judged: its bytes are at no place where they last."""
    finish, calls = Wave.finish, list[Wave]()

    def fail_once(wave: Wave) -> None:
        calls.append(wave)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        finish(wave)

    line = Line(is_followed, monkeypatch)
    monkeypatch.setattr(Wave, "finish", fail_once)
    append(office)
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert (line.read, kept(office)) == ([".part"], [PICTURE])
