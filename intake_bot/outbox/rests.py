"""Times at which a bureau sends nothing, since its server would take nothing. They are kept in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName

RESTS = (EventName.MAILBOX_SENDING_OVER, EventName.OUTBOX_PAUSED, EventName.OUTBOX_REFUSED)


@dataclass(frozen=True)
class Rest:
    """No letter leaves before `until` (aware). `why` is the server's word."""

    name: EventName
    until: datetime
    why: str


def find_rest(ledger: Ledger, bureau: str, now: datetime) -> Rest | None:
    """The rest that a bureau's letters take now. A clock that is set back ends it."""
    last = ledger.trail.find_last(bureau, RESTS)
    if last is None:
        return None
    rest = Rest(EventName(last.name), datetime.fromisoformat(str(last.detail["until"])), str(last.detail["why"]))
    return rest if last.at <= now < rest.until else None
