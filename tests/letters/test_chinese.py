from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from intake_bot.letters import chinese
from tests.letters.samples import DAY, at

TIMINGS = {
    "in time, one day": (
        "2023-05-17 15:58:41",
        "2023-05-17 16:00:00",
        False,
        "服务器收到 15:58:41，截止 16:00:00，按时",
    ),
    "at the second": ("2023-05-17 16:00:00", "2023-05-17 16:00:00", False, "服务器收到 16:00:00，截止 16:00:00，按时"),
    "a second late": (
        "2023-05-17 16:00:01",
        "2023-05-17 16:00:00",
        True,
        "服务器收到 16:00:01，截止 16:00:00，迟报 1 秒",
    ),
    "next day": (
        "2023-05-18 08:12:05",
        "2023-05-17 16:00:00",
        True,
        "服务器收到 5月18日08:12:05，截止 5月17日16:00:00，迟报 16 小时 12 分钟",
    ),
    "end of the day": ("2023-05-23 23:59:59", "2023-05-24 00:00:00", False, "服务器收到 23:59:59，截止 24:00，按时"),
    "days ahead": (
        "2023-05-20 09:00:00",
        "2023-05-24 00:00:00",
        False,
        "服务器收到 5月20日09:00:00，截止 5月23日24:00，按时",
    ),
}


@pytest.mark.parametrize(("received", "due", "late", "words"), TIMINGS.values(), ids=TIMINGS)
def test_timing(received: str, due: str, late: bool, words: str) -> None:
    assert chinese.timing(at(received), at(due), late) == words


DEADLINES = {
    "hour": ("2023-05-17 16:00:00", "5月17日（周三）16:00"),
    "midnight": ("2023-05-24 00:00:00", "5月23日（周二）24:00"),
    "first of a month": ("2023-06-01 00:00:00", "5月31日（周三）24:00"),
    "seconds": ("2023-05-21 16:00:30", "5月21日（周日）16:00:30"),
}


@pytest.mark.parametrize(("due", "words"), DEADLINES.values(), ids=DEADLINES)
def test_deadline(due: str, words: str) -> None:
    assert chinese.deadline(at(due)) == words


def test_brief_deadline_leaves_out_the_day_it_stands_beside() -> None:
    assert chinese.brief_deadline(at("2023-05-17 16:00:00"), DAY) == "16:00"
    assert chinese.brief_deadline(at("2023-05-18 10:00:00"), DAY) == "5月18日10:00"
    assert chinese.brief_deadline(at("2023-05-24 00:00:00"), None) == "5月23日24:00"


SPANS = {
    "part of a second": (timedelta(milliseconds=20), "1 秒"),
    "minutes": (timedelta(minutes=30), "30 分钟"),
    "hours": (timedelta(hours=1, minutes=12, seconds=5), "1 小时 12 分钟"),
    "hours and seconds": (timedelta(hours=1, seconds=5), "1 小时"),
    "days": (timedelta(days=3, hours=10), "3 天 10 小时"),
}


@pytest.mark.parametrize(("length", "words"), SPANS.values(), ids=SPANS)
def test_span(length: timedelta, words: str) -> None:
    assert chinese.span(length) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 字节"),
        (999, "999 字节"),
        (1000, "1 KB"),
        (999_999, "999 KB"),
        (1_999_999, "1.9 MB"),
        (2_000_000, "2.0 MB"),
    ],
)
def test_size(count: int, words: str) -> None:
    assert chinese.size(count) == words


def test_moments_read_in_their_own_zone() -> None:
    moment: datetime = at("2023-05-17 15:58:41")
    assert chinese.moment(moment) == "2023年5月17日（周三）15:58:41"
    assert chinese.short_moment(moment) == "5月17日 15:58"
