"""Finds the days that a text names, in all spellings that people use."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from intake_bot.notices.deadline import Week, read_number
from intake_bot.notices.remainder import Remainder
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
_RELATIVE_DAY = re.compile(r"昨天|昨日|前天")
_DAYS_AGO = {"昨天": 1, "昨日": 1, "前天": 2}
_DIGITS = {character: n for n, character in enumerate("一二三四五六七", 1)}


def read_day(text: str, week: Week) -> date | None:
    """Returns the day of the activity week that a text names. None where it names no such day, or several."""
    days = take_days(Remainder(normalise(text)), week)
    return days[0] if len(days) == 1 and days[0] in week else None


def read_relative_day(text: str, today: date, week: Week) -> date | None:
    """Returns the day of the week that 昨天 or 前天 means in a mail of `today`. None where it says neither, or both."""
    ago = {_DAYS_AGO[word] for word in _RELATIVE_DAY.findall(normalise(text))}
    day = today - timedelta(ago.pop()) if len(ago) == 1 else None
    return day if day is not None and day in week else None


def take_days(rest: Remainder, week: Week) -> tuple[date, ...]:
    """Takes all named days out of `rest` and returns them, each once. Days outside the week are left out where there
    are days inside it.

    A partial date (5.17, 17日, 0517, 周三) counts only where it falls into the week: 1.2 may be a version, 2/3 the
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
    """Returns the day of the week with this day of the month. No two days of a week share one."""
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
