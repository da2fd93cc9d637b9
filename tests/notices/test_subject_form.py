"""Subjects in the form of a notice: written, and read."""

from __future__ import annotations

from datetime import date

import pytest

from intake_bot.notices.notice import Material, Notice
from intake_bot.notices.subject import assume_only_material, find_possible_materials, read_subject, write_subject
from intake_bot.notices.subject_form import Blank, parse_form
from tests.judging.cases import SETTINGS, notice

DAY = date(2023, 5, 17)
_bureau = SETTINGS.bureau("puyang")
assert _bureau is not None
ROSTER = _bureau.roster
UNIT = "濮阳县职业技术学校"
FORMS = {
    "活动周xx单位xx材料": f"活动周{UNIT}照片材料",
    "“活动周xx单位xx材料”": f"活动周{UNIT}照片材料",
    "活动周+单位名称+材料名称": f"活动周+{UNIT}+照片",
    "终身学习活动周+单位名称+材料名称": f"终身学习活动周+{UNIT}+照片",
    "【活动周】××学校-××材料": f"【活动周】{UNIT}-照片材料",
    "【单位全称】材料名称（活动周）": f"【{UNIT}】照片（活动周）",
    "材料名称—单位名称—活动周": f"照片—{UNIT}—活动周",
    "单位名称_材料类别": f"{UNIT}_照片",
    "2023职教周：某某单位某某材料": f"2023职教周：{UNIT}照片材料",
    "活动周（报送单位：单位名称；报送材料：材料名称）": "",
}


def with_form(form: str, *materials: Material, compulsory: bool = True) -> Notice:
    of = notice("puyang-2023")
    subject = of.subject.model_copy(update={"form": form, "compulsory": compulsory})
    return of.model_copy(update={"subject": subject, "materials": materials or of.materials})


@pytest.mark.parametrize(("form", "subject"), [(form, subject) for form, subject in FORMS.items() if subject])
def test_subject_is_written_and_read_in_form_of_notice(form: str, subject: str) -> None:
    of = with_form(form)
    assert write_subject(of, UNIT, ["照片"]) == subject
    for given in (subject, f"回复：{subject}", subject.replace("+", ""), f" {subject} "):
        reading = read_subject(given, of, ROSTER)
        assert (reading.unit and reading.unit.name, reading.materials, reading.fault) == (UNIT, ("照片",), None)
        assert reading.has_keyword
        assert reading.is_in_order


def test_alias_with_and_inside_is_one_material() -> None:
    of = notice("hefei-2023")
    bureau = SETTINGS.bureau("hefei")
    assert bureau is not None
    reading = read_subject("活动周合肥工业学校走进校园活动内容和方案、日报材料", of, bureau.roster)
    assert (reading.materials, reading.fault) == (("走进校园方案", "日报"), None)


@pytest.mark.parametrize("form", FORMS)
def test_every_unit_and_material_in_form_is_right(form: str) -> None:
    of = with_form(form)
    for unit in ROSTER.units:
        for material in of.materials:
            for day in (None, DAY):
                reading = read_subject(write_subject(of, unit.name, [material.name], day), of, ROSTER)
                assert (reading.unit, reading.materials, reading.fault) == (unit, (material.name,), None)
                assert (reading.has_keyword, reading.is_in_order) == (True, True)
                assert reading.day == day


def test_copied_form_is_a_placeholder() -> None:
    for form in ("活动周+单位名称+材料名称", "【单位全称】材料名称（活动周）", "活动周xx单位xx材料"):
        assert read_subject(form, with_form(form), ROSTER).fault == "subject.placeholder"


def test_order_of_form_counts() -> None:
    turned = with_form("材料名称+单位名称+活动周")
    assert read_subject(f"照片{UNIT}活动周", turned, ROSTER).is_in_order
    assert not read_subject(f"活动周{UNIT}照片", turned, ROSTER).is_in_order


def test_form_with_day_and_name_has_blanks_for_them() -> None:
    of = with_form("活动周+日期+单位名称+材料名称+联系人")
    assert write_subject(of, UNIT, ["照片"], DAY) == f"活动周+5月17日+{UNIT}+照片+【联系人】"
    assert write_subject(of, UNIT, ["照片"]) == f"活动周+【日期】+{UNIT}+照片+【联系人】"
    reading = read_subject(f"活动周+5月17日+{UNIT}+照片+张三", of, ROSTER)
    assert (reading.materials, reading.day, reading.fault) == (("照片",), DAY, None)


def test_form_without_places_is_replaced() -> None:
    assert write_subject(with_form("见通知要求"), UNIT, ["照片", "视频"]) == f"活动周{UNIT}照片、视频材料"
    assert not parse_form("见通知要求").is_usable
    assert parse_form("单位和单位的材料").position(Blank.DAY) == -1


def test_only_material_of_notice_is_assumed() -> None:
    photos = notice("puyang-2023").materials[1]
    of = with_form("活动周xx单位xx材料", photos)
    for subject in (f"活动周{UNIT}", f"活动周{UNIT}材料", f"活动周{UNIT}有关情况"):
        assert assume_only_material(read_subject(subject, of, ROSTER), of).materials == ("照片",)
    several = notice("puyang-2023")
    assert assume_only_material(read_subject(f"活动周{UNIT}材料", several, ROSTER), several).materials == ()


@pytest.mark.parametrize(
    ("notice_id", "subject", "materials"),
    [
        ("puyang-2023", "活动周濮阳县职校我的一天视频", ("我的一天",)),
        ("puyang-2023", "活动周濮阳县职校“我的一天”视频材料", ("我的一天",)),
        ("puyang-2023", "活动周濮阳县职校十八般武艺（短视频）", ("职校生的十八般武艺",)),
        ("puyang-2023", "活动周濮阳县职校招生宣传片视频", ("招生宣传短视频",)),
        ("puyang-2023", "活动周濮阳县教育局工作总结文字材料", ("工作总结",)),
        ("puyang-2023", "活动周濮阳县教育局典型案例文字材料", ("文字材料",)),
        ("puyang-2023", "活动周濮阳县教育局文字图片视频材料", ("文字材料", "照片", "视频")),
        ("puyang-2023", "活动周濮阳县教育局工作总结、照片", ("工作总结", "照片")),
        ("puyang-2023", "活动周濮阳县职校我的一天和视频", ("我的一天", "视频")),
        ("puyang-2023", "活动周濮阳县教育局我的一天照片", ("我的一天", "照片")),
        ("hefei-2023", "活动周合肥工业学校日报照片", ("日报", "照片")),
        ("hefei-2023", "活动周合肥工业学校总结文字", ("总结",)),
        ("hefei-2023", "活动周合肥工业学校走进社区报名文字材料", ("走进社区报名",)),
    ],
)
def test_kind_word_behind_material_is_no_material(notice_id: str, subject: str, materials: tuple[str, ...]) -> None:
    of = notice(notice_id)
    bureau = SETTINGS.bureau(of.bureau)
    assert bureau is not None
    assert read_subject(subject, of, bureau.roster).materials == materials


def test_possible_materials_share_words_with_the_subject() -> None:
    of = notice("hefei-2023")
    bureau = SETTINGS.bureau("hefei")
    assert bureau is not None

    def possible(subject: str) -> tuple[str, ...]:
        return find_possible_materials(read_subject(subject, of, bureau.roster), of)

    assert possible("活动周合肥工业学校走进情况材料") == ("走进校园方案", "走进社区报名")
    assert possible("活动周合肥工业学校材料") == ()
