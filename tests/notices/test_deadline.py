"""Deadlines in the words of a notice, form by form."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from intake_bot.notices.deadline import Rhythm, Week, read_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = Week(date(2023, 5, 14), date(2023, 5, 20))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("每天16:00前", "2023-05-17T16:00:00"),
        ("每天下午4时前", "2023-05-17T16:00:00"),
        ("每日下午四点半前", "2023-05-17T16:30:00"),
        ("每天下午11时前", "2023-05-17T23:00:00"),
        ("每天晚11时前", "2023-05-17T23:00:00"),
        ("每天晚12点前", "2023-05-18T00:00:00"),
        ("每天晚上21:30前", "2023-05-17T21:30:00"),
        ("每天晚上五点前", "2023-05-17T17:00:00"),
        ("每天晚上17:00前", "2023-05-17T17:00:00"),
        ("每天晚上24:00前", "2023-05-18T00:00:00"),
        ("每天上午12:00前", "2023-05-17T12:00:00"),
        ("每天下午12:30前", "2023-05-17T12:30:00"),
        ("每天１６：００前", "2023-05-17T16:00:00"),
        ("每天24:00前", "2023-05-18T00:00:00"),
        ("次日10:00前", "2023-05-18T10:00:00"),
        ("次日上午10:00前", "2023-05-18T10:00:00"),
        ("第二天10点前", "2023-05-18T10:00:00"),
    ],
)
def test_read_due_daily_deadline_falls_on_day(words: str, moment: str) -> None:
    due = read_due(words)
    assert due.daily
    assert due.deadline(WEEK, date(2023, 5, 17), SHANGHAI) == at(moment)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("活动周结束后3日内", "2023-05-24T00:00:00"),
        ("活动周结束后三天内", "2023-05-24T00:00:00"),
        ("活动周结束后一周内", "2023-05-28T00:00:00"),
        ("活动周结束后两周之内", "2023-06-04T00:00:00"),
        ("5月28日前", "2023-05-29T00:00:00"),
        ("5月28日17:00前", "2023-05-28T17:00:00"),
        ("5月28日 下午5时 以前", "2023-05-28T17:00:00"),
        ("五月二十八日前", "2023-05-29T00:00:00"),
        ("活动周期间", "2023-05-21T00:00:00"),
    ],
)
def test_read_due_single_deadline_falls_after_week(words: str, moment: str) -> None:
    due = read_due(words)
    assert due.rhythm is Rhythm.ONCE
    assert due.deadline(WEEK, None, SHANGHAI) == at(moment)


def test_deadline_with_later_week_moves() -> None:
    later = Week(date(2024, 5, 12), date(2024, 5, 18))
    assert read_due("活动周结束后3日内").deadline(later, None, SHANGHAI) == at("2024-05-22T00:00:00")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "尽快",
        "每天前",
        "每天25:00前",
        "13月1日前",
        "2月30日前",
        "活动周结束后3个工作日内",
        "十十月一日前",
        "每天16:00",
        "每天上午13:00前",
        "每天晚上4点前",
        "每天晚上13点前",
        "每天晚上16:00前",
        "每天晚上25:00前",
    ],
)
def test_read_due_unreadable_words_raise(words: str) -> None:
    with pytest.raises(ValueError):
        read_due(words)


def test_deadline_with_wrong_day_argument_raises() -> None:
    with pytest.raises(ValueError, match="needs a day"):
        read_due("每天16:00前").deadline(WEEK, None, SHANGHAI)
    with pytest.raises(ValueError, match="needs a day"):
        read_due("活动周期间").deadline(WEEK, date(2023, 5, 17), SHANGHAI)
