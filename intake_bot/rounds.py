"""One round over the mailboxes: take mail in, send letters out, file digests that are due. The daemon repeats it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import TracebackType

from intake_bot.answering import Answering
from intake_bot.backup.restoring import settle_killed_restore
from intake_bot.clock import Clock
from intake_bot.config.settings import Bureau, Mode, Settings
from intake_bot.connecting import imap_settings, smtp_settings
from intake_bot.digests.digesting import Digesting
from intake_bot.errors import IntakeError
from intake_bot.examine import worker_for
from intake_bot.health.alerting import Alerting, LoginGivenUp
from intake_bot.health.report import HealthFile
from intake_bot.home import Home
from intake_bot.intake import Intake, Taken
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.templates import Templates
from intake_bot.mail.connection import LoginRefused, is_loopback
from intake_bot.mail.mailbox import Mailbox
from intake_bot.mail.transport import Transport
from intake_bot.outbox import Delivered, Outbox
from intake_bot.rereading import FaultyEdit

log = logging.getLogger(__name__)

LOGINS = 3
"""So often in a row a login may be refused: QQ words a wrong secret and a busy hour alike."""
LOGIN_REST = timedelta(hours=1)
"""So long a server that refused them all is left alone: providers lock accounts that go on trying."""


@dataclass(frozen=True)
class Round:
    """What one round did for one bureau; `trouble` is what stopped it, in words for the admin."""

    bureau: Bureau
    taken: Taken
    delivered: Delivered
    trouble: tuple[str, ...]


class Door(StrEnum):
    """The two servers of a bureau: they may let us in or not each for itself."""

    IN = "imap"
    OUT = "smtp"


@dataclass(frozen=True)
class _Refusals:
    """Logins refused in a row. They are forgotten where there is another secret to try."""

    times: int
    last: datetime
    secret: str = field(repr=False)
    why: str

    def rest_at(self, now: datetime) -> bool:
        """True while the server is left alone. A clock that was set back ends it."""
        return self.times >= LOGINS and self.last <= now < self.last + LOGIN_REST


class Rounds:
    """All bureaus of a home, with one kept connection per mailbox."""

    def __init__(self, settings: Settings, home: Home, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
        self._home = home
        self._clock = clock
        self._environ = environ
        settle_killed_restore(home)
        self._ledger = Ledger.open(home.ledger)
        self._mailboxes: dict[str, tuple[str, Mailbox]] = {}
        """By bureau, each with the secret that it logs in with."""
        self._refusals: dict[tuple[str, Door], _Refusals] = {}
        self.health = HealthFile(settings, home, self._ledger, clock)
        self.faulty_edit: FaultyEdit | None = None
        """An edit of the configuration that was not taken over; whoever watches the files sets it."""
        self._use(settings, home.templates())

    def __enter__(self) -> Rounds:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()
        self._ledger.close()

    def take_over(self, settings: Settings) -> None:
        """Goes on with other settings, between two rounds. Raises ConfigError for a broken template, and goes on as
        before."""
        templates = self._home.templates()
        self._hang_up()
        self._use(settings, templates)

    def _use(self, settings: Settings, templates: Templates) -> None:
        self._settings = settings
        self._templates = templates
        self._alerting = Alerting(settings, self._ledger, self._templates, self._clock)
        self._worker = worker_for(settings.intake.limits)
        self.digesting = Digesting(settings, self._home, self._ledger, self._templates)
        self.health.settings = settings

    def _hang_up(self) -> None:
        for _, mailbox in self._mailboxes.values():
            mailbox.close()
        self._mailboxes.clear()
        self._worker.close()

    def go(self, bureau: Bureau, stop: Callable[[], bool]) -> Round:
        """One round for one bureau. Trouble with its servers is written down and told, never raised."""
        trouble: list[IntakeError] = []
        taken, delivered = Taken(), Delivered()
        try:
            taken = self._take_in(bureau, stop)
            self.health.polled()
        except IntakeError as error:
            trouble.append(error)
        try:
            delivered = self.deliver(bureau, stop)
        except IntakeError as error:
            trouble.append(error)
        try:
            self._tell(bureau, trouble, stop)
            self._alerting.watch_edits(bureau, self.faulty_edit)
        except IntakeError as error:  # the ledger itself
            log.warning("trouble not noted bureau=%s: %s", bureau.id, error)
            trouble.append(error)
        words = tuple(dict.fromkeys(str(error) for error in trouble))
        self.health.round_over(bureau, words, self.faulty_edit.why if self.faulty_edit else "")
        return Round(bureau, taken, delivered, words)

    def file_due_digest(self, bureau: Bureau) -> bool:
        """Files today's digest if its hour has come; asked often, it is filed once. What keeps it from being made is
        written down, tried again when this is asked again, and told to the admins."""
        now, filed, failure = self._clock(), False, ""
        try:
            filed = self.digesting.is_due(bureau, now) and self.digesting.file(bureau, now)
        except IntakeError as error:
            log.warning("digest put off bureau=%s: %s", bureau.id, error)
            failure = str(error)
        self._alerting.watch_digest(bureau, failure)
        return filed

    def deliver(self, bureau: Bureau, stop: Callable[[], bool]) -> Delivered:
        """Sends the letters that are due."""
        with self._knocking(bureau, Door.OUT) as secret:
            outbox = self._outbox(bureau, secret)
            outbox.settle_doubts(lambda since: self._sent_since(bureau, since))
            if bureau.mode is Mode.SHADOW:
                # Written while the mode was live: whoever goes back to shadow mode wants silence from now on.
                self._ledger.letters.withhold_answers(bureau.id, self._clock())
            delivered = outbox.deliver(stop)
        if delivered != Delivered():
            self._refusals.pop((bureau.id, Door.OUT), None)
        return delivered

    def _sent_since(self, bureau: Bureau, since: date) -> Collection[str] | None:
        """The Message-IDs among the bureau's sent mail of these days; None while its mailbox lets nobody look."""
        if (bureau.id, Door.IN) in self._refusals:
            return None
        try:
            with self._knocking(bureau, Door.IN) as secret:
                mailbox = self._mailbox(bureau, secret)
                mailbox.open()
                folders = mailbox.folders_called(bureau.mailbox.imap.sent_folders)
                return frozenset().union(
                    *(mailbox.message_ids(mailbox.search(since)) for folder in folders if mailbox.enter(folder))
                )
        except IntakeError as error:
            log.warning("sent mail not looked through bureau=%s: %s", bureau.id, error)
            return None

    def _take_in(self, bureau: Bureau, stop: Callable[[], bool]) -> Taken:
        with self._knocking(bureau, Door.IN) as secret:
            taken = self._intake(bureau).take_in(self._mailbox(bureau, secret), stop)
        self._refusals.pop((bureau.id, Door.IN), None)
        return taken

    @contextmanager
    def _knocking(self, bureau: Bureau, door: Door) -> Iterator[str]:
        """Gives the secret as it is now, and remembers refusals. Raises LoginGivenUp for the last of LOGINS, and then
        without asking the server, until it has rested."""
        secret = bureau.secret(self._environ, self._home.root)
        refused = self._refusals.get((bureau.id, door))
        times = refused.times if refused is not None and refused.secret == secret else 0
        if times and refused is not None and refused.rest_at(self._clock()):
            raise LoginGivenUp(refused.why)
        try:
            yield secret
        except LoginRefused as error:
            self._refusals[bureau.id, door] = _Refusals(times + 1, self._clock(), secret, str(error))
            if times + 1 < LOGINS:
                raise
            raise LoginGivenUp(str(error)) from error

    def _tell(self, bureau: Bureau, trouble: Sequence[IntakeError], stop: Callable[[], bool]) -> None:
        if trouble:
            log.warning("trouble bureau=%s: %s", bureau.id, trouble[0])
            self._alerting.trouble(bureau, trouble[0])
        elif not stop() and not any((bureau.id, door) in self._refusals for door in Door):
            # A refused door is open again when a login succeeded, and not while nothing is due to be sent through it.
            self._alerting.recovery(bureau)

    def _intake(self, bureau: Bureau) -> Intake:
        answering = Answering(self._templates)
        return Intake(self._settings, bureau, self._home, self._ledger, answering, self._clock, self._worker)

    def _mailbox(self, bureau: Bureau, secret: str) -> Mailbox:
        """The kept one, unless it knows an older secret."""
        known, mailbox = self._mailboxes.get(bureau.id, (None, None))
        if mailbox is not None and known == secret:
            return mailbox
        if mailbox is not None:
            mailbox.close()
        settings = imap_settings(bureau, secret, self._settings.intake, self._home.root)
        mailbox = Mailbox(settings, lambda: self._clock().timestamp())
        self._mailboxes[bureau.id] = secret, mailbox
        return mailbox

    def _outbox(self, bureau: Bureau, secret: str) -> Outbox:
        intake = self._settings.intake
        transport = Transport(smtp_settings(bureau, secret, intake, self._home.root))
        # Politeness is owed to a provider; a relay on this machine paces its own mail.
        seconds = 0 if is_loopback(bureau.mailbox.smtp.host) else intake.sending.pause_seconds
        return Outbox(
            bureau.id, transport, self._ledger, intake.sending, intake.zone, self._clock, lambda: time.sleep(seconds)
        )
