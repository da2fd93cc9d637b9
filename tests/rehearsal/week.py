"""Plays the days: puts mails into the mailboxes, moves the clock, and collects the letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake_bot.demo.servers import ImapAccount
from tests.rehearsal.post import Arrival, Post, ReadLetter


class Robot(Protocol):
    """The program at work."""

    def work_until(self, now: datetime) -> None:
        """Has it be this time, and returns when all is done that is due."""


@dataclass
class Week:
    """What has happened so far."""

    accounts: Mapping[str, ImapAccount]
    post: Post
    waiting: list[Arrival] = field(default_factory=list)
    """Mails that have not arrived yet."""
    arrived: list[Arrival] = field(default_factory=list)

    def expect(self, arrivals: Iterable[Arrival]) -> None:
        self.waiting = sorted([*self.waiting, *arrivals], key=lambda one: (one.at, one.bureau, one.label))

    def play(self, times: Sequence[datetime], robot: Robot) -> list[ReadLetter]:
        """At each of these times, what has arrived by then is in the mailboxes; returns the letters."""
        letters = []
        for now in times:
            self.let_arrive(now)
            robot.work_until(now)
            letters += self.post.collect(now)
        return letters

    def let_arrive(self, now: datetime) -> None:
        """Puts into the mailboxes what has arrived by now."""
        while self.waiting and self.waiting[0].at <= now:
            self._arrive(self.waiting.pop(0))

    def _arrive(self, arrival: Arrival) -> None:
        assert arrival.label not in self.post.sent, arrival.label
        raw = arrival.write(self.post)
        self.post.sent[arrival.label] = raw
        self.accounts[arrival.bureau].append(raw, arrival.at)
        self.arrived.append(arrival)
