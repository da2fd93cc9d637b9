"""Jobs that last, rest, are called, and are still running when the schedule stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake_bot.service.schedule import Job, Schedule, SkippingInterval, job_id

PATIENCE = 30
HOURLY = 3600.0


def machine_time() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def schedule(monkeypatch: pytest.MonkeyPatch) -> Iterator[Schedule]:
    monkeypatch.setattr("intake_bot.service.schedule.CALL_SECONDS", 0.01)
    schedule = Schedule(machine_time, ZoneInfo("Asia/Shanghai"))
    schedule.start()
    yield schedule
    schedule.stop()


class Work:
    """Counts its runs; each lasts until `go_on` is set."""

    def __init__(self, rest: float | None = None) -> None:
        self.rest = rest
        self.began, self.ended = threading.Semaphore(0), threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()

    def run(self) -> float | None:
        self.began.release()
        assert self.go_on.wait(PATIENCE)
        self.ended.release()
        return self.rest

    def has_begun(self) -> bool:
        return self.began.acquire(timeout=PATIENCE)

    def has_ended(self) -> bool:
        return self.ended.acquire(timeout=PATIENCE)


def test_job_that_lasts_keeps_no_other_waiting(schedule: Schedule) -> None:
    slow, quick = Work(), Work()
    slow.go_on.clear()
    schedule.add(Job("hebei", "receive", HOURLY, slow.run))
    assert slow.has_begun()
    for group, name in (("hebei", "send"), ("hebei", "digest"), ("hefei", "receive")):
        schedule.add(Job(group, name, HOURLY, quick.run))
        assert quick.has_ended()
    slow.go_on.set()
    assert slow.has_ended()


def test_run_that_raises_is_followed_by_the_next(schedule: Schedule) -> None:
    runs = threading.Semaphore(0)

    def fail() -> float | None:
        runs.release()
        raise ZeroDivisionError

    schedule.add(Job("hebei", "receive", 0.05, fail))
    assert all(runs.acquire(timeout=PATIENCE) for _ in range(3))


def test_call_while_a_job_runs_brings_one_more_run(schedule: Schedule) -> None:
    work = Work()
    work.go_on.clear()
    schedule.add(Job("hebei", "send", HOURLY, work.run))
    assert work.has_begun()
    for _ in range(5):
        schedule.call(job_id("hebei", "send"))
    work.go_on.set()
    assert work.has_begun() and work.has_ended() and work.has_ended()
    assert not work.began.acquire(timeout=0.1)


def test_call_between_two_runs_brings_one_at_once(schedule: Schedule) -> None:
    work = Work()
    schedule.add(Job("hebei", "send", HOURLY, work.run))
    for _ in range(3):
        assert work.has_ended()
        schedule.call(job_id("hebei", "send"))
    assert work.has_ended()


def test_job_that_rests_is_not_called(schedule: Schedule) -> None:
    work = Work(rest=HOURLY)
    schedule.add(Job("hebei", "send", 0.05, work.run))
    assert work.has_begun() and work.has_ended()
    while work.began.acquire(timeout=0.3):  # the interval may have been shorter than the run
        assert work.has_ended()
    schedule.call(job_id("hebei", "send"))
    assert not work.began.acquire(timeout=0.3)


def test_rest_is_over_when_the_clock_was_set(schedule: Schedule) -> None:
    work = Work(rest=HOURLY)
    schedule.add(Job("hebei", "send", HOURLY, work.run))
    for _ in range(2):
        assert work.has_ended()
        schedule.run_all_now()
    assert work.has_ended()


def test_removed_job_runs_no_more_and_can_come_back(schedule: Schedule) -> None:
    work = Work()
    for _ in range(2):
        schedule.add(Job("hebei", "send", HOURLY, work.run))
        assert work.has_begun() and work.has_ended() and schedule.has("hebei")
        schedule.remove("hebei")
        schedule.call(job_id("hebei", "send"))
        schedule.run_all_now()
        assert not schedule.has("hebei")
    assert not work.began.acquire(timeout=0.3)


def test_silence_is_that_of_the_job_that_runs_without_a_sign_of_life(schedule: Schedule) -> None:
    work = Work()
    work.go_on.clear()
    job = Job("hebei", "receive", HOURLY, work.run)
    assert schedule.silent_seconds() == 0
    schedule.add(job)
    assert work.has_begun()
    job.last_sign -= 500
    assert schedule.silent_seconds() >= 500
    job.give_sign()
    assert schedule.silent_seconds() < 500
    work.go_on.set()


@pytest.mark.parametrize("at_the_end", [lambda schedule: HOURLY, lambda schedule: schedule.call("hebei/receive")])
def test_stop_waits_for_a_run_that_plans_the_next(at_the_end: Callable[[Schedule], float | None]) -> None:
    schedule = Schedule(machine_time, ZoneInfo("Asia/Shanghai"))
    began, stopped = threading.Event(), threading.Event()
    done: list[float | None] = []

    def run() -> float | None:
        began.set()
        while not schedule._is_stopped:
            stopped.wait(0.01)
        rest = at_the_end(schedule)
        done.append(rest)
        return rest

    schedule.add(Job("hebei", "receive", HOURLY, run))
    schedule.start()
    assert began.wait(PATIENCE)
    schedule.stop()
    assert len(done) == 1


def test_interval_after_a_clock_change_skips_missed_runs() -> None:
    every, now = SkippingInterval(seconds=1, timezone="UTC"), datetime(2026, 5, 17, 16, 0, tzinfo=UTC)
    following = every.get_next_fire_time(datetime(1970, 1, 1, tzinfo=UTC), now)
    assert following is not None and (following - now).total_seconds() == 1


def test_interval_after_a_run_in_time_is_kept() -> None:
    every, now = SkippingInterval(seconds=60, timezone="UTC"), datetime(2026, 5, 17, 16, 0, tzinfo=UTC)
    following = every.get_next_fire_time(now, now)
    assert following is not None and (following - now).total_seconds() == 60
