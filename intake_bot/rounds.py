"""One round over the mailboxes: take mail in, send letters out, file digests that are due. The daemon repeats it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from filelock import FileLock, Timeout

from intake_bot.answering import Answering
from intake_bot.clock import Clock
from intake_bot.config.settings import Bureau, Settings
from intake_bot.digesting import Digesting
from intake_bot.errors import IntakeError, PermanentFailure
from intake_bot.examine import worker_for
from intake_bot.home import Home
from intake_bot.intake import Intake, Taken
from intake_bot.ledger.ledger import Ledger
from intake_bot.letters.alert import AlertContext, MailboxEvent, compose_alert
from intake_bot.mail.connection import LoginRefused, Security, is_loopback
from intake_bot.mail.mailbox import ImapSettings, Mailbox
from intake_bot.mail.transport import SmtpSettings, Transport
from intake_bot.outbox import Delivered, Outbox
from intake_bot.wrapping import wrap_report

log = logging.getLogger(__name__)

TROUBLE, RECOVERED = "mailbox.trouble", "mailbox.recovered"


@dataclass(frozen=True)
class Round:
    """What one round did for one bureau; `trouble` is what stopped it, in words for the admin."""

    bureau: Bureau
    taken: Taken
    delivered: Delivered
    trouble: tuple[str, ...]


@contextmanager
def only_instance(home: Home) -> Iterator[None]:
    """Holds the home for this process. Raises PermanentFailure when another one is at work on it."""
    home.prepare()
    try:
        with FileLock(home.lock, timeout=0):
            yield
    except Timeout as error:
        raise PermanentFailure(f"另一个 intake-bot 正在使用 {home.root.resolve()}，请先停止它") from error


class Rounds:
    """All bureaus of a home, with one kept connection per mailbox."""

    def __init__(self, settings: Settings, home: Home, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._home = home
        self._clock = clock
        self._environ = environ
        self._templates = home.templates()
        self._ledger = Ledger.open(home.ledger)
        self._mailboxes: dict[str, Mailbox] = {}
        self._worker = worker_for(settings.intake.limits)
        self.digesting = Digesting(settings, home, self._ledger, self._templates)

    def __enter__(self) -> Rounds:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.close()
        self._worker.close()
        self._ledger.close()

    def go(self, bureau: Bureau, stop: Callable[[], bool]) -> Round:
        """One round for one bureau. Trouble with its servers is written down and told, never raised."""
        trouble: list[str] = []
        taken, delivered = Taken(), Delivered()
        try:
            taken = self._intake(bureau).take_in(self._mailbox(bureau), stop)
            self._note_recovery(bureau)
        except IntakeError as error:
            self._note_trouble(bureau, error)
            trouble.append(str(error))
        try:
            delivered = self.deliver(bureau, stop)
        except IntakeError as error:
            log.warning("letters wait bureau=%s: %s", bureau.id, error)
            trouble.append(str(error))
        return Round(bureau, taken, delivered, tuple(dict.fromkeys(trouble)))

    def file_due_digest(self, bureau: Bureau) -> bool:
        """Files today's digest if its hour has come; asked often, it is filed once."""
        now = self._clock()
        return self.digesting.is_due(bureau, now) and self.digesting.file(bureau, now)

    def deliver(self, bureau: Bureau, stop: Callable[[], bool]) -> Delivered:
        """Sends the letters that are due."""
        outbox = self._outbox(bureau)
        outbox.settle_doubts()
        return outbox.deliver(stop)

    def _intake(self, bureau: Bureau) -> Intake:
        answering = Answering(self._templates)
        return Intake(self._settings, bureau, self._home, self._ledger, answering, self._clock, self._worker)

    def _mailbox(self, bureau: Bureau) -> Mailbox:
        if bureau.id not in self._mailboxes:
            box, polling = bureau.mailbox, self._settings.intake.polling
            self._mailboxes[bureau.id] = Mailbox(
                ImapSettings(
                    host=box.imap.host,
                    port=box.imap.port,
                    username=box.login,
                    password=bureau.secret(self._environ, self._home.root),
                    security=Security(box.imap.security),
                    folder=box.imap.folder,
                    ca_file=self._home.root / box.imap.ca_file if box.imap.ca_file else None,
                    timeout_seconds=polling.timeout_seconds,
                    chunk_bytes=polling.chunk_bytes,
                )
            )
        return self._mailboxes[bureau.id]

    def _outbox(self, bureau: Bureau) -> Outbox:
        box, intake = bureau.mailbox, self._settings.intake
        transport = Transport(
            SmtpSettings(
                host=box.smtp.host,
                port=box.smtp.port,
                username=box.login,
                password=bureau.secret(self._environ, self._home.root),
                sender=box.address,
                security=Security(box.smtp.security),
                ca_file=self._home.root / box.smtp.ca_file if box.smtp.ca_file else None,
                timeout_seconds=intake.polling.timeout_seconds,
            )
        )
        # Politeness is owed to a provider; a relay on this machine paces its own mail.
        seconds = 0 if is_loopback(box.smtp.host) else intake.sending.pause_seconds
        return Outbox(
            bureau.id, transport, self._ledger, intake.sending, intake.zone, self._clock, lambda: time.sleep(seconds)
        )

    # ---- alert once, recover once ------------------------------------------------------------------------------

    def _note_trouble(self, bureau: Bureau, error: IntakeError) -> None:
        log.warning("mailbox trouble bureau=%s: %s", bureau.id, error)
        last = self._ledger.trail.last(bureau.id, (TROUBLE, RECOVERED))
        if last is not None and last.what == TROUBLE:
            return
        event = MailboxEvent.LOGIN_REFUSED if isinstance(error, LoginRefused) else MailboxEvent.UNREACHABLE
        self._tell(bureau, TROUBLE, event, since=self._clock(), why=str(error))

    def _note_recovery(self, bureau: Bureau) -> None:
        last = self._ledger.trail.last(bureau.id, (TROUBLE, RECOVERED))
        if last is not None and last.what == TROUBLE:
            self._tell(bureau, RECOVERED, MailboxEvent.RECOVERED, since=last.at, why="")

    def _tell(self, bureau: Bureau, what: str, event: MailboxEvent, since: datetime, why: str) -> None:
        """Notes the event, and writes to the admins where there are any."""
        now, zone = self._clock(), self._settings.intake.zone
        detail = {"why": why} if why else {}
        if not bureau.admins:
            self._ledger.trail.note(bureau.id, what, detail, now)
            return
        local = now.astimezone(zone)
        context = AlertContext(bureau.name, bureau.mailbox.address, event, since.astimezone(zone), local, why)
        letter = compose_alert(context, self._templates)
        draft = wrap_report(letter, bureau, bureau.admins, "alert", local)
        self._ledger.letters.file_alert(bureau.id, what, detail, draft, now)
