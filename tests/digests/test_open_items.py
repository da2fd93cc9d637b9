from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.digests.open_items import held_items, undelivered_items, with_ready_answers
from intake_bot.judging.sender import CONTESTED
from intake_bot.judging.verdict import QUESTION, Decision, Disposition, Finding
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptLink
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.letters.digest_lines import ContactLine, OpenItem, OpenKind, ReadyAnswer
from intake_bot.notices.notice import Severity
from tests.digests.reports import NOON, ZONE, mail
from tests.digests.standings import day
from tests.digests.test_unsent_letter_lines import LETTER

NOW = NOON.astimezone(ZONE)
CONTACT = ContactLine("张老师")


def holding(code: str, found: str, *, private: bool = False) -> Finding:
    return Finding(code, Severity.REMARK, found, holds=True, private=private)


def held(*findings: Finding, receipt: str = "1001-9") -> FiledMail:
    base = replace(mail(receipt), state=MessageState.JUDGED, disposition=Disposition.HELD, unit="甲校")
    return replace(base, items=(FiledItem("照片", day(17), NOON, False, Decision.HELD, findings, (), False),))


WHOLE = replace(held(), items=())
KINDS = {
    "file": (held(holding("document.unmeasured", "打不开")), OpenKind.HELD, "打不开"),
    "contest": (
        held(holding(CONTESTED, "要核实"), holding(CONTESTED, "甲来自 a@qq.com，乙来自 b", private=True)),
        OpenKind.CONTESTED,
        "甲来自 a@qq.com，乙来自 b",
    ),
    "forged": (held(holding("sender.unauthenticated", "没有通过", private=True)), OpenKind.DOUBTFUL, "没有通过"),
    "question": (replace(WHOLE, findings=(holding(QUESTION, "有问题"),)), OpenKind.QUESTION, "有问题"),
    "unopened": (
        replace(mail("1-1", "试了 3 次"), state=MessageState.HELD),
        OpenKind.UNOPENED,
        "试了 3 次",
    ),
    "link of a held mail, which is listed below": (
        replace(held(holding("cloud.link", "“a.mp4”要下载")), links=(KeptLink("a.mp4", "https://u.163.com/x"),)),
        OpenKind.LINK,
        "",
    ),
    "link of an accepted mail": (
        replace(WHOLE, disposition=Disposition.ACCEPTED, links=(KeptLink("a.mp4", "https://u.163.com/x"),)),
        OpenKind.LINK,
        "",
    ),
}


@pytest.mark.parametrize(("of", "kind", "reason"), KINDS.values(), ids=KINDS)
def test_held_mail_is_listed_with_its_kind_and_reason(of: FiledMail, kind: OpenKind, reason: str) -> None:
    (item,) = held_items([of], {"甲校": CONTACT}, NOW)
    assert item.addresses == (("a@qq.com",) if kind is OpenKind.CONTESTED else ())
    assert (item.kind, item.reason, item.contact) == (kind, reason, CONTACT if item.unit else ContactLine())


def test_settled_mail_is_not_listed() -> None:
    done = replace(held(), items=(replace(held().items[0], superseded=True),))
    assert list(held_items([done, replace(WHOLE, merged_into="1002-4")], {}, NOW)) == []


@pytest.mark.parametrize(
    ("expires", "left"),
    [
        ("2023年6月1日", "还能下载 15 天（到 6月1日 23:59）"),
        ("2023年5月18日 11:00", "只能下载到 5月18日 11:00，剩不到 1 天"),
        ("2023年5月17日 11:59", "已过期，请对方重新上传"),
        ("无限期", ""),
        ("", ""),
        ("2023年13月45日", ""),
    ],
)
def test_link_says_how_long_it_still_works(expires: str, left: str) -> None:
    of = replace(WHOLE, links=(KeptLink("a.mp4", "https://u.163.com/x", "180M", expires),))
    (item,) = held_items([of], {}, NOW)
    assert item.links[0].left == left


def test_letter_that_did_not_arrive_names_unit_and_contact() -> None:
    letters = [LETTER, replace(LETTER, state=LetterState.FAILED, receipt=None, last_error="")]
    first, second = undelivered_items(letters, {"1001-9": held()}, {"甲校": CONTACT})
    assert (first.kind, first.number, first.unit, first.contact) == (OpenKind.BOUNCED, "1001-9", "甲校", CONTACT)
    assert first.reason == "对方邮箱已满。请电话告知对方，并核对邮箱地址"
    assert (second.number, second.reason.partition("。")[0]) == ("", "回信发不出去：原因不明")


def test_open_items_are_oldest_first_with_their_ready_answers() -> None:
    new, old = (replace(held(receipt=n), received=NOON - timedelta(days=d)) for n, d in (("1002-4", 0), ("1001-9", 3)))

    def accept(item: OpenItem) -> tuple[ReadyAnswer, ...]:
        return (ReadyAnswer(f"收 {item.number}"),)

    items = with_ready_answers(held_items([new, old], {}, NOW), accept)
    assert [item.ready_answers[0].line for item in items] == ["收 1001-9", "收 1002-4"]
