"""Runs jobs at intervals, each in a thread of its own. APScheduler keeps the time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from intake_bot.clock import Clock


class SkippingInterval(IntervalTrigger):  # type: ignore[misc]  # it ships no types
    """An interval that skips missed runs. APScheduler lists all of them before it runs one, which takes gigabytes on a
    machine that starts in 1970 and then sets its clock."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        last = previous_fire_time and max(previous_fire_time, now)
        following: datetime | None = super().get_next_fire_time(last, now)
        return following


@dataclass
class Job:
    """Something that is done at intervals. `run` returns the seconds for which the job rests, in place of the
    interval and of any call, or None."""

    group: str
    """Jobs of different groups share no thread."""
    name: str
    every: float
    """Seconds from start to start. A run that takes longer is followed by the next interval's."""
    run: Callable[[], float | None]
    is_running: bool = field(default=False, init=False)
    is_called: bool = field(default=False, init=False)
    last_sign: float = field(default=0.0, init=False)
    """The last sign of life of a run, by the monotonic clock; so are the two times below."""
    call_at: float = field(default=0.0, init=False)
    """When it runs because it was called."""
    rests_until: float = field(default=0.0, init=False)

    @property
    def id(self) -> str:
        return job_id(self.group, self.name)

    def give_sign(self) -> None:
        """Called by the run itself from time to time."""
        self.last_sign = time.monotonic()


def job_id(group: str, name: str) -> str:
    """The id of the job of this name in this group."""
    return f"{group}/{name}"


GROUP_THREADS = 5
"""As many jobs as one group may have."""
CALL_SECONDS = 1.0
"""Minimum time between two runs for which a job is called."""


class Schedule:
    """The jobs of all groups. No run of a job begins while the last one goes on, and none waits for another job."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock = clock
        self._zone = zone
        self._jobs: dict[str, Job] = {}
        self._groups: set[str] = set()
        self._changing = threading.Lock()
        self._is_stopped = False
        self._scheduler = BackgroundScheduler(
            timezone=zone,
            # misfire_grace_time defaults to one second: after a suspend, or a slow run, the next one would be dropped.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for the runs that are under way; none begins any more."""
        with self._changing:
            self._is_stopped = True
        self._scheduler.shutdown()

    def add(self, job: Job) -> None:
        """Runs the job now, and at its intervals. A job of the same id is replaced."""
        self._change(lambda: self._add(job))

    def remove(self, group: str) -> None:
        """Removes the jobs of a group. A run that is under way goes on to its end."""
        for job in [job for job in list(self._jobs.values()) if job.group == group]:
            del self._jobs[job.id]
            self._change(partial(self._scheduler.remove_job, job.id))

    def has(self, group: str) -> bool:
        """True while the group has jobs."""
        return any(job.group == group for job in list(self._jobs.values()))

    def set_interval(self, id_: str, every: float) -> None:
        """Gives the job of this id another interval, and calls it."""
        self._jobs[id_].every = every
        self._change(lambda: self._scheduler.modify_job(id_, trigger=SkippingInterval(seconds=every)))
        self.call(id_)

    def call(self, id_: str) -> None:
        """Runs the job of this id soon, unless it rests; where it is running, once more behind that."""
        job, now = self._jobs.get(id_), time.monotonic()
        if job is None:
            return
        job.is_called = True
        if not job.is_running and job.call_at <= now and job.rests_until <= now:
            self._call(job, max(0.0, job.call_at + CALL_SECONDS - now))

    def run_all_now(self) -> None:
        """Runs every job now: the scheduler waits for a time of day, which is another one once the clock was set."""
        for job in list(self._jobs.values()):
            self._move(job, 0)

    def silent_seconds(self) -> float:
        """The longest time for which a running job has given no sign of life."""
        now = time.monotonic()
        return max((now - job.last_sign for job in list(self._jobs.values()) if job.is_running), default=0.0)

    def _run(self, job: Job) -> None:
        job.give_sign()
        job.is_running, job.is_called = True, False
        try:
            rest = job.run()
        finally:
            job.is_running = False
        if rest is not None:
            job.rests_until = time.monotonic() + rest
            self._move(job, rest)
        elif job.is_called:
            self._call(job, CALL_SECONDS)

    def _call(self, job: Job, seconds: float) -> None:
        job.call_at = time.monotonic() + seconds
        self._move(job, seconds)

    def _move(self, job: Job, seconds: float) -> None:
        if self._jobs.get(job.id) is job:
            at = self._now() + timedelta(seconds=seconds)
            self._change(lambda: self._scheduler.modify_job(job.id, next_run_time=at))

    def _add(self, job: Job) -> None:
        if job.group not in self._groups:
            self._groups.add(job.group)
            self._scheduler.add_executor(ThreadPoolExecutor(GROUP_THREADS), alias=job.group)
        self._jobs[job.id] = job
        self._scheduler.add_job(
            self._run,
            SkippingInterval(seconds=job.every),
            args=(job,),
            next_run_time=self._now(),
            id=job.id,
            executor=job.group,
            replace_existing=True,
        )

    def _change(self, change: Callable[[], object]) -> None:
        """Changes the scheduler's plans, unless it is being stopped: it then waits for the runs and holds the lock of
        its plans, for which a run that changed them would wait."""
        with self._changing:
            if not self._is_stopped:
                with suppress(JobLookupError):  # removed just now
                    change()

    def _now(self) -> datetime:
        return self._clock().astimezone(self._zone)
