"""The walk out: finished letters from the ledger to the bureau's SMTP server, at least once, one Message-ID each.

A letter is SENDING in the ledger before its first byte goes out, and SENT after the server took it. If we die in
between, nobody knows: the next walk looks for it among the sent mail, and else sends the same bytes again, so that a
recipient can tell by the Message-ID.

A server that has had enough of us (a quota of the day, too much in a quarter of an hour) is left alone, with all
letters, until the time it means; the ledger remembers that, over restarts too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake_bot.clock import Clock
from intake_bot.config.settings import Sending
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.ledger.events import SENDING_OVER, SENDING_PAUSED, SENDING_REFUSED
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Letter
from intake_bot.mail.connection import LoginRefused, ServerFailure
from intake_bot.mail.transport import DeliveryInDoubt, RefusalKind, RefusedForGood, RefusedForNow, Session, Transport

log = logging.getLogger(__name__)

FIRST_HOUR = time(6)
"""Quotas of a day are asked again at this local time of the next one: providers do not say when their day begins."""
PAUSE = timedelta(minutes=15)
"""The window in which 163 counts letters (MI:SFQ); long enough for its other short counts, too."""
LONGEST_DOUBT = timedelta(hours=1)
"""So old a letter in doubt is sent again, though nobody could look for it: better twice than never."""
_DAYS_OF_DOUBT = timedelta(days=2)
"""Servers disagree about the zone of a day."""
REPEATED = "内容与一封被当成垃圾邮件的信相同，没有再发"


_RESTS = {RefusalKind.TOMORROW: SENDING_OVER, RefusalKind.PAUSE: SENDING_PAUSED}


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

    def settle_doubts(self, sent_since: Callable[[date], Collection[str] | None]) -> int:
        """Settles letters of which nobody knows whether they went out; returns how many.

        `sent_since` gives the Message-IDs that lie among the sent mail of these days, or None where that cannot be
        looked through now. A letter that is found there was sent; any other one is sent again, with its Message-ID.
        While nobody can look, a young letter waits.
        """
        letters, now = self._ledger.letters.in_doubt(self._bureau, self._clock()), self._clock()
        if not letters:
            return 0
        found = sent_since(min(letter.created for letter in letters).astimezone(self._zone).date() - _DAYS_OF_DOUBT)
        return sum(self._settle(letter, found, now) for letter in letters)

    def _settle(self, letter: Letter, found: Collection[str] | None, now: datetime) -> bool:
        if found is None and timedelta() <= now - letter.created < LONGEST_DOUBT:
            return False
        if found is not None and letter.message_id in found:
            self._ledger.letters.sent(letter.id, now)
            log.info("letter in doubt, found sent id=%d message_id=%s", letter.id, letter.message_id)
        elif letter.next_attempt is not None and now - letter.created > self._longest_wait:
            self._ledger.letters.failed(letter.id, letter.last_error, now)
            log.warning("letter in doubt, given up id=%d message_id=%s", letter.id, letter.message_id)
        else:
            self._ledger.letters.requeue(letter.id, now)
            log.warning("letter in doubt, sent again id=%d message_id=%s", letter.id, letter.message_id)
        return True

    def deliver(self, stop: Callable[[], bool]) -> Delivered:
        """Sends what is due over one connection, until nothing is or `stop` says so (asked between two letters).

        Raises LoginRefused or TemporaryFailure when the server cannot be used; letters wait.
        """
        if not self._something_is_due() or self._is_resting():
            return Delivered()
        try:
            with self._transport.session() as session:
                return self._send_all(session, stop)
        except (RefusedForNow, RefusedForGood) as error:  # the connection itself: no letter was offered
            self._note_rest(SENDING_REFUSED, self._clock() + PAUSE, str(error))
            raise

    def _send_all(self, session: Session, stop: Callable[[], bool]) -> Delivered:
        delivered = Delivered()
        while not stop() and (letter := self._ledger.letters.claim(self._bureau, self._clock())) is not None:
            delivered = self._send(session, letter, delivered)
            if self._is_resting():
                break
            if self._something_is_due():
                self._pause()
        return delivered

    def _is_resting(self) -> bool:
        """True while the server asked to be left alone. A clock that was set back does not make it longer.

        Raises ServerFailure where it would not even talk to us: that is trouble until it is over.
        """
        rest = self._ledger.trail.last(self._bureau, (SENDING_OVER, SENDING_PAUSED, SENDING_REFUSED))
        if rest is None or not rest.at <= self._clock() < datetime.fromisoformat(str(rest.detail["until"])):
            return False
        if rest.what == SENDING_REFUSED:
            raise ServerFailure(str(rest.detail["why"]))
        return True

    def _note_rest(self, what: str, until: datetime, why: str) -> None:
        self._ledger.trail.note(self._bureau, what, {"until": until.isoformat(), "why": why}, self._clock())

    @property
    def _longest_wait(self) -> timedelta:
        return timedelta(hours=self._sending.give_up_after_hours)

    def _something_is_due(self) -> bool:
        return self._ledger.letters.something_is_due(self._bureau, self._clock())

    def _send(self, session: Session, letter: Letter, delivered: Delivered) -> Delivered:
        """Sends one claimed letter. The one broad `except` of this walk stands here, around one letter."""
        letters, now = self._ledger.letters, self._clock()
        if letters.repeats_spam(letter):
            return self._fail(letter, REPEATED, delivered)
        try:
            refused = session.send(letter.raw, letter.recipients)
        except RefusedForNow as error:
            if error.refusal.kind is RefusalKind.SUSPECT and letter.attempts > 1:
                return self._fail_as_spam(letter, str(error), delivered)
            return self._defer(letter, str(error), delivered, error.refusal.kind)
        except RefusedForGood as error:
            if error.refusal.kind is RefusalKind.SPAM:
                return self._fail_as_spam(letter, str(error), delivered)
            return self._fail(letter, str(error), delivered)
        except DeliveryInDoubt as error:
            self._doubt(letter, str(error))
            raise
        except (LoginRefused, TemporaryFailure) as error:
            # The account or the line, and no fault of the letter; those behind it would meet the same.
            self._defer(letter, str(error), delivered, RefusalKind.WAIT)
            raise
        except PermanentFailure as error:
            return self._fail(letter, str(error), delivered)
        except Exception as error:
            log.exception("letter failed id=%d", letter.id)
            return self._fail(letter, type(error).__name__, delivered)
        letters.sent(letter.id, now)
        for address, refusal in refused.items():
            self._ledger.trail.note(self._bureau, "letter.recipient_refused", {"to": address, "why": refusal.text}, now)
        log.info("letter sent id=%d kind=%s receipt=%s", letter.id, letter.kind, letter.receipt)
        return replace(delivered, sent=delivered.sent + 1)

    def _fail(self, letter: Letter, error: str, delivered: Delivered) -> Delivered:
        self._ledger.letters.failed(letter.id, error, self._clock())
        log.warning("letter failed id=%d attempts=%d: %s", letter.id, letter.attempts, error)
        return replace(delivered, failed=delivered.failed + 1)

    def _fail_as_spam(self, letter: Letter, error: str, delivered: Delivered) -> Delivered:
        """It is for the clerk to tell the school. Whatever has this text is not offered to the server again; our next
        letter has another receipt number, and the faults of another mail."""
        self._ledger.letters.remember_spam(letter, self._clock())
        return self._fail(letter, error, delivered)

    def _defer(self, letter: Letter, error: str, delivered: Delivered, kind: RefusalKind) -> Delivered:
        """Later, or never when it has waited long enough."""
        now = self._clock()
        until = self._next_try(letter, now, kind)
        if until - letter.created > self._longest_wait:
            return self._fail(letter, error, delivered)
        self._ledger.letters.deferred(letter.id, until, error, now)
        if kind in _RESTS:
            self._note_rest(_RESTS[kind], until, error)
        log.info("letter deferred id=%d until=%s: %s", letter.id, until.isoformat(), error)
        return replace(delivered, deferred=delivered.deferred + 1)

    def _doubt(self, letter: Letter, error: str) -> None:
        """It is looked for, or sent again, after the usual waiting time: a server that is slow to answer would else be
        sent another copy at every round."""
        now = self._clock()
        until = self._next_try(letter, now, RefusalKind.WAIT)
        self._ledger.letters.doubted(letter.id, until, error, now)
        log.info("letter in doubt id=%d until=%s: %s", letter.id, until.isoformat(), error)

    def _next_try(self, letter: Letter, now: datetime, kind: RefusalKind) -> datetime:
        if kind is RefusalKind.TOMORROW:
            tomorrow = now.astimezone(self._zone).date() + timedelta(1)
            return datetime.combine(tomorrow, FIRST_HOUR, self._zone)
        if kind is RefusalKind.PAUSE:
            return now + PAUSE
        waits = self._sending.retry_minutes
        return now + timedelta(minutes=waits[min(letter.attempts, len(waits)) - 1])
