"""How long a letter that is written now will wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from intake_bot.config.settings import Bureau, SendingSettings
from intake_bot.ledger.ledger import Ledger
from intake_bot.outbox.pace import LearnedPause, pause_range
from intake_bot.outbox.rests import find_rest

KEPT_FOR = timedelta(seconds=10)
"""It is asked for every mail, and changes by a pause at most."""


class ExpectedWait:
    """The wait of one bureau's letters: the rest that its server asked for, and a pause for each letter in the line."""

    def __init__(self, ledger: Ledger, bureau: Bureau, sending: SendingSettings) -> None:
        self._ledger = ledger
        self._bureau = bureau.id
        self._pause = LearnedPause(bureau.id, ledger, pause_range(bureau, sending))
        self._known: tuple[datetime, timedelta] | None = None

    def at(self, now: datetime) -> timedelta:
        """The wait of a letter that is written at this time."""
        if self._known is None or not timedelta() <= now - self._known[0] < KEPT_FOR:
            self._known = now, self._estimate(now)
        return self._known[1]

    def _estimate(self, now: datetime) -> timedelta:
        rest = find_rest(self._ledger, self._bureau, now)
        line = self._ledger.letters.count_unsent(self._bureau) * timedelta(seconds=self._pause.at(now))
        return line + (rest.until - now if rest else timedelta())
