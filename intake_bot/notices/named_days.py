"""The days that a text names, in all the ways in which people write a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from intake_bot.notices.deadline import Week, read_number
from intake_bot.notices.rest import Rest
from intake_bot.notices.spelling import normalise

_ISO_DAY = re.compile(r"(?<!\d)(20\d\d) ?[-./年] ?(\d{1,2}) ?[-./月] ?(\d{1,2})(?!\d) ?[日号]?")
_COMPACT_DAY = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2}) ?月 ?(\d{1,2})(?!\d) ?[日号]?")
_SHORT_DAY = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})(?![\d./-])")
_DAY_OF_MONTH = re.compile(r"(?<![\d月])(\d{1,2}) ?[日号]")
_CHINESE_DAY = re.compile(r"(?:([一二三四五六七八九十]{1,2}) ?月)? ?([一二三四五六七八九十]{1,3}) ?[日号]")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])(?![\u4e00-\u9fff]?届)")
_SHORT_YEAR = re.compile(r"(?<!\d)(2\d)[./-](\d{1,2})[./-](\d{1,2})(?!\d)|(?<!\d)(2\d)(\d\d)(\d\d)(?!\d)")
_FOUR_DIGITS = re.compile(r"(?<!\d)(0\d)(\d\d)(?!\d)")
_NTH_DAY = re.compile(r"第 ?(\d|[一二三四五六七]) ?[天日]")
_DIGITS = {sign: n for n, sign in enumerate("一二三四五六七", 1)}


def read_day(text: str, week: Week) -> date | None:
    """The one day of the week that a text names, in any of the spellings of a subject; None for none or several."""
    days = take_days(Rest(normalise(text)), week)
    return days[0] if len(days) == 1 and days[0] in week else None


def take_days(rest: Rest, week: Week) -> tuple[date, ...]:
    """The days that are named, each once; those of the week alone where there are any.

    What is no full date (5.17, 17日, 0517, 周三) counts only where it hits the week: 1.2 may be a version, 2/3 the
    second of three mails.
    """
    year = week.first.year
    named = [_date(*map(int, m.groups())) for p in (_ISO_DAY, _COMPACT_DAY) for m in rest.take(p)]
    named += [_date(year, int(m[1]), int(m[2])) for m in rest.take(_MONTH_DAY)]
    named += [week.first + timedelta(_DIGITS.get(m[1]) or int(m[1])) - timedelta(1) for m in rest.take(_NTH_DAY)]
    for pattern, read in _PARTIAL_DAYS:
        for match in list(pattern.finditer(rest.text)):
            day = read(match, week)
            if day is not None and day in week:
                named.append(day)
                rest.blank(match.start(), match.end())
    days = tuple(dict.fromkeys(day for day in named if day is not None))
    return tuple(day for day in days if day in week) or days


def _in_month(week: Week, day: int, month: int | None) -> date | None:
    """The day of the week with this number; a week over the end of a month has each number once."""
    return next((one for one in week.days if one.day == day and month in (None, one.month)), None)


def _read_chinese_day(match: re.Match[str], week: Week) -> date | None:
    try:
        return _in_month(week, read_number(match[2]), read_number(match[1]) if match[1] else None)
    except ValueError:
        return None


def _read_weekday(match: re.Match[str], week: Week) -> date | None:
    number = "一二三四五六日".index(match[1].replace("天", "日"))
    days = [day for day in week.days if day.weekday() == number]
    return days[0] if len(days) == 1 else None


def _read_short_year(match: re.Match[str], week: Week) -> date | None:
    year, month, day = (int(group) for group in match.groups() if group is not None)
    return _date(2000 + year, month, day)


_PARTIAL_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Week], date | None]], ...] = (
    (_SHORT_YEAR, _read_short_year),
    (_SHORT_DAY, lambda match, week: _in_month(week, int(match[2]), int(match[1]))),
    (_FOUR_DIGITS, lambda match, week: _in_month(week, int(match[2]), int(match[1]))),
    (_DAY_OF_MONTH, lambda match, week: _in_month(week, int(match[1]), None)),
    (_CHINESE_DAY, _read_chinese_day),
    (_WEEKDAY, _read_weekday),
)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
