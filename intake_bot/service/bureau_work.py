"""The work of one bureau: it receives, takes what clerks supply, carries out their orders, sends, and files the digest,
each job at a pace and in a thread of its own.

Nothing of one bureau waits for another: each has its connections and its worker, and a guard stands around each run of
a job. What nobody foresaw is trouble of that bureau, like a server that does not answer: recorded, told to the admins
when it lasts, and tried again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from intake_bot.config.connections import smtp_settings
from intake_bot.config.settings import Bureau, Mode
from intake_bot.digests.file_digest import DigestFiler
from intake_bot.errors import IntakeError, TemporaryFailure
from intake_bot.files.worker.worker import Worker
from intake_bot.home.services import Services
from intake_bot.intake.intake import Intake, IntakeCount
from intake_bot.letters.chinese import short_time
from intake_bot.mail.smtp.transport import Transport
from intake_bot.outbox.deliver import DeliveryCount, Outbox
from intake_bot.outbox.pace import Pacer, pause_range
from intake_bot.service.alerts import Alerts, MailboxUnread
from intake_bot.service.config_watcher import FaultyEdit
from intake_bot.service.health import HealthFile
from intake_bot.service.lateness import poll_limit, unread_since
from intake_bot.service.logins import KeptMailbox, Logins, MailServer

log = logging.getLogger(__name__)

T = TypeVar("T")
Stop = Callable[[], bool]
"""Asked between two mails or letters; True ends the run there."""


class JobKind(StrEnum):
    """The jobs of a bureau."""

    RECEIVE = "receive"
    SUPPLY = "supply"
    ORDERS = "orders"
    SEND = "send"
    DIGEST = "digest"


_NAMES = {
    JobKind.RECEIVE: "收信",
    JobKind.SUPPLY: "收共享文件夹",
    JobKind.ORDERS: "办经办人的命令",
    JobKind.SEND: "发信",
    JobKind.DIGEST: "做每日汇总",
}


class UnexpectedFailure(TemporaryFailure):
    """A fault of the program, met by one job of one bureau."""

    def __init__(self, kind: JobKind, error: Exception) -> None:
        super().__init__(f"{_NAMES[kind]}时出了意外（{type(error).__name__}），稍后会再试；请把日志发给开发人员")


@dataclass(frozen=True)
class JobRun(Generic[T]):
    """One run of a job: what it did, and the trouble that it met."""

    result: T
    trouble: IntakeError | None = None


@dataclass(frozen=True)
class _Post:
    """What a run works with, from its start to its end: an edit of the configuration is for the next run."""

    services: Services
    bureau: Bureau

    @property
    def alerts(self) -> Alerts:
        return Alerts(self.services)

    def own_worker(self) -> Worker:
        """A worker for one run, for which no mail waits: its process starts with the first file."""
        return Worker(self.services.settings.intake.limits.allowance)


class BureauWork:
    """The jobs of one bureau. Different jobs may run at the same time; two runs of one job never do."""

    def __init__(
        self, services: Services, bureau: Bureau, logins: Logins, health: HealthFile, pause: Callable[[float], object]
    ) -> None:
        """`pause` waits so many seconds, or shorter where the program is to stop."""
        self._post = _Post(services, bureau)
        self._logins = logins
        self._health = health
        self._pacer = Pacer(pause)
        self.faulty_edit: FaultyEdit | None = None
        """An edit of this bureau's configuration that was not taken over."""
        self._inbox, self._sent_mail = KeptMailbox(), KeptMailbox()
        self._worker = Worker(services.settings.intake.limits.allowance)
        self._turns = {kind: threading.Lock() for kind in JobKind}
        self._recording = threading.Lock()
        self._trouble: dict[JobKind, IntakeError | None] = {}
        """By job, of its last run."""
        self._polled = services.clock()
        """When the mailbox was scanned last, or the work began."""
        self._unread_noticed: float | None = None
        """By the monotonic clock, when it was noticed that this was too long ago; None where it is not."""

    @property
    def bureau(self) -> Bureau:
        return self._post.bureau

    def use(self, services: Services, bureau: Bureau) -> None:
        """Replaces settings and templates. A run that is under way ends between two mails or letters."""
        self._post = _Post(services, bureau)

    def close(self) -> None:
        """Waits for the runs that are under way, and closes the connections and the worker."""
        for turn in self._turns.values():
            turn.acquire()
        try:
            for mailbox in (self._inbox, self._sent_mail):
                mailbox.close()
            self._worker.close()
        finally:
            for turn in self._turns.values():
                turn.release()

    # ---- the jobs: none raises ---------------------------------------------------------------------------------------

    def receive(self, stop: Stop) -> JobRun[IntakeCount]:
        """Takes in what is new in the mailbox."""
        return self._run(JobKind.RECEIVE, lambda post: self._receive(post, stop), IntakeCount(), stop)

    def take_supplies(self) -> JobRun[int]:
        """Supplies what clerks laid into the shared folder, also while the mailbox cannot be reached."""
        return self._run(JobKind.SUPPLY, self._take_supplies, 0, lambda: False)

    def carry_out_orders(self) -> JobRun[int]:
        """Carries out the orders that were taken in, also while the mailbox cannot be reached."""
        return self._run(JobKind.ORDERS, self._carry_out_orders, 0, lambda: False)

    def send(self, stop: Stop) -> JobRun[DeliveryCount]:
        """Sends the letters that are due."""
        return self._run(JobKind.SEND, lambda post: self._send(post, stop), DeliveryCount(), stop)

    def file_due_digest(self) -> JobRun[bool]:
        """Files a digest or a note when one is due; the result is True if this run filed it. Writes the alerts that
        depend on the time that has passed."""
        run = self._run(JobKind.DIGEST, self._file_due_digest, False, lambda: False)
        try:
            with self._recording:
                self._watch(self._post, str(run.trouble or ""))
        except IntakeError as error:
            log.warning("alerts put off bureau=%s: %s", self.bureau.id, error)
        return run

    def _watch(self, post: _Post, digest_failure: str) -> None:
        """Writes the alerts of what lasts, also while a run goes on or rests."""
        alerts, bureau, now = post.alerts, post.bureau, post.services.clock()
        alerts.watch_digest(bureau, digest_failure)
        alerts.watch_edits(bureau, self.faulty_edit)
        since = unread_since(self._polled, None, poll_limit(post.services.settings), now)
        noticed = self._unread_noticed if self._unread_noticed is not None else time.monotonic()
        self._unread_noticed = None if since is None else noticed
        # After a suspend, or when the clock was set, the first poll has two intervals' time.
        patience = 2 * post.services.settings.intake.polling.every_seconds
        has_had_time = time.monotonic() - noticed >= patience
        if since is not None and has_had_time and self._trouble.get(JobKind.RECEIVE) is None:
            at = short_time(since.astimezone(post.services.settings.intake.zone))
            self._trouble[JobKind.RECEIVE] = MailboxUnread(f"从 {at} 起没有收完一轮信，原因见日志")
        for trouble in self._trouble.values():
            if trouble is not None:
                alerts.record_trouble(bureau, trouble)

    def deliver(self, stop: Stop) -> DeliveryCount:
        """Sends the letters that are due, without a guard. Raises IntakeError when the server cannot be used."""
        with self._turns[JobKind.SEND]:
            return self._send(self._post, stop).result

    def _run(self, kind: JobKind, job: Callable[[_Post], JobRun[T]], nothing: T, stop: Stop) -> JobRun[T]:
        """The guard around one run. Holds the one broad `except` around a job."""
        with self._turns[kind]:
            post = self._post
            try:
                run = job(post)
            except IntakeError as error:
                run = JobRun(nothing, error)
            except Exception as error:
                log.exception("job failed bureau=%s job=%s", post.bureau.id, kind)
                run = JobRun(nothing, UnexpectedFailure(kind, error))
            failure = self._record(post, kind, run.trouble, stop)
            return run if failure is None else replace(run, trouble=run.trouble or failure)

    def _record(self, post: _Post, kind: JobKind, trouble: IntakeError | None, stop: Stop) -> IntakeError | None:
        """Records how the run ended. Returns why the ledger did not take it."""
        bureau, failure = post.bureau, None
        # A digest that fails is alerted when it is late, and not before.
        shown = None if kind is JobKind.DIGEST and not isinstance(trouble, UnexpectedFailure) else trouble
        if trouble is not None:
            log.warning("trouble bureau=%s job=%s: %s", bureau.id, kind, trouble)
        with self._recording:
            self._trouble[kind] = shown
            try:
                if stop():
                    pass  # the run was ended early: neither its end nor an error proves anything
                elif shown is not None:
                    post.alerts.record_trouble(bureau, shown)
                elif self._is_well(bureau):
                    post.alerts.record_recovery(bureau)
            except IntakeError as error:
                log.warning("trouble not noted bureau=%s: %s", bureau.id, error)
                self._trouble[kind] = failure = error
            errors = [str(error) for error in self._trouble.values() if error is not None]
        self._health.record_run(bureau, tuple(dict.fromkeys(errors)), is_round=kind is JobKind.RECEIVE)
        return failure

    def _is_well(self, bureau: Bureau) -> bool:
        """True when receiving and sending both went well the last time."""
        both = JobKind.RECEIVE in self._trouble and JobKind.SEND in self._trouble
        if not both or any(error is not None for error in self._trouble.values()):
            return False
        # A refused login is over when a login succeeds, not while there is nothing to send.
        return not any(self._logins.is_refused(bureau, server) for server in MailServer)

    # ---- receiving ---------------------------------------------------------------------------------------------------

    def _receive(self, post: _Post, stop: Stop) -> JobRun[IntakeCount]:
        services, bureau = replace(post.services, worker=self._fitting_worker(post)), post.bureau

        def should_stop() -> bool:
            # Called between two mails, so that the mailbox was scanned by now.
            self._record_poll(post)
            return stop() or self._post is not post

        with self._logins.attempt(bureau, MailServer.IMAP) as secret:
            taken = Intake(services, bureau).take_in(self._inbox.get(services, bureau, secret), should_stop)
        self._logins.record_success(bureau, MailServer.IMAP)
        self._record_poll(post)
        if taken.settled:
            self._health.record_seconds(bureau, {str(k): one / taken.settled for k, one in taken.seconds.items()})
        return JobRun(taken, taken.trouble)

    def _record_poll(self, post: _Post) -> None:
        self._polled = post.services.clock()
        self._health.record_poll(post.bureau)

    def _fitting_worker(self, post: _Post) -> Worker:
        """The bureau's own worker: a hard mail of one bureau keeps no other one waiting."""
        allowance = post.services.settings.intake.limits.allowance
        if self._worker.allowance != allowance:
            self._worker.close()
            self._worker = Worker(allowance)
        return self._worker

    # ---- the clerks: what serves them is imported when there is something for it to do -------------------------------

    def _take_supplies(self, post: _Post) -> JobRun[int]:
        if not post.services.home.supply.is_dir():
            return JobRun(0)
        from intake_bot.desk.supply_folder import SupplyFolder

        with post.own_worker() as worker:
            return JobRun(SupplyFolder(replace(post.services, worker=worker), post.bureau).take())

    def _carry_out_orders(self, post: _Post) -> JobRun[int]:
        if not post.services.ledger.orders.find_pending(post.bureau.id):
            return JobRun(0)
        from intake_bot.desk.clerk_desk import ClerkDesk

        with post.own_worker() as worker:
            return JobRun(ClerkDesk(replace(post.services, worker=worker)).carry_out(post.bureau))

    # ---- sending -----------------------------------------------------------------------------------------------------

    def _send(self, post: _Post, stop: Stop) -> JobRun[DeliveryCount]:
        bureau = post.bureau
        with self._logins.attempt(bureau, MailServer.SMTP) as secret:
            outbox = self._outbox(post, secret)
            outbox.settle_doubts(lambda since: self._sent_since(post, since))
            if bureau.mode is Mode.SHADOW:
                # Letters that were written in live mode: after a change to shadow mode nothing more is sent.
                post.services.ledger.letters.withhold_answers(bureau.id, post.services.clock())
            delivered = outbox.deliver(lambda: stop() or self._post is not post)
        if delivered != DeliveryCount():
            self._logins.record_success(bureau, MailServer.SMTP)
        if delivered.sent:
            log.info("sent bureau=%s letters=%d send=%.2fs", bureau.id, delivered.sent, outbox.seconds)
            self._health.record_seconds(bureau, {"send": outbox.seconds / delivered.sent})
        return JobRun(delivered)

    def _outbox(self, post: _Post, secret: str) -> Outbox:
        services, bureau, intake = post.services, post.bureau, post.services.settings.intake
        transport = Transport(smtp_settings(bureau, secret, intake, services.home.root))
        sending = intake.sending.model_copy(update={"pause_seconds": pause_range(bureau, intake.sending)})
        return Outbox(bureau.id, transport, services.ledger, sending, intake.zone, services.clock, self._pacer)

    def _sent_since(self, post: _Post, since: date) -> Collection[str] | None:
        """The Message-IDs in the bureau's Sent folders since that day; None while its mailbox cannot be searched.

        Over a connection of its own, since the other one may be busy with a large mail."""
        bureau = post.bureau
        if self._logins.is_refused(bureau, MailServer.IMAP):
            return None
        try:
            with self._logins.attempt(bureau, MailServer.IMAP) as secret:
                mailbox = self._sent_mail.get(post.services, bureau, secret)
                mailbox.open()
                folders = mailbox.find_folders(bureau.mailbox.imap.sent_folders)
                return frozenset().union(
                    *(
                        mailbox.fetch_message_ids(mailbox.search(since))
                        for folder in folders
                        if mailbox.select_folder(folder)
                    )
                )
        except IntakeError as error:
            log.warning("sent mail not searched bureau=%s: %s", bureau.id, error)
            return None
        finally:
            self._sent_mail.close()

    # ---- the digest --------------------------------------------------------------------------------------------------

    def _file_due_digest(self, post: _Post) -> JobRun[bool]:
        with post.own_worker() as worker:
            services = replace(post.services, worker=worker)
            if services.settings.intake.reminders.hours_before is not None:
                from intake_bot.digests.reminders.send import remind_ahead

                remind_ahead(services, post.bureau)
            if services.settings.intake.is_archive_kept:
                from intake_bot.digests.package.archive import keep_archive_filled

                keep_archive_filled(services, post.bureau, services.clock())
            return JobRun(DigestFiler(services).file_due(post.bureau, services.clock()))
