"""Findings about the author of a mail: notes for clerks, and doubts that only a person can settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from intake_bot.judging.author import Author, Relation, is_units_own
from intake_bot.judging.verdict import Decision, Finding, Verdict
from intake_bot.notices.day_words import item_name
from intake_bot.notices.notice import Severity
from intake_bot.notices.roster import Unit
from intake_bot.notices.severities import CHOICES

FIRST_ADDRESS = "sender.first"
"""Code of the note about an address from which mail is accepted for the first time."""
FOREIGN_ADDRESS = "sender.unknown"
"""Code of the note about an address that is not among those which the roster has for the unit."""
CONTESTED = "sender.contested"
UNAUTHENTICATED = "sender.unauthenticated"
UNPROVEN_SUPPLEMENT = "sender.unproven"


@dataclass(frozen=True)
class AcceptedItem:
    """An accepted item of prior mail for the unit that a mail names."""

    material: str
    day: date | None
    sender: str
    """The address that it came from."""
    receipt: str
    received: datetime
    late: bool = False
    superseded: bool = False
    """A later item has taken its place."""
    is_prior: bool = True
    """Its mail was received before the one that is judged."""


def check_sender(author: Author, unit: Unit | None) -> list[Finding]:
    """Reports a foreign address. An address is foreign only where the roster has addresses for the unit."""
    if unit is None or not unit.addresses or author.relation is Relation.UNITS or unit.has_address(author.address):
        return []
    whose = f"登记在“{author.registered_unit}”名下" if author.registered_unit else f"不在“{unit.name}”登记的邮箱里"
    return [_note(FOREIGN_ADDRESS, f"发件邮箱 {_show(author)} {whose}")]


def check_first_mail(author: Author) -> list[Finding]:
    """Reports an address from which mail is accepted for the unit for the first time. The clerk has nothing to do."""
    if not author.address or author.relation not in (Relation.UNKNOWN, Relation.OTHER_UNITS):
        return []
    found = f"首次来信的地址：{author.address}"
    return [Finding(FIRST_ADDRESS, Severity.REMARK, found, "", "不用处理，记下备查", private=True)]


def check_doubt(author: Author) -> list[Finding]:
    """Holds the mail of a doubtful author. No setting of the notice changes that."""
    if author.relation is not Relation.DOUBTFUL:
        return []
    found = f"邮箱服务器核对发件人 {_show(author)} 没有通过，可能是冒名的，没有回信"
    return [_doubt(UNAUTHENTICATED, found, "请向报送单位核实", private=True)]


def check_contest(author: Author, unit: str, item: AcceptedItem) -> list[Finding]:
    """Holds an item for a unit, material and day that has an accepted item of somebody else.

    The school learns that a person decides; the clerks learn both addresses.
    """
    if author.may_replace(item.sender):
        return []
    name = item_name(item.material, item.day)
    first = f"“{unit}”的{name}已收下的来自 {item.sender or '（没有地址）'}（回执编号 {item.receipt}）"
    both = f"{first}，这一封来自 {_show(author)}"
    return [
        _doubt(CONTESTED, f"{item.material}的发件邮箱要由工作人员核实，核实后才能收下", ""),
        _doubt(CONTESTED, f"{both}，请核实以哪一封为准", "", private=True),
    ]


def report_unproven_supplement(author: Author, receipt: str, sender: str) -> list[Finding]:
    """Holds a mail that wants to supplement a submission of somebody else, and does not answer our letter."""
    both = (
        f"这封邮件要补充 {receipt}（来自 {sender or '（没有地址）'}），它来自 {_show(author)}，请核实是不是同一单位的"
    )
    return [
        _doubt(UNPROVEN_SUPPLEMENT, "邮件里写了回执编号，发件邮箱要由工作人员核实", ""),
        _doubt(UNPROVEN_SUPPLEMENT, both, "", private=True),
    ]


def find_contested_items(verdict: Verdict, items: Sequence[AcceptedItem]) -> tuple[AcceptedItem, ...]:
    """Returns the accepted items whose place the mail wants to take without the right to."""
    contested = [
        find_standing_item(items, one.material, one.day)
        for one in verdict.items
        if one.decision is Decision.HELD and any(finding.code == CONTESTED for finding in one.findings)
    ]
    return tuple(one for one in contested if one is not None)


def find_standing_item(items: Iterable[AcceptedItem], material: str, day: date | None) -> AcceptedItem | None:
    """Returns the accepted item of this material and day that no other has superseded."""
    return next((one for one in items if (one.material, one.day) == (material, day) and not one.superseded), None)


def find_item_in_time(items: Iterable[AcceptedItem], material: str, day: date | None) -> AcceptedItem | None:
    """Returns the accepted item of this material and day that was received first, where it was in time."""
    same = [one for one in items if (one.material, one.day) == (material, day) and not one.late]
    return min(same, key=lambda one: one.received, default=None)


def find_filled_days(items: Iterable[AcceptedItem], author: Author, unit: Unit | None) -> Mapping[str, Set[date]]:
    """Returns material → days for which the author has something accepted, even if it was superseded since; for an
    address of the unit also what came from its other addresses.

    Mail of anybody else says nothing about the day of this one: a stranger could move a school's report to another day.
    """
    days: dict[str, set[date]] = {}
    for one in items:
        is_own = author.is_same(one.sender) or _is_of_colleague(one, author, unit)
        if one.is_prior and one.day is not None and is_own:
            days.setdefault(one.material, set()).add(one.day)
    return days


def _is_of_colleague(item: AcceptedItem, author: Author, unit: Unit | None) -> bool:
    return author.relation is Relation.UNITS and unit is not None and is_units_own(item.sender, unit)


def _show(author: Author) -> str:
    return author.address or "（没有地址）"


def _note(code: str, found: str) -> Finding:
    return Finding(code, CHOICES[code].default, found, "", "请向报送单位核实，或改用登记的邮箱发送", private=True)


def _doubt(code: str, found: str, todo: str, *, private: bool = False) -> Finding:
    return Finding(code, Severity.REMARK, found, "", todo, holds=True, private=private)
