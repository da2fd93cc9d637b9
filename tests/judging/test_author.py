"""Who a mail is from, and what that allows: the table as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.judging.author import PERMITTED, Act, Author, KnownAddress, Relation, find_author
from intake_bot.notices.roster import Roster, Unit

FAN = Unit("范县教育局", addresses=("jyj@fan.example", "shared@county.example"))
QI = Unit("清丰县教育局", addresses=("@qing.example", "other@county.example"))
TAI = Unit("台前县教育局")
ROSTER = Roster((FAN, QI, TAI))
NEW, KNOWN = KnownAddress(), KnownAddress(was_accepted=True, was_accepted_for_any=True)

TABLE = """
                              UNITS KNOWN OTHER_UNITS UNKNOWN DOUBTFUL
FILL                          yes   yes   yes         yes     no
REPLACE_OWN                   yes   yes   yes         yes     no
REPLACE_OTHERS                yes   no    no          no      no
SUPPLEMENT_BY_THREAD          yes   yes   yes         yes     no
SUPPLEMENT_BY_RECEIPT_OWN     yes   yes   yes         yes     no
SUPPLEMENT_BY_RECEIPT_OTHERS  yes   no    no          no      no
SUPPLEMENT_BY_SLOT_OWN        yes   yes   yes         yes     no
MERGE_OWN_PIECES              yes   yes   yes         yes     no
BE_ANSWERED                   yes   yes   yes         yes     no
"""


def test_what_each_relation_permits() -> None:
    heads, *rows = (line.split() for line in TABLE.strip().splitlines())
    assert [Relation[head] for head in heads] == list(Relation)
    assert [Act[row[0]] for row in rows] == list(Act)
    for act, *cells in rows:
        assert [Act[act] in PERMITTED[Relation[head]] for head in heads] == [cell == "yes" for cell in cells], act


@pytest.mark.parametrize(
    ("address", "unit", "known", "doubtful", "relation"),
    [
        ("jyj@fan.example", FAN, NEW, False, Relation.UNITS),
        ("JYJ@Fan.Example", FAN, NEW, False, Relation.UNITS),
        ("anybody@qing.example", QI, NEW, False, Relation.UNITS),
        ("anybody@mail.qing.example", QI, NEW, False, Relation.UNKNOWN),
        ("1@qq.com", Unit("某校", addresses=("@qq.com",)), NEW, False, Relation.UNKNOWN),
        ("1@qq.com", Unit("某校", addresses=("1@qq.com",)), NEW, False, Relation.UNITS),
        ("1@qq.com", TAI, replace(KNOWN, is_granted=True), False, Relation.UNITS),
        ("1@qq.com", TAI, KNOWN, False, Relation.KNOWN),
        ("1@qq.com", TAI, NEW, False, Relation.UNKNOWN),
        ("jyj@fan.example", TAI, NEW, False, Relation.OTHER_UNITS),
        ("jyj@fan.example", TAI, KNOWN, False, Relation.KNOWN),
        ("jyj@fan.example", None, NEW, False, Relation.OTHER_UNITS),
        ("1@qq.com", None, NEW, False, Relation.UNKNOWN),
        ("", TAI, NEW, False, Relation.UNKNOWN),
        ("jyj@fan.example", FAN, NEW, True, Relation.DOUBTFUL),
        ("1@qq.com", TAI, KNOWN, True, Relation.DOUBTFUL),
    ],
)
def test_relation_of_an_address(
    address: str, unit: Unit | None, known: KnownAddress, doubtful: bool, relation: Relation
) -> None:
    assert find_author(address, unit, ROSTER, known, doubtful).relation is relation


@pytest.mark.parametrize(
    ("address", "domain_units", "other", "same"),
    [
        ("1@qq.com", {"台前县教育局"}, "1@QQ.com", True),
        ("1@qq.com", {"台前县教育局"}, "2@qq.com", False),
        ("1@vip.163.com", {"台前县教育局"}, "2@vip.163.com", False),
        ("a@school.example", set(), "b@school.example", True),
        ("a@school.example", {"台前县教育局"}, "b@school.example", True),
        ("a@school.example", {"台前县教育局"}, "b@School.Example", True),
        ("a@school.example", {"台前县教育局"}, "b@mail.school.example", False),
        ("a@school.example", {"台前县教育局"}, "b@notschool.example", False),
        ("a@school.example", {"台前县教育局", "范县教育局"}, "b@school.example", False),
        ("jyj@fan.example", set(), "other@fan.example", True),
        ("jyj@fan.example", {"台前县教育局"}, "other@fan.example", False),
        ("a@county.example", set(), "b@county.example", False),
        ("", set(), "", False),
        ("a@school.example", {"台前县教育局"}, "", False),
    ],
)
def test_domain_is_one_author_while_it_belongs_to_one_unit(
    address: str, domain_units: set[str], other: str, same: bool
) -> None:
    known = KnownAddress(domain_units=frozenset(domain_units))
    assert find_author(address, TAI, ROSTER, known, False).is_same(other) is same


@pytest.mark.parametrize(
    ("author", "reply_to", "unit", "counts"),
    [
        ("1@qq.com", "1@qq.com", TAI, True),
        ("1@qq.com", "2@qq.com", TAI, False),
        ("1@qq.com", "jyj@fan.example", FAN, True),
        ("1@qq.com", "jyj@fan.example", TAI, False),
        ("a@school.example", "b@school.example", TAI, True),
        ("a@school.example", "b@elsewhere.example", TAI, False),
        ("a@county.example", "b@county.example", TAI, False),
        ("", "a@school.example", TAI, False),
    ],
)
def test_reply_to_counts_within_own_domain_or_roster(author: str, reply_to: str, unit: Unit, counts: bool) -> None:
    assert find_author(author, unit, ROSTER, NEW, False).may_be_answered_at(reply_to, unit) is counts


@pytest.mark.parametrize(
    ("relation", "own", "others"),
    [
        (Relation.UNITS, True, True),
        (Relation.KNOWN, True, False),
        (Relation.OTHER_UNITS, True, False),
        (Relation.UNKNOWN, True, False),
        (Relation.DOUBTFUL, False, False),
    ],
)
def test_author_may_replace_own_and_unit_may_replace_others(relation: Relation, own: bool, others: bool) -> None:
    author = Author("1@qq.com", relation)
    assert (author.may_replace("1@qq.com"), author.may_replace("2@qq.com")) == (own, others)
    assert (author.may_supplement_by_receipt("1@qq.com"), author.may_supplement_by_receipt("2@qq.com")) == (own, others)
