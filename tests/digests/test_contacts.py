from __future__ import annotations

from dataclasses import replace

from intake_bot.digests.contacts import find_contacts
from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters.digest_lines import ContactLine, NoteLine, Phone
from intake_bot.notices.roster import Roster, Unit
from tests.digests.reports import NOON

OFFICE, MOBILE = Phone("0551-62345678", "055162345678"), Phone("13800000000", "13800000000")
KNOWN = Unit("甲校", addresses=("a@jia.example",), contact="张三", telephone="0551-62345678")
BARE = Unit("乙校", addresses=("@yi.example",))
ROSTER = Roster((KNOWN, BARE, Unit("丙校", contact="王五")))
ROW = {"单位": "甲校", "姓名": "李四", "职务": "主任", "手机": "13800000000", "邮箱": "x@qq.com"}


def form(unit: str, sender: str, **cells: str) -> StandingForm:
    rows = ({**ROW, **cells},)
    return StandingForm(unit, "联络员信息表", None, "1002-4", NOON, sender, "联络员信息表", rows, by_clerk=False)


def test_roster_alone_gives_contact_and_numbers() -> None:
    lines, notes = find_contacts(ROSTER, ())
    assert lines == {"甲校": ContactLine("张三", (OFFICE,)), "丙校": ContactLine("王五")}
    assert notes == ()


def test_form_from_an_address_of_the_unit_takes_the_roster_s_place_and_is_noted() -> None:
    lines, notes = find_contacts(ROSTER, [form("甲校", "A@jia.example"), form("乙校", "anybody@yi.example")])
    assert lines["甲校"] == ContactLine("李四", (MOBILE,), "原 张三 0551-62345678")
    assert lines["乙校"] == ContactLine("李四", (MOBILE,))
    what = "名册 张三 0551-62345678 → 联络员信息表 李四 13800000000"
    assert notes == (NoteLine("1002-4", "甲校", what, ("0551-62345678", "13800000000")),)


def test_form_from_another_address_never_replaces_a_number_of_the_roster() -> None:
    lines, notes = find_contacts(ROSTER, [form("甲校", "x@evil.example"), form("乙校", "x@evil.example")])
    assert lines["甲校"] == ContactLine("张三", (OFFICE,))
    assert lines["乙校"] == ContactLine("李四", (MOBILE,), "报送的表上写的，发件邮箱没有登记")
    assert notes == ()


def test_form_that_a_clerk_accepted_counts_as_the_unit_s() -> None:
    lines, _ = find_contacts(ROSTER, [replace(form("甲校", "x@qq.com"), by_clerk=True)])
    assert lines["甲校"].name == "李四"


def test_newest_trusted_form_wins_over_older_and_untrusted_ones() -> None:
    forms = [
        form("甲校", "a@jia.example", 姓名="一"),
        form("甲校", "a@jia.example", 姓名="二"),
        form("甲校", "x@evil.example", 姓名="三"),
    ]
    assert find_contacts(ROSTER, forms)[0]["甲校"].name == "二"


def test_same_contact_in_other_spelling_is_no_change() -> None:
    same = form("甲校", "a@jia.example", 姓名="张 三", 手机="055162345678")
    lines, notes = find_contacts(ROSTER, [same])
    assert (lines["甲校"].changed, notes) == ("", ())


def test_form_without_a_number_or_of_another_kind_is_no_contact() -> None:
    daily = replace(form("甲校", "a@jia.example"), title="活动情况日报表")
    nameless = form("甲校", "a@jia.example", 手机="见通讯录")
    assert find_contacts(ROSTER, [daily, nameless, form("不在名册", "a@jia.example")]) == find_contacts(ROSTER, ())
