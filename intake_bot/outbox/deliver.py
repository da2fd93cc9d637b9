"""Delivers letters from the ledger to the bureau's SMTP server: at least once, each with one Message-ID.

A letter is SENDING in the ledger before its first byte is sent, and SENT after the server accepted it. If the program
dies in between, the letter is in doubt: the next run searches the Sent folder for it, and otherwise sends the same
bytes again. A recipient can recognise the copy by the Message-ID.

When a server accepts no more letters (the day's quota is used up, too many in a quarter of an hour), all letters rest
until a time that is kept in the ledger.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from intake_bot.clock import Clock
from intake_bot.config.settings import SendingSettings
from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.records import DueLetter, Letter
from intake_bot.mail.connection import LoginRefused, ServerFailure
from intake_bot.mail.smtp.transport import (
    DeliveryInDoubt,
    RefusalKind,
    RefusedForGood,
    RefusedForNow,
    Session,
    SmtpRefusal,
    Transport,
)
from intake_bot.outbox.pace import LearnedPause, Pacer
from intake_bot.outbox.rests import find_rest
from intake_bot.outbox.urgency import School, in_order, school_of

log = logging.getLogger(__name__)

FIRST_HOUR = time(6)
"""Local time at which letters are tried again after a used-up daily quota: providers do not publish the reset."""
PAUSE = timedelta(minutes=15)
"""The window in which 163 counts letters (MI:SFQ); its other short limits are shorter."""
MAXIMUM_DOUBT = timedelta(hours=1)
"""Age at which a letter in doubt is sent again though the Sent folder could not be searched."""
IDLE_SECONDS = 30
"""Pauses that are longer are spent without a connection: servers end idle ones."""
LINE_FOR = timedelta(seconds=5)
"""Time for which the order of the letters is kept: in a long line, finding it anew for each would take longer than
sending it."""
_SEARCH_MARGIN = timedelta(days=2)
"""Margin before a letter's date from which the Sent folder is searched: servers count days in different zones."""
REPEATED_SPAM = "内容与一封被当成垃圾邮件的信相同，没有再发"

CHANGED = "这封信在台账里损坏了，或者被改动过，没有寄出；请管理员运行 intake-bot ledger verify"

_RESTS = {RefusalKind.TOMORROW: EventName.MAILBOX_SENDING_OVER, RefusalKind.PAUSE: EventName.OUTBOX_PAUSED}


