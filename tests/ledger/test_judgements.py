from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.judging.verdict import Decision, Disposition, FilledForm, ItemVerdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.records import (
    Fingerprint,
    Judgement,
    KeptLink,
    MessageRecord,
    Outcome,
)
from tests.ledger.samples import (
    DAY,
    NOW,
    UNIT,
    asking,
    draft,
    finding,
    item,
    judged,
    judgement,
    photo,
    verdict,
)

REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
UNKNOWN = verdict(item(day=None, decision=Decision.REJECTED), disposition=Disposition.REJECTED, unit=None)
FIRST, SECOND = "1001-9", "1002-4"
LINK = KeptLink("开幕式.mp4", "https://mail.163.com/large-attachment-download/index.html?file=abc", "180.2M", "6月1日")
HELD = replace(judgement(verdict(item("视频", decision=Decision.HELD), disposition=Disposition.HELD)), links=(LINK,))
ACCEPTED = judgement(verdict(item("视频")))
REASON = {"reason": "电话核实"}


def decided(ledger: Ledger, message: MessageRecord, judgement: Judgement = ACCEPTED) -> None:
    ledger.messages.record_decision(message.id, judgement, EventName.HELD_ACCEPTED, REASON, NOW)


def standing(ledger: Ledger) -> list[tuple[str, str, bool]]:
    return [(entry.receipt, entry.decision.value, entry.superseded) for entry in ledger.submissions.iterate_items()]


def _superseded(ledger: Ledger) -> list[tuple[str, bool]]:
    return [(entry.receipt, entry.superseded) for entry in ledger.submissions.iterate_items()]


def test_accepted_item_received_later_supersedes_the_earlier(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(), NOW + timedelta(minutes=5))
    assert _superseded(ledger) == [("1001-9", True), ("1002-4", False)]


def test_item_received_earlier_but_judged_later_is_superseded(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(), NOW + timedelta(minutes=5))
    judged(ledger, 2, judgement(), NOW)
    judged(ledger, 3, judgement(), NOW + timedelta(minutes=9))
    assert _superseded(ledger) == [("1001-9", True), ("1002-4", True), ("1003-5", False)]


@pytest.mark.parametrize(
    "second",
    [
        judgement(verdict(item("视频"))),
        judgement(verdict(item(day=DAY + timedelta(days=1)))),
        judgement(verdict(item(day=None))),
        judgement(verdict(unit="华龙区教育局")),
        judgement(verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)),
        judgement(cumulative=frozenset({"照片"})),
        replace(judgement(), notice="puyang-2024"),
    ],
    ids=["material", "day", "no day", "unit", "rejected", "quota", "notice"],
)
def test_item_that_differs_in_one_respect_supersedes_nothing(ledger: Ledger, second: Judgement) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, second)
    assert _superseded(ledger) == [("1001-9", False), ("1002-4", False)]


@pytest.mark.parametrize(
    ("first", "second", "superseded"),
    [
        (judgement(REJECTED), judgement(), True),
        (judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)), judgement(), True),
        (judgement(REJECTED), judgement(REJECTED), False),
        (judgement(REJECTED), judgement(cumulative=frozenset({"照片"})), False),
        (
            judgement(REJECTED),
            replace(judgement(cumulative=frozenset({"照片"})), supplements=FIRST),
            True,
        ),
        (judgement(UNKNOWN), judgement(), False),
        (judgement(UNKNOWN), replace(judgement(), supplements=FIRST), True),
        (judgement(REJECTED), replace(judgement(verdict(item("视频"))), supplements=FIRST), False),
    ],
    ids=[
        "rejected",
        "held",
        "rejected again",
        "a second of several",
        "the one of several that is supplemented",
        "an unknown unit",
        "the unknown unit that is supplemented",
        "another material",
    ],
)
def test_items_that_an_accepted_one_supersedes(ledger: Ledger, first: object, second: object, superseded: bool) -> None:
    judged(ledger, 1, first)  # type: ignore[arg-type]  # parametrize knows no types
    judged(ledger, 2, second, NOW + timedelta(minutes=1))  # type: ignore[arg-type]  # as above
    assert [entry[2] for entry in standing(ledger)] == [superseded, False]


def test_rejection_received_later_stays_open(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED), NOW + timedelta(minutes=5))
    judged(ledger, 2, judgement(), NOW)
    assert standing(ledger) == [(FIRST, "rejected", False), (SECOND, "accepted", False)]


def test_links_of_a_held_mail_are_kept(ledger: Ledger) -> None:
    judged(ledger, 1, HELD)
    assert [mail.links for mail in ledger.submissions.find_held("puyang")] == [(LINK,)]


