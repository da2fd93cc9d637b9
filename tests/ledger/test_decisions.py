"""Mails that a person decided about, or had judged once more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Fingerprint, Judgement, KeptLink, MessageRecord, Outcome
from intake_bot.ledger.states import IllegalEvent, MessageState
from tests.ledger.samples import (
    NOW,
    UNIT,
    asking,
    draft,
    finding,
    item,
    judged,
    judgement,
    key,
    photo,
    spooled,
    verdict,
)

LINK = KeptLink("开幕式.mp4", "https://mail.163.com/large-attachment-download/index.html?file=abc", "180.2M", "6月1日")
HELD = replace(judgement(verdict(item("视频", decision=Decision.HELD), disposition=Disposition.HELD)), links=(LINK,))
ACCEPTED = judgement(verdict(item("视频")))
REASON = {"reason": "电话核实"}


def decided(ledger: Ledger, message: MessageRecord, judgement: Judgement = ACCEPTED) -> None:
    ledger.messages.decide(message.id, judgement, "held.accepted", REASON, NOW)


def test_links_are_kept_for_the_clerk(ledger: Ledger) -> None:
    judged(ledger, 1, HELD)
    assert [mail.links for mail in ledger.history.held("puyang")] == [(LINK,)]


def test_a_decision_takes_the_place_of_the_judgement_before_it(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, answer=draft("<a1@intake>")))
    assert ledger.history.reported_items("puyang-2023", (Decision.ACCEPTED,)) == ()
    given = replace(photo("开幕式.mp4"), supplied=True)
    now = judgement(verdict(item("视频", files=("开幕式.mp4",))), draft("<a2@intake>"), (given,))
    decided(ledger, message, replace(now, links=(replace(LINK, supplied=True),)))
    assert ledger.history.held("puyang") == ()
    assert [one.material for one in ledger.history.reported_items("puyang-2023", (Decision.ACCEPTED,))] == ["视频"]
    assert ledger.history.accepted_count("puyang-2023", UNIT, "视频") == 1
    (mail,) = ledger.digests.report("puyang").mails
    assert (mail.outcome, mail.files, [one.supplied for one in mail.links]) == (Outcome.ACCEPTED, (given,), [True])


def test_the_judgement_before_a_decision_stays_in_the_history(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    decided(ledger, message)
    kept = [(one.receipt, one.decision.value, one.superseded) for one in ledger.history.items()]
    assert kept == [("1001-9", "held", True), ("1001-9", "accepted", False)]


def test_accepted_items_of_a_replaced_judgement_count_no_more(ledger: Ledger) -> None:
    partial = verdict(item("照片"), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL)
    message = judged(ledger, 1, judgement(partial, cumulative=frozenset({"照片", "视频"})))
    decided(ledger, message, judgement(verdict(item("照片"), item("视频")), cumulative=frozenset({"照片", "视频"})))
    counted = [ledger.history.accepted_count("puyang-2023", UNIT, material) for material in ("照片", "视频")]
    assert counted == [1, 1]
    assert ledger.history.filled_days("puyang-2023", UNIT, "照片", asking(ledger))


def test_a_decision_is_reported_by_the_next_digest(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    ledger.digests.file(NOW.date(), ledger.digests.report("puyang"), draft("<d1@intake>"), NOW)
    assert ledger.digests.report("puyang").mails == ()
    decided(ledger, message)
    assert [mail.outcome for mail in ledger.digests.report("puyang").mails] == [Outcome.ACCEPTED]
    event = ledger.trail.last("puyang", ["held.accepted"])
    assert event is not None
    assert event.detail == {"reason": "电话核实", "disposition": "accepted"}


def test_answers_to_either_letter_find_the_mail(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, answer=draft("<a1@intake>")))
    rejected = verdict(
        item("视频", decision=Decision.REJECTED, findings=(finding(),)), disposition=Disposition.REJECTED
    )
    decided(ledger, message, judgement(rejected, draft("<a2@intake>")))
    later = asking(ledger)
    for letter in ("<a1@intake>", "<a2@intake>"):
        found = ledger.earlier.answered("puyang", [letter], [], later)
        assert found is not None
        assert (found.receipt, found.disposition) == ("1001-9", Disposition.REJECTED)
    assert [mail.receipt for mail in ledger.earlier.unsettled("puyang-2023", UNIT, later)] == ["1001-9"]


def test_what_points_to_a_judgement_points_to_the_one_that_stands(ledger: Ledger) -> None:
    first = judged(ledger, 1, HELD)
    supplement = judgement(verdict(item("视频", decision=Decision.REJECTED), disposition=Disposition.REJECTED))
    judged(ledger, 2, replace(supplement, supplements="1001-9"))
    decided(ledger, first)
    assert ledger.earlier.line("1002-4") == {"1001-9", "1002-4"}
    found = ledger.earlier.answered("puyang", [], ["1001-9"], asking(ledger))
    assert found is not None
    assert found.receipt == "1002-4"


def test_a_supplement_that_is_decided_stays_a_supplement(ledger: Ledger) -> None:
    judged(ledger, 1, HELD)
    second = judged(ledger, 2, replace(HELD, supplements="1001-9"))
    decided(ledger, second)
    assert ledger.earlier.line("1002-4") == {"1001-9", "1002-4"}


def test_files_of_a_decided_mail_are_known_again_once(ledger: Ledger) -> None:
    message = judged(ledger, 1, replace(HELD, prints=(Fingerprint("a.jpg", "ab" * 32, 5),)))
    decided(ledger, message)
    assert [one.print.name for one in ledger.earlier.same_content("puyang-2023", ["ab" * 32])] == ["a.jpg"]


def test_a_decision_that_fails_leaves_all_as_it_was(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    with pytest.raises(ValueError, match="no judgement"):
        decided(ledger, message, judgement(verdict(disposition=Disposition.IGNORED)))
    assert [mail.receipt for mail in ledger.history.held("puyang")] == ["1001-9"]


def test_retry_begins_anew(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.count_attempt(message.id)
    ledger.messages.hold(message.id, "三次打开都失败", NOW)
    ledger.messages.retry(message.id, NOW)
    after = ledger.messages.seen(key(1), NOW)
    assert (after.state, after.attempts, after.sha256, after.reason) == (MessageState.NEW, 0, None, "")
    assert [one.id for one in ledger.messages.unfinished("puyang")] == [message.id]
    assert ledger.history.held("puyang") == ()
    ledger.messages.spooled(message.id, "1.eml", "aa", None, NOW)
    ledger.messages.file_judgement(message.id, ACCEPTED, NOW)


def test_only_what_was_held_unopened_can_be_retried(ledger: Ledger) -> None:
    message = judged(ledger, 1, HELD)
    with pytest.raises(IllegalEvent, match="retry"):
        ledger.messages.retry(message.id, NOW)


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
        one.receipt for one in ledger.history.reported_items("puyang-2023", tuple(Decision)) if one.material == "照片"
    ]


def test_what_a_withdrawn_judgement_had_superseded_counts_again(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    second = judged(ledger, 2, PHOTO_AND_HELD)
    assert photos_that_count(ledger) == ["1002-4"]
    decided(ledger, second, NOTHING_ACCEPTED)
    assert photos_that_count(ledger) == ["1001-9", "1002-4"]
    assert ledger.history.accepted_count("puyang-2023", UNIT, "照片") == 1


def test_what_a_withdrawn_judgement_had_superseded_stays_so_by_a_third(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    second = judged(ledger, 2, PHOTO_AND_HELD)
    judged(ledger, 3, judgement())
    decided(ledger, second, judgement(verdict(item("视频"))))
    assert photos_that_count(ledger) == ["1003-5"]


def test_a_supplement_that_is_decided_still_mends_what_it_mended(ledger: Ledger) -> None:
    """The unit of the first mail was not known: only as a supplement the second is about the same."""
    judged(ledger, 1, judgement(replace(PHOTO_REJECTED, unit=None)))
    second = judged(ledger, 2, replace(PHOTO_AND_HELD, supplements="1001-9"))
    decided(ledger, second, judgement(verdict(item("照片"), item("视频"))))
    assert [(one.receipt, one.superseded) for one in ledger.history.items()] == [
        ("1001-9", True),
        ("1002-4", True),
        ("1002-4", True),
        ("1002-4", False),
        ("1002-4", False),
    ]


def test_of_two_mails_of_one_moment_the_one_seen_later_counts_however_often_they_are_judged(ledger: Ledger) -> None:
    first = judged(ledger, 1, PHOTO_AND_HELD)
    judged(ledger, 2, judgement())
    assert photos_that_count(ledger) == ["1002-4"]
    decided(ledger, first, judgement(verdict(item("照片"), item("视频"))))
    assert photos_that_count(ledger) == ["1002-4"]
