from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from intake_bot.config.settings import DigestSettings
from intake_bot.digests.standing import find_standings
from intake_bot.digests.times import (
    digest_times,
    find_deadlines,
    find_extended,
    find_moved_deadlines,
    is_note_due,
    latest_due,
)
from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.notices.notice import Extension
from tests.digests.standings import NOW, PUYANG, day, item
from tests.judging.cases import calendar, notice

SETTINGS = DigestSettings()
EVENING = (time(17, 30),)


def clock(text: str, day: int = 17) -> datetime:
    hour, minute = map(int, text.split(":"))
    return NOW.replace(day=day, hour=hour, minute=minute)


TIMES = {
    "no deadline": ((), ["17:30"]),
    "deadline of the day": ((clock("16:00"),), ["16:30", "17:30"]),
    "two deadlines": ((clock("10:00"), clock("16:00")), ["10:30", "16:30", "17:30"]),
    "deadline whose digest is the evening's": ((clock("17:00"),), ["17:30"]),
    "deadline of another day": ((clock("16:00", 18),), ["17:30"]),
    "end of the day before": ((clock("0:00"),), ["8:00", "17:30"]),
    "late in the evening": ((clock("23:00"),), ["17:30", "23:30"]),
    "the last half hour counts for the next day": ((clock("23:45"),), ["17:30"]),
}


@pytest.mark.parametrize(("deadlines", "times"), TIMES.values(), ids=TIMES)
def test_digest_is_due_after_each_deadline_and_in_the_evening(
    deadlines: tuple[datetime, ...], times: list[str]
) -> None:
    assert digest_times(EVENING, deadlines, SETTINGS, NOW) == tuple(map(clock, times))


def test_several_hours_and_no_digest_after_deadlines() -> None:
    quiet = SETTINGS.model_copy(update={"minutes_after_deadline": 0})
    hours = (time(12, 0), time(17, 30))
    assert digest_times(hours, (clock("16:00"),), quiet, NOW) == (clock("12:00"), clock("17:30"))


def test_deadlines_of_the_notice_give_the_day_its_times() -> None:
    of = notice("puyang-2023")
    times = digest_times(EVENING, find_deadlines(of, PUYANG, calendar(of), NOW), SETTINGS, NOW)
    assert times == (clock("16:30"), clock("17:30"))


BROUGHT: dict[str, tuple[list[ReportedItem], bool]] = {
    "nothing": ([], True),
    "in time": ([item("范县教育局", "照片", 17)], False),
    "late": ([item("范县教育局", "照片", 17, late=True)], True),
    "what was returned": ([item("范县教育局", "照片", 17, Decision.REJECTED)], True),
    "what waits for the clerk": ([item("范县教育局", "照片", 17, Decision.HELD)], False),
    "by another unit": ([item("台前县教育局", "照片", 17)], True),
}


@pytest.mark.parametrize(("items", "counts"), BROUGHT.values(), ids=BROUGHT)
def test_moved_deadline_counts_while_its_unit_owes(items: list[ReportedItem], counts: bool) -> None:
    until = NOW.replace(tzinfo=None, day=18, hour=12, minute=0)
    more = (Extension(unit="范县教育局", material="照片", day=day(17), until=until),)
    of = notice("puyang-2023").model_copy(update={"extensions": more})
    extended = find_extended(of, PUYANG)
    assert [unit.name for unit in extended.units] == ["范县教育局"]
    found = find_standings(of, extended, calendar(of), items, clock("12:30", 18))
    assert find_moved_deadlines(of, calendar(of), found) == ({clock("12:00", 18)} if counts else set())


def test_newest_time_that_has_come_is_due() -> None:
    times = (clock("16:30"), clock("17:30"))
    assert [latest_due(times, clock(now)) for now in ("16:29", "16:30", "17:29", "23:00")] == [
        None,
        clock("16:30"),
        clock("16:30"),
        clock("17:30"),
    ]


NOTES = {
    "first of the day": (None, "9:00", True),
    "before work": (None, "7:59", False),
    "when work begins": (None, "8:00", True),
    "after work": (None, "18:00", False),
    "an hour after the last one": ("9:00", "10:00", True),
    "within the hour": ("9:01", "10:00", False),
    "clock set back since": ("11:00", "10:00", True),
    "shortly before the digest": (None, "16:05", False),
    "at the digest": (None, "16:30", False),
    "after the digest": (None, "16:31", True),
}


@pytest.mark.parametrize(("last", "now", "due"), NOTES.values(), ids=NOTES)
def test_note_is_due_in_work_hours_once_an_hour_and_not_before_a_digest(last: str | None, now: str, due: bool) -> None:
    times = (clock("16:30"), clock("18:30"))
    assert is_note_due(clock(last) if last else None, times, SETTINGS, clock(now)) is due


def test_note_interval_is_counted_from_the_filing() -> None:
    said = clock("9:00") + timedelta(seconds=1)
    assert not is_note_due(said, (), SETTINGS, clock("10:00"))
