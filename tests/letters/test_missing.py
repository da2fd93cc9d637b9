"""Who is missing, day by day, and what is still owed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from intake_bot.ledger.reports import ReportedItem
from intake_bot.letters.missing import MissingRow, QuotaRow, missing_rows, quota_rows, quota_sentences
from intake_bot.notices.notice import Extension
from intake_bot.notices.roster import Roster, Unit
from tests.judging.cases import calendar, moment, notice

PUYANG = Roster((Unit("濮阳县教育局", category="县区"), Unit("范县教育局", category="县区")))
HEFEI = Roster(
    (
        Unit("肥东县教育体育局", category="县市"),
        Unit("合肥工业学校", category="学校", rank="省级示范"),
        Unit("合肥铁路工程学校", category="学校"),
        Unit("高新区教育局", category="开发区"),
    )
)


def reported(unit: str, material: str, day: date | None = None) -> ReportedItem:
    return ReportedItem(unit, material, day, False, "1001-9", moment("2023-05-17T12:00:00"))


def rows(notice_id: str, roster: Roster, now: str, *items: ReportedItem) -> list[MissingRow]:
    of = notice(notice_id)
    return list(missing_rows(of, roster, calendar(of), items, moment(now)))


def brief(found: list[MissingRow]) -> list[tuple[str, int | None, int]]:
    """Material, day of the month, number of units missing."""
    return [(row.material, row.day.day if row.day else None, len(row.units)) for row in found]


def test_row_names_who_is_missing_in_the_rosters_order() -> None:
    found = rows("puyang-2023", PUYANG, "2023-05-17T17:30:00", reported("范县教育局", "照片", date(2023, 5, 17)))
    photo = next(row for row in found if row.material == "照片" and row.day == date(2023, 5, 17))
    assert photo == MissingRow("照片", date(2023, 5, 17), moment("2023-05-17T16:00:00"), ("濮阳县教育局",), 2)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2023-05-13T17:30:00", []),
        ("2023-05-14T12:00:00", [("文字材料", 14, 2), ("照片", 14, 2)]),
        ("2023-05-15T12:00:00", [("文字材料", 14, 2), ("文字材料", 15, 2), ("照片", 14, 2), ("照片", 15, 2)]),
        ("2023-05-16T17:30:00", [("文字材料", 16, 2), ("照片", 16, 2)]),
        ("2023-05-17T17:30:00", [("文字材料", 17, 2), ("照片", 17, 2), ("工作总结", None, 2)]),
    ],
)
def test_days_shown_are_the_one_just_due_and_the_one_open(
    now: str, expected: list[tuple[str, int | None, int]]
) -> None:
    assert brief(rows("puyang-2023", PUYANG, now)) == expected


def test_after_the_week_every_day_that_anybody_missed_is_shown() -> None:
    done = [
        reported(unit.name, "文字材料", day) for unit in PUYANG.units for day in notice("puyang-2023").days.days[1:]
    ]
    found = rows("puyang-2023", PUYANG, "2023-05-21T17:30:00", *done)
    assert brief(found) == [("文字材料", 14, 2), *(("照片", day, 2) for day in range(14, 21)), ("工作总结", None, 2)]


def test_next_day_report_is_missing_from_ten_oclock_on() -> None:
    before = rows("hefei-2023", HEFEI, "2023-05-18T09:59:00")
    after = rows("hefei-2023", HEFEI, "2023-05-18T10:00:01")
    late = [[row.day for row in found if row.material == "日报" and row.deadline < now] for found, now in (
        (before, moment("2023-05-18T09:59:00")), (after, moment("2023-05-18T10:00:01")))]  # fmt: skip
    assert late == [[], [date(2023, 5, 17)]]


def test_material_is_expected_from_its_categories_only() -> None:
    found = rows("hefei-2023", HEFEI, "2023-05-12T10:00:00")
    plan = next(row for row in found if row.material == "走进校园方案")
    assert (plan.units, plan.expected) == (("合肥工业学校", "合肥铁路工程学校"), 2)


def test_first_quota_that_fits_the_unit_counts() -> None:
    of = notice("hefei-2023")
    items = [reported("合肥工业学校", "宣传材料"), reported("合肥铁路工程学校", "宣传材料")]
    assert quota_rows(of, HEFEI, items) == (
        QuotaRow("肥东县教育体育局", "宣传材料", 0, 2),
        QuotaRow("合肥工业学校", "宣传材料", 1, 2),
        QuotaRow("合肥铁路工程学校", "宣传材料", 1, 1),
    )


def test_moments_are_compared_across_zones() -> None:
    of = notice("puyang-2023")
    utc = datetime.fromisoformat("2023-05-17T09:30:00+00:00")
    assert missing_rows(of, PUYANG, calendar(of), (), utc) == tuple(rows("puyang-2023", PUYANG, "2023-05-17T17:30:00"))


def test_who_was_granted_more_time_stands_in_a_row_of_its_own() -> None:
    granted = Extension.model_validate(
        {"unit": "濮阳县教育局", "material": "照片", "day": "2023-05-17", "until": "5月19日12:00前"}
    )
    of = notice("puyang-2023").model_copy(update={"extensions": (granted,)})
    found = missing_rows(of, PUYANG, calendar(of), (), moment("2023-05-17T17:30:00"))
    assert [row for row in found if row.material == "照片" and row.day == date(2023, 5, 17)] == [
        MissingRow("照片", date(2023, 5, 17), moment("2023-05-17T16:00:00"), ("范县教育局",), 1),
        MissingRow("照片", date(2023, 5, 17), moment("2023-05-19T12:00:00"), ("濮阳县教育局",), 1),
    ]


@pytest.mark.parametrize(
    ("unit", "counts", "sentences"),
    [
        (0, {"宣传材料": 1}, ("宣传材料：本单位已报 1 篇，尚需 1 篇（通知要求不少于 2 篇）。",)),
        (2, {"宣传材料": 1}, ("宣传材料：本单位已报 1 篇，已经报够（通知要求不少于 1 篇）。",)),
        (1, {"宣传材料": 0}, ("宣传材料：本单位已报 0 篇，尚需 2 篇（通知要求不少于 2 篇）。",)),
        (0, {"宣传材料": 3, "日报": 1}, ("宣传材料：本单位已报 3 篇，已经报够（通知要求不少于 2 篇）。",)),
        (0, {"日报": 1}, ()),
    ],
)
def test_a_receipt_says_what_is_still_owed(unit: int, counts: dict[str, int], sentences: tuple[str, ...]) -> None:
    assert quota_sentences(notice("hefei-2023"), HEFEI.units[unit], counts) == sentences
