"""The measures of work notice what they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.work import assert_grows_linearly, shortest_seconds, within_lines


def _loop(size: int) -> int:
    total = 0
    for number in range(size):
        total += number
    return total


def test_task_of_few_lines_returns_its_result() -> None:
    assert within_lines(25, lambda: _loop(10)) == 45


def test_task_of_more_lines_than_allowed_is_ended() -> None:
    with pytest.raises(AssertionError, match="more than 20 lines"):
        within_lines(20, lambda: _loop(10**12))
    _loop(1000)  # nothing is counted any more


@pytest.mark.slow
def test_work_by_the_square_is_noticed() -> None:
    assert_grows_linearly(_loop, 1_000_000)
    with pytest.raises(AssertionError, match="times as long"):
        assert_grows_linearly(lambda size: _loop(size * size), 4_000)


@pytest.mark.slow
def test_shortest_time_ends_with_the_first_that_is_enough() -> None:
    rounds: list[int] = []
    assert shortest_seconds(lambda: rounds.append(_loop(10_000)), enough=10) < 10
    assert len(rounds) == 1
    assert shortest_seconds(lambda: rounds.append(_loop(10_000)), enough=0) > 0
    assert len(rounds) == 6


_TESTS = Path(__file__).parent
_MAY_READ_TIMES = {"test_work.py", "work.py", "files/worker/tasks.py"}  # the last keeps a worker busy for so long


def test_only_slow_tests_compare_processor_times() -> None:
    times = re.compile(r"process_time|perf_counter|os\.times|getrusage")
    found = {
        path.relative_to(_TESTS).as_posix()
        for path in _TESTS.rglob("*.py")
        if times.search(path.read_text(encoding="utf-8"))
    }
    assert {path for path in found if not path.startswith("benchmarks/")} == _MAY_READ_TIMES
