"""What the daemon repeats with one reading of the configuration: polls, and digests at their hour, by APScheduler."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.errors import IntakeError
from intake_bot.health.pinging import Pinger
from intake_bot.health.systemd import notify
from intake_bot.rounds import Rounds

log = logging.getLogger(__name__)

DIGEST_CHECK_SECONDS = 60
STUCK_SECONDS = 3600
"""Longer than this no mail takes, be the line ever so slow: who is silent for so long, beside the pause between two
rounds, hangs. The watchdog may then end us."""


class Every(IntervalTrigger):  # type: ignore[misc]  # it ships no types
    """An interval that forgets the runs it missed. APScheduler would list each of them before it runs one: for a
    machine that wakes without a clock, in 1970, and is then set right, that is gigabytes."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        last = previous_fire_time and max(previous_fire_time, now)
        following: datetime | None = super().get_next_fire_time(last, now)
        return following


class Jobs:
    """Polls every mailbox, and files every digest, until `stopping` is set or it is ended."""

    def __init__(self, settings: Settings, rounds: Rounds, clock: Clock, stopping: threading.Event) -> None:
        self._settings = settings
        self._rounds = rounds
        self._clock = clock
        self._stopping = stopping
        self._ending = False
        self._pinger = Pinger(settings.intake.health.ping_url)
        self._last_sign = time.monotonic()
        # The ledger and the kept connections belong to one job at a time; a digest waits for the mail in hand.
        self._turn = threading.Lock()
        self._scheduler = BackgroundScheduler(
            timezone=settings.intake.zone,
            # misfire_grace_time defaults to one second: after a suspend, or a slow round, the run would be dropped.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Runs each of them at once, and then again and again."""
        every, start = self._settings.intake.polling.every_seconds, self._now()
        self._scheduler.add_job(self._poll, Every(seconds=every), next_run_time=start, id="poll")
        # Whether a digest is due is asked of the ledger, again and again: so neither a restart nor a suspend over its
        # hour loses it, and a clock set back does not repeat it.
        trigger = Every(seconds=DIGEST_CHECK_SECONDS)
        self._scheduler.add_job(self._file_digests, trigger, next_run_time=start, id="digest")
        log.info("started bureaus=%s every=%ds", ",".join(b.id for b in self._settings.bureaus), every)
        self._scheduler.start()

    def run_now(self) -> None:
        """The scheduler waits for a time of day: with a clock set back by five hours, five hours too long."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._now())

    @property
    def is_alive(self) -> bool:
        """False when no job gave a sign for so long that it must hang."""
        return time.monotonic() - self._last_sign < STUCK_SECONDS + 2 * self._settings.intake.polling.every_seconds

    def end(self) -> None:
        """Waits for the mail or letter in hand."""
        self._ending = True
        self._scheduler.shutdown()

    def _now(self) -> datetime:
        return self._clock().astimezone(self._settings.intake.zone)

    def _is_ending(self) -> bool:
        """Asked between two mails and two letters; that it is asked at all shows that the work goes on."""
        self._last_sign = time.monotonic()
        self._rounds.health.sign_of_life()
        return self._ending or self._stopping.is_set()

    def _poll(self) -> None:
        for bureau in self._settings.bureaus:
            with self._turn:
                if self._is_ending():
                    return
                done = self._rounds.go(bureau, self._is_ending)
            log.info(
                "round bureau=%s seen=%d settled=%d failed=%d sent=%d deferred=%d",
                bureau.id, done.taken.seen, done.taken.settled, done.taken.failed,
                done.delivered.sent, done.delivered.deferred,
            )  # fmt: skip
        health = self._rounds.health
        notify(f"STATUS={health.words}")
        if health.is_well:
            self._pinger.ping()

    def _file_digests(self) -> None:
        for bureau in self._settings.bureaus:
            with self._turn:
                if self._ending or self._stopping.is_set():
                    return
                try:
                    self._rounds.file_due_digest(bureau)
                except IntakeError as error:  # asked again in a minute
                    log.warning("digest put off bureau=%s: %s", bureau.id, error)