def test_decision_replaces_the_judgement(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, answer=draft("<a1@intake>")))
    assert ledger.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,)) == ()
    given = replace(photo("开幕式.mp4"), supplied=True)
    now = judgement(verdict(item("视频", files=("开幕式.mp4",))), draft("<a2@intake>"), (given,))
    decided(ledger, message, replace(now, links=(replace(LINK, is_settled=True),)))
    assert ledger.submissions.find_held("puyang") == ()
    assert [one.material for one in ledger.submissions.find_reported_items("puyang-2023", (Decision.ACCEPTED,))] == [
        "视频"
    ]
    assert ledger.prior_mails.count_accepted("puyang-2023", UNIT, "视频") == 1
    (mail,) = ledger.reports.gather_day_report("puyang").mails
    assert (mail.outcome, mail.files, [one.is_settled for one in mail.links]) == (Outcome.ACCEPTED, (given,), [True])


def test_replaced_judgement_stays_in_the_ledger(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    decided(ledger, message)
    kept = [(one.receipt, one.decision.value, one.superseded) for one in ledger.submissions.iterate_items()]
    assert kept == [("1001-9", "held", True), ("1001-9", "accepted", False)]


def test_accepted_items_of_a_replaced_judgement_do_not_count(ledger: Ledger) -> None:
    partial = verdict(item("照片"), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL)
    message = judged(ledger, 1, judgement(partial, cumulative=frozenset({"照片", "视频"})))
    decided(ledger, message, judgement(verdict(item("照片"), item("视频")), cumulative=frozenset({"照片", "视频"})))
    counted = [ledger.prior_mails.count_accepted("puyang-2023", UNIT, material) for material in ("照片", "视频")]
    assert counted == [1, 1]


def test_decision_is_reported_by_the_next_digest(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    ledger.digests.add(NOW.date(), NOW, ledger.reports.gather_day_report("puyang"), draft("<d1@intake>"), NOW)
    assert ledger.reports.gather_day_report("puyang").mails == ()
    decided(ledger, message)
    assert [mail.outcome for mail in ledger.reports.gather_day_report("puyang").mails] == [Outcome.ACCEPTED]
    event = ledger.trail.find_last("puyang", [EventName.HELD_ACCEPTED])
    assert event is not None
    assert event.detail == {"reason": "电话核实", "disposition": "accepted"}


def test_reply_to_either_letter_of_a_decided_mail_finds_it(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, answer=draft("<a1@intake>")))
    rejected = verdict(
        item("视频", decision=Decision.REJECTED, findings=(finding(),)), disposition=Disposition.REJECTED
    )
    decided(ledger, message, judgement(rejected, draft("<a2@intake>")))
    later = asking(ledger)
    for letter in ("<a1@intake>", "<a2@intake>"):
        found = ledger.prior_mails.find_answered("puyang", [letter], [], later)
        assert [(one.receipt, one.disposition) for one in found] == [("1001-9", Disposition.REJECTED)]
    assert [mail.receipt for mail in ledger.prior_mails.find_open("puyang-2023", UNIT, later).rejected] == ["1001-9"]


def test_supplement_of_a_replaced_judgement_points_to_the_new_one(ledger: Ledger) -> None:
    first = judged(ledger, 1, HELD)
    supplement = judgement(verdict(item("视频", decision=Decision.REJECTED), disposition=Disposition.REJECTED))
    judged(ledger, 2, replace(supplement, supplements="1001-9"))
    decided(ledger, first)
    assert ledger.prior_mails.find_supplement_chain("1002-4") == {"1001-9", "1002-4"}
    found = ledger.prior_mails.find_answered("puyang", [], ["1001-9"], asking(ledger))
    assert [one.receipt for one in found] == ["1001-9", "1002-4"]


def test_decided_supplement_stays_a_supplement(ledger: Ledger) -> None:
    judged(ledger, 1, HELD)
    second = judged(ledger, 2, replace(HELD, supplements="1001-9"))
    decided(ledger, second)
    assert ledger.prior_mails.find_supplement_chain("1002-4") == {"1001-9", "1002-4"}


def test_fingerprints_of_a_decided_mail_are_found_once(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, fingerprints=(Fingerprint("a.jpg", "ab" * 32, 5),)))
    decided(ledger, message)
    assert [one.fingerprint.name for one in ledger.prior_mails.find_same_content("puyang-2023", ["ab" * 32])] == [
        "a.jpg"
    ]


