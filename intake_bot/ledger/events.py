"""What the trail tells: the events that others ask for by their names, and an event read back. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Detail = Mapping[str, str | int | None]
"""What an event tells besides its name; never body text, never a secret."""

LEFT_OUT = "mailbox.left_out"
"""The server lists these `mails` and does not give even their date; empty: none any more."""
RECREATED = "mailbox.recreated"
"""In this `folder` another mail was found under a `uid` that the ledger knows."""
RECONCILED = "reconciled"
"""All `mails` of the last days were compared with the ledger, and so many were `new` to it."""
TROUBLE, ALERTED, RECOVERED = "mailbox.trouble", "mailbox.alerted", "mailbox.recovered"
"""A bureau's mail is not taken in or sent (`why`, and which `kind` of trouble), the admins were told, it is over."""
SENDING_OVER, SENDING_PAUSED = "mailbox.sending_over", "outbox.paused"
SENDING_REFUSED = "outbox.refused"
"""No letter leaves before `until` (ISO 8601): the day's quota is used up, it was too much at once, or the server does
not talk to us at all; `why`."""
SPAM = "letter.refused_as_spam"
"""A letter was taken for spam; `text` is the SHA-256 of what it says."""
UNANSWERED = "mailbox.unanswered"
"""A mail (`receipt`) was judged, and no letter written to `to`, for this `reason` (see `braking`)."""


@dataclass(frozen=True)
class EventRecord:
    """One line of the trail."""

    at: datetime
    bureau: str
    what: str
    detail: Detail
