"""Which day a daily report with forms is about, where its subject, words, forms, file names and titles disagree.

Schools copy yesterday's form and forget its date, so that a date in a file is a hint and no statement. Among the days
that are named, the one that is open now is taken. A hint never makes a report late that is in time as it came; where
only a late day is named, or where the chosen day was already reported, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from intake_bot.files.facts import ARCHIVES, TEXTS, FileFacts
from intake_bot.judging.days import Slot, Timing, find_days_in_forms
from intake_bot.judging.verdict import Finding
from intake_bot.notices.day_words import month_day
from intake_bot.notices.deadline import Week
from intake_bot.notices.named_days import read_day
from intake_bot.notices.notice import FormPart, Material, Severity
from intake_bot.notices.subject import SubjectReading

_MAXIMUM_TITLE = 40
"""Characters of the first line of a document. A longer line is prose, in which any day may be named."""
_MAXIMUM_BODY = 2000
_ANOTHER_DAY = re.compile(
    r"(?:\d{1,2}月)?\d{1,2}[日号](?:上午|下午|晚上?)?(?:\d{1,2}[:：点时]\d{0,2}分?)?(?:之前|以前|前|再|补|起|开始|至|到|截止)"
    r"|[明后]天.{0,20}"
)
"""A day in the body that is no day of the report: 5月19日前补发."""
_SIGNATURE = re.compile(
    r"^[^，。,：:\d]{0,30}(?:20\d\d ?[年.-])? ?\d{1,2} ?[月.-] ?\d{1,2} ?日?[ \t\u3000]*$", re.MULTILINE
)
"""A line with nothing but a date, or a unit and a date: the day on which the mail was written."""


@dataclass(frozen=True)
class NamedDays:
    """The days of the week that one mail names for a daily report."""

    stated: date | None
    """In the subject, or in the sender's own words where all files agree with them."""
    stated_in: str
    """主题 or 正文."""
    hints: Mapping[str, date]
    """Where the words or a file name a day → that day."""

    @property
    def all(self) -> frozenset[date]:
        return frozenset([*self.hints.values(), *([self.stated] if self.stated else [])])


@dataclass(frozen=True)
class DayChoice:
    """The day that a report is registered for, and why it may be another than the one that is named."""

    day: date | None
    """None: the day that is open."""
    finding: Finding | None = None


def find_named_days(
    material: Material, reading: SubjectReading, body: str, files: Sequence[FileFacts], week: Week
) -> NamedDays:
    """Returns the days that a mail names. Words and file names count only for a material with forms: in a text of
    another kind any day may be reported."""
    if not any(isinstance(part, FormPart) for part in material.parts):
        return NamedDays(reading.day, "主题", {})
    hints = dict(_find_hints(material, files, week))
    in_body = read_day(_ANOTHER_DAY.sub(" ", _SIGNATURE.sub("", body[:_MAXIMUM_BODY])), week)
    if reading.day is None and in_body is not None and set(hints.values()) == {in_body}:
        return NamedDays(in_body, "正文", hints)
    return NamedDays(reading.day, "主题", {**({"正文": in_body} if in_body else {}), **hints})


def _find_hints(material: Material, files: Sequence[FileFacts], week: Week) -> Iterator[tuple[str, date]]:
    for file, day in find_days_in_forms(material, files, week):
        yield f"表格“{file.name}”里", day
    for file in files:
        in_name = read_day(file.name, week) if file.kind in TEXTS | ARCHIVES else None
        if in_name is not None:
            yield f"文件名“{file.name}”", in_name
        in_title = read_day(_read_title(file.text.text), week) if file.text else None
        if in_title is not None:
            yield f"“{file.name}”的标题", in_title


def _read_title(text: str) -> str:
    first = next((line.strip() for line in text[:_MAXIMUM_BODY].splitlines() if line.strip()), "")
    return first if len(first) <= _MAXIMUM_TITLE else ""


def choose_day(named: NamedDays, slot_of: Callable[[date | None], Slot], filled: Set[date]) -> DayChoice:
    """Chooses the day. `slot_of` gives the slot of a stated day, and for None the slot that is open; `filled` are the
    days for which something was accepted."""
    if not named.hints or named.all == {named.stated}:
        return DayChoice(named.stated)
    window = slot_of(None)
    if window.day in named.all:
        return _take_window(named, window, filled)
    in_time = sorted(day for day in named.all if slot_of(day).timing is Timing.IN_TIME)
    if named.stated is None and window.timing is Timing.IN_TIME:
        return _weigh_hints(named, window, in_time, filled)
    if in_time:
        return _take_day_in_time(named, in_time, filled)
    late = named.stated or max(named.all)
    others = named.all - {late}
    if late not in filled and others <= filled:
        why = "别的日期都已经收到，像是表格照抄时没有改日期"
        return DayChoice(late, _report(named, late, why, False) if others else None)
    return DayChoice(late, _report(named, late, "", True))


def _take_day_in_time(named: NamedDays, in_time: Sequence[date], filled: Set[date]) -> DayChoice:
    """Takes the stated day where it is in time, else the first day in time that is named."""
    chosen = next((day for day in in_time if day == named.stated), in_time[0])
    if len(named.all) == 1 and chosen not in filled:
        return DayChoice(chosen)
    return DayChoice(chosen, _report(named, chosen, "这一天还在报送期内", chosen in filled))


def _take_window(named: NamedDays, window: Slot, filled: Set[date]) -> DayChoice:
    """Takes the day that is open now, one of the days named. Files alone may not take the place of its report."""
    assert window.day is not None
    if len(named.all) == 1:
        return DayChoice(window.day)
    displaces = window.day in filled and named.stated != window.day
    return DayChoice(window.day, _report(named, window.day, "现在正是报送这一天的时候", displaces))


def _weigh_hints(named: NamedDays, window: Slot, in_time: Sequence[date], filled: Set[date]) -> DayChoice:
    """Weighs files that name other days than the one that is open. They make no report late."""
    assert window.day is not None
    if window.day in filled and in_time and in_time[0] not in filled:
        return DayChoice(in_time[0], _report(named, in_time[0], f"{month_day(window.day)}的已经收到", False))
    if window.day in filled or not (in_time or named.all <= filled):
        # A late report, or a copied form that kept its date.
        return DayChoice(window.day, _report(named, window.day, "现在正是报送这一天的时候", True))
    why = "现在正是报送这一天的时候" if in_time else "文件里写的那一天已经收到，像是表格照抄时没有改日期"
    return DayChoice(window.day, _report(named, window.day, why, False))


def _report(named: NamedDays, day: date, why: str, holds: bool) -> Finding:
    places = [(named.stated_in, named.stated)] if named.stated else []
    where = "，".join(f"{place}写的是{month_day(one)}" for place, one in _join_places([*places, *named.hints.items()]))
    if holds:
        found = f"{where}，暂按{month_day(day)}登记，报的是哪一天要由工作人员确认"
        return Finding(
            "day.unclear", Severity.REMARK, found, "", "想更快收到答复，可以回复这封信写明是哪一天", holds=True
        )
    found = f"{where}，已按{month_day(day)}登记：{why}"
    return Finding("day.chosen", Severity.REMARK, found, "", "如不对，请在主题里写明日期后重新发送")


def _join_places(named: Iterable[tuple[str, date]]) -> Iterator[tuple[str, date]]:
    """Joins the places that name the same day."""
    by_day: dict[date, list[str]] = {}
    for place, day in named:
        by_day.setdefault(day, []).append(place)
    for day, places in by_day.items():
        yield "、".join(places[:3]) + ("等处" if len(places) > 3 else ""), day
