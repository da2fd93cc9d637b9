"""What the worker was asked about one mail ahead of time, and what it answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from intake_bot.files.facts import Unreadable
from intake_bot.files.worker.time_budget import TimeBudget

T = TypeVar("T")


class Opener(Protocol):
    """Who opens files: the worker, or what it answered before."""

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        """As `Worker.ask`."""


class NotAsked(Exception):
    """The worker was not asked this ahead of time."""


@dataclass(frozen=True)
class _Answer:
    value: object
    refusal: Unreadable | None
    processor_seconds: float
    wall_seconds: float


class Recorder:
    """Asks the worker, and keeps its answers; `replay` gives them again, at the same cost, without any process."""

    def __init__(self, worker: Opener) -> None:
        self._worker = worker
        self._answers: dict[tuple[Callable[..., object], object], _Answer] = {}

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        """As `Worker.ask`. An answer is known by its task and the task's first argument: the file."""
        before = (budget.processor_seconds, budget.wall_seconds) if budget else (0, 0)
        value, refusal = None, None
        try:
            value = self._worker.ask(task, *arguments, budget=budget)
        except Unreadable as error:
            refusal = error
        after = (budget.processor_seconds, budget.wall_seconds) if budget else (0, 0)
        self._answers[task, arguments[0]] = _Answer(value, refusal, before[0] - after[0], before[1] - after[1])
        if refusal is not None:
            raise refusal
        return cast("T", value)

    @property
    def replay(self) -> Opener:
        """Gives the answers, and raises NotAsked where there is none."""
        return _Replay(self._answers)


class _Replay:
    def __init__(self, answers: dict[tuple[Callable[..., object], object], _Answer]) -> None:
        self._answers = answers

    def ask(self, task: Callable[..., T], *arguments: object, budget: TimeBudget | None = None) -> T:
        answer = self._answers.get((task, arguments[0]))
        if answer is None:
            raise NotAsked(task.__name__)
        if budget is not None:
            budget.spend(answer.processor_seconds, answer.wall_seconds)
        if answer.refusal is not None:
            raise Unreadable(answer.refusal.trouble)
        return cast("T", answer.value)
