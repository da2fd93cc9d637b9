"""`run`: APScheduler repeats the rounds until a signal ends it, cleanly, between two mails."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.health.systemd import Watchdog, notify
from intake_bot.home import Home
from intake_bot.jobs import Jobs
from intake_bot.rereading import Rereading
from intake_bot.rounds import Rounds

log = logging.getLogger(__name__)

STOP_CHECK_SECONDS = 0.5
EDIT_CHECK_SECONDS = 3
"""An edit must rest for so long before it is read."""
JUMP = timedelta(seconds=5)
"""By so much the clock must have moved against the time that passed, to have been set: time servers move it by less."""


class ClockWatch:
    """Notices that the clock was set, or that the machine slept: its time then goes apart from the time that passed."""

    def __init__(self, clock: Clock, passed: Callable[[], float] = time.monotonic) -> None:
        """`passed` gives seconds from any beginning, and nobody can set it."""
        self._clock = clock
        self._passed = passed
        self._apart = self._difference()

    def jump(self) -> timedelta:
        """How far the clock moved, backward or forward, since a jump was last told of; zero when it did not."""
        moved = self._difference() - self._apart
        if abs(moved) < JUMP:
            return timedelta()
        self._apart += moved
        return moved

    def _difference(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=self._passed())


class Daemon:
    """Keeps the jobs going, and begins them anew with every edit of the configuration."""

    def __init__(self, settings: Settings, home: Home, rereading: Rereading, clock: Clock) -> None:
        self._settings: Settings | None = settings
        self._home = home
        self._rereading = rereading
        self._clock = clock
        self._stopping = threading.Event()
        self._clock_watch = ClockWatch(clock)
        self._watchdog = Watchdog()
        self._last_reading = time.monotonic()

    def run(self) -> None:
        """Works until SIGTERM or SIGINT (Ctrl-C); then finishes the mail or letter in hand and returns."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        while self._settings is not None:
            with Rounds(self._settings, self._home, self._clock) as rounds:
                self._settings = self._work(self._settings, rounds)
        log.info("stopped")

    def _work(self, settings: Settings, rounds: Rounds) -> Settings | None:
        """Works with these settings until there are others, which are returned, or none, because it is to stop."""
        jobs = Jobs(settings, rounds, self._clock, self._stopping)
        jobs.start()
        notify("READY=1", "STATUS=已启动")
        edited = None
        while edited is None and not self._stopping.is_set():
            time.sleep(STOP_CHECK_SECONDS)
            if jump := self._clock_watch.jump():
                log.warning("clock moved seconds=%+d", jump.total_seconds())
                jobs.run_now()
            if jobs.is_alive:
                self._watchdog.feed()
            edited = self._reread(rounds)
        if edited is None:
            notify("STOPPING=1", "STATUS=正在停止，先做完手头的一封")
        jobs.end()
        return None if self._stopping.is_set() else edited

    def _reread(self, rounds: Rounds) -> Settings | None:
        """New settings after an edit. What is wrong with one is left to the rounds to tell."""
        if time.monotonic() - self._last_reading < EDIT_CHECK_SECONDS:
            return None
        self._last_reading = time.monotonic()
        edited = self._rereading.settings()
        rounds.faulty_edit = self._rereading.faulty
        return edited

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """Only remembers: it runs between any two steps of `run`, and once for every signal."""
        log.info("stopping signal=%s", signal.Signals(number).name)
        self._stopping.set()
