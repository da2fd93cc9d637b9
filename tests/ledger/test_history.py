from __future__ import annotations

from datetime import timedelta

import pytest

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.reports import ReportedItem
from tests.ledger.samples import DAY, NOW, UNIT, asking, draft, item, judged, judgement, key, spooled, verdict

REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
HELD = verdict(item("文字材料", decision=Decision.HELD), disposition=Disposition.HELD)


def test_filled_days_are_those_with_an_accepted_item(ledger: Ledger) -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    judged(ledger, 1, judgement(verdict(item(day=days[0]), item(day=days[1]), item(day=None))))
    judged(ledger, 2, judgement(verdict(item(day=days[0]))), NOW + timedelta(hours=1))
    judged(ledger, 3, judgement(verdict(item(day=days[2], decision=Decision.REJECTED))))
    later = asking(ledger)
    assert ledger.history.filled_days("puyang-2023", UNIT, "照片", later) == {days[0], days[1]}
    assert ledger.history.filled_days("puyang-2023", UNIT, "视频", later) == frozenset()
    assert ledger.history.filled_days("puyang-2024", UNIT, "照片", later) == frozenset()
    assert ledger.history.filled_days("puyang-2023", "华龙区教育局", "照片", later) == frozenset()


def test_filled_days_are_those_of_mails_received_before(ledger: Ledger) -> None:
    """However late one is judged: by what came after it, no day was filled."""
    records = [judged(ledger, uid, judgement(), NOW + timedelta(hours=uid)) for uid in (1, 2, 3)]
    filled = [ledger.history.filled_days("puyang-2023", UNIT, "照片", record) for record in records]
    assert filled == [frozenset(), {DAY}, {DAY}]


def test_accepted_items_add_up_only_where_there_is_a_quota(ledger: Ledger) -> None:
    case = verdict(item("宣传材料", None), item("工作总结", None))
    for uid in (1, 2, 3):
        judged(ledger, uid, judgement(case, cumulative=frozenset({"宣传材料"})), NOW + timedelta(hours=uid))
    judged(ledger, 4, judgement(REJECTED))
    accepted = ledger.history.reported_items("puyang-2023", (Decision.ACCEPTED,))
    assert sorted(one.material for one in accepted if one.unit == UNIT) == ["宣传材料"] * 3 + ["工作总结"]


@pytest.mark.parametrize(
    ("message_ids", "ours"),
    [
        (("<x@school>", "<a1@intake>"), True),
        (("<x@school>", "<1@school>", "'); --", "<\udcff>"), False),
        ((), False),
        (tuple(f"<{n}@hostile>" for n in range(70_000)), False),
    ],
    ids=["ours", "not ours", "none", "70 000"],
)
def test_is_our_letter_knows_the_message_ids_we_made(ledger: Ledger, message_ids: tuple[str, ...], ours: bool) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    assert ledger.history.is_our_letter(message_ids) is ours


def test_reported_items_leave_out_what_does_not_count(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(), NOW + timedelta(hours=1))
    judged(ledger, 3, judgement(REJECTED))
    judged(ledger, 4, judgement(HELD))
    judged(ledger, 5, judgement(verdict(item("总结", None), unit="华龙区教育局")))
    assert ledger.history.reported_items("puyang-2023", (Decision.ACCEPTED,)) == (
        ReportedItem(UNIT, "照片", DAY, False, "1002-4", NOW + timedelta(hours=1)),
        ReportedItem("华龙区教育局", "总结", None, False, "1005-6", NOW),
    )


def test_held_gives_all_that_waits_for_a_person(ledger: Ledger) -> None:
    unopened = ledger.messages.seen(key(1), NOW)
    ledger.messages.hold(unopened.id, "三次打开都失败", NOW)
    judged(ledger, 2, judgement(HELD))
    judged(ledger, 3, judgement(verdict(item(), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL)))
    judged(ledger, 4, judgement(verdict(disposition=Disposition.HELD)))
    judged(ledger, 5, judgement())
    judged(ledger, 6, judgement(REJECTED))
    ledger.messages.hold(spooled(ledger, 7, "hefei").id, "三次打开都失败", NOW)
    assert [(mail.receipt, mail.reason) for mail in ledger.history.held("puyang")] == [
        ("1001-9", "三次打开都失败"),
        ("1002-4", ""),
        ("1003-5", ""),
        ("1004-3", ""),
    ]
