from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.judging.verdict import Decision, Disposition, Finding, ReportedItem
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import (
    LedgerItem,
)
from intake_bot.notices.notice import Severity
from tests.ledger.samples import (
    DAY,
    NOW,
    UNIT,
    item,
    judged,
    judgement,
    key,
    photo,
    spooled,
    verdict,
)

FIRST = "1001-9"
REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
HELD = verdict(item("文字材料", decision=Decision.HELD), disposition=Disposition.HELD)


def test_accepted_items_add_up_only_with_a_quota(ledger: Ledger) -> None:
    case = verdict(item("宣传材料", None), item("工作总结", None))
    for uid in (1, 2, 3):
        judged(ledger, uid, judgement(case, cumulative=frozenset({"宣传材料"})), NOW + timedelta(hours=uid))
    judged(ledger, 4, judgement(REJECTED))
    accepted = ledger.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,))
    assert sorted(one.material for one in accepted if one.unit == UNIT) == ["宣传材料"] * 3 + ["工作总结"]


def test_find_reported_items_leaves_out_superseded_and_undecided_ones(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(), NOW + timedelta(hours=1))
    judged(ledger, 3, judgement(REJECTED))
    judged(ledger, 4, judgement(HELD))
    judged(ledger, 5, judgement(verdict(item("总结", None), unit="华龙区教育局")))
    assert ledger.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,)) == (
        ReportedItem(UNIT, "照片", DAY, False, "1002-4", NOW + timedelta(hours=1)),
        ReportedItem("华龙区教育局", "总结", None, False, "1005-6", NOW),
    )


@pytest.mark.parametrize(("code", "is_doubtful"), [("sender.contested", True), ("cloud.link", False)])
def test_held_item_is_doubtful_by_its_own_or_its_mail_s_findings(ledger: Ledger, code: str, is_doubtful: bool) -> None:
    doubt = Finding(code, Severity.REMARK, "请核实", holds=True)
    own = replace(item(decision=Decision.HELD), findings=(doubt,))
    judged(ledger, 1, judgement(replace(HELD, items=(own, item("视频", decision=Decision.HELD)))))
    judged(ledger, 2, judgement(replace(HELD, findings=(doubt,))))
    found = ledger.submissions.find_reported_items("puyang-2023", (Decision.HELD,))
    assert [one.is_doubtful for one in found] == [is_doubtful, False, is_doubtful]


def test_find_held_gives_unopened_mails_and_held_items_and_verdicts(ledger: Ledger) -> None:
    unopened = ledger.messages.record_seen([key(1)], NOW)[0]
    ledger.messages.hold(unopened.id, "三次打开都失败", NOW)
    judged(ledger, 2, judgement(HELD))
    judged(ledger, 3, judgement(verdict(item(), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL)))
    judged(ledger, 4, judgement(verdict(disposition=Disposition.HELD)))
    judged(ledger, 5, judgement())
    judged(ledger, 6, judgement(REJECTED))
    ledger.messages.hold(spooled(ledger, 7, "hefei").id, "三次打开都失败", NOW)
    assert [(mail.receipt, mail.reason) for mail in ledger.submissions.find_held("puyang")] == [
        ("1001-9", "三次打开都失败"),
        ("1002-4", ""),
        ("1003-5", ""),
        ("1004-3", ""),
    ]


def test_find_held_leaves_out_superseded_items(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)))
    assert [mail.receipt for mail in ledger.submissions.find_held("puyang")] == [FIRST]
    judged(ledger, 2, judgement(), NOW + timedelta(minutes=1))
    assert ledger.submissions.find_held("puyang") == ()


def test_iterate_items_of_a_long_ledger_keeps_the_order(ledger: Ledger) -> None:
    many = verdict(*(item(f"材料{n}", files=("现场.jpg",)) for n in range(601)))
    judged(ledger, 1, judgement(many, files=(photo(),)))
    found = list(ledger.submissions.iterate_items())
    assert [entry.material for entry in found] == [f"材料{n}" for n in range(601)]
    assert found[600] == LedgerItem(
        receipt="1001-9",
        bureau="puyang",
        notice="puyang-2023",
        unit=UNIT,
        material="材料600",
        day=DAY,
        received=NOW,
        decision=Decision.ACCEPTED,
        late=False,
        message_id="<1@school>",
        files=(photo(),),
        superseded=False,
    )
