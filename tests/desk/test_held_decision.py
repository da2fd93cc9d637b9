"""Verdicts that follow from a clerk's decision about a held mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.config.notice_context import NoticeContext, find_notice_context
from intake_bot.desk.held_decision import (
    RAW_MAIL_NAME,
    accepted_by_hand,
    accepted_verdict,
    closed_verdict,
    is_question,
    rejected_verdict,
    without_settled,
)
from intake_bot.errors import ConfigError
from intake_bot.judging.verdict import Decision, Disposition, Finding, MailKind, Verdict
from intake_bot.ledger.values.records import FiledItem, FiledMail
from intake_bot.ledger.values.states import MessageState
from intake_bot.notices.notice import Severity
from intake_bot.orders.order import NamedSlot
from tests.ledger.samples import DAY, NOW, UNIT, finding, item, photo, verdict

HOLD = Finding("file.unmeasured", Severity.ERROR, "打不开", holds=True)
FAULT = finding()


def filed_item(material: str = "照片", decision: Decision = Decision.HELD, *, superseded: bool = False) -> FiledItem:
    findings = {Decision.HELD: (HOLD,), Decision.REJECTED: (FAULT,), Decision.ACCEPTED: ()}[decision]
    return FiledItem(material, DAY, NOW, False, decision, findings, (photo(),), superseded)


def filed_mail(*items: FiledItem, subject: str = "请查收", findings: tuple[Finding, ...] = (HOLD,)) -> FiledMail:
    return FiledMail(
        receipt="1001-9", bureau="puyang", received=NOW, sender="school@example.edu.cn", subject=subject,
        state=MessageState.JUDGED, kind=MailKind.SUBMISSION, reason="", disposition=Disposition.HELD,
        notice="puyang-2023", unit=UNIT if items else None, items=items, findings=findings, files=(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def context() -> NoticeContext:
    settings = load(defaults_dir())
    bureau = settings.bureau("puyang")
    assert bureau is not None
    context = find_notice_context(settings, bureau, NOW)
    assert context is not None
    return context


def test_accepted_verdict_accepts_held_items_and_keeps_others() -> None:
    mail = filed_mail(filed_item(), filed_item("视频", Decision.REJECTED))
    result = accepted_verdict(mail)
    assert [one.decision for one in result.items] == [Decision.ACCEPTED, Decision.REJECTED]
    assert [found.code for found in result.items[0].findings] == ["clerk.accepted"]
    assert (result.disposition, result.unit, result.findings) == (Disposition.PARTIAL, UNIT, ())


def test_rejected_verdict_rejects_held_items_with_the_reason() -> None:
    result = rejected_verdict(filed_mail(filed_item(), filed_item("视频", Decision.ACCEPTED)), "链接打不开。")
    assert [one.decision for one in result.items] == [Decision.REJECTED, Decision.ACCEPTED]
    assert [(found.code, found.found) for found in result.items[0].findings] == [("clerk.rejected", "链接打不开")]
    assert result.findings == ()


def test_rejected_verdict_without_items_has_the_reason_for_the_mail() -> None:
    result = rejected_verdict(filed_mail(), "邮件打不开")
    assert (result.items, [found.found for found in result.findings]) == ((), ["邮件打不开"])


@pytest.mark.parametrize("decide", [accepted_verdict, lambda mail: rejected_verdict(mail, "重复")])
def test_verdict_leaves_superseded_items_out(decide: Callable[[FiledMail], Verdict]) -> None:
    result = decide(filed_mail(filed_item(superseded=True), filed_item("视频")))
    assert [one.material for one in result.items] == ["视频"]


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        pytest.param(filed_mail(findings=(replace(HOLD, code="mail.question"),)), True, id="held question"),
        pytest.param(filed_mail(findings=(replace(HOLD, code="mail.question", holds=False),)), False, id="not held"),
        pytest.param(filed_mail(), False, id="held for another reason"),
        pytest.param(
            filed_mail(filed_item(), findings=(replace(HOLD, code="mail.question"),)), False, id="with an item"
        ),
    ],
)
def test_question_is_a_held_mail_without_items(mail: FiledMail, expected: bool) -> None:
    assert is_question(mail) is expected


def test_closed_verdict_is_no_submission() -> None:
    result = closed_verdict(filed_mail())
    assert (result.kind, result.disposition, result.findings) == (MailKind.OTHER, Disposition.IGNORED, ())


def test_second_verdict_has_no_items_that_a_later_mail_superseded() -> None:
    mail = filed_mail(filed_item(superseded=True), filed_item("视频"))
    again = verdict(item("照片"), item("视频", decision=Decision.HELD, findings=(HOLD,)))
    result = without_settled(again, mail)
    assert ([one.material for one in result.items], result.disposition) == (["视频"], Disposition.HELD)
    assert without_settled(again, filed_mail(filed_item("视频"))) is again


def test_mail_is_accepted_by_hand_as_its_slot_says(context: NoticeContext) -> None:
    slot = NamedSlot("濮阳县", ("照片", "视频"), date(2023, 5, 16))
    result = accepted_by_hand(filed_mail(), context, slot)
    assert (result.unit, result.disposition) == (UNIT, Disposition.ACCEPTED)
    assert [(one.material, one.day, one.decision, one.late) for one in result.items] == [
        ("照片", date(2023, 5, 16), Decision.ACCEPTED, True),
        ("视频", date(2023, 5, 16), Decision.ACCEPTED, True),
    ]
    assert {one.files for one in result.items} == {(RAW_MAIL_NAME,)}


def test_mail_is_accepted_by_hand_as_its_subject_says(context: NoticeContext) -> None:
    result = accepted_by_hand(filed_mail(subject="活动周濮阳县教育局照片"), context, NamedSlot())
    assert [(one.material, one.day, one.late) for one in result.items] == [("照片", DAY, False)]


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        (NamedSlot(), "请写明是哪个单位"),
        (NamedSlot("濮阳县教育居"), "是不是想写“濮阳县教育局”"),
        (NamedSlot("濮阳县"), "请写明是哪种材料"),
        (NamedSlot("濮阳县", ("照片儿",)), "是不是想写“照片”"),
    ],
)
def test_slot_without_a_known_unit_or_material_is_refused(
    context: NoticeContext, slot: NamedSlot, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        accepted_by_hand(filed_mail(), context, slot)
