"""Alerts to the admins of a bureau: one when trouble lasts, and one when it is over. Both are recorded as events."""

from __future__ import annotations

import logging
from datetime import datetime

from intake_bot.config.settings import Bureau, MissingSecret
from intake_bot.errors import IntakeError
from intake_bot.home.services import Services
from intake_bot.ledger.values.events import TROUBLE_EVENTS, EventName, EventRecord
from intake_bot.letters.alert import AlertContext, AlertEvent, compose_alert
from intake_bot.letters.local_times import localise
from intake_bot.mail.connection import LoginRefused, ServerFailure
from intake_bot.mail.smtp.transport import RefusedForGood, RefusedForNow
from intake_bot.outbox.compose import report_draft
from intake_bot.service.config_watcher import FaultyEdit
from intake_bot.service.lateness import ALERT_AFTER, digest_lateness

log = logging.getLogger(__name__)


class LoginGivenUp(LoginRefused):
    """The server refused MAXIMUM_LOGINS logins in a row and is not asked for LOGIN_REST. Alerted at once."""


class MailboxUnread(ServerFailure):
    """A mailbox was not read for too long, and nothing says why: the run goes on, or hangs. Alerted at once."""


class Alerts:
    """Writes the alerts to the admins of one home's bureaus."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._ledger = services.ledger
        self._templates = services.templates
        self._clock = services.clock

    def record_trouble(self, bureau: Bureau, error: IntakeError) -> None:
        """Records a run that met this error, or that the error still stands. Each kind of trouble is alerted once,
        until the jobs of the bureau succeed."""
        kind, now, trail = _trouble_kind(error), self._clock(), self._ledger.trail
        if any(
            alert.detail.get("kind") == kind
            for alert in trail.find_since_last(bureau.id, EventName.MAILBOX_ALERTED, EventName.MAILBOX_RECOVERED)
        ):
            return
        last = trail.find_last(bureau.id, TROUBLE_EVENTS)
        since = now
        # An event later than now: the clock was set back since, and the trouble is counted from now.
        if last is not None and last.name == EventName.MAILBOX_TROUBLE and last.at <= now:
            since = last.at
        else:
            trail.add(bureau.id, EventName.MAILBOX_TROUBLE, {"kind": kind, "why": str(error)}, now)
        if isinstance(error, LoginGivenUp | MissingSecret | MailboxUnread) or now - since >= ALERT_AFTER:
            self._alert(bureau, EventName.MAILBOX_ALERTED, kind, since, str(error))

    def record_recovery(self, bureau: Bureau) -> None:
        """Records that receiving and sending succeed, and alerts the end of trouble that was alerted."""
        last = self._ledger.trail.find_last(bureau.id, TROUBLE_EVENTS)
        if last is None or last.name == EventName.MAILBOX_RECOVERED:
            return
        if not self._ledger.trail.find_since_last(bureau.id, EventName.MAILBOX_ALERTED, EventName.MAILBOX_RECOVERED):
            self._ledger.trail.add(bureau.id, EventName.MAILBOX_RECOVERED, {}, self._clock())
            return
        events = self._ledger.trail.find_since_last(bureau.id, EventName.MAILBOX_TROUBLE, EventName.MAILBOX_RECOVERED)
        began_at = [event.at for event in events]
        # The earliest event, since the clock may have been set back; the first alert is later than the trouble.
        self._alert(
            bureau, EventName.MAILBOX_RECOVERED, AlertEvent.RECOVERED, since=min([*began_at, self._clock()]), why=""
        )

    def watch_digest(self, bureau: Bureau, failure: str) -> None:
        """Alerts a late digest once, and once more when the next one was sent. `failure` is the error that prevented
        the digest just now, or empty."""
        last = self._ledger.trail.find_last(bureau.id, (EventName.DIGEST_LATE, EventName.DIGEST_SENT_AGAIN))
        late = digest_lateness(self._settings, self._ledger, bureau, self._clock())
        if last is None or last.name == EventName.DIGEST_SENT_AGAIN:
            if late is not None:
                why = f"{late.why}（{failure}）" if failure else late.why
                self._alert(bureau, EventName.DIGEST_LATE, AlertEvent.DIGEST_LATE, late.since, why)
        elif late is None and self._has_sent_digest(bureau, last.at):
            self._alert(bureau, EventName.DIGEST_SENT_AGAIN, AlertEvent.DIGEST_SENT, _since(last), why="")

    def watch_edits(self, bureau: Bureau, faulty: FaultyEdit | None) -> None:
        """Alerts an edit that was not taken over once, and once more when an edit was taken over."""
        last = self._ledger.trail.find_last(bureau.id, (EventName.CONFIG_FAULTY, EventName.CONFIG_TAKEN))
        is_alerted = last is not None and last.name == EventName.CONFIG_FAULTY
        if faulty is None:
            if last is not None and is_alerted:
                self._alert(bureau, EventName.CONFIG_TAKEN, AlertEvent.EDIT_TAKEN, _since(last), why="")
        elif not is_alerted and self._clock() - faulty.since >= ALERT_AFTER:
            self._alert(bureau, EventName.CONFIG_FAULTY, AlertEvent.EDIT_FAULTY, faulty.since, faulty.why)

    def _has_sent_digest(self, bureau: Bureau, since: datetime) -> bool:
        newest = self._ledger.digests.find_newest(bureau.id)
        return newest is not None and newest.letter.sent_at is not None and newest.letter.sent_at > since

    def _alert(self, bureau: Bureau, what: EventName, event: AlertEvent, since: datetime, why: str) -> None:
        """Records the event, and writes to the admins if the bureau has any."""
        now, zone = self._clock(), self._settings.intake.zone
        detail = {"kind": event.value, "why": why, "since": since.isoformat()} if why else {}
        if not bureau.admins:
            self._ledger.trail.add(bureau.id, what, detail, now)
            return
        context = AlertContext(bureau.name, bureau.mailbox.address, event, since, now, why)
        letter = compose_alert(localise(context, zone), self._templates)
        draft = report_draft(letter, bureau, bureau.admins, "alert", now.astimezone(zone))
        self._ledger.letters.add_alert(bureau.id, what, detail, draft, now)


def _since(alert: EventRecord) -> datetime:
    """When what was alerted had begun: the alert of its end names the same time. Older ledgers hold the alert's."""
    since = alert.detail.get("since")
    return alert.at if since is None else datetime.fromisoformat(str(since))


def _trouble_kind(error: IntakeError) -> AlertEvent:
    match error:
        case LoginRefused() | MissingSecret():
            return AlertEvent.LOGIN_REFUSED
        case ServerFailure() | RefusedForNow() | RefusedForGood():
            return AlertEvent.UNREACHABLE
        case _:
            return AlertEvent.LOCAL
