from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.judging.verdict import Decision, Disposition, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName, EventRecord
from intake_bot.ledger.values.records import Letter, LetterKind, MailHeaders, letter_sha256
from intake_bot.ledger.values.states import IllegalEvent, LetterState
from tests.ledger.samples import NOW, UNIT, claim_oldest, draft, item, judged, judgement, verdict

LATER = NOW + timedelta(minutes=15)


def _claimed(ledger: Ledger) -> Letter:
    letter = claim_oldest(ledger, "puyang", NOW)
    assert letter is not None
    return letter


def test_claim_gives_the_oldest_letter_once(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<1@intake>")))
    judged(ledger, 2, judgement(answer=draft("<2@intake>")))
    assert ledger.letters.has_due("puyang", NOW)
    assert _claimed(ledger) == Letter(
        id=1,
        bureau="puyang",
        kind=LetterKind.ANSWER,
        receipt="1001-9",
        recipients=("school@example.edu.cn",),
        subject="已收到",
        message_id="<1@intake>",
        raw=b"Subject: x\r\n\r\nx",
        text="已收到，谢谢。",
        state=LetterState.SENDING,
        attempts=1,
        next_attempt=None,
        last_error="",
        created_at=NOW,
        sent_at=None,
        sha256=letter_sha256(b"Subject: x\r\n\r\nx", ("school@example.edu.cn",)),
    )
    assert _claimed(ledger).message_id == "<2@intake>"
    assert claim_oldest(ledger, "puyang", NOW) is None
    assert claim_oldest(ledger, "hefei", NOW) is None
    assert not ledger.letters.has_due("puyang", LATER)


def test_deferred_letter_is_due_again_at_its_time(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.mark_deferred(_claimed(ledger).id, LATER, "450 try later", NOW)
    just_before = LATER - timedelta(seconds=1)
    assert [ledger.letters.has_due("puyang", at) for at in (just_before, LATER)] == [False, True]
    assert claim_oldest(ledger, "puyang", just_before) is None
    again = claim_oldest(ledger, "puyang", LATER)
    assert again is not None
    assert (again.attempts, again.last_error, again.message_id) == (2, "450 try later", draft().message_id)
    ledger.letters.mark_sent(again.id, LATER)
    with pytest.raises(IllegalEvent):
        ledger.letters.requeue(again.id, LATER)


def test_requeued_letter_keeps_its_message_id(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    letter = _claimed(ledger)
    assert ledger.letters.find_in_doubt("puyang", NOW) == (letter,)
    ledger.letters.requeue(letter.id, NOW)
    assert ledger.letters.find_in_doubt("puyang", NOW) == ()
    assert _claimed(ledger).message_id == letter.message_id


def test_letter_marked_in_doubt_is_found_from_its_time_on(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.mark_in_doubt(_claimed(ledger).id, LATER, "no answer", NOW)
    assert ledger.letters.find_in_doubt("puyang", LATER - timedelta(seconds=1)) == ()
    assert claim_oldest(ledger, "puyang", LATER) is None
    (letter,) = ledger.letters.find_in_doubt("puyang", LATER)
    assert (letter.state, letter.attempts, letter.last_error) == (LetterState.SENDING, 1, "no answer")
    assert ledger.reports.gather_day_report("puyang").undelivered == (letter,)
    ledger.letters.mark_sent(letter.id, LATER)
    assert ledger.reports.gather_day_report("puyang").undelivered == ()


def test_deferred_letter_is_due_when_the_clock_was_set_back(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.mark_deferred(_claimed(ledger).id, LATER, "450 try later", NOW)
    before = NOW - timedelta(hours=10)
    again = claim_oldest(ledger, "puyang", before)
    assert again is not None
    ledger.letters.mark_deferred(again.id, before + timedelta(minutes=15), "450 try later", before)
    due = [ledger.letters.has_due("puyang", before + timedelta(minutes=minutes)) for minutes in (0, 14, 15)]
    assert due == [False, False, True]


def test_find_answers_since_counts_each_answer_once_for_all_its_people(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<1@intake>")))
    answered = judged(ledger, 2, judgement(answer=draft("<2@intake>")))
    ledger.messages.record_headers({answered.id: MailHeaders("Teacher@example.edu.cn", "活动周")})
    again = _claimed(ledger)
    ledger.letters.requeue(again.id, LATER)
    ledger.letters.add_alert("puyang", EventName.MAILBOX_ALERTED, {}, draft("<3@intake>"), NOW)
    since = ledger.letters.find_answers_since
    assert since("puyang", NOW).times_to(["school@example.edu.cn"]) == [NOW, NOW]
    assert since("puyang", NOW).times_to(["school@example.edu.cn", "teacher@example.edu.cn"]) == [NOW, NOW]
    assert since("puyang", NOW).times_to(["teacher@example.edu.cn"]) == [NOW]
    assert since("puyang", NOW).is_answered(UNIT, NOW)
    assert not since("puyang", NOW).is_answered(UNIT, LATER)
    assert len(since("puyang", NOW - timedelta(1))) == 2
    assert len(since("puyang", LATER + timedelta(1))) == 0
    assert len(since("hefei", NOW)) == 0


@pytest.mark.parametrize("others", [0, 300_000])
def test_find_by_message_id_finds_a_letter_among_many_ids(ledger: Ledger, others: int) -> None:
    """A bounce may quote as many as its author likes."""
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    found = ledger.letters.find_by_message_id("puyang", ["<a1@intake>", *(f"<{n}@hostile>" for n in range(others))])
    assert found is not None
    assert (found.message_id, found.receipt) == ("<a1@intake>", "1001-9")
    assert ledger.letters.find_by_message_id("hefei", ["<a1@intake>"]) is None


def test_add_alert_adds_event_and_letter(ledger: Ledger) -> None:
    ledger.letters.add_alert("puyang", EventName.MAILBOX_TROUBLE, {"error": "LOGIN 失败"}, draft(), NOW)
    assert _claimed(ledger).kind is LetterKind.ALERT
    names = (EventName.MAILBOX_TROUBLE, EventName.MAILBOX_RECOVERED)
    assert ledger.trail.find_last("puyang", names) == EventRecord(
        NOW, "puyang", "mailbox.trouble", {"error": "LOGIN 失败"}
    )
    ledger.trail.add("puyang", EventName.MAILBOX_RECOVERED, {}, LATER)
    assert ledger.trail.find_last("puyang", names) == EventRecord(LATER, "puyang", EventName.MAILBOX_RECOVERED, {})
    assert ledger.trail.find_last("hefei", names) is None


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
def test_has_any_is_true_for_message_ids_of_ours(ledger: Ledger, message_ids: tuple[str, ...], ours: bool) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    assert ledger.letters.has_any(message_ids) is ours


def test_due_letters_name_what_is_to_be_mended_and_by_when(ledger: Ledger) -> None:
    def rejected(*deadlines: timedelta | None) -> Verdict:
        items = [
            replace(item(f"材料{number}", decision=Decision.REJECTED), deadline=None if until is None else NOW + until)
            for number, until in enumerate(deadlines)
        ]
        return verdict(*items, disposition=Disposition.REJECTED)

    hour = timedelta(hours=1)
    verdicts = [rejected(None, 9 * hour, hour), rejected(-hour), verdict(item())]
    for uid, one in enumerate(verdicts, 1):
        judged(ledger, uid, judgement(one, answer=draft(f"<{uid}@intake>")))
    ledger.letters.add_alert("puyang", EventName.MAILBOX_TROUBLE, {}, draft("<4@intake>"), NOW)
    assert [(one.id, one.kind, one.disposition, one.mend_by) for one in ledger.letters.find_due("puyang", NOW)] == [
        (1, LetterKind.ANSWER, Disposition.REJECTED, NOW + hour),
        (2, LetterKind.ANSWER, Disposition.REJECTED, None),
        (3, LetterKind.ANSWER, Disposition.ACCEPTED, None),
        (4, LetterKind.ALERT, None, None),
    ]
    assert ledger.letters.find_due("hefei", NOW) == ()
