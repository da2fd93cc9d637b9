"""Reads until when a unit gets more time: 5月18日12:00, 明天下午4点, 5月18日."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from intake_bot.notices.deadline import read_number

_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_DATE = (
    rf"(?:(?:(?P<year>20\d\d) ?[年./-] ?)?(?P<month>{_NUMBER}) ?[月./-] ?(?P<day>{_NUMBER}) ?[日号]?"
    r"|(?P<near>大后天|后天|明天|明日|今天|今日|明早|今晚|明晚)"
    r"|(?P<next>下)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    rf"|(?P<only_day>{_NUMBER}) ?[日号])"
)
_CLOCK = (
    rf"(?P<half>上午|早上|早|中午|下午|傍晚|晚上|晚)? ?(?:(?P<hour>{_NUMBER}) ?"
    r"(?::(?P<minute>\d\d)|[点时](?:整|(?P<half_hour>半)|(?P<minute_zh>\d\d?)分?)?)|(?P<noon>中午|正午))"
)
_UNTIL = re.compile(rf"(?:[延推]?[到至]|于|在)? ?(?:{_DATE}(?: ?{_CLOCK})?|(?:{_CLOCK.replace('P<', 'P<only_')})) ?"
                    r"(?:以前|之前|前|止|截止)?[\s。.!！]*$")  # fmt: skip
_NEAR_DAYS = {"今": 0, "明": 1, "后": 2, "大": 3}


@dataclass(frozen=True)
class UntilReading:
    """The time, and the words before it."""

    until: datetime
    before: str


def read_until(words: str, now: datetime) -> UntilReading | None:
    """The time at the end of normalised words, in the zone of `now`; None where there is none. A date without a time
    is the end of that day; a time without a date is today's; a date without a year is that of `now`."""
    for found in _UNTIL.finditer(words):
        parts = {name.removeprefix("only_") if name != "only_day" else name: value
                 for name, value in found.groupdict().items() if value is not None}  # fmt: skip
        try:
            day = _day(parts, now)
            return UntilReading(_instant(day, parts, now), words[: found.start()])
        except ValueError:
            continue
    return None


def _day(parts: dict[str, str], now: datetime) -> date:
    today = now.date()
    if "month" in parts:
        year = int(parts.get("year", today.year))
        return date(year, read_number(parts["month"]), read_number(parts["day"]))
    if "only_day" in parts:
        return date(today.year, today.month, read_number(parts["only_day"]))
    if "near" in parts:
        return today + timedelta(_NEAR_DAYS[parts["near"][0]])
    if "weekday" in parts:
        wanted = "一二三四五六日".index(parts["weekday"].replace("天", "日"))
        monday = today - timedelta(today.weekday())
        return monday + timedelta(wanted + (7 if "next" in parts else 0))
    return today


def _instant(day: date, parts: dict[str, str], now: datetime) -> datetime:
    if "noon" in parts:
        return datetime.combine(day, time(12), now.tzinfo)
    if "hour" not in parts:
        return datetime.combine(day + timedelta(1), time(0), now.tzinfo)
    hour = read_number(parts["hour"])
    minute = 30 if "half_hour" in parts else int(parts.get("minute") or parts.get("minute_zh") or 0)
    half = parts.get("half", "") or parts.get("near", "")[1:]
    if hour < (11 if half == "中午" else 12) and half[:1] in ("下", "傍", "晚", "中"):
        hour += 12
    elif hour == 12 and half.startswith("晚"):
        hour = 24  # 晚上12点 is the end of the day
    if hour == 24:
        return datetime.combine(day + timedelta(1), time(0, minute), now.tzinfo)
    return datetime.combine(day, time(hour, minute), now.tzinfo)
