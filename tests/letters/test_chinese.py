from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from intake_bot.letters import chinese
from tests.letters.samples import DAY, at

TIMINGS = {
    "in time, one day": ("2023-05-17 15:58:41", "2023-05-17 16:00:00", False, "截止 16:00，按时"),
    "at the second": ("2023-05-17 16:00:00", "2023-05-17 16:00:00", False, "截止 16:00:00，按时"),
    "a second late": ("2023-05-17 16:00:01", "2023-05-17 16:00:00", True, "截止 16:00:00，迟报 1 秒"),
    "a minute late": ("2023-05-17 16:01:00", "2023-05-17 16:00:00", True, "截止 16:00，迟报 1 分钟"),
    "next day": ("2023-05-18 08:12:05", "2023-05-17 16:00:00", True, "截止 5月17日 16:00，迟报 16 小时 12 分钟"),
    "end of the day": ("2023-05-23 23:59:59", "2023-05-24 00:00:00", False, "截止 24:00，按时"),
    "days ahead": ("2023-05-20 09:00:00", "2023-05-24 00:00:00", False, "截止 5月23日 24:00，按时"),
}


@pytest.mark.parametrize(("received", "due", "late", "words"), TIMINGS.values(), ids=TIMINGS)
def test_timing_compares_received_and_deadline(received: str, due: str, late: bool, words: str) -> None:
    assert chinese.timing(at(received), at(due), late) == words


ARRIVALS = {
    "more than a minute ahead": ("2023-05-17 15:58:41", "2023年5月17日（周三）15:58"),
    "seconds ahead": ("2023-05-17 15:59:41", "2023年5月17日（周三）15:59:41"),
    "a second late": ("2023-05-17 16:00:01", "2023年5月17日（周三）16:00:01"),
    "minutes late": ("2023-05-17 16:07:30", "2023年5月17日（周三）16:07"),
}


@pytest.mark.parametrize(("received", "words"), ARRIVALS.values(), ids=ARRIVALS)
def test_arrival_has_seconds_only_where_they_decide(received: str, words: str) -> None:
    assert chinese.arrival(at(received), [at("2023-05-17 16:00:00"), at("2023-05-24 00:00:00")]) == words


UNTIL = {
    "the same day": ("2023-05-17 16:00:00", "今天（5月17日）16:00"),
    "midnight": ("2023-05-18 00:00:00", "今天（5月17日）24:00"),
    "the next day": ("2023-05-18 12:00:00", "明天（5月18日）12:00"),
    "two days ahead": ("2023-05-19 12:00:00", " 5月19日（周五）12:00"),
    "a month ahead": ("2023-06-17 12:00:00", " 6月17日（周六）12:00"),
}


@pytest.mark.parametrize(("due", "words"), UNTIL.values(), ids=UNTIL)
def test_deadline_of_today_and_tomorrow_is_said_in_words(due: str, words: str) -> None:
    assert chinese.deadline_words(at(due), at("2023-05-17 14:00:00")) == words


DEADLINES = {
    "hour": ("2023-05-17 16:00:00", "5月17日（周三）16:00"),
    "midnight": ("2023-05-24 00:00:00", "5月23日（周二）24:00"),
    "first of a month": ("2023-06-01 00:00:00", "5月31日（周三）24:00"),
    "seconds": ("2023-05-21 16:00:30", "5月21日（周日）16:00:30"),
}


@pytest.mark.parametrize(("due", "words"), DEADLINES.values(), ids=DEADLINES)
def test_deadline_at_midnight_is_24_of_the_day_before(due: str, words: str) -> None:
    assert chinese.deadline(at(due)) == words


def test_brief_deadline_on_the_same_day_leaves_out_the_day() -> None:
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
def test_span_has_the_two_largest_units(length: timedelta, words: str) -> None:
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
def test_size_is_rounded_down(count: int, words: str) -> None:
    assert chinese.size(count) == words


def test_time_is_written_in_its_own_zone() -> None:
    received: datetime = at("2023-05-17 15:58:41")
    assert chinese.full_time(received) == "2023年5月17日（周三）15:58:41"
    assert chinese.short_time(received) == "5月17日 15:58"
