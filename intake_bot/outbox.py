"""The walk out: finished letters from the ledger to the bureau's SMTP server, at least once, one Message-ID each.

A letter is SENDING in the ledger before its first byte goes out, and SENT after the server took it. If we die in
between, nobody knows; the next walk sends the same bytes again, so a recipient can tell by the Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake_bot.clock import Clock
from intake_bot.config.settings import Sending
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Letter
from intake_bot.mail.connection import LoginRefused
from intake_bot.mail.transport import RefusalKind, RefusedForNow, Session, Transport

log = logging.getLogger(__name__)

FIRST_HOUR = time(6)
"""Quotas of a day are asked again at this local time of the next one: providers do not say when their day begins."""


@dataclass(frozen=True)
class Delivered:
    """What one walk did, in letters."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0


class Outbox:
    """Sends the letters of one bureau."""

    def __init__(
        self,
        bureau: str,
        transport: Transport,
        ledger: Ledger,
        sending: Sending,
        zone: ZoneInfo,
        clock: Clock,
        pause: Callable[[], object],
    ) -> None:
        """`pause` is called between two letters of one connection."""
        self._bureau = bureau
        self._transport = transport
        self._ledger = ledger
        self._sending = sending
        self._zone = zone
        self._clock = clock
        self._pause = pause

    def settle_doubts(self) -> int:
        """Puts letters that an earlier run left SENDING back into the queue; returns how many."""
        letters = self._ledger.letters.in_doubt(self._bureau)
        for letter in letters:
            self._ledger.letters.requeue(letter.id, self._clock())
            log.warning("letter in doubt, sent again id=%d message_id=%s", letter.id, letter.message_id)
        return len(letters)

    def deliver(self, stop: Callable[[], bool]) -> Delivered:
        """Sends what is due over one connection, until nothing is or `stop` says so (asked between two letters).

        Raises LoginRefused or TemporaryFailure when the server cannot be used; letters wait.
        """
        delivered = Delivered()
        if not self._something_is_due():
            return delivered
        with self._transport.session() as session:
            while not stop() and (letter := self._ledger.letters.claim(self._bureau, self._clock())) is not None:
                delivered = self._send(session, letter, delivered)
                if self._something_is_due():
                    self._pause()
        return delivered

    def _something_is_due(self) -> bool:
        due = self._ledger.letters.next_due(self._bureau)
        return due is not None and due <= self._clock()

    def _send(self, session: Session, letter: Letter, delivered: Delivered) -> Delivered:
        """Sends one claimed letter. The one broad `except` of this walk stands here, around one letter."""
        letters, now = self._ledger.letters, self._clock()
        try:
            refused = session.send(letter.raw, letter.recipients)
        except RefusedForNow as error:
            return self._defer(letter, str(error), delivered, error.refusal.kind)
        except (LoginRefused, TemporaryFailure) as error:
            # The account or the line, and no fault of the letter; those behind it would meet the same. One in doubt
            # waits as well: a server that is slow to answer would else be sent another copy at every round.
            self._defer(letter, str(error), delivered, RefusalKind.WAIT)
            raise
        except PermanentFailure as error:
            letters.failed(letter.id, str(error), now)
            log.warning("letter failed id=%d: %s", letter.id, error)
            return replace(delivered, failed=delivered.failed + 1)
        except Exception as error:
            log.exception("letter failed id=%d", letter.id)
            letters.failed(letter.id, type(error).__name__, now)
            return replace(delivered, failed=delivered.failed + 1)
        letters.sent(letter.id, now)
        for address, refusal in refused.items():
            self._ledger.trail.note(self._bureau, "letter.recipient_refused", {"to": address, "why": refusal.text}, now)
        log.info("letter sent id=%d kind=%s receipt=%s", letter.id, letter.kind, letter.receipt)
        return replace(delivered, sent=delivered.sent + 1)

    def _defer(self, letter: Letter, error: str, delivered: Delivered, kind: RefusalKind) -> Delivered:
        """Later, or never when it has waited long enough."""
        now = self._clock()
        until = self._next_try(letter, now, kind)
        if until - letter.created > timedelta(hours=self._sending.give_up_after_hours):
            self._ledger.letters.failed(letter.id, error, now)
            log.warning("letter given up id=%d attempts=%d: %s", letter.id, letter.attempts, error)
            return replace(delivered, failed=delivered.failed + 1)
        self._ledger.letters.deferred(letter.id, until, error, now)
        log.info("letter deferred id=%d until=%s: %s", letter.id, until.isoformat(), error)
        return replace(delivered, deferred=delivered.deferred + 1)

    def _next_try(self, letter: Letter, now: datetime, kind: RefusalKind) -> datetime:
        if kind is RefusalKind.TOMORROW:
            tomorrow = now.astimezone(self._zone).date() + timedelta(1)
            return datetime.combine(tomorrow, FIRST_HOUR, self._zone)
        waits = self._sending.retry_minutes
        return now + timedelta(minutes=waits[min(letter.attempts, len(waits)) - 1])
