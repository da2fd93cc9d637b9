from __future__ import annotations

from datetime import timedelta

import pytest

from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.events import EventRecord
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Letter, LetterKind, Returned, WrittenAnswer
from intake_bot.ledger.states import IllegalEvent, LetterState
from tests.ledger.samples import NOW, draft, judged, judgement, spooled

LATER = NOW + timedelta(minutes=15)


def _claimed(ledger: Ledger) -> Letter:
    letter = ledger.letters.claim("puyang", NOW)
    assert letter is not None
    return letter


def test_claim_gives_the_oldest_letter_once(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<1@intake>")))
    judged(ledger, 2, judgement(answer=draft("<2@intake>")))
    assert ledger.letters.something_is_due("puyang", NOW)
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
        created=NOW,
        sent=None,
    )
    assert _claimed(ledger).message_id == "<2@intake>"
    assert ledger.letters.claim("puyang", NOW) is None
    assert ledger.letters.claim("hefei", NOW) is None
    assert not ledger.letters.something_is_due("puyang", LATER)


def test_a_deferred_letter_is_due_again_at_its_time(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.deferred(_claimed(ledger).id, LATER, "450 try later", NOW)
    just_before = LATER - timedelta(seconds=1)
    assert [ledger.letters.something_is_due("puyang", at) for at in (just_before, LATER)] == [False, True]
    assert ledger.letters.claim("puyang", just_before) is None
    again = ledger.letters.claim("puyang", LATER)
    assert again is not None
    assert (again.attempts, again.last_error, again.message_id) == (2, "450 try later", draft().message_id)
    ledger.letters.sent(again.id, LATER)
    with pytest.raises(IllegalEvent):
        ledger.letters.requeue(again.id, LATER)


def test_a_letter_in_doubt_is_sent_again_with_the_same_message_id(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    letter = _claimed(ledger)
    assert ledger.letters.in_doubt("puyang", NOW) == (letter,)
    ledger.letters.requeue(letter.id, NOW)
    assert ledger.letters.in_doubt("puyang", NOW) == ()
    assert _claimed(ledger).message_id == letter.message_id


def test_a_doubted_letter_is_to_be_settled_at_its_time(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.doubted(_claimed(ledger).id, LATER, "no answer", NOW)
    assert ledger.letters.in_doubt("puyang", LATER - timedelta(seconds=1)) == ()
    assert ledger.letters.claim("puyang", LATER) is None
    (letter,) = ledger.letters.in_doubt("puyang", LATER)
    assert (letter.state, letter.attempts, letter.last_error) == (LetterState.SENDING, 1, "no answer")
    assert ledger.digests.report("puyang").undelivered == (letter,)
    ledger.letters.sent(letter.id, LATER)
    assert ledger.digests.report("puyang").undelivered == ()


def test_a_clock_that_was_set_back_keeps_no_letter_waiting(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    ledger.letters.deferred(_claimed(ledger).id, LATER, "450 try later", NOW)
    before = NOW - timedelta(hours=10)
    again = ledger.letters.claim("puyang", before)
    assert again is not None
    ledger.letters.deferred(again.id, before + timedelta(minutes=15), "450 try later", before)
    due = [ledger.letters.something_is_due("puyang", before + timedelta(minutes=minutes)) for minutes in (0, 14, 15)]
    assert due == [False, False, True]


def test_a_letter_that_failed_or_came_back_is_reported_as_undelivered(ledger: Ledger) -> None:
    for uid in (1, 2, 3, 4):
        judged(ledger, uid, judgement(answer=draft(f"<{uid}@intake>")))
    failed, returned, put_off, fine = (_claimed(ledger).id for _ in range(4))
    ledger.letters.failed(failed, "550 no such user", NOW)
    ledger.letters.sent(returned, NOW)
    bounce = spooled(ledger, 5)
    ledger.messages.file_ignored(bounce.id, MailKind.MACHINE, "bounce", NOW, Returned(returned, "系统退信", "550"))
    ledger.letters.deferred(put_off, LATER, "450", NOW)
    ledger.letters.sent(fine, NOW)
    report = ledger.digests.report("puyang")
    assert [(letter.receipt, letter.state, letter.last_error) for letter in report.undelivered] == [
        ("1001-9", LetterState.FAILED, "550 no such user"),
        ("1002-4", LetterState.BOUNCED, "系统退信"),
        ("1003-5", LetterState.DEFERRED, "450"),
    ]


def test_file_alert_writes_event_and_letter(ledger: Ledger) -> None:
    ledger.letters.file_alert("puyang", "mailbox.trouble", {"error": "LOGIN 失败"}, draft(), NOW)
    assert _claimed(ledger).kind is LetterKind.ALERT
    among = ("mailbox.trouble", "mailbox.recovered")
    assert ledger.trail.last("puyang", among) == EventRecord(NOW, "puyang", "mailbox.trouble", {"error": "LOGIN 失败"})
    ledger.trail.note("puyang", "mailbox.recovered", {}, LATER)
    assert ledger.trail.last("puyang", among) == EventRecord(LATER, "puyang", "mailbox.recovered", {})
    assert ledger.trail.last("hefei", among) is None


def test_answers_are_told_once_with_those_whom_they_went_to(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<1@intake>")))
    answered = judged(ledger, 2, judgement(answer=draft("<2@intake>")))
    ledger.messages.headers_read(answered.id, "Teacher@example.edu.cn", "活动周")
    again = _claimed(ledger)
    ledger.letters.requeue(again.id, LATER)
    ledger.letters.file_alert("puyang", "mailbox.alerted", {}, draft("<3@intake>"), NOW)
    people = frozenset({"school@example.edu.cn", "teacher@example.edu.cn"})
    since = ledger.letters.answers_since
    alone = frozenset({"school@example.edu.cn"})
    assert since("puyang", NOW) == (WrittenAnswer(NOW, alone), WrittenAnswer(NOW, people))
    assert since("puyang", LATER + timedelta(1)) == ()
    assert since("hefei", NOW) == ()


@pytest.mark.parametrize("others", [0, 300_000])
def test_a_letter_is_known_by_its_message_id_among_however_many(ledger: Ledger, others: int) -> None:
    """A bounce may quote as many as its author likes."""
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    found = ledger.letters.with_message_id("puyang", ["<a1@intake>", *(f"<{n}@hostile>" for n in range(others))])
    assert found is not None
    assert (found.message_id, found.receipt) == ("<a1@intake>", "1001-9")
    assert ledger.letters.with_message_id("hefei", ["<a1@intake>"]) is None
