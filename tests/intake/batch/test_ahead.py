"""The processes that read the mails of a batch ahead: how many (`limits.workers`), and when they start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from intake_bot.files.worker.worker import Worker
from intake_bot.intake.intake import IntakeCount
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.imap.spool import Spool, SpooledMail, Write
from intake_bot.mail.smime import read_whole_message
from tests.e2e.home import edit
from tests.e2e.mails import START, compose
from tests.e2e.office import Office

ROUNDS = 3


class Meeting:
    """Stands before each mail that is read: waits until as many are read at the same time as `workers` says, and
    records the workers, each of which is a process."""

    def __init__(self, workers: int) -> None:
        self.most = 0
        self.workers: set[Worker] = set()
        self._arrived = threading.Barrier(workers, timeout=60)
        self._lock = threading.Lock()
        self._present = 0
        self._ask = Worker.ask

    def ask(self, worker: Worker, task: Callable[..., Any], *arguments: object, **more: Any) -> Any:
        if task is not read_whole_message:
            return self._ask(worker, task, *arguments, **more)
        with self._lock:
            self.workers.add(worker)
            self._present += 1
            self.most = max(self.most, self._present)
        try:
            self._arrived.wait()
            return self._ask(worker, task, *arguments, **more)
        finally:
            with self._lock:
                self._present -= 1


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_processes_read_ahead_as_the_setting_says(
    office: Office, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(office.root, "config/intake.yaml", "# workers: 2", f"workers: {workers}")
    office.restart()
    for number in range(ROUNDS * workers):
        office.account.append(mail(number), START)
    meeting = Meeting(workers)
    monkeypatch.setattr(Worker, "ask", lambda worker, *given, **more: meeting.ask(worker, *given, **more))
    assert office.run_cycle().taken == IntakeCount(seen=ROUNDS * workers, settled=ROUNDS * workers)
    assert (meeting.most, len(meeting.workers)) == (workers, workers)


def test_worker_starts_while_the_first_mail_is_fetched(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Event()
    start, save = Worker.start, Spool.save

    def note(worker: Worker) -> None:
        start(worker)
        started.set()

    def wait(spool: Spool, key: MailKey, source: Callable[[Write], object], follow: None) -> SpooledMail:
        assert started.wait(60)
        return save(spool, key, source, follow)

    monkeypatch.setattr(Worker, "start", note)
    monkeypatch.setattr(Spool, "save", wait)
    office.account.append(mail(0), START)
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)


def mail(number: int) -> bytes:
    subject = f"活动周天涯海角学校典型案例材料{number}"
    return compose(subject, text="材料。", sender=f"t{number}@example.edu.cn", message_id=f"<{number}@example.edu.cn>")
