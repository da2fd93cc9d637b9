"""A mail that the worker has read is the mail as this process reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from intake_bot.config.settings import Limits
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.limits import Allowance
from intake_bot.files.worker.worker import Worker
from intake_bot.intake.opening import open_mail, open_mail_apart

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(Allowance()) as worker:
        yield worker


def test_every_odd_mail_is_read_alike_by_the_worker(worker: Worker, tmp_path: Path) -> None:
    different = []
    for number, raw in enumerate(MAILS):
        work = tmp_path / str(number)
        ours = open_mail(raw, work, Limits())
        if open_mail_apart(raw, work, Limits(), worker) != ours:
            different.append(raw.name)
    assert different == []


class Refusing:
    def ask(self, task: Callable[..., Any], *arguments: object, budget: object = None) -> Any:
        raise Unreadable(Trouble.TOO_HARD)


class Lying:
    """A worker that a mail has taken over: it calls a file of ours an attachment."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def ask(self, task: Callable[..., Any], *arguments: object, budget: object = None) -> Any:
        message = task(*arguments)
        return replace(message, attachments=tuple(replace(one, path=self._place) for one in message.attachments))


@pytest.mark.parametrize("other", [Refusing(), Lying(Path("/etc/passwd")), Lying(Path("../../etc/passwd"))])
def test_what_the_worker_cannot_say_is_read_by_this_process(other: Any, tmp_path: Path) -> None:
    raw = next(one for one in MAILS if open_mail(one, tmp_path / one.stem, Limits()).attachments)
    ours = open_mail(raw, tmp_path / "work", Limits())
    if isinstance(other, Lying) and other._place.parts[0] == "..":
        other = Lying(tmp_path / "work" / other._place)
    assert open_mail_apart(raw, tmp_path / "work", Limits(), other) == ours
