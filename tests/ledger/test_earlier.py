"""What a later mail asks about the submissions before it, and what it does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from intake_bot.judging.pieces import Piece
from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledFingerprint, Fingerprint, Outcome, WaitingMail
from intake_bot.ledger.states import MessageState
from tests.ledger.samples import DAY, NOW, UNIT, asking, draft, item, judged, judgement, key, spooled, verdict

REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
UNKNOWN = verdict(item(day=None, decision=Decision.REJECTED), disposition=Disposition.REJECTED, unit=None)
FIRST, SECOND, THIRD = "1001-9", "1002-4", "1003-5"


def standing(ledger: Ledger) -> list[tuple[str, str, bool]]:
    return [(entry.receipt, entry.decision.value, entry.superseded) for entry in ledger.history.items()]


def test_answered_finds_a_submission_by_letter_and_by_receipt(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    judged(ledger, 2, judgement())
    later = asking(ledger)
    by_letter = ledger.earlier.answered("puyang", ["<x@y>", "<a1@intake>"], [], later)
    by_receipt = ledger.earlier.answered("puyang", [], ["1009-2", FIRST], later)
    assert by_letter is not None
    assert (by_letter.receipt, by_letter == by_receipt) == (FIRST, True)


def test_answered_is_silent_about_others(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    spooled(ledger, 2)
    later = asking(ledger)
    assert ledger.earlier.answered("hefei", ["<a1@intake>"], [FIRST], later) is None
    assert ledger.earlier.answered("puyang", ["<b@intake>"], [SECOND], later) is None


def test_answered_gives_the_latest_supplement(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    judged(ledger, 2, replace(judgement(REJECTED), supplements=FIRST))
    third = judged(ledger, 3, replace(judgement(REJECTED), supplements=SECOND))
    for mail, receipt in ((asking(ledger), THIRD), (third, SECOND)):
        found = ledger.earlier.answered("puyang", ["<a1@intake>"], [], mail)
        assert found is not None
        assert found.receipt == receipt
    assert ledger.earlier.line(THIRD) == {FIRST, SECOND, THIRD}
    assert ledger.earlier.line(FIRST) == {FIRST}


def test_unsettled_are_rejected_items_that_nothing_superseded(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED))
    judged(ledger, 2, judgement(verdict(item("视频", decision=Decision.REJECTED), disposition=Disposition.REJECTED)))
    judged(ledger, 3, judgement(), NOW + timedelta(minutes=1))
    later = asking(ledger)
    assert [mail.receipt for mail in ledger.earlier.unsettled("puyang-2023", UNIT, later)] == [SECOND]
    assert ledger.earlier.unsettled("puyang-2024", UNIT, later) == ()
    assert ledger.earlier.unsettled("puyang-2023", "华龙区教育局", later) == ()


def test_a_mail_that_is_judged_again_asks_about_those_before_it_as_if_it_were_new(ledger: Ledger) -> None:
    """Three of one moment: nothing of the third is there for the second, and what the second mended is open to it."""
    judged(ledger, 1, judgement(REJECTED))
    second = judged(ledger, 2, replace(judgement(), supplements=FIRST))
    judged(ledger, 3, judgement(REJECTED, draft("<a3@intake>")))
    (found,) = ledger.earlier.unsettled("puyang-2023", UNIT, second)
    assert (found.receipt, [one.superseded for one in found.items]) == (FIRST, [False])
    answered = ledger.earlier.answered("puyang", [], [FIRST], second)
    assert answered == found
    assert ledger.earlier.answered("puyang", ["<a3@intake>"], [THIRD], second) is None
    later = ledger.earlier.answered("puyang", [], [FIRST], asking(ledger))
    assert later is not None
    assert (later.receipt, [one.superseded for one in later.items]) == (SECOND, [False])


def test_supplements_never_form_a_ring(ledger: Ledger) -> None:
    """Both were received in the same second: the first is judged again after the second has supplemented it."""
    held = verdict(
        item(decision=Decision.REJECTED), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL
    )
    first = judged(ledger, 1, judgement(held))
    judged(ledger, 2, replace(judgement(REJECTED), supplements=FIRST))
    assert ledger.earlier.unsettled("puyang-2023", UNIT, first) == ()
    assert ledger.earlier.answered("puyang", [], [SECOND], first) is None


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
def test_what_an_accepted_item_takes_the_place_of(
    ledger: Ledger, first: object, second: object, superseded: bool
) -> None:
    judged(ledger, 1, first)  # type: ignore[arg-type]  # parametrize knows no types
    judged(ledger, 2, second, NOW + timedelta(minutes=1))  # type: ignore[arg-type]  # as above
    assert [entry[2] for entry in standing(ledger)] == [superseded, False]


def test_a_rejection_received_later_stays_open(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED), NOW + timedelta(minutes=5))
    judged(ledger, 2, judgement(), NOW)
    assert standing(ledger) == [(FIRST, "rejected", False), (SECOND, "accepted", False)]


def test_a_held_item_that_was_superseded_needs_nobody(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)))
    assert [mail.receipt for mail in ledger.history.held("puyang")] == [FIRST]
    judged(ledger, 2, judgement(), NOW + timedelta(minutes=1))
    assert ledger.history.held("puyang") == ()


def test_fingerprints_are_found_by_content_and_pictures_by_notice(ledger: Ledger) -> None:
    photo, text = Fingerprint("照片.zip/1.jpg", "aa", 0xF000_0000_0000_0001), Fingerprint("说明.docx", "bb")
    judged(ledger, 1, replace(judgement(), prints=(photo, text)))
    judged(ledger, 2, replace(judgement(verdict(unit="华龙区教育局")), prints=(text,)))
    assert ledger.earlier.same_content("puyang-2023", {"bb", "cc"}) == (
        FiledFingerprint(FIRST, UNIT, text),
        FiledFingerprint(SECOND, "华龙区教育局", text),
    )
    assert ledger.earlier.pictures("puyang-2023") == (FiledFingerprint(FIRST, UNIT, photo),)
    assert ledger.earlier.pictures("puyang-2024") == ledger.earlier.same_content("puyang-2024", {"aa"}) == ()


PIECE = Piece("puyang-2023", UNIT, ("照片",), DAY, 1, 2)


def test_a_piece_waits_and_is_judged_with_the_others(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.messages.count_attempt(first.id)
    ledger.pieces.wait(first.id, PIECE, NOW)
    (waiting,) = ledger.pieces.waiting("puyang")
    assert waiting == WaitingMail(replace(ledger.messages.seen(key(1), NOW), state=MessageState.WAITING), PIECE)
    assert waiting.mail.attempts == 0
    assert (ledger.messages.unfinished("puyang"), ledger.pieces.waiting("hefei")) == ((), ())
    assert [mail.receipt for mail in ledger.digests.report("puyang").waiting] == [FIRST]

    judged(ledger, 2, replace(judgement(), joined=(first.id,)), NOW + timedelta(minutes=1))
    assert ledger.pieces.waiting("puyang") == ()
    report = ledger.digests.report("puyang")
    assert [(mail.receipt, mail.outcome, mail.joined, len(mail.items)) for mail in report.mails] == [
        (FIRST, Outcome.ACCEPTED, SECOND, 0),
        (SECOND, Outcome.ACCEPTED, None, 1),
    ]
    assert report.waiting == ()


def test_a_piece_that_waited_too_long_is_judged_itself(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.wait(first.id, PIECE, NOW)
    ledger.messages.file_judgement(first.id, judgement(REJECTED), NOW + timedelta(hours=2))
    (mail,) = ledger.digests.report("puyang").mails
    assert (mail.outcome, mail.joined, len(mail.items)) == (Outcome.REJECTED, None, 1)


def test_a_piece_that_cannot_be_finished_is_held(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.wait(first.id, PIECE, NOW)
    ledger.messages.hold(first.id, "三次打开都失败", NOW)
    assert [mail.reason for mail in ledger.history.held("puyang")] == ["三次打开都失败"]


def test_a_piece_that_was_held_can_wait_again(ledger: Ledger) -> None:
    first = spooled(ledger, 1)
    ledger.pieces.wait(first.id, PIECE, NOW)
    ledger.messages.hold(first.id, "三次打开都失败", NOW)
    ledger.messages.retry(first.id, NOW)
    ledger.messages.spooled(first.id, "1.eml", "aa", None, NOW)
    again = replace(PIECE, materials=("照片", "视频"), number=2)
    ledger.pieces.wait(first.id, again, NOW)
    assert [one.piece for one in ledger.pieces.waiting("puyang")] == [again]
