from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.judging.verdict import Decision, FilledForm, ItemVerdict
from intake_bot.ledger.forms import FiledForm
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.receipt import receipt_number
from tests.ledger.samples import DAY, NOW, UNIT, item, judged, judgement, verdict

_ROWS = ({"序号": "1", "活动名称": "开放日"}, {"序号": "2", "活动名称": "参观 & 体验"})
_FORM = FilledForm("活动情况日报表", "附件1.docx", _ROWS)


def _item(decision: Decision = Decision.ACCEPTED, *forms: FilledForm) -> ItemVerdict:
    return replace(item("日报", decision=decision), forms=forms or (_FORM,))


def _filed(message: int, form: FilledForm = _FORM) -> FiledForm:
    return FiledForm(receipt_number(message), UNIT, "日报", DAY, form.title, form.file, form.rows)


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.HELD])
def test_forms_are_kept_with_their_item(ledger: Ledger, decision: Decision) -> None:
    other = replace(_FORM, title="媒体宣传情况日报表", file="附件2.xls", rows=({"媒体": "合肥日报"},))
    message = judged(ledger, 1, judgement(verdict(_item(decision, _FORM, other))))
    assert ledger.history.forms("puyang-2023") == (_filed(message.id), _filed(message.id, other))
    assert ledger.history.forms("hefei-2023") == ()


def test_forms_of_a_rejected_item_are_not_kept(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(_item(Decision.REJECTED))))
    assert ledger.history.forms("puyang-2023") == ()


def test_forms_of_a_later_mail_take_the_place_of_earlier_ones(ledger: Ledger) -> None:
    newer = replace(_FORM, rows=({"序号": "1", "活动名称": "改过"},))
    judged(ledger, 1, judgement(verdict(_item())))
    message = judged(ledger, 2, judgement(verdict(_item(Decision.ACCEPTED, newer))), received=NOW + timedelta(hours=1))
    assert ledger.history.forms("puyang-2023") == (_filed(message.id, newer),)


def test_forms_outlast_a_decision_that_measured_nothing(ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(verdict(_item(Decision.HELD))))
    ledger.messages.decide(message.id, judgement(verdict(item("日报"))), "held.accepted", {}, NOW)
    assert ledger.history.forms("puyang-2023") == (_filed(message.id),)
