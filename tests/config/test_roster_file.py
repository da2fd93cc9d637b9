"""Rosters as clerks save them: encodings, columns, and faults at their positions."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.roster_file import read_roster
from intake_bot.notices.roster import Roster, Unit
from tests.config.homes import ROSTER

UNITS = (
    Unit("甲县教育局", ("甲县",), "县区"),
    Unit("甲市第一职业学校", ("甲一职", "一职校"), "学校", "省级示范", ("one@example.edu.cn",)),
)


def _read(tmp_path: Path, raw: bytes) -> tuple[tuple[Unit, ...], list[str]]:
    path = tmp_path / "roster.csv"
    path.write_bytes(raw)
    found = read_roster(path, "roster.csv")
    return found.roster.units, [str(fault) for fault in found.faults]


@pytest.mark.parametrize(
    "raw",
    [
        ROSTER.encode(),
        ROSTER.encode("utf-8-sig"),
        ROSTER.encode("gbk"),
        ROSTER.replace("\n", "\r\n").encode("gb18030"),
        ROSTER.replace("\n", "\r\n").encode("utf-8-sig"),
        ROSTER.replace("\n", "\r").encode(),
        ROSTER.rstrip("\n").encode(),
        ROSTER.replace("\n", "\n\n,,,,\n").encode(),
        ROSTER.replace("单位,简称,", " 单 位 ,　简称,").encode(),
        ROSTER.replace("单位,简称,类别,级别,邮箱", "单位名称,别名,类型,等级,Email").encode(),
        ROSTER.replace("甲一职|一职校", "甲一职、一职校").encode(),
        ROSTER.replace("甲一职|一职校", '"甲一职, 一职校"').encode(),
        ROSTER.replace("甲一职|一职校", '"甲一职\n一职校"').encode(),
        ROSTER.replace("甲一职|一职校", "甲一职|一职校|甲市第一职业学校|一职校").encode(),
        ROSTER.replace("甲县教育局", '"甲县教育局"').encode(),
        ROSTER.replace("甲县教育局", "　甲县教育局 ").encode(),
        ROSTER.replace("one@", "One@").encode(),
        ROSTER.replace("甲一职|一职校", "甲一职/一职校").encode(),
        ROSTER.replace("甲县教育局", "\u00a0甲县教育局\u200b").encode(),
        ROSTER.replace("类别", "分类").replace("邮箱", "E-mail").encode(),
    ],
    ids=[
        "UTF-8",
        "BOM",
        "GBK",
        "GB18030, CRLF",
        "BOM, CRLF",
        "CR",
        "no newline at the end",
        "empty lines",
        "spaces in the header",
        "other names of columns",
        "、 between aliases",
        "comma between aliases",
        "newline between aliases",
        "own name among the aliases",
        "quoted",
        "spaces around",
        "capitals in the address",
        "strokes between aliases",
        "invisible signs",
        "still other names of columns",
    ],
)
def test_roster_in_any_usual_encoding_is_read(tmp_path: Path, raw: bytes) -> None:
    assert _read(tmp_path, raw) == (UNITS, [])


def test_columns_in_other_order_are_read(tmp_path: Path) -> None:
    raw = "序号,类别,备注,单位\n1,学校,新增,乙校\n2,学校\n3,学校,,丙校,多出一格\n".encode()
    units, faults = _read(tmp_path, raw)
    assert units == (Unit("乙校", category="学校"), Unit("丙校", category="学校"))
    assert faults == ["roster.csv 第 3 行第 1 列：这一行没有写单位名称。"]


def test_doubled_quotes_are_read_as_one(tmp_path: Path) -> None:
    assert _read(tmp_path, '单位\n"甲""乙""校"\n'.encode()) == ((Unit('甲"乙"校'),), [])


def test_separator_inside_brackets_does_not_split_aliases(tmp_path: Path) -> None:
    units, faults = _read(tmp_path, "单位,简称\n甲校,甲校（北/南校区）/甲(东、西)|甲\n".encode())
    assert (units, faults) == ((Unit("甲校", ("甲校（北/南校区）", "甲(东、西)", "甲")),), [])


TWICE = "已经用了它，一个名称（邮箱）只能属于一个单位。"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("甲县教育局,,,,", [f"第 4 行第 1 列：“甲县教育局”在名册里重复：第 2 行的“甲县教育局”{TWICE}"]),
        (" 甲县 教育局,,,,", [f"第 4 行第 2 列：“甲县 教育局”在名册里重复：第 2 行的“甲县教育局”{TWICE}"]),
        ("甲县,,,,", [f"第 4 行第 1 列：“甲县”在名册里重复：第 2 行的“甲县教育局”{TWICE}"]),
        ("乙校,乙|一职校,,,", [f"第 4 行第 6 列：“一职校”在名册里重复：第 3 行的“甲市第一职业学校”{TWICE}"]),
        ('"乙校","乙| 一职校",,,', [f"第 4 行第 10 列：“一职校”在名册里重复：第 3 行的“甲市第一职业学校”{TWICE}"]),
        (
            "乙校,甲市第一職業學校,,,",
            [f"第 4 行第 4 列：“甲市第一職業學校”在名册里重复：第 3 行的“甲市第一职业学校”{TWICE}"],
        ),
        (
            "乙校,,,,two@b.cn;ONE@example.edu.cn",
            [f"第 4 行第 16 列：“ONE@example.edu.cn”在名册里重复：第 3 行的“甲市第一职业学校”{TWICE}"],
        ),
        ("乙校,,,,two.b.cn", ["第 4 行第 7 列：“two.b.cn”不是邮箱地址，应写成 name@example.edu.cn。"]),
        ("乙校,,,,@qq.com", ["第 4 行第 7 列：“@qq.com”是公共邮箱，谁都可以注册；请写完整的地址。"]),
        ("乙校,,,,@school.edu.cn", []),
        (",乙,,,", ["第 4 行第 1 列：这一行没有写单位名称。"]),
        ("乙校,-,,,", ["第 4 行第 4 列：“-”不能当简称，会认错单位；没有简称就空着。"]),
        ("乙校,无,,,", ["第 4 行第 4 列：“无”不能当简称，会认错单位；没有简称就空着。"]),
        ("乙校,2023,,,", ["第 4 行第 4 列：“2023”不能当简称，会认错单位；没有简称就空着。"]),
        ("-,乙,,,", ["第 4 行第 1 列：“-”不能当单位名称，会认错单位；请写单位的全称。"]),
        ("无,乙,,,", ["第 4 行第 1 列：“无”不能当单位名称，会认错单位；请写单位的全称。"]),
        ("学校,乙,,,", ["第 4 行第 1 列：“学校”不能当单位名称，会认错单位；请写单位的全称。"]),
        ("12345,乙,,,", ["第 4 行第 1 列：“12345”不能当单位名称，会认错单位；请写单位的全称。"]),
        ("乙校（北区,乙,,,", ["第 4 行第 1 列：括号没有成对。"]),
        ("乙校,乙|乙校（北/南校区,,,", ["第 4 行第 6 列：括号没有成对。"]),
        ("合计,2,,,", ["第 4 行第 1 列：这一行像是合计或说明，不是单位，请删掉。"]),
        ("备注：以上单位必须报送,,,,", ["第 4 行第 1 列：这一行像是合计或说明，不是单位，请删掉。"]),
        ("乙校,,#N/A,,", ["第 4 行第 5 列：“#N/A”是表格软件的出错提示，请填上实际的内容。"]),
        ('"乙校,,,,', ["第 4 行第 1 列：引号没有成对。"]),
        (
            "甲县教育局,甲一职,,,x",
            [
                f"第 4 行第 1 列：“甲县教育局”在名册里重复：第 2 行的“甲县教育局”{TWICE}",
                f"第 4 行第 7 列：“甲一职”在名册里重复：第 3 行的“甲市第一职业学校”{TWICE}",
                "第 4 行第 13 列：“x”不是邮箱地址，应写成 name@example.edu.cn。",
            ],
        ),
    ],
    ids=[
        "name",
        "name but for spaces",
        "name that is an alias",
        "alias",
        "alias, quoted",
        "alias in traditional signs",
        "address",
        "no address",
        "everybody's domain",
        "a domain of its own",
        "no name",
        "a dash",
        "none",
        "a number",
        "a dash for a name",
        "none for a name",
        "everybody's name",
        "a number for a name",
        "half a bracket in a name",
        "half a bracket in an alias",
        "a sum",
        "a note",
        "a spreadsheet's error",
        "half a quote",
        "all in one row",
    ],
)
def test_fault_in_row_is_reported_at_its_position(tmp_path: Path, row: str, expected: list[str]) -> None:
    _, faults = _read(tmp_path, f"{ROSTER}{row}\n".encode())
    assert faults == [f"roster.csv {fault}" for fault in expected]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("学校,简称\n甲,乙\n".encode(), "必须有“单位”一列（自带的名册：单位,简称,类别,级别,邮箱）。"),
        ("单位，简称\n甲，乙\n".encode(), "必须有“单位”一列；各列之间要用英文逗号隔开。"),
        (b"", "必须有“单位”一列"),
        (b"PK\x03\x04\x00\x00\xff\xff", "这不是 CSV 文件。"),
        ("单位,简称\n".encode("utf-16"), "这不是 CSV 文件。"),
    ],
    ids=["no column", "full-width commas", "empty", "a workbook", "UTF-16"],
)
def test_file_that_is_no_roster_is_reported(tmp_path: Path, raw: bytes, expected: str) -> None:
    units, faults = _read(tmp_path, raw)
    assert units == ()
    assert len(faults) == 1
    assert faults[0].startswith("roster.csv 第 1 行第 1 列：")
    assert expected in faults[0]


def test_folder_in_place_of_roster_is_reported(tmp_path: Path) -> None:
    found = read_roster(tmp_path, "rosters")
    assert found.roster == Roster()
    assert len(found.faults) == 1
    assert str(found.faults[0]).startswith("rosters：打不开名册")


def test_two_columns_of_one_meaning_are_reported(tmp_path: Path) -> None:
    _, faults = _read(tmp_path, ROSTER.replace("级别", "类型").encode())
    assert faults == ["roster.csv 第 1 行第 10 列：“类型”和前面的“类别”是同一种列，请只留一列。"]


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        (
            ROSTER.replace("简称", "短名"),
            "第 1 行第 4 列：没有读取“短名”这一列；会读的列是：单位、简称、类别、级别、邮箱、曾用名、联系人、电话。",
        ),
        (
            "单位,类别,序号,备注\n甲校,学校,1,\n乙校,,2,\n丙校,,3,\n",
            "第 3 行第 4 列：从这一行起，有 2 行没有写类别（合并的单元格存成 CSV 后，只有第一行有内容），"
            "按类别催报时会漏掉这些单位。",
        ),
        (
            "单位,类别\n甲校,学校\n乙校\n丙校,\n",
            "第 3 行第 1 列：从这一行起，有 2 行没有写类别（合并的单元格存成 CSV 后，只有第一行有内容），"
            "按类别催报时会漏掉这些单位。",
        ),
    ],
    ids=["a column that nobody reads", "merged cells", "cells left out at the end"],
)
def test_possible_loss_of_data_is_remark(tmp_path: Path, raw: str, remark: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(raw, encoding="utf-8")
    found = read_roster(path, "roster.csv")
    assert ([str(one) for one in found.remarks], found.faults) == ([f"roster.csv {remark}"], [])


def test_former_names_are_read(tmp_path: Path) -> None:
    raw = "单位,曾用名\n乙校,乙职校|乙中专、乙校\n丙校,\n".encode()
    assert _read(tmp_path, raw) == ((Unit("乙校", former_names=("乙职校", "乙中专")), Unit("丙校")), [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "丙校,乙校",
            "第 3 行第 4 列：“乙校”在名册里重复：第 2 行的“乙校”已经用了它，一个名称（邮箱）只能属于一个单位。",
        ),
        ("丙校,无", "第 3 行第 4 列：“无”不能当曾用名，会认错单位；没有曾用名就空着。"),
        ("丙校,丙职校（南", "第 3 行第 4 列：括号没有成对。"),
    ],
    ids=["another unit", "no name", "half a bracket"],
)
def test_former_name_that_misleads_is_a_fault(tmp_path: Path, row: str, fault: str) -> None:
    _, faults = _read(tmp_path, f"单位,曾用名\n乙校,\n{row}\n".encode())
    assert [one.startswith(f"roster.csv {fault}") for one in faults] == [True]


def test_contact_and_telephone_columns_are_read_and_may_be_several(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(
        "单位,联系人,电话,手机\n甲校,张老师,0551-62345678,13800000000\n乙校,,1.38E+10,\n丙校,李老师,,\n",
        encoding="utf-8",
    )
    found = read_roster(path, "roster.csv")
    assert [(unit.contact, unit.telephone) for unit in found.roster.units] == [
        ("张老师", "0551-62345678、13800000000"),
        ("", ""),
        ("李老师", ""),
    ]
    assert [str(remark) for remark in found.remarks] == [
        "roster.csv 第 3 行第 5 列：“1.38E+10”不像电话号码，汇总里没有用。Excel 里请把这一列的格式设成“文本”再填。"
    ]
    assert found.faults == []
