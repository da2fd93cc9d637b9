from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.verdict import Decision, FilledForm, Finding
from intake_bot.ledger.ledger import Ledger
from intake_bot.notices.notice import Severity
from tests.ledger.samples import NOW, item, judged, judgement, verdict

FORM = FilledForm("联络员信息表", "附件.xlsx", ({"姓名": "张三"},))
SEEN = Finding("clerk.accepted", Severity.REMARK, "工作人员已经查看")


def test_forms_of_accepted_items_that_count_are_found(ledger: Ledger) -> None:
    first = replace(item(), forms=(FORM,))
    judged(ledger, 1, judgement(verdict(first)))
    judged(
        ledger, 2, judgement(replace(verdict(), items=(replace(first, findings=(SEEN,)),))), NOW + timedelta(hours=1)
    )
    held = replace(item("视频", decision=Decision.HELD), forms=(FORM,))
    judged(ledger, 3, judgement(verdict(held)))
    (form,) = ledger.forms.find_standing("puyang-2023")
    assert (form.unit, form.title, form.rows, form.by_clerk) == (
        verdict().unit,
        "联络员信息表",
        ({"姓名": "张三"},),
        True,
    )
    assert ledger.forms.find_standing("hefei-2023") == ()
