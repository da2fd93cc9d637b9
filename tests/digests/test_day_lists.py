from __future__ import annotations

from datetime import date

import pytest

from intake_bot.digests.day_lists import name_days, name_items
from tests.digests.standings import day


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ((day(14),), "5月14日"),
        ((day(14), day(15)), "5月14—15日"),
        ((day(14), day(15), day(17)), "5月14—15日、17日"),
        ((day(14), day(16)), "5月14日、16日"),
        ((day(30), day(31), date(2023, 6, 1)), "5月30日—6月1日"),
        ((day(31), date(2023, 6, 2)), "5月31日、6月2日"),
    ],
)
def test_days_in_a_row_are_named_as_one_span(days: tuple[date, ...], named: str) -> None:
    assert name_days(days) == named


def test_items_of_the_same_days_are_named_together_and_the_newest_first() -> None:
    items = [
        ("文字材料", day(14)),
        ("照片", day(14)),
        ("文字材料", day(15)),
        ("照片", day(15)),
        ("视频", day(17)),
        ("总结", None),
    ]
    assert name_items(items) == "视频（5月17日）、文字材料、照片（5月14—15日）、总结"
    assert name_items([]) == ""
