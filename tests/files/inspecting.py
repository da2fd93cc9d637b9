"""Inspects files as the files of one mail, by a worker that may hang."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from intake_bot.files.facts import FileFacts, Kind
from intake_bot.files.inspect import inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.measure import measure
from intake_bot.files.worker.time_budget import TimeBudget
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.conftest import ALLOWANCE
from tests.files.worker.tasks import spin

T = TypeVar("T")


def inspect(
    folder: Path,
    worker: Worker,
    files: Mapping[str, bytes],
    *,
    limits: FileLimits | None = None,
    budget: MailBudget | None = None,
) -> list[FileFacts]:
    attached = [samples.attached(folder, name, content) for name, content in files.items()]
    found = inspect_files(attached, folder / "work", limits or FileLimits(), worker, budget)
    return [_checked(one.facts, one.path) for one in found]


def _checked(facts: FileFacts, path: Path) -> FileFacts:
    """The facts' bytes and hash are those of the file on disk; they are left out of what a test compares."""
    content = path.read_bytes()
    assert (facts.bytes, facts.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return replace(facts, bytes=0, sha256="")


class Hanging(Worker):
    """A worker whose libraries hang on some questions."""

    def __init__(self, seconds: float, hangs: Callable[[object, tuple[object, ...]], bool]) -> None:
        super().__init__(replace(ALLOWANCE, seconds=seconds))
        self._hangs = hangs

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        if self._hangs(task, arguments):
            return super().ask(spin, budget=budget)
        return super().ask(task, *arguments, budget=budget)


def is_measuring_png(task: object, arguments: tuple[object, ...]) -> bool:
    return task is measure and Kind.PNG in arguments
