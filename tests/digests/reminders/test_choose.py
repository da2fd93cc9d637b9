from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from intake_bot.digests.reminders.choose import Debt, Reminded, UnitDebts, find_debts, select_asked, select_due
from intake_bot.judging.verdict import Decision, ReportedItem
from tests.digests.standings import all_in, day, item, standings
from tests.judging.cases import moment

COUNTY, FAN, TAIQIAN = "濮阳县教育局", "范县教育局", "台前县教育局"
NOW = "2023-05-17T14:30:00"
DUE = moment("2023-05-17T16:00:00")
HOURS = timedelta(hours=2)
BEFORE = [*all_in(COUNTY, 14, 15, 16), *all_in(FAN, 14, 15, 16), *all_in(TAIQIAN, 14, 15, 16)]


def debts(*items: ReportedItem, now: str = NOW, waiting: tuple[str, ...] = ()) -> tuple[UnitDebts, ...]:
    received = {one.receipt: one.received for one in items}
    return find_debts(standings(*BEFORE, *items, now=now), received, waiting, moment(now))


def due(
    *items: ReportedItem,
    now: str = NOW,
    reminded: tuple[Reminded, ...] = (),
    waiting: tuple[str, ...] = (),
) -> dict[str, list[str]]:
    found = select_due(debts(*items, now=now, waiting=waiting), reminded, moment(now), HOURS)
    return {one.unit.name: [debt.material for debt in one.debts] for one in found}


def returned(at: str) -> ReportedItem:
    return replace(item(COUNTY, "照片", 17, Decision.REJECTED), received=moment(at))


def was_reminded(at: str, deadline: datetime = DUE) -> Reminded:
    return Reminded(COUNTY, "照片", day(17), deadline, moment(at))


def test_units_that_sent_nothing_are_reminded_within_the_hours_before_the_deadline() -> None:
    assert due()[COUNTY][:2] == ["文字材料", "照片"]
    assert due(now="2023-05-17T13:59:00") == {}
    assert COUNTY in due(now="2023-05-17T14:00:00")
    assert COUNTY in due(now="2023-05-17T16:00:00")
    assert due(now="2023-05-17T16:00:01") == {}


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.HELD])
def test_what_is_in_or_held_is_not_asked_for(decision: Decision) -> None:
    assert "照片" not in due(item(COUNTY, "照片", 17, decision))[COUNTY]


def test_what_is_being_mended_is_left_in_peace_for_an_hour() -> None:
    assert "照片" not in due(returned("2023-05-17T13:31:00"))[COUNTY]
    assert "照片" in due(returned("2023-05-17T13:30:00"))[COUNTY]


def test_unit_with_pieces_that_wait_for_others_is_left_in_peace() -> None:
    assert COUNTY not in due(waiting=(COUNTY,))


def test_each_deadline_is_reminded_of_once_and_again_when_it_has_moved() -> None:
    assert "照片" not in due(reminded=(was_reminded("2023-05-17T14:00:00"),))[COUNTY]
    assert "照片" in due(reminded=(was_reminded("2023-05-17T14:00:00", DUE - timedelta(hours=4)),))[COUNTY]


def asked(now: str = "2023-05-17T16:30:00", reminded: tuple[Reminded, ...] = (), **named: str) -> dict[str, list[str]]:
    found = select_asked(debts(now=now), reminded, moment(now), **named)
    return {one.unit.name: [debt.material for debt in one.debts] for one in found}


def test_clerk_reminds_of_what_is_due_and_of_what_will_be_within_a_day() -> None:
    assert set(asked()) == {COUNTY, FAN, TAIQIAN}
    assert asked()[COUNTY][:2] == ["文字材料", "照片"]
    assert all("工作总结" not in materials for materials in asked().values())


def test_clerk_reminds_of_one_material_or_one_unit() -> None:
    assert asked(material="照片") == {COUNTY: ["照片"], FAN: ["照片"], TAIQIAN: ["照片"]}
    assert set(asked(unit=FAN)) == {FAN}
    assert asked(unit=FAN, material="照片") == {FAN: ["照片"]}


def test_clerk_who_asks_twice_reminds_nobody_twice_within_an_hour() -> None:
    assert COUNTY not in asked(material="照片", reminded=(was_reminded("2023-05-17T15:31:00"),))
    assert COUNTY in asked(material="照片", reminded=(was_reminded("2023-05-17T15:30:00"),))


@pytest.mark.parametrize(
    ("now", "asked"), [("2023-05-17T12:00:00", []), ("2023-05-17T23:59:00", []), ("2023-05-18T08:00:00", ["日报"])]
)
def test_clerk_reminds_of_no_report_on_a_day_that_is_not_over(now: str, asked: list[str]) -> None:
    report = Debt("日报", day(17), moment("2023-05-18T10:00:00"))
    units = [replace(debts()[0], debts=(report,))]
    found = select_asked(units, (), moment(now))
    assert [debt.material for one in found for debt in one.debts] == asked
    sent_back = [replace(units[0], debts=(replace(report, is_returned=True),))]
    assert select_asked(sent_back, (), moment(now)) != ()