@dataclass(frozen=True)
class DeliveryCount:
    """Number of letters that one run sent, deferred or gave up."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0

    def __add__(self, other: DeliveryCount) -> DeliveryCount:
        return DeliveryCount(self.sent + other.sent, self.deferred + other.deferred, self.failed + other.failed)


class Outbox:
    """Sends the letters of one bureau."""

    def __init__(
        self,
        bureau: str,
        transport: Transport,
        ledger: Ledger,
        sending: SendingSettings,
        zone: ZoneInfo,
        clock: Clock,
        pacer: Pacer,
    ) -> None:
        self.seconds = 0.0
        """What the servers took for the letters that they accepted."""
        self._bureau = bureau
        self._transport = transport
        self._ledger = ledger
        self._sending = sending
        self._zone = zone
        self._clock = clock
        self._pacer = pacer
        self._pause = LearnedPause(bureau, ledger, sending.pause_seconds)
        self._line: list[DueLetter] = []
        """What is due, the most urgent one first, as it was at `_lined_up_at`."""
        self._lined_up_at = clock()
        self._served: Counter[School] = Counter()
        self._spam_was_refused = False
        """Whether a letter of the bureau was ever taken for spam."""

    def settle_doubts(self, sent_since: Callable[[date], Collection[str] | None]) -> int:
        """Settles letters in doubt; returns how many.

        `sent_since` returns the Message-IDs in the Sent folder since a day, or None where it cannot be searched now. A
        letter that is found there was sent; any other is sent again, with its Message-ID. While the folder cannot be
        searched, a letter younger than MAXIMUM_DOUBT waits.
        """
        letters, now = self._ledger.letters.find_in_doubt(self._bureau, self._clock()), self._clock()
        if not letters:
            return 0
        found = sent_since(min(letter.created_at for letter in letters).astimezone(self._zone).date() - _SEARCH_MARGIN)
        return sum(self._settle(letter, found, now) for letter in letters)

    def _settle(self, letter: Letter, found: Collection[str] | None, now: datetime) -> bool:
        if found is None and timedelta() <= now - letter.created_at < MAXIMUM_DOUBT:
            return False
        if found is not None and letter.message_id in found:
            self._ledger.letters.mark_sent(letter.id, now)
            log.info("letter in doubt, found sent id=%d message_id=%s", letter.id, letter.message_id)
        elif letter.next_attempt is not None and now - letter.created_at > self._maximum_wait:
            self._ledger.letters.mark_failed(letter.id, letter.last_error, now)
            log.warning("letter in doubt, given up id=%d message_id=%s", letter.id, letter.message_id)
        else:
            self._ledger.letters.requeue(letter.id, now)
            log.warning("letter in doubt, sent again id=%d message_id=%s", letter.id, letter.message_id)
        return True

    def deliver(self, stop: Callable[[], bool]) -> DeliveryCount:
        """Sends the letters that are due, the most urgent one first. `stop` is asked between two letters and ends it.

        Raises LoginRefused or TemporaryFailure when the server cannot be used; the letters remain due.
        """
        delivered, before = DeliveryCount(), None
        refused = self._ledger.trail.find_last(self._bureau, (EventName.LETTER_REFUSED_AS_SPAM,))
        self._spam_was_refused = refused is not None
        while delivered != before and self._has_due_letters() and not self._is_resting():
            self._pacer.wait(self._pause.at(self._clock()))
            if stop():
                break
            before = delivered
            try:
                with self._transport.session() as session:
                    delivered = self._send_batch(session, stop, delivered)
            except (RefusedForNow, RefusedForGood) as error:  # the connection was refused, before any letter
                if isinstance(error, RefusedForNow):
                    self._slow_down(error)
                self._record_rest(EventName.OUTBOX_REFUSED, self._clock() + PAUSE, str(error))
                raise
        return delivered

    def _send_batch(self, session: Session, stop: Callable[[], bool], delivered: DeliveryCount) -> DeliveryCount:
        """Sends letters over one connection, as long as the pauses between them are shorter than IDLE_SECONDS."""
        following: Letter | None = None
        while (letter := following or (None if stop() else self._claim_next())) is not None:
            done, following = self._send(session, letter, stop)
            delivered += done
            self._pacer.record_letter()
            self._served[school_of(letter.recipients)] += 1
            if following is not None:
                continue
            # Only a letter that the server did not take ends in a rest.
            if (not done.sent and self._is_resting()) or not self._has_due_letters():
                break
            pause = self._pause.at(self._clock())
            if pause > IDLE_SECONDS:
                break
            self._pacer.wait(pause)
        return delivered

    def _claim_next(self) -> Letter | None:
        """The most urgent letter, claimed. A new one that is more urgent is seen after LINE_FOR at the latest."""
        now = self._clock()
        if not timedelta() <= now - self._lined_up_at < LINE_FOR:
            self._line.clear()
        for _ in range(2):
            while self._line:
                letter = self._ledger.letters.claim(self._line.pop(0).id, now)
                if letter is not None:
                    return letter
            self._lined_up_at = now
            self._line = in_order(self._ledger.letters.find_due(self._bureau, now), self._served, now)
        return None

    def _slow_down(self, error: RefusedForNow) -> None:
        """Lengthens the pause where the server has counted too many letters."""
        if error.refusal.kind is RefusalKind.PAUSE:
            self._pause.grow(str(error), self._clock())

    def _is_resting(self) -> bool:
        """True while letters rest. A clock that is set back ends the rest.

        Raises ServerFailure where the connection itself was refused, so that the rest is reported as trouble.
        """
        rest = find_rest(self._ledger, self._bureau, self._clock())
        if rest is not None and rest.name is EventName.OUTBOX_REFUSED:
            raise ServerFailure(rest.why)
        return rest is not None

    def _record_rest(self, what: EventName, until: datetime, why: str) -> None:
        self._ledger.trail.add(self._bureau, what, {"until": until.isoformat(), "why": why}, self._clock())

    @property
    def _maximum_wait(self) -> timedelta:
        return timedelta(hours=self._sending.give_up_after_hours)

    def _has_due_letters(self) -> bool:
        return bool(self._line) or self._ledger.letters.has_due(self._bureau, self._clock())

    def _send(self, session: Session, letter: Letter, stop: Callable[[], bool]) -> tuple[DeliveryCount, Letter | None]:
        """Sends one claimed letter; with it the next one, claimed, where no pause is due between the two."""
        refused = self._offer(session, letter)
        if isinstance(refused, DeliveryCount):
            return refused, None
        # One transaction for both: a commit waits for the disk.
        with self._ledger.together():
            now = self._clock()
            self._ledger.letters.mark_sent(letter.id, now)
            for address, refusal in refused.items():
                detail: Detail = {"to": address, "why": refusal.text}
                self._ledger.trail.add(self._bureau, EventName.LETTER_RECIPIENT_REFUSED, detail, now)
            following = None if stop() or self._pause.at(now) else self._claim_next()
        log.info("letter sent id=%d kind=%s receipt=%s", letter.id, letter.kind, letter.receipt)
        return DeliveryCount(sent=1), following

    def _offer(self, session: Session, letter: Letter) -> Mapping[str, SmtpRefusal] | DeliveryCount:
        """Offers one letter to the server; returns the recipients that it refused, or what became of the letter where
        it was not taken. Holds the only broad `except` around a letter."""
        if not letter.is_intact:
            log.error("letter changed in the ledger id=%d receipt=%s", letter.id, letter.receipt)
            return self._fail(letter, CHANGED)
        if self._spam_was_refused and self._ledger.letters.is_known_spam(letter):
            return self._fail(letter, REPEATED_SPAM)
        try:
            began = monotonic()
            refused = session.send(letter.raw, letter.recipients)
            self.seconds += monotonic() - began
            return refused
        except RefusedForNow as error:
            self._slow_down(error)
            if error.refusal.kind is RefusalKind.SUSPECT and letter.attempts > 1:
                return self._fail_as_spam(letter, str(error))
            return self._defer(letter, str(error), error.refusal.kind)
        except RefusedForGood as error:
            if error.refusal.kind is RefusalKind.SPAM:
                return self._fail_as_spam(letter, str(error))
            return self._fail(letter, str(error))
        except DeliveryInDoubt as error:
            self._mark_in_doubt(letter, str(error))
            raise
        except (LoginRefused, TemporaryFailure) as error:
            # The account or the connection is at fault, not the letter: the next letters would fail as well.
            self._defer(letter, str(error), RefusalKind.WAIT)
            raise
        except PermanentFailure as error:
            return self._fail(letter, str(error))
        except Exception as error:
            log.exception("letter failed id=%d", letter.id)
            return self._fail(letter, type(error).__name__)

    def _fail(self, letter: Letter, error: str) -> DeliveryCount:
        self._ledger.letters.mark_failed(letter.id, error, self._clock())
        log.warning("letter failed id=%d attempts=%d: %s", letter.id, letter.attempts, error)
        return DeliveryCount(failed=1)

    def _fail_as_spam(self, letter: Letter, error: str) -> DeliveryCount:
        """Marks the letter as failed, and its text as spam: a letter with the same text is not sent again. The digest
        reports it to the clerk."""
        self._ledger.letters.record_spam_refusal(letter, self._clock())
        self._spam_was_refused = True
        return self._fail(letter, error)

    def _defer(self, letter: Letter, error: str, kind: RefusalKind) -> DeliveryCount:
        """Defers the letter, or gives it up where the next attempt would be after the maximum wait."""
        now = self._clock()
        until = self._next_attempt(letter, now, kind)
        if until - letter.created_at > self._maximum_wait:
            return self._fail(letter, error)
        self._ledger.letters.mark_deferred(letter.id, until, error, now)
        if kind in _RESTS:
            self._record_rest(_RESTS[kind], until, error)
        log.info("letter deferred id=%d until=%s: %s", letter.id, until.isoformat(), error)
        return DeliveryCount(deferred=1)

    def _mark_in_doubt(self, letter: Letter, error: str) -> None:
        """Marks the letter as in doubt until the next attempt, so that a slow server gets no copy at every cycle."""
        now = self._clock()
        until = self._next_attempt(letter, now, RefusalKind.WAIT)
        self._ledger.letters.mark_in_doubt(letter.id, until, error, now)
        log.info("letter in doubt id=%d until=%s: %s", letter.id, until.isoformat(), error)

    def _next_attempt(self, letter: Letter, now: datetime, kind: RefusalKind) -> datetime:
        if kind is RefusalKind.TOMORROW:
            tomorrow = now.astimezone(self._zone).date() + timedelta(1)
            return datetime.combine(tomorrow, FIRST_HOUR, self._zone)
        if kind is RefusalKind.PAUSE:
            return now + PAUSE
        waits = self._sending.retry_minutes
        return now + timedelta(minutes=waits[min(letter.attempts, len(waits)) - 1])
