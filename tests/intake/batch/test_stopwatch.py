from __future__ import annotations

import threading

import pytest

from intake_bot.intake.batch.stopwatch import Stage, Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("intake_bot.intake.batch.stopwatch.time.monotonic", lambda: now[0])
    return now


def test_stage_within_another_is_counted_once(clock: list[float]) -> None:
    stopwatch = Stopwatch()
    with stopwatch.time(Stage.FILE):
        clock[0] += 1
        for _ in range(2):
            with stopwatch.time(Stage.JUDGE):
                clock[0] += 10
        clock[0] += 2
    with stopwatch.time(Stage.FILE):
        clock[0] += 100
    assert stopwatch.seconds == {
        Stage.FETCH: 0,
        Stage.READ: 0,
        Stage.MEASURE: 0,
        Stage.JUDGE: 20,
        Stage.FILE: 103,
    }


def test_time_of_a_block_that_raises_counts(clock: list[float]) -> None:
    stopwatch = Stopwatch()
    with pytest.raises(ZeroDivisionError), stopwatch.time(Stage.READ):
        clock[0] += 1
        raise ZeroDivisionError
    assert stopwatch.seconds[Stage.READ] == 1


def test_threads_are_added_and_not_within_each_other(clock: list[float]) -> None:
    stopwatch = Stopwatch()

    def read() -> None:
        with stopwatch.time(Stage.READ):
            clock[0] += 1

    with stopwatch.time(Stage.FILE):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert (stopwatch.seconds[Stage.READ], stopwatch.seconds[Stage.FILE]) == (1, 1)
