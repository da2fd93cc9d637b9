from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import Outcome, SpooledRaw, WaitingMail
from intake_bot.ledger.values.states import MessageState
from tests.ledger.samples import DAY, NOW, UNIT, head, item, judged, judgement, key, spooled, verdict

REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
FIRST, SECOND = "1001-9", "1002-4"
PIECE = Piece("puyang-2023", UNIT, ("照片",), DAY, 1, 2)


def test_waiting_piece_is_merged_into_the_mail_that_completes_it(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.messages.count_attempt(first.id)
    ledger.pieces.mark_waiting(first.id, PIECE, NOW)
    (waiting,) = ledger.pieces.find_waiting("puyang")
    assert waiting == WaitingMail(
        replace(ledger.messages.record_seen([key(1)], NOW)[0], state=MessageState.WAITING), PIECE
    )
    assert waiting.mail.attempts == 0
    assert (ledger.messages.find_unfinished("puyang"), ledger.pieces.find_waiting("hefei")) == ((), ())
    assert [mail.receipt for mail in ledger.reports.gather_day_report("puyang").waiting] == [FIRST]

    judged(ledger, 2, replace(judgement(), pieces=(first.id,)), NOW + timedelta(minutes=1))
    assert ledger.pieces.find_waiting("puyang") == ()
    report = ledger.reports.gather_day_report("puyang")
    assert [(mail.receipt, mail.outcome, mail.merged_into, len(mail.items)) for mail in report.mails] == [
        (FIRST, Outcome.ACCEPTED, SECOND, 0),
        (SECOND, Outcome.ACCEPTED, None, 1),
    ]
    assert report.waiting == ()


def test_waiting_piece_can_be_judged_alone(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.mark_waiting(first.id, PIECE, NOW)
    ledger.messages.record_judgement(first.id, judgement(REJECTED), NOW + timedelta(hours=2))
    (mail,) = ledger.reports.gather_day_report("puyang").mails
    assert (mail.outcome, mail.merged_into, len(mail.items)) == (Outcome.REJECTED, None, 1)


def test_waiting_piece_can_be_held(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.mark_waiting(first.id, PIECE, NOW)
    ledger.messages.hold(first.id, "三次打开都失败", NOW)
    assert [mail.reason for mail in ledger.submissions.find_held("puyang")] == ["三次打开都失败"]


def test_held_piece_can_wait_again(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.mark_waiting(first.id, PIECE, NOW)
    ledger.messages.hold(first.id, "三次打开都失败", NOW)
    ledger.messages.reset_for_retry(first.id, NOW)
    ledger.messages.record_spooled({first.id: SpooledRaw("1.eml", "aa", head(None))}, NOW)
    again = replace(PIECE, materials=("照片", "视频"), number=2)
    ledger.pieces.mark_waiting(first.id, again, NOW)
    assert [one.piece for one in ledger.pieces.find_waiting("puyang")] == [again]
