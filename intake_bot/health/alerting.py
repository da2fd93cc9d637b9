"""Trouble of a bureau: noted in the trail, told to the admins once, and once more when it is over."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from intake_bot.clock import Clock
from intake_bot.config.settings import Bureau, MissingSecret, Settings
from intake_bot.errors import IntakeError
from intake_bot.health.lateness import digest_lateness
from intake_bot.ledger.events import ALERTED, RECOVERED, TROUBLE
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.alert import AlertContext, MailboxEvent, compose_alert
from intake_bot.letters.templates import Templates
from intake_bot.mail.connection import LoginRefused, ServerFailure
from intake_bot.mail.transport import RefusedForGood, RefusedForNow
from intake_bot.rereading import FaultyEdit
from intake_bot.wrapping import wrap_report

log = logging.getLogger(__name__)

ALERT_AFTER = timedelta(minutes=15)
"""What is over within this time is nobody's business."""

DIGEST_LATE, DIGEST_SENT = "digest.late", "digest.sent_again"
"""The admins were told that a digest did not leave, and that one has left since."""
EDIT_FAULTY, EDIT_TAKEN = "config.faulty", "config.taken"
"""The admins were told that an edit to the configuration was not taken over, and that it is in use since."""


class LoginGivenUp(LoginRefused):
    """Refused so often that the server is not asked any more for a while. It is told at once."""


class Alerting:
    """Tells the admins of one home's bureaus."""

    def __init__(self, settings: Settings, ledger: Ledger, templates: Templates, clock: Clock) -> None:
        self._settings = settings
        self._ledger = ledger
        self._templates = templates
        self._clock = clock

    def trouble(self, bureau: Bureau, error: IntakeError) -> None:
        """One more round that this error stopped. Each kind of trouble is told once, until all is well again."""
        kind, now, trail = _kind(error), self._clock(), self._ledger.trail
        if any(told.detail.get("kind") == kind for told in trail.since_last(bureau.id, ALERTED, RECOVERED)):
            return
        last = trail.last(bureau.id, (TROUBLE, ALERTED, RECOVERED))
        since = now
        if last is not None and last.what == TROUBLE and last.at <= now:  # later: the clock was set back since
            since = last.at
        else:
            trail.note(bureau.id, TROUBLE, {"kind": kind, "why": str(error)}, now)
        if isinstance(error, LoginGivenUp | MissingSecret) or now - since >= ALERT_AFTER:
            self._tell(bureau, ALERTED, kind, since, str(error))

    def recovery(self, bureau: Bureau) -> None:
        """A round went well."""
        last = self._ledger.trail.last(bureau.id, (TROUBLE, ALERTED, RECOVERED))
        if last is None or last.what == RECOVERED:
            return
        if not self._ledger.trail.since_last(bureau.id, ALERTED, RECOVERED):
            self._ledger.trail.note(bureau.id, RECOVERED, {}, self._clock())
            return
        begun = [event.at for event in self._ledger.trail.since_last(bureau.id, TROUBLE, RECOVERED)]
        # The earliest, for the clock may have been set back; not the first alarm, which came later.
        self._tell(bureau, RECOVERED, MailboxEvent.RECOVERED, since=min([*begun, self._clock()]), why="")

    def watch_digest(self, bureau: Bureau, failure: str) -> None:
        """Tells of a digest that is late, once; and once of the next one that has left. `failure` is what kept it from
        being made just now, if anything did."""
        told = self._ledger.trail.last(bureau.id, (DIGEST_LATE, DIGEST_SENT))
        late = digest_lateness(self._settings, self._ledger, bureau, self._clock())
        if told is None or told.what == DIGEST_SENT:
            if late is not None:
                why = f"{late.why}（{failure}）" if failure else late.why
                self._tell(bureau, DIGEST_LATE, MailboxEvent.DIGEST_LATE, late.since, why)
        elif late is None and self._a_digest_has_left(bureau, told.at):
            self._tell(bureau, DIGEST_SENT, MailboxEvent.DIGEST_SENT, since=told.at, why="")

    def watch_edits(self, bureau: Bureau, faulty: FaultyEdit | None) -> None:
        """Tells of an edit that was not taken over, once; and once when the configuration is whole again."""
        told = self._ledger.trail.last(bureau.id, (EDIT_FAULTY, EDIT_TAKEN))
        standing = told is not None and told.what == EDIT_FAULTY
        if faulty is None:
            if told is not None and standing:
                self._tell(bureau, EDIT_TAKEN, MailboxEvent.EDIT_TAKEN, since=told.at, why="")
        elif not standing and self._clock() - faulty.since >= ALERT_AFTER:
            self._tell(bureau, EDIT_FAULTY, MailboxEvent.EDIT_FAULTY, faulty.since, faulty.why)

    def _a_digest_has_left(self, bureau: Bureau, since: datetime) -> bool:
        newest = self._ledger.digests.newest(bureau.id)
        return newest is not None and newest.letter.sent is not None and newest.letter.sent > since

    def _tell(self, bureau: Bureau, what: str, event: MailboxEvent, since: datetime, why: str) -> None:
        """Notes the event, and writes to the admins where there are any."""
        now, zone = self._clock(), self._settings.intake.zone
        detail = {"kind": event.value, "why": why} if why else {}
        if not bureau.admins:
            self._ledger.trail.note(bureau.id, what, detail, now)
            return
        local = now.astimezone(zone)
        context = AlertContext(bureau.name, bureau.mailbox.address, event, since.astimezone(zone), local, why)
        letter = compose_alert(context, self._templates)
        draft = wrap_report(letter, bureau, bureau.admins, "alert", local)
        self._ledger.letters.file_alert(bureau.id, what, detail, draft, now)


def _kind(error: IntakeError) -> MailboxEvent:
    match error:
        case LoginRefused() | MissingSecret():
            return MailboxEvent.LOGIN_REFUSED
        case ServerFailure() | RefusedForNow() | RefusedForGood():
            return MailboxEvent.UNREACHABLE
        case _:
            return MailboxEvent.LOCAL
