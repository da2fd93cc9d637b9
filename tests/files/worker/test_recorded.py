from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.worker.recorded import NotAsked, Recorder
from intake_bot.files.worker.time_budget import TimeBudget

GOOD, BAD, OTHER = Path("good"), Path("bad"), Path("other")


class Asked:
    """In place of the worker: each task takes two processor seconds and three on the wall."""

    def __init__(self) -> None:
        self.times = 0

    def ask(self, task: Callable[..., Any], *arguments: object, budget: TimeBudget | None = None) -> Any:
        self.times += 1
        if budget is not None:
            budget.spend(2, 3)
        return task(*arguments)


def read(path: Path) -> str:
    if path == BAD:
        raise Unreadable(Trouble.TOO_HARD)
    return path.name


def test_replay_answers_as_the_worker_did_at_the_same_cost() -> None:
    worker = Asked()
    recorder = Recorder(worker)
    assert recorder.ask(read, GOOD, budget=TimeBudget(60, 300)) == "good"
    with pytest.raises(Unreadable):
        recorder.ask(read, BAD)
    replay, budget = recorder.replay, TimeBudget(60, 300)
    for _ in range(2):
        assert replay.ask(read, GOOD, budget=budget) == "good"
    assert budget == TimeBudget(56, 294)
    with pytest.raises(Unreadable) as refused:
        replay.ask(read, BAD)
    assert refused.value.trouble is Trouble.TOO_HARD
    assert worker.times == 2


def test_replay_knows_no_other_file_and_no_other_task() -> None:
    recorder = Recorder(Asked())
    recorder.ask(read, GOOD)
    with pytest.raises(NotAsked):
        recorder.replay.ask(read, OTHER)
    with pytest.raises(NotAsked):
        recorder.replay.ask(str, GOOD)
