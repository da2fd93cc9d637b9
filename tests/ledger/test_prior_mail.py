from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import FiledFingerprint, Fingerprint
from tests.ledger.samples import NOW, UNIT, asking, draft, item, judged, judgement, spooled, verdict

REJECTED = verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)
FIRST, SECOND, THIRD = "1001-9", "1002-4", "1003-5"


def test_find_answered_by_letter_and_by_receipt(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    judged(ledger, 2, judgement())
    later = asking(ledger)
    by_letter = ledger.prior_mails.find_answered("puyang", ["<x@y>", "<a1@intake>"], [], later)
    by_receipt = ledger.prior_mails.find_answered("puyang", [], ["1009-2", FIRST], later)
    assert ([one.receipt for one in by_letter], by_letter == by_receipt) == ([FIRST], True)


def test_find_answered_ignores_other_bureaus_and_unjudged_mail(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    spooled(ledger, 2)
    later = asking(ledger)
    assert ledger.prior_mails.find_answered("hefei", ["<a1@intake>"], [FIRST], later) == ()
    assert ledger.prior_mails.find_answered("puyang", ["<b@intake>"], [SECOND], later) == ()


def test_find_answered_gives_the_latest_supplement(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED, draft("<a1@intake>")))
    judged(ledger, 2, replace(judgement(REJECTED), supplements=FIRST))
    third = judged(ledger, 3, replace(judgement(REJECTED), supplements=SECOND))
    for mail, receipt in ((asking(ledger), THIRD), (third, SECOND)):
        found = ledger.prior_mails.find_answered("puyang", ["<a1@intake>"], [], mail)
        assert found[-1].receipt == receipt
    assert ledger.prior_mails.find_supplement_chain(THIRD) == {FIRST, SECOND, THIRD}
    assert ledger.prior_mails.find_supplement_chain(FIRST) == {FIRST}


def test_find_rejected_leaves_out_superseded_items(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(REJECTED))
    judged(ledger, 2, judgement(verdict(item("视频", decision=Decision.REJECTED), disposition=Disposition.REJECTED)))
    judged(ledger, 3, judgement(), NOW + timedelta(minutes=1))
    later = asking(ledger)
    assert [mail.receipt for mail in ledger.prior_mails.find_open("puyang-2023", UNIT, later).rejected] == [SECOND]
    assert ledger.prior_mails.find_open("puyang-2024", UNIT, later).rejected == ()
    assert ledger.prior_mails.find_open("puyang-2023", "华龙区教育局", later).rejected == ()


def test_prior_mail_of_a_mail_judged_again_is_what_was_received_before_it(ledger: Ledger) -> None:
    """Three received at once: the second knows nothing of the third; what it has superseded itself is open to it."""
    judged(ledger, 1, judgement(REJECTED))
    second = judged(ledger, 2, replace(judgement(), supplements=FIRST))
    judged(ledger, 3, judgement(REJECTED, draft("<a3@intake>")))
    (found,) = ledger.prior_mails.find_open("puyang-2023", UNIT, second).rejected
    assert (found.receipt, [one.superseded for one in found.items]) == (FIRST, [False])
    answered = ledger.prior_mails.find_answered("puyang", [], [FIRST], second)
    assert answered == (found,)
    assert ledger.prior_mails.find_answered("puyang", ["<a3@intake>"], [THIRD], second) == ()
    later = ledger.prior_mails.find_answered("puyang", [], [FIRST], asking(ledger))
    assert (later[-1].receipt, [one.superseded for one in later[-1].items]) == (SECOND, [False])


def test_mails_received_at_once_do_not_supplement_each_other(ledger: Ledger) -> None:
    """Both were received in the same second: the first is judged again after the second has supplemented it."""
    held = verdict(
        item(decision=Decision.REJECTED), item("视频", decision=Decision.HELD), disposition=Disposition.PARTIAL
    )
    first = judged(ledger, 1, judgement(held))
    judged(ledger, 2, replace(judgement(REJECTED), supplements=FIRST))
    assert ledger.prior_mails.find_open("puyang-2023", UNIT, first).rejected == ()
    assert ledger.prior_mails.find_answered("puyang", [], [SECOND], first) == ()


def test_fingerprints_are_found_by_content_and_pictures_by_notice(ledger: Ledger) -> None:
    photo, text = Fingerprint("照片.zip/1.jpg", "aa", 0xF000_0000_0000_0001), Fingerprint("说明.docx", "bb")
    judged(ledger, 1, replace(judgement(), fingerprints=(photo, text)))
    judged(ledger, 2, replace(judgement(verdict(unit="华龙区教育局")), fingerprints=(text,)))
    assert ledger.prior_mails.find_same_content("puyang-2023", {"bb", "cc"}) == (
        FiledFingerprint(FIRST, UNIT, text),
        FiledFingerprint(SECOND, "华龙区教育局", text),
    )
    assert ledger.prior_mails.find_pictures("puyang-2023") == (FiledFingerprint(FIRST, UNIT, photo),)
    assert (
        ledger.prior_mails.find_pictures("puyang-2024")
        == ledger.prior_mails.find_same_content("puyang-2024", {"aa"})
        == ()
    )
