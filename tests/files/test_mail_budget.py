"""One budget of time, files and text for all files of one mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.worker.time_budget import TimeBudget
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.conftest import ALLOWANCE
from tests.files.inspecting import Hanging, inspect, is_measuring_png
from tests.files.worker.tasks import work_and_wait
from tests.files.worker.test_worker import needs_posix

T = TypeVar("T")


def _pictures(number: int) -> dict[str, bytes]:
    return {f"{name}.png": media.png(8, name + 1) for name in range(number)}


class _Slow(Worker):
    """A worker that takes some processor seconds, or waits for some, to measure a picture."""

    def __init__(self, working: float = 0, waiting: float = 0, seconds: float = 60) -> None:
        super().__init__(replace(ALLOWANCE, seconds=seconds))
        self._working = working
        self._waiting = waiting
        self.asked = 0
        """How many pictures it was given."""

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        if is_measuring_png(task, arguments):
            self.asked += 1
            return super().ask(work_and_wait, self._working, self._waiting, budget=budget)  # type: ignore[return-value]
        return super().ask(task, *arguments, budget=budget)


@needs_posix
@pytest.mark.parametrize(
    ("working", "seconds", "measured", "troubles"),
    [
        (0.2, 1.1, 5, {Trouble.UNSUPPORTED}),
        (0.05, 1.1, 12, set()),
        pytest.param(30, 1, 0, {Trouble.UNSUPPORTED}, marks=pytest.mark.slow),
    ],
)
def test_files_of_one_mail_share_its_processor_seconds(
    tmp_path: Path, working: float, seconds: float, measured: int, troubles: set[Trouble]
) -> None:
    budget = MailBudget.of(FileLimits(mail_seconds=seconds))
    with _Slow(working) as worker:
        found = inspect(tmp_path, worker, _pictures(12), budget=budget)
    done = sum(one.trouble is None for one in found)
    assert abs(done - measured) <= 1
    assert worker.asked - done <= 1  # none is begun when the time is over; the worker ends the one that is begun then
    assert {one.trouble for one in found} - {None} == troubles
    assert {one.kind for one in found} == {Kind.PNG}  # all are known by their first bytes
    assert (budget.is_spent, budget.was_hard) == (bool(troubles), bool(troubles) or working * 12 > seconds / 2)


@needs_posix
@pytest.mark.slow
def test_file_that_takes_all_that_a_file_may_take_is_too_hard_and_the_rest_are_held(tmp_path: Path) -> None:
    with Hanging(1, is_measuring_png) as worker:
        found = inspect(tmp_path, worker, _pictures(6), limits=FileLimits(mail_seconds=2.5))
    assert [one.trouble for one in found] == [Trouble.TOO_HARD, Trouble.TOO_HARD, *[Trouble.UNSUPPORTED] * 4]


@needs_posix
@pytest.mark.slow
def test_time_that_a_file_waits_counts_at_five_times_the_processor_seconds(tmp_path: Path) -> None:
    with _Slow(waiting=0.4) as worker:
        first = inspect(tmp_path, worker, _pictures(6), limits=FileLimits(mail_seconds=4))
        assert {one.trouble for one in first} == {None}
        later = tmp_path / "later"
        later.mkdir()
        found = inspect(later, worker, _pictures(12), limits=FileLimits(mail_seconds=0.5))
    assert 1 <= sum(one.trouble is None for one in found) <= 6
    assert {one.trouble for one in found} == {None, Trouble.UNSUPPORTED}


@needs_posix
def test_file_that_waits_beyond_its_allowance_is_not_called_damaged(tmp_path: Path) -> None:
    with _Slow(waiting=30, seconds=0.3) as worker:
        (found,) = inspect(tmp_path, worker, _pictures(1))
    assert found.trouble is Trouble.UNSUPPORTED


def test_inspections_of_one_mail_share_members_bytes_and_text(tmp_path: Path, worker: Worker) -> None:
    limits = FileLimits(members=3, text_length=1000)
    budget = MailBudget.of(limits)
    first = {"a.zip": samples.stored_zip({"1.txt": b"a", "2.txt": b"b"}), "a.docx": media.docx(["字" * 600])}
    second = {"b.zip": samples.stored_zip({"1.txt": b"a", "2.txt": b"b"}), "b.docx": media.docx(["字" * 600])}
    assert {one.trouble for one in inspect(tmp_path, worker, first, limits=limits, budget=budget)} == {None}
    (tmp_path / "b").mkdir()
    troubles = {one.name: one.trouble for one in inspect(tmp_path / "b", worker, second, limits=limits, budget=budget)}
    assert (troubles["b.zip"], troubles["b.docx"]) == (Trouble.BOMB, Trouble.UNSUPPORTED)
