from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from intake_bot.digests.package.selection import EVERYTHING, PackageNames, PackedItem, Wanted, select_items
from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.records import KeptFile
from tests.digests.workbook.test_sheets import COUNTY, FAN, MAIL, NAMELESS, PHOTO, RECEIVED, RETURNED

ITEM = PackedItem(COUNTY, "照片", date(2023, 5, 17), "1001-9", RECEIVED, ())
FILE = KeptFile("总结.docx", "x/总结.docx", "cd" * 32, 9, Kind.DOCX)
SUMMARY = replace(
    MAIL, receipt="1004-1", unit=FAN, items=(replace(PHOTO, material="工作总结", day=None, files=(FILE,)),)
)


def names(*made: tuple[PackedItem, str]) -> list[str]:
    given = PackageNames()
    return [given.next(item, name) for item, name in made]


def test_files_are_numbered_within_unit_material_and_day() -> None:
    other_day = replace(ITEM, day=date(2023, 5, 18))
    assert names((ITEM, "a.JPG"), (ITEM, "b.jpeg"), (other_day, "c.jpg"), (ITEM, "d.jpg")) == [
        "照片/2023-05-17/濮阳县教育局_照片_5月17日_01.jpg",
        "照片/2023-05-17/濮阳县教育局_照片_5月17日_02.jpeg",
        "照片/2023-05-18/濮阳县教育局_照片_5月18日_01.jpg",
        "照片/2023-05-17/濮阳县教育局_照片_5月17日_03.jpg",
    ]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("../../etc/passwd", ""),
        ("C:\\Windows\\a.docx", ".docx"),
        ("没有后缀", ""),
        ("a.很长很长很长的后缀", ""),
        ("a.j/pg", ""),
        ("a. ", ""),
        (".jpg", ""),
    ],
)
def test_name_of_a_school_decides_nothing_but_a_plain_suffix(name: str, suffix: str) -> None:
    assert names((replace(ITEM, material="总结", day=None), name)) == [f"总结/濮阳县教育局_总结_01{suffix}"]


def test_strange_unit_and_material_stay_one_name_each() -> None:
    item = replace(ITEM, unit="a/b:c", material="../x")
    [place] = names((item, "a.jpg"))
    assert place.count("/") == 2
    assert ".." not in place.split("/")


def test_only_standing_accepted_items_of_known_units_are_packed() -> None:
    superseded = replace(MAIL, items=(replace(PHOTO, superseded=True),))
    held = replace(MAIL, items=(replace(PHOTO, decision=Decision.HELD),))
    found = select_items([MAIL, RETURNED, NAMELESS, superseded, held], EVERYTHING, ["照片"])
    assert [(one.unit, one.receipt) for one in found] == [(COUNTY, "1001-9")]


def test_items_stand_in_the_order_of_the_notice() -> None:
    found = select_items([MAIL, SUMMARY], EVERYTHING, ["工作总结", "照片"])
    assert [one.material for one in found] == ["工作总结", "照片"]


WANTED = {
    "everything": (EVERYTHING, ["照片", "工作总结"]),
    "one material": (Wanted(frozenset({"照片"})), ["照片"]),
    "one day": (Wanted(days=frozenset({date(2023, 5, 17)})), ["照片"]),
    "another day": (Wanted(frozenset({"照片"}), frozenset({date(2023, 5, 18)})), []),
}


@pytest.mark.parametrize(("wanted", "materials"), WANTED.values(), ids=WANTED)
def test_package_of_some_materials_and_days_leaves_out_the_others(wanted: Wanted, materials: list[str]) -> None:
    found = select_items([MAIL, SUMMARY], wanted, ["照片", "工作总结"])
    assert [one.material for one in found] == materials
