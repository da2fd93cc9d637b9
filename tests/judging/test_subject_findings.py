from __future__ import annotations

import pytest

from intake_bot.judging.subject_findings import check_subject, suggest_subject
from intake_bot.notices.roster import Unit
from intake_bot.notices.subject import SubjectReading, UnitFault
from tests.judging.cases import notice

SCHOOL = Unit("濮阳县职业技术学校")
PLACEHOLDER = SubjectReading("", has_keyword=True, fault=UnitFault.PLACEHOLDER)
NO_UNIT = SubjectReading("", has_keyword=True, fault=UnitFault.NO_UNIT, materials=("照片",))
UNKNOWN = SubjectReading(
    "",
    has_keyword=True,
    fault=UnitFault.UNKNOWN_UNIT,
    materials=("照片",),
    unit_words="第九中学",
    nearest=("第一中学",),
)
NO_MATERIAL = SubjectReading("", has_keyword=True, unit=SCHOOL)
ADVICE = "建议按“活动周xx单位xx材料”书写"

WORDS = {
    "placeholder": (
        PLACEHOLDER,
        "主题里的“xx单位xx材料”还没有换成实际的名称",
        f"请在主题里写上实际的名称，{ADVICE}",
        "请在主题里写上实际的名称，照下方给出的主题写",
    ),
    "no unit": (
        NO_UNIT,
        "主题里没有写单位名称",
        f"请在主题里写上单位全称，{ADVICE}",
        "请在主题里写上单位全称，照下方给出的主题写",
    ),
    "unknown unit": (
        UNKNOWN,
        "报送名册里没有“第九中学”。名册中名称相近的有：第一中学",
        f"请在主题里写单位全称，{ADVICE}",
        "请在主题里写单位全称，照下方给出的主题写",
    ),
}


@pytest.mark.parametrize(("reading", "found", "advised", "demanded"), WORDS.values(), ids=WORDS)
def test_subject_form_is_asked_only_where_compulsory(
    reading: SubjectReading, found: str, advised: str, demanded: str
) -> None:
    demand = "以“活动周xx单位xx材料”为题"
    for name, asked, todo in (
        ("puyang-2023", "", advised),
        ("hebei-2023", "", advised),
        ("moe-2023", "", advised),
        ("hefei-2023", demand, demanded),
    ):
        (finding,) = check_subject(reading, notice(name), None)
        assert (finding.found, finding.asked, finding.todo) == (found, asked, todo)


def test_subject_without_unit_hints_at_unit_of_sender() -> None:
    (finding,) = check_subject(NO_UNIT, notice("hefei-2023"), "合肥工业学校")
    hint = "（您的邮箱登记在“合肥工业学校”名下，如有误请改）"
    assert finding.todo == f"请在主题里写上单位全称，照下方给出的主题写{hint}"


def test_subject_without_material_lists_materials_by_mail() -> None:
    (finding,) = check_subject(NO_MATERIAL, notice("moe-2023"), None)
    assert (finding.code, finding.asked, finding.todo) == (
        "subject.no_material",
        "",
        "请从这些名称中选一种写上：总结。其他材料不用邮件报送，"
        "请登录职业教育活动周网上报送系统（http://xxbs.bzpt.edu.cn）提交",
    )


def test_subject_without_material_lists_all_where_all_are_by_mail() -> None:
    of = notice("hebei-2023")
    (finding,) = check_subject(NO_MATERIAL, of, None)
    assert finding.todo == f"请从这些名称中选一种写上：{'、'.join(material.name for material in of.materials)}"


def test_suggest_subject_names_only_materials_by_mail() -> None:
    reading = SubjectReading("", has_keyword=True, fault=UnitFault.NO_UNIT, materials=("总结", "照片"))
    assert suggest_subject(reading, notice("moe-2023"), None, set()) == "活动周【单位全称】总结材料"


def test_placeholder_beside_known_unit_asks_for_material_only() -> None:
    reading = SubjectReading("", has_keyword=True, unit=SCHOOL, fault=UnitFault.PLACEHOLDER)
    of = notice("puyang-2023")
    (finding,) = check_subject(reading, of, None)
    assert finding.found == "主题里的“xx”还没有换成实际的名称"
    assert suggest_subject(reading, of, None, set()) == "活动周濮阳县职业技术学校【材料名称】材料"
