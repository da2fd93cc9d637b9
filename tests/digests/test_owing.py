from __future__ import annotations

from dataclasses import replace

from intake_bot.digests.owing import find_owing, name_next_due, write_group_text
from intake_bot.judging.verdict import Decision
from intake_bot.letters.digest_lines import ContactLine, Owing, OwingUnit
from intake_bot.notices.notice import Extension
from tests.digests.standings import NOW, all_in, item, standings
from tests.judging.cases import notice

COUNTY, FAN, TAIQIAN = "濮阳县教育局", "范县教育局", "台前县教育局"
BEFORE = [one for unit in (COUNTY, FAN, TAIQIAN) for one in all_in(unit, 14, 15, 16)]
TODAY = "文字材料、照片（5月17日）"
CONTACT = ContactLine("张老师")


def test_unit_stands_once_where_it_needs_most() -> None:
    items = (
        *BEFORE,
        item(FAN, "照片", 17),
        item(TAIQIAN, "照片", 17, Decision.REJECTED),
    )
    owing = find_owing(standings(*items), {TAIQIAN: CONTACT}, NOW)
    assert owing == Owing(
        nothing=(OwingUnit(COUNTY, TODAY, ""),),
        unmended=(OwingUnit(TAIQIAN, "文字材料（5月17日）", "照片（5月17日）", CONTACT),),
        partly=(OwingUnit(FAN, "文字材料（5月17日）", ""),),
        missing_units=3,
        returned_units=1,
    )


def test_debts_of_earlier_days_are_owed_until_they_are_paid() -> None:
    items = (*all_in(COUNTY, 14, 17), *all_in(FAN, 14, 15, 16, 17), *all_in(TAIQIAN, 14, 15, 16, 17))
    (unit,) = find_owing(standings(*items), {}, NOW).partly
    assert unit == OwingUnit(COUNTY, "文字材料、照片（5月15—16日）", "")


def test_held_item_is_not_owed() -> None:
    items = (*BEFORE, *all_in(FAN, 17), *all_in(TAIQIAN, 17))
    held = (item(COUNTY, "照片", 17, Decision.HELD), item(COUNTY, "文字材料", 17, Decision.HELD))
    assert find_owing(standings(*items, *held), {}, NOW) == Owing()


def test_item_of_a_doubtful_sender_leaves_its_unit_missing() -> None:
    items = (*BEFORE, *all_in(FAN, 17), *all_in(TAIQIAN, 17), item(COUNTY, "文字材料", 17))
    doubtful = replace(item(COUNTY, "照片", 17, Decision.HELD), is_doubtful=True)
    (unit,) = find_owing(standings(*items, doubtful), {}, NOW).partly
    assert (unit.missing, unit.is_doubted) == ("照片（5月17日）", True)
    assert find_owing(standings(*items, doubtful, item(COUNTY, "照片", 17)), {}, NOW) == Owing()


def test_nothing_is_owed_before_the_deadline() -> None:
    assert find_owing(standings(*BEFORE, now="2023-05-17T16:00:00"), {}, NOW.replace(minute=0)) == Owing()


def test_return_before_the_deadline_is_to_be_mended() -> None:
    before = NOW.replace(hour=12)
    found = standings(*BEFORE, item(FAN, "照片", 17, Decision.REJECTED), now="2023-05-17T12:30:00")
    owing = find_owing(found, {}, before)
    assert (owing.unmended, owing.missing_units, owing.returned_units) == (
        (OwingUnit(FAN, "", "照片（5月17日）"),),
        0,
        1,
    )


def test_return_of_what_a_unit_need_not_report_is_to_be_mended() -> None:
    items = [*BEFORE, *(one for unit in (COUNTY, FAN, TAIQIAN) for one in all_in(unit, 17))]
    video, mended = item(FAN, "视频", 17, Decision.REJECTED), item(TAIQIAN, "视频", 17, Decision.REJECTED)
    items += [video, mended, item(TAIQIAN, "视频", 17)]
    owing = find_owing(standings(*items), {}, NOW, items)
    assert owing == Owing(unmended=(OwingUnit(FAN, "", "视频（5月17日）"),), returned_units=1)


def test_group_text_names_units_that_lack_the_same_together() -> None:
    items = (*BEFORE, item(TAIQIAN, "照片", 17, Decision.REJECTED), item(TAIQIAN, "文字材料", 17))
    text = write_group_text(find_owing(standings(*items), {}, NOW), "职教活动周", "py8991718@126.com", NOW)
    assert text == (
        "各位老师好，职教活动周的材料，到5月17日16:30还缺这些：",
        f"还没报{TODAY}的（2 个单位）：{COUNTY}、{FAN}",
        f"照片（5月17日）退回后还没改好的（1 个单位）：{TAIQIAN}",
        "请尽快发到 py8991718@126.com；已经发了没收到回信的，请打电话告诉我们。谢谢！",
    )
    assert write_group_text(Owing(), "职教活动周", "py8991718@126.com", NOW) == ()


def test_next_due_names_the_nearest_deadline_and_who_has_not_reported() -> None:
    morning = standings(*BEFORE, *all_in(FAN, 17), now="2023-05-17T09:00:00")
    assert name_next_due(morning, NOW.replace(hour=9)) == (
        f"文字材料、照片（5月17日），今天 16:00前，还有 2 个单位没报：{COUNTY}、{TAIQIAN}",
    )
    assert name_next_due(standings(*BEFORE, *all_in(FAN, 17)), NOW) == (
        f"工作总结，5月23日24:00前，还有 3 个单位没报：{COUNTY}、{FAN}、{TAIQIAN}",
    )
    assert name_next_due((), NOW) == ()


def test_next_due_names_only_what_is_not_in() -> None:
    text = item(FAN, "文字材料", 17)
    found = standings(*BEFORE, *all_in(COUNTY, 17), *all_in(TAIQIAN, 17), text, now="2023-05-17T09:00:00")
    assert name_next_due(found, NOW.replace(hour=9)) == (f"照片（5月17日），今天 16:00前，还有 1 个单位没报：{FAN}",)


def test_deadline_of_one_unit_with_an_extension_does_not_hide_that_of_all() -> None:
    extended = Extension.model_validate(
        {"unit": FAN, "material": "照片", "day": "2023-05-17", "until": "5月17日20:00前"}
    )
    of = notice("puyang-2023").model_copy(update={"extensions": (extended,)})
    found = standings(*BEFORE, of=of, now="2023-05-18T16:30:00")
    assert name_next_due(found, NOW) == (
        f"照片（5月17日），今天 20:00前，还有 1 个单位没报：{FAN}",
        f"文字材料、照片（5月18日），5月18日16:00前，还有 3 个单位没报：{COUNTY}、{FAN}、{TAIQIAN}",
    )
