"""Memory does not grow with attachments."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.large_mail import MEGABYTE, Cost, measure, told

LIMIT_BYTES = 100 * 1024 * 1024
"""Most of it is what the program needs before it has read a byte: SQLAlchemy and pydantic alone are 40 MB."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells a process its memory by a library of its own only")
@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [20, 200])
def test_ten_times_the_mail_costs_no_more_memory(megabytes: int, capsys: pytest.CaptureFixture[str]) -> None:
    small, large = measure(megabytes * MEGABYTE // 10), measure(megabytes * MEGABYTE)
    with capsys.disabled():
        print(f"\n{told(small)}\n{told(large)}")  # noqa: T201 - the time is for people to read
    assert (small.disposition, large.disposition) == ("accepted", "accepted")
    assert large.peak_bytes < LIMIT_BYTES
    assert large.peak_bytes < 1.3 * small.peak_bytes
    assert _read(large) < 30 * MEGABYTE


def _read(cost: Cost) -> int:
    """The memory that the mail itself took, with what is imported only when a mail is read."""
    return cost.peak_bytes - cost.start_bytes
