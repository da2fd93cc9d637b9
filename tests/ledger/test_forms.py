from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.judging.verdict import Decision, FilledForm, ItemVerdict
from intake_bot.ledger.ledger import Ledger
from tests.ledger.samples import DAY, NOW, UNIT, item, judged, judgement, verdict

_ROWS = ({"序号": "1", "活动名称": "开放日"}, {"序号": "2", "活动名称": "参观 & 体验"})
_FORM = FilledForm("活动情况日报表", "附件1.docx", _ROWS)


def _item(decision: Decision = Decision.ACCEPTED, *forms: FilledForm) -> ItemVerdict:
    return replace(item("日报", decision=decision), forms=forms or (_FORM,))


_Filed = tuple[int, str, str, str, str, str, str, list[dict[str, str]]]


def _filed(message: int, form: FilledForm = _FORM) -> _Filed:
    rows = [dict(row) for row in form.rows]
    return message, "puyang-2023", UNIT, "日报", DAY.isoformat(), form.title, form.file, rows


def _standing(path: Path) -> list[_Filed]:
    """The forms that stand, each with its mail, notice, unit, material and day."""
    with closing(sqlite3.connect(path)) as raw:
        found = raw.execute(
            "SELECT submission.message, item.notice, item.unit, item.material, item.day, title, file, rows FROM form"
            " JOIN item ON item.id = form.item JOIN submission ON submission.id = item.submission"
            " WHERE submission.stands AND item.superseded_by IS NULL ORDER BY submission.message, form.id"
        ).fetchall()
    return [(*about, json.loads(rows)) for *about, rows in found]


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.HELD])
def test_forms_are_kept_with_their_item(path: Path, ledger: Ledger, decision: Decision) -> None:
    other = replace(_FORM, title="媒体宣传情况日报表", file="附件2.xls", rows=({"媒体": "合肥日报"},))
    message = judged(ledger, 1, judgement(verdict(_item(decision, _FORM, other))))
    assert _standing(path) == [_filed(message.id), _filed(message.id, other)]


def test_forms_of_a_rejected_item_are_not_kept(path: Path, ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(_item(Decision.REJECTED))))
    assert _standing(path) == []


def test_forms_of_a_later_mail_take_the_place_of_earlier_ones(path: Path, ledger: Ledger) -> None:
    newer = replace(_FORM, rows=({"序号": "1", "活动名称": "改过"},))
    judged(ledger, 1, judgement(verdict(_item())))
    message = judged(ledger, 2, judgement(verdict(_item(Decision.ACCEPTED, newer))), received=NOW + timedelta(hours=1))
    assert _standing(path) == [_filed(message.id, newer)]


def test_forms_outlast_a_decision_that_measured_nothing(path: Path, ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(verdict(_item(Decision.HELD))))
    ledger.messages.decide(message.id, judgement(verdict(item("日报"))), "held.accepted", {}, NOW)
    assert _standing(path) == [_filed(message.id)]
