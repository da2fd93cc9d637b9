"""What is still owed over the week."""

from __future__ import annotations

from datetime import date

import pytest

from intake_bot.judging.verdict import ReportedItem
from intake_bot.letters.missing_reports import QuotaRow, quota_lines_of, quota_rows
from intake_bot.notices.roster import Roster, Unit
from tests.judging.cases import moment, notice

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


def test_first_matching_quota_applies() -> None:
    of = notice("hefei-2023")
    items = [reported("合肥工业学校", "宣传材料"), reported("合肥铁路工程学校", "宣传材料")]
    assert quota_rows(of, HEFEI, items) == (
        QuotaRow("肥东县教育体育局", "宣传材料", 0, 2),
        QuotaRow("合肥工业学校", "宣传材料", 1, 2),
        QuotaRow("合肥铁路工程学校", "宣传材料", 1, 1),
    )


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
def test_quota_sentence_names_the_articles_still_owed(
    unit: int, counts: dict[str, int], sentences: tuple[str, ...]
) -> None:
    lines = quota_lines_of(notice("hefei-2023"), HEFEI.units[unit], counts)
    assert tuple(line.sentence for line in lines) == sentences
