"""Reads deadlines in the words of a notice, and computes from them when a material is due.

These are the forms that bureaus write:
每天16:00前 · 次日10:00前 · 活动周结束后3日内 · 活动周结束后一周内 · 5月28日前 · 5月28日17:00前 · 活动周期间,
with 每日 for 每天, 上午/下午, 4时 or 4点 for 4:00, and Chinese numerals. A date without a time means the
end of that day, 24:00, which is midnight of the next day.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


@dataclass(frozen=True)
class Week:
    """The activity week, first and last day included, in local dates of the bureau."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(n) for n in range((self.last - self.first).days + 1))


class Rhythm(StrEnum):
    """How often a deadline repeats, and on which day it falls."""

    SAME_DAY = "same_day"
    NEXT_DAY = "next_day"
    ONCE = "once"


@dataclass(frozen=True)
class Due:
    """A deadline rule in the words of the notice. `deadline()` computes the instant."""

    words: str
    rhythm: Rhythm
    clock: time | None = None
    """Local time of day. None: the end of the day."""
    days_after_week: int | None = None
    month_day: tuple[int, int] | None = None

    @property
    def daily(self) -> bool:
        """True when every day of the week has a deadline of its own."""
        return self.rhythm is not Rhythm.ONCE

    def deadline(self, week: Week, day: date | None, zone: tzinfo) -> datetime:
        """Returns the last instant that is in time: 16:00:00 is in time, 16:00:01 is late.

        `day` is the day reported on. Raises ValueError when a daily deadline gets none, or another deadline gets one.
        """
        if self.daily != (day is not None):
            raise ValueError(f"{self.words}: a daily deadline needs a day, any other takes none")
        return _instant(self._date(week, day), self.clock, zone)

    def _date(self, week: Week, day: date | None) -> date:
        if day is not None:
            return day + timedelta(1) if self.rhythm is Rhythm.NEXT_DAY else day
        if self.month_day is not None:
            return date(week.last.year, *self.month_day)
        return week.last + timedelta(self.days_after_week or 0)


def _instant(day: date, clock: time | None, zone: tzinfo) -> datetime:
    if clock is None:
        return datetime.combine(day + timedelta(1), time(0), zone)
    return datetime.combine(day, clock, zone)


_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGIT = f"[{''.join(_DIGITS)}]"
_NUMBER = r"(?:\d{1,3}|[零一二两三四五六七八九十]{1,3})"
_CLOCK = (
    rf"(?P<half>上午|下午|晚上?)?(?P<hour>{_NUMBER})"
    r"(?::(?P<minute>\d\d)|[时点](?:(?P<half_hour>半)|(?P<minute_zh>\d\d)分?)?)"
)
_BEFORE = r"(?:以前|之前|前)"
_FORMS = (
    (Rhythm.SAME_DAY, re.compile(rf"每[天日](?:当[天日])?{_CLOCK}{_BEFORE}")),
    (Rhythm.NEXT_DAY, re.compile(rf"(?:次日|第二天){_CLOCK}{_BEFORE}")),
    (Rhythm.ONCE, re.compile(rf"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})[日号](?:{_CLOCK})?{_BEFORE}")),
    (
        Rhythm.ONCE,
        re.compile(
            rf"(?:活动周|活动)结束后(?:(?P<days>{_NUMBER})[日天]|(?P<weeks>{_NUMBER})(?:个)?(?:周|星期))(?:之|以)?内"
        ),
    ),
    (Rhythm.ONCE, re.compile(r"活动周(?:期间|内)")),
)


def read_due(words: str) -> Due:
    """Reads a deadline in the words of a notice. Raises ValueError, in Chinese, when it cannot be read."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", words))
    for rhythm, form in _FORMS:
        if found := form.fullmatch(text):
            try:
                return _due(words, rhythm, {k: v for k, v in found.groupdict().items() if v is not None})
            except ValueError as error:
                raise ValueError(f"期限“{words}”里没有这个日期或时间") from error
    raise ValueError(f"看不懂期限“{words}”")


def _due(words: str, rhythm: Rhythm, found: dict[str, str]) -> Due:
    clock = _clock(found) if "hour" in found else None
    if "month" in found:
        month, day = read_number(found["month"]), read_number(found["day"])
        date(2024, month, day)  # a leap year: 2月29日 may be meant; raises ValueError for 13月
        return Due(words, rhythm, clock, month_day=(month, day))
    if "days" in found:
        return Due(words, rhythm, clock, days_after_week=read_number(found["days"]))
    if "weeks" in found:
        return Due(words, rhythm, clock, days_after_week=7 * read_number(found["weeks"]))
    return Due(words, rhythm, clock)


def _clock(found: dict[str, str]) -> time | None:
    hour = read_number(found["hour"])
    minute = 30 if "half_hour" in found else int(found.get("minute") or found.get("minute_zh") or 0)
    match found.get("half"):
        case "下午" if hour < 12:
            hour += 12
        case "晚" | "晚上":
            hour = _evening_hour(hour)
        case "上午" if hour > 12:
            raise ValueError("no hour of a morning")
    if (hour, minute) == (24, 0):
        return None
    return time(hour, minute)


def _evening_hour(hour: int) -> int:
    """Returns the hour, 0 to 24, of an evening: 晚上12点 is midnight. Raises ValueError for 晚上3点 and 晚上0点."""
    if 5 <= hour <= 12:
        return hour + 12
    if 17 <= hour <= 24:
        return hour
    raise ValueError("no hour of an evening")


def read_number(text: str) -> int:
    """Reads an Arabic numeral, or a Chinese one below 100. Raises ValueError for anything else."""
    if text.isdigit():
        return int(text)
    found = re.fullmatch(rf"(?P<tens>{_DIGIT}?)(?P<ten>十)(?P<ones>{_DIGIT}?)|(?P<single>{_DIGIT})", text)
    if found is None:
        raise ValueError(f"看不懂数字“{text}”")
    if found["single"]:
        return _DIGITS[found["single"]]
    return (_DIGITS[found["tens"]] if found["tens"] else 1) * 10 + (_DIGITS[found["ones"]] if found["ones"] else 0)
