"""The letters to schools since a time, counted without going through all of them: every mail asks for them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer to a mail, whether it was sent or not."""

    at: datetime
    """In UTC, as all times of the ledger: to compare those of two zones takes ten times as long."""
    people: frozenset[str]
    """Its recipients and the sender of the mail: addresses in lower case."""
    unit: str | None = None
    """Of the mail."""


class WrittenAnswers:
    """All answers of one bureau from `start` on."""

    def __init__(self, start: datetime = _NEVER) -> None:
        self.start = start
        self.newest_event = 0
        """Id of the last event of the ledger that was read for this."""
        self.times: list[datetime] = []
        """When they were written, the earliest first."""
        self._answers: dict[int, WrittenAnswer] = {}
        self._of_person: dict[str, list[int]] = {}
        self._last_of_unit: dict[str | None, datetime] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, letter: int, answer: WrittenAnswer) -> None:
        """Adds the answer in the letter with this id. One that is queued again counts once, with its first time."""
        if letter in self._answers:
            return
        self._answers[letter] = answer
        insort(self.times, answer.at)
        for person in answer.people:
            self._of_person.setdefault(person, []).append(letter)
        self._last_of_unit[answer.unit] = max(answer.at, self._last_of_unit.get(answer.unit, answer.at))

    def copy_from(self, start: datetime) -> Self:
        """Those that were written at `start` or later; what is added to the copy is not in the original."""
        copy = type(self)(max(start, self.start))
        copy.newest_event = self.newest_event
        for letter, answer in self._answers.items():
            if answer.at >= start:
                copy.add(letter, answer)
        return copy

    def times_to(self, people: Iterable[str]) -> list[datetime]:
        """The same times, of those answers of which one of these is a recipient or the mail's sender."""
        letters = {letter for person in people for letter in self._of_person.get(person, ())}
        return sorted(self._answers[letter].at for letter in letters)

    def is_answered(self, unit: str | None, start: datetime) -> bool:
        """Whether a mail of the unit was answered at `start` or later."""
        last = self._last_of_unit.get(unit)
        return last is not None and last >= start
