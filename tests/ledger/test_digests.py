from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import LetterKind
from intake_bot.ledger.values.reports import LastSaid
from tests.ledger.samples import DAY, NOW, claim_oldest, draft, item, judged, judgement, verdict

EVENING = NOW + timedelta(hours=3)
DUE = EVENING - timedelta(minutes=10)


def test_second_digest_of_one_time_is_not_added(ledger: Ledger) -> None:
    report = ledger.reports.gather_day_report("puyang")
    assert ledger.digests.find("puyang", DAY) is None
    assert ledger.digests.add(DAY, DUE, report, draft("<d1@intake>"), EVENING)
    assert not ledger.digests.add(DAY, DUE, report, draft("<d2@intake>"), EVENING)
    assert ledger.digests.add(DAY, DUE, replace(report, bureau="hefei"), draft("<d3@intake>"), EVENING)
    filed = ledger.digests.find("puyang", DAY)
    assert filed is not None
    assert (filed.created_at, filed.letter.message_id, filed.letter.kind) == (EVENING, "<d1@intake>", LetterKind.DIGEST)
    first = claim_oldest(ledger, "puyang", EVENING)
    assert first is not None
    assert (first.message_id, claim_oldest(ledger, "puyang", EVENING)) == ("<d1@intake>", None)


def test_digest_of_a_later_time_of_the_day_is_added_and_is_the_newest(ledger: Ledger) -> None:
    report = ledger.reports.gather_day_report("puyang")
    later = EVENING + timedelta(hours=1)
    assert ledger.digests.add(DAY, DUE, report, draft("<d1@intake>"), EVENING)
    assert ledger.digests.add(DAY, later, report, draft("<d2@intake>"), later)
    newest = ledger.digests.find("puyang", DAY)
    assert newest is not None
    assert newest.letter.message_id == "<d2@intake>"


def test_report_of_a_day_begins_where_that_of_an_earlier_day_ended(ledger: Ledger) -> None:
    yesterday = DAY - timedelta(days=1)
    first = ledger.reports.gather_day_report("puyang", yesterday)
    assert ledger.digests.add(yesterday, DUE, first, draft("<d1@intake>"), EVENING - timedelta(days=1))
    judged(ledger, 1, judgement())
    report = ledger.reports.gather_day_report("puyang", DAY)
    assert ledger.digests.add(DAY, DUE, report, draft("<d2@intake>"), EVENING)
    again = ledger.reports.gather_day_report("puyang", DAY)
    assert (len(report.mails), len(again.mails), again.since) == (1, 1, EVENING - timedelta(days=1))
    assert ledger.reports.gather_day_report("puyang", DAY + timedelta(days=1)).mails == ()


def test_note_is_said_last_and_is_no_digest(ledger: Ledger) -> None:
    assert ledger.digests.find_last_said("puyang") is None
    ledger.digests.add_note("puyang", DAY, 5, [draft("<n1@intake>"), draft("<n2@intake>")], EVENING)
    assert ledger.digests.find_last_said("puyang") == LastSaid(EVENING, 5)
    assert (ledger.digests.find("puyang", DAY), ledger.digests.find_newest("puyang")) == (None, None)


def test_only_what_newly_waits_is_gathered_for_a_note(ledger: Ledger) -> None:
    held = verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)
    judged(ledger, 1, judgement(held))
    before = ledger.open_works.gather_new("puyang", "puyang-2023", 0)
    assert len(before.held) == 1
    assert ledger.open_works.gather_new("puyang", "puyang-2023", before.last_event).held == ()
    second = judged(ledger, 2, judgement(held, draft("<a1@intake>")))
    claimed = claim_oldest(ledger, "puyang", NOW)
    assert claimed is not None
    new = ledger.open_works.gather_new("puyang", "puyang-2023", before.last_event)
    ledger.letters.mark_failed(claimed.id, "550", NOW)
    newer = ledger.open_works.gather_new("puyang", "puyang-2023", new.last_event)
    assert [mail.receipt for mail in new.held] == [second.receipt]
    assert (newer.held, [letter.id for letter in newer.undelivered]) == ((), [claimed.id])
