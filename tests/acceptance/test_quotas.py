"""合肥 四（二）: how many articles a unit owes over the week, by what it is."""

from __future__ import annotations

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.letters.missing import quota_sentences


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [("肥东县教育体育局", 2), ("合肥铁路工程学校", 1), ("合肥工业学校", 2)],
    ids=["县", "学校", "省级示范校"],
)
def test_a_quota_is_met_by_as_many_articles_as_it_says(unit: str, wanted: int) -> None:
    asked = f"（通知要求不少于 {wanted} 篇）。"
    assert _sentences(unit, wanted - 1) == (f"宣传材料：本单位已报 {wanted - 1} 篇，尚需 1 篇{asked}",)
    assert _sentences(unit, wanted) == (f"宣传材料：本单位已报 {wanted} 篇，已经报够{asked}",)


def test_a_development_zone_owes_none() -> None:
    assert _sentences("合肥高新技术产业开发区教育局", 0) == ()


def _sentences(unit: str, accepted: int) -> tuple[str, ...]:
    settings = load(defaults_dir())
    bureau = settings.bureau("hefei")
    notice = next(one for one in settings.notices if one.id == "hefei-2023")
    assert bureau is not None
    owner = bureau.roster.find(unit)
    assert owner is not None
    return quota_sentences(notice, owner, {"宣传材料": accepted})