def test_failed_decision_changes_nothing(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    with pytest.raises(ValueError, match="no judgement"):
        decided(ledger, message, judgement(verdict(disposition=Disposition.IGNORED)))
    assert [mail.receipt for mail in ledger.submissions.find_held("puyang")] == ["1001-9"]


def test_item_superseded_by_a_replaced_judgement_counts_again(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    second = judged(ledger, 2, PHOTO_AND_HELD)
    assert photos_that_count(ledger) == ["1002-4"]
    decided(ledger, second, NOTHING_ACCEPTED)
    assert photos_that_count(ledger) == ["1001-9", "1002-4"]
    assert ledger.prior_mails.count_accepted("puyang-2023", UNIT, "照片") == 1


PHOTO_REJECTED = verdict(item("照片", decision=Decision.REJECTED), disposition=Disposition.REJECTED)
PHOTO_AND_HELD = judgement(verdict(item("照片"), item("视频", decision=Decision.HELD), disposition=Disposition.HELD))
NOTHING_ACCEPTED = judgement(
    verdict(
        item("照片", decision=Decision.REJECTED),
        item("视频", decision=Decision.REJECTED),
        disposition=Disposition.REJECTED,
    )
)


def photos_that_count(ledger: Ledger) -> list[str]:
    return [
        one.receipt
        for one in ledger.submissions.find_reported_items("puyang-2023", tuple(Decision))
        if one.material == "照片"
    ]


def test_item_superseded_by_a_replaced_judgement_and_a_third_mail_stays_superseded(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    second = judged(ledger, 2, PHOTO_AND_HELD)
    judged(ledger, 3, judgement())
    decided(ledger, second, judgement(verdict(item("视频"))))
    assert photos_that_count(ledger) == ["1003-5"]


def test_decided_supplement_still_supersedes_what_it_supplements(ledger: Ledger) -> None:
    """The unit of the first mail was not known: only as a supplement the second is about the same."""
    judged(ledger, 1, judgement(replace(PHOTO_REJECTED, unit=None)))
    second = judged(ledger, 2, replace(PHOTO_AND_HELD, supplements="1001-9"))
    decided(ledger, second, judgement(verdict(item("照片"), item("视频"))))
    assert [(one.receipt, one.superseded) for one in ledger.submissions.iterate_items()] == [
        ("1001-9", True),
        ("1002-4", True),
        ("1002-4", True),
        ("1002-4", False),
        ("1002-4", False),
    ]


def test_of_two_mails_received_at_once_the_one_seen_later_counts(ledger: Ledger) -> None:
    first = judged(ledger, 1, PHOTO_AND_HELD)
    judged(ledger, 2, judgement())
    assert photos_that_count(ledger) == ["1002-4"]
    decided(ledger, first, judgement(verdict(item("照片"), item("视频"))))
    assert photos_that_count(ledger) == ["1002-4"]


_ROWS = ({"序号": "1", "活动名称": "开放日"}, {"序号": "2", "活动名称": "参观 & 体验"})
_FORM = FilledForm("活动情况日报表", "附件1.docx", _ROWS)


def _form_item(decision: Decision = Decision.ACCEPTED, *forms: FilledForm) -> ItemVerdict:
    return replace(item("日报", decision=decision), forms=forms or (_FORM,))


_FiledForm = tuple[int, str, str, str, str, str, str, list[dict[str, str]]]


def _filed_form(message: int, form: FilledForm = _FORM) -> _FiledForm:
    rows = [dict(row) for row in form.rows]
    return message, "puyang-2023", UNIT, "日报", DAY.isoformat(), form.title, form.file, rows


def _standing_forms(path: Path) -> list[_FiledForm]:
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
    message = judged(ledger, 1, judgement(verdict(_form_item(decision, _FORM, other))))
    assert _standing_forms(path) == [_filed_form(message.id), _filed_form(message.id, other)]


def test_forms_of_a_rejected_item_are_not_kept(path: Path, ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(_form_item(Decision.REJECTED))))
    assert _standing_forms(path) == []


def test_forms_of_a_later_mail_replace_the_earlier_ones(path: Path, ledger: Ledger) -> None:
    newer = replace(_FORM, rows=({"序号": "1", "活动名称": "改过"},))
    judged(ledger, 1, judgement(verdict(_form_item())))
    message = judged(
        ledger, 2, judgement(verdict(_form_item(Decision.ACCEPTED, newer))), received=NOW + timedelta(hours=1)
    )
    assert _standing_forms(path) == [_filed_form(message.id, newer)]


def test_forms_are_copied_to_a_decision_without_forms(path: Path, ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(verdict(_form_item(Decision.HELD))))
    ledger.messages.record_decision(message.id, judgement(verdict(item("日报"))), EventName.HELD_ACCEPTED, {}, NOW)
    assert _standing_forms(path) == [_filed_form(message.id)]


def test_held_item_that_may_be_forged_is_settled_by_no_later_mail(ledger: Ledger) -> None:
    doubt = replace(finding("sender.unauthenticated"), holds=True)
    judged(ledger, 1, judgement(replace(HELD.verdict, findings=(doubt,))))
    judged(ledger, 2, HELD, NOW + timedelta(minutes=5))
    judged(ledger, 3, ACCEPTED, NOW + timedelta(minutes=9))
    assert standing(ledger) == [(FIRST, "held", False), (SECOND, "held", True), ("1003-5", "accepted", False)]


def test_clerk_who_rejects_a_supplement_settles_what_was_held_before(ledger: Ledger) -> None:
    judged(ledger, 1, HELD)
    message = judged(ledger, 2, replace(HELD, supplements=FIRST), NOW + timedelta(minutes=5))
    refused = replace(item("视频", decision=Decision.REJECTED), findings=(finding("clerk.rejected"),))
    decided(ledger, message, judgement(verdict(refused, disposition=Disposition.REJECTED)))
    assert standing(ledger) == [(FIRST, "held", True), (SECOND, "held", True), (SECOND, "rejected", False)]
