from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.verdict import Decision, Disposition, MailKind
from intake_bot.ledger.events import EventRecord
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import LetterKind, Outcome, Returned
from intake_bot.ledger.reports import DayReport
from intake_bot.ledger.states import LetterState
from tests.ledger.samples import DAY, NOW, draft, item, judged, judgement, key, spooled, verdict

EVENING = NOW + timedelta(hours=3)


def _fill(ledger: Ledger) -> None:
    """One mail of every fate, two of them of another bureau or not settled."""
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(verdict(item(), disposition=Disposition.PARTIAL)))
    judged(ledger, 3, judgement(verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)))
    judged(ledger, 4, judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)))
    ledger.messages.hold(ledger.messages.seen(key(5), NOW).id, "三次打开都失败", NOW)
    ledger.messages.file_ignored(spooled(ledger, 6).id, MailKind.MACHINE, "退信", NOW)
    ledger.messages.file_ignored(spooled(ledger, 7).id, MailKind.OTHER, "不是报送", NOW)
    ledger.messages.file_duplicate(spooled(ledger, 8).id, 1, NOW)
    spooled(ledger, 9)
    ledger.messages.file_ignored(spooled(ledger, 10, "hefei").id, MailKind.OTHER, "不是报送", NOW)


def _heaps(report: DayReport) -> dict[Outcome, list[str]]:
    return {outcome: [mail.receipt for mail in report.heap(outcome)] for outcome in Outcome}


def test_report_puts_every_settled_mail_on_exactly_one_heap(ledger: Ledger) -> None:
    _fill(ledger)
    report = ledger.digests.report("puyang")
    assert _heaps(report) == {
        Outcome.ACCEPTED: ["1001-9"],
        Outcome.REJECTED: ["1002-4", "1003-5"],
        Outcome.HELD: ["1004-3", "1005-6"],
        Outcome.OTHER: ["1006-2", "1007-0", "1008-1"],
    }
    assert len(report.mails) == 8 == sum(len(receipts) for receipts in _heaps(report).values())
    assert [(mail.receipt, mail.outcome) for mail in report.unfinished] == [("1009-7", None)]


def test_report_begins_where_the_last_digest_ended(ledger: Ledger) -> None:
    _fill(ledger)
    report = ledger.digests.report("puyang")
    # Settled while the first digest was being written, by a clock that was set back.
    ledger.messages.file_ignored(9, MailKind.OTHER, "不是报送", NOW - timedelta(days=1))
    assert ledger.digests.file(DAY, report, draft("<d1@intake>"), EVENING)
    second = ledger.digests.report("puyang")
    assert second.since == EVENING
    assert [mail.receipt for mail in second.mails] == ["1009-7"]
    assert ledger.digests.file(DAY + timedelta(days=1), second, draft("<d2@intake>"), EVENING + timedelta(days=1))
    assert ledger.digests.report("puyang").mails == ()
    assert len(ledger.digests.report("hefei").mails) == 1


def test_report_tells_only_of_submissions_among_the_junk(ledger: Ledger) -> None:
    for uid in range(1, 6):
        message = ledger.messages.seen(replace(key(uid), folder="垃圾邮件"), NOW, junk=True)
        if uid > 1:
            ledger.messages.spooled(message.id, f"{uid}.eml", f"{uid:064x}", f"<{uid}@example.edu.cn>", NOW)
    ledger.messages.hold(1, "三次打开都失败", NOW)
    ledger.messages.file_judgement(2, judgement(), NOW)
    ledger.messages.file_ignored(3, MailKind.OTHER, "不是报送", NOW)
    ledger.messages.file_duplicate(4, 2, NOW)
    report = ledger.digests.report("puyang")
    assert [(mail.receipt, mail.junk_folder) for mail in report.mails] == [
        ("1001-9", "垃圾邮件"),
        ("1002-4", "垃圾邮件"),
    ]
    assert [mail.receipt for mail in report.unfinished] == ["1005-6"]
    assert (report.heap(Outcome.OTHER), report.heap(Outcome.HELD)) == ((), report.mails[:1])


def test_report_of_an_empty_ledger_is_empty(ledger: Ledger) -> None:
    empty = DayReport("puyang", None, 0, (), (), (), (), ())
    assert ledger.digests.report("puyang") == empty
    assert ledger.digests.file(DAY, empty, draft(), EVENING)


def test_report_tells_of_trouble_and_of_letters_withheld(ledger: Ledger) -> None:
    ledger.trail.note("puyang", "mailbox.trouble", {"error": "LOGIN"}, NOW)
    ledger.trail.note("hefei", "mailbox.trouble", {"error": "LOGIN"}, NOW)
    judged(ledger, 1, judgement(answer=replace(draft(), state=LetterState.WITHHELD)))
    report = ledger.digests.report("puyang")
    assert report.trouble == (EventRecord(NOW, "puyang", "mailbox.trouble", {"error": "LOGIN"}),)
    assert [letter.receipt for letter in report.withheld] == ["1001-9"]
    ledger.digests.file(DAY, report, draft("<d@intake>"), EVENING)
    after = ledger.digests.report("puyang")
    assert (after.trouble, after.withheld) == ((), ())


def test_report_tells_what_became_of_each_answer(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    judged(ledger, 2, judgement(answer=replace(draft("<a2@intake>"), state=LetterState.WITHHELD)))
    judged(ledger, 3, judgement())
    sending = ledger.letters.claim("puyang", NOW)
    assert sending is not None
    bounce = spooled(ledger, 4)
    ledger.messages.file_ignored(bounce.id, MailKind.MACHINE, "bounce", NOW, Returned(sending.id, "被退回", "550"))
    answers = [mail.answer for mail in ledger.digests.report("puyang").mails]
    assert answers == [LetterState.BOUNCED, LetterState.WITHHELD, None, None]


def test_a_digest_is_filed_once_a_day(ledger: Ledger) -> None:
    report = ledger.digests.report("puyang")
    assert ledger.digests.of("puyang", DAY) is None
    assert ledger.digests.file(DAY, report, draft("<d1@intake>"), EVENING)
    assert not ledger.digests.file(DAY, report, draft("<d2@intake>"), EVENING)
    assert ledger.digests.file(DAY, replace(report, bureau="hefei"), draft("<d3@intake>"), EVENING)
    filed = ledger.digests.of("puyang", DAY)
    assert filed is not None
    assert (filed.created, filed.letter.message_id, filed.letter.kind) == (EVENING, "<d1@intake>", LetterKind.DIGEST)
    first = ledger.letters.claim("puyang", EVENING)
    assert first is not None
    assert (first.message_id, ledger.letters.claim("puyang", EVENING)) == ("<d1@intake>", None)
