"""合肥 四（二）: the number of articles that a unit owes in the week, by category and rank."""

from __future__ import annotations

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.letters.missing_reports import quota_lines_of


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [("肥东县教育体育局", 2), ("合肥铁路工程学校", 1), ("合肥工业学校", 2)],
    ids=["县", "学校", "省级示范校"],
)
def test_quota_is_met_by_its_number_of_articles(unit: str, wanted: int) -> None:
    asked = f"（通知要求不少于 {wanted} 篇）。"
    assert _sentences(unit, wanted - 1) == (f"宣传材料：本单位已报 {wanted - 1} 篇，尚需 1 篇{asked}",)
    assert _sentences(unit, wanted) == (f"宣传材料：本单位已报 {wanted} 篇，已经报够{asked}",)


def test_development_zone_has_no_quota() -> None:
    assert _sentences("合肥高新技术产业开发区教育局", 0) == ()


def _sentences(unit: str, accepted: int) -> tuple[str, ...]:
    settings = load(defaults_dir())
    bureau = settings.bureau("hefei")
    notice = next(one for one in settings.notices if one.id == "hefei-2023")
    assert bureau is not None
    owner = bureau.roster.find(unit)
    assert owner is not None
    return tuple(line.sentence for line in quota_lines_of(notice, owner, {"宣传材料": accepted}))
