from __future__ import annotations

import pytest

from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.notices.notice import Extension
from tests.digests.standings import HEFEI, all_in, day, item, marks, standings
from tests.judging.cases import moment, notice

COUNTY = "濮阳县教育局"
ACCEPTED, HELD, REJECTED = Decision.ACCEPTED, Decision.HELD, Decision.REJECTED


@pytest.mark.parametrize(
    ("items", "mark"),
    [
        ((), "－"),
        ((item(COUNTY, "照片", 17),), "收"),
        ((item(COUNTY, "照片", 17, late=True),), "迟"),
        ((item(COUNTY, "照片", 17, HELD),), "待"),
        ((item(COUNTY, "照片", 17, REJECTED),), "退"),
        ((item(COUNTY, "照片", 17, REJECTED), item(COUNTY, "照片", 17, HELD)), "待"),
        ((item(COUNTY, "照片", 17, HELD), item(COUNTY, "照片", 17, ACCEPTED)), "收"),
        ((item(COUNTY, "照片", 17, late=True), item(COUNTY, "照片", 17)), "收"),
        ((item("范县教育局", "照片", 17),), "－"),
    ],
    ids=["none", "in time", "late", "held", "returned", "returned, held", "held, in", "late, in time", "of another"],
)
def test_mark_is_what_counts_most_of_the_items(items: tuple[ReportedItem, ...], mark: str) -> None:
    assert marks(standings(*items), COUNTY)["照片"][-1] == mark


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2023-05-13T17:30:00", {}),
        ("2023-05-14T12:00:00", {"文字材料": "・", "照片": "・"}),
        ("2023-05-14T16:00:00", {"文字材料": "・", "照片": "・"}),
        ("2023-05-14T16:00:01", {"文字材料": "－", "照片": "－"}),
        ("2023-05-17T17:30:00", {"文字材料": "－－－－", "照片": "－－－－", "工作总结": "・"}),
        ("2023-05-25T17:30:00", {"文字材料": "－" * 7, "照片": "－" * 7, "工作总结": "－"}),
    ],
)
def test_days_that_have_begun_are_shown_and_missing_after_their_deadline(now: str, shown: dict[str, str]) -> None:
    assert marks(standings(now=now), COUNTY) == shown


def test_extension_moves_the_deadline_of_its_unit_alone() -> None:
    granted = Extension.model_validate(
        {"unit": COUNTY, "material": "照片", "day": "2023-05-17", "until": "5月19日12:00前"}
    )
    of = notice("puyang-2023").model_copy(update={"extensions": (granted,)})
    found = standings(*all_in(COUNTY, 14, 15, 16), of=of)
    assert marks(found, COUNTY)["照片"] == "收收收・"
    assert marks(found, "范县教育局")["照片"] == "－－－－"


def test_next_day_report_is_missing_after_ten() -> None:
    of = notice("hefei-2023")
    before, after = (standings(now=f"2023-05-18T{clock}", of=of, roster=HEFEI) for clock in ("10:00:00", "10:00:01"))
    assert [marks(found, "肥东县教育体育局")["日报"] for found in (before, after)] == ["・・", "－・"]


def test_material_for_categories_is_expected_from_them_only() -> None:
    found = standings(now="2023-05-12T10:00:00", of=notice("hefei-2023"), roster=HEFEI)
    assert ["走进校园方案" in marks(found, unit.name) for unit in HEFEI.units] == [False, True, False]


def test_deadlines_in_other_zones_are_compared() -> None:
    of = notice("puyang-2023")
    local = standings(now="2023-05-17T17:30:00")
    assert [slot.is_due(moment("2023-05-17T17:30:00")) for slot in local[0].slots if slot.day == day(17)] == [
        True,
        True,
    ]
    assert of.week.first == day(14)
