from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from intake_bot.digests.sums import list_media, read_count, sum_forms
from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters.digest_lines import MediaLine, SumLine
from tests.digests.reports import NOON
from tests.digests.standings import day


def form(unit: str, *rows: Mapping[str, str], title: str = "活动情况表") -> StandingForm:
    return StandingForm(unit, "每日情况", day(17), "1001-9", NOON, "a@qq.com", title, rows, by_clerk=False)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("260", "260"),
        ("1,240人", "1240"),
        ("约300人次", "300"),
        ("1.2万", "12000"),
        ("0", "0"),
        ("100-200", None),
        ("若干", None),
        ("", None),
    ],
)
def test_number_of_a_cell_is_read_as_people_write_it(cell: str, count: str | None) -> None:
    assert read_count(cell) == (None if count is None else Decimal(count))


def test_columns_that_count_are_summed_with_their_units() -> None:
    forms = [
        form(
            "甲校",
            {"活动名称": "开放日", "参与人数": "260", "地点": "3号楼"},
            {"活动名称": "参观", "参与人数": "1,000"},
        ),
        form("乙校", {"活动名称": "讲座", "参与人数/师生": "5", "参与人数/群众": "待统计"}),
    ]
    assert sum_forms(forms) == (
        SumLine("活动情况表", "填写行数", "3", 2),
        SumLine("活动情况表", "参与人数", "1,260", 1),
        SumLine("活动情况表", "参与人数/师生", "5", 1),
    )
    assert sum_forms([]) == ()


def test_media_are_listed_once_with_title_and_link() -> None:
    first = {"媒体名称": "大河网", "级别": "省级", "标题": "启动", "链接": "https://www.example.cn/a:1"}
    forms = [
        form("甲校", first, {"媒体名称": "清丰融媒", "题目": "开放日"}),
        form("乙校", first, {"活动名称": "开放日"}),
    ]
    assert list_media(forms) == (
        MediaLine("甲校", "大河网", "启动", "https://www.example.cn/a:1"),
        MediaLine("甲校", "清丰融媒", "开放日", ""),
    )
