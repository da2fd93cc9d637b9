from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision, Disposition, MailKind
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName, EventRecord
from intake_bot.ledger.values.records import BouncedLetter, Letter, Outcome, SpooledRaw
from intake_bot.ledger.values.reports import AcceptedEntry, DayReport, Figures
from intake_bot.ledger.values.states import LetterState
from tests.ledger.samples import (
    DAY,
    NOW,
    claim_oldest,
    draft,
    finding,
    head,
    item,
    judged,
    judgement,
    key,
    photo,
    spooled,
    verdict,
)


def _claimed(ledger: Ledger) -> Letter:
    letter = claim_oldest(ledger, "puyang", NOW)
    assert letter is not None
    return letter


EVENING = NOW + timedelta(hours=3)
NOTHING = Figures(queued=0, oldest_queued=None, oldest_due=None, in_doubt=0, held=0, waiting=0, unfinished=0)
WITH_PHOTO = item(files=(photo().name,))
LATER = NOW + timedelta(minutes=15)


def _fill(ledger: Ledger) -> None:
    """One mail of every fate, two of them of another bureau or not settled."""
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(verdict(item(), disposition=Disposition.PARTIAL)))
    judged(ledger, 3, judgement(verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)))
    judged(ledger, 4, judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)))
    ledger.messages.hold(ledger.messages.record_seen([key(5)], NOW)[0].id, "三次打开都失败", NOW)
    ledger.messages.mark_ignored(spooled(ledger, 6).id, MailKind.MACHINE, "退信", NOW)
    ledger.messages.mark_ignored(spooled(ledger, 7).id, MailKind.OTHER, "不是报送", NOW)
    ledger.messages.mark_duplicate(spooled(ledger, 8).id, 1, NOW)
    spooled(ledger, 9)
    ledger.messages.mark_ignored(spooled(ledger, 10, "hefei").id, MailKind.OTHER, "不是报送", NOW)


def _receipts_by_outcome(report: DayReport) -> dict[Outcome, list[str]]:
    return {outcome: [one.receipt for one in report.mails if one.outcome is outcome] for outcome in Outcome}


def test_day_report_gives_each_settled_mail_one_outcome(ledger: Ledger) -> None:
    _fill(ledger)
    report = ledger.reports.gather_day_report("puyang")
    assert _receipts_by_outcome(report) == {
        Outcome.ACCEPTED: ["1001-9"],
        Outcome.REJECTED: ["1002-4", "1003-5"],
        Outcome.HELD: ["1004-3", "1005-6"],
        Outcome.OTHER: ["1006-2", "1007-0", "1008-1"],
    }
    assert len(report.mails) == 8 == sum(len(receipts) for receipts in _receipts_by_outcome(report).values())
    assert [(mail.receipt, mail.outcome) for mail in report.unfinished] == [("1009-7", None)]


def test_report_for_a_digest_counts_all_mails_and_reads_those_of_which_it_says_more(ledger: Ledger) -> None:
    _fill(ledger)
    told = replace(finding("sender.first", None), private=True)
    late = replace(item("文字材料", findings=(told,)), late=True)
    judged(ledger, 11, judgement(verdict(item(), late)))
    whole, report = ledger.reports.gather_day_report("puyang"), ledger.reports.gather_for_digest("puyang", DAY)
    assert replace(report, mails=whole.mails) == whole
    assert report.sums.mails == {
        Outcome.ACCEPTED: 2,
        Outcome.REJECTED: 2,
        Outcome.HELD: 2,
        Outcome.OTHER: 3,
    }
    assert report.sums.items == {
        (Decision.ACCEPTED, False): 3,
        (Decision.ACCEPTED, True): 1,
        (Decision.REJECTED, False): 1,
        (Decision.HELD, False): 1,
    }
    assert report.sums.all_mails == len(whole.mails) == 9
    assert all(report.has_settled(mail.receipt) for mail in whole.mails)
    assert not report.has_settled("1009-7")
    unjudged = ["1005-6", "1006-2", "1007-0", "1008-1"]
    assert [mail.receipt for mail in report.mails] == [*unjudged, whole.mails[-1].receipt]
    assert report.mails == tuple(mail for mail in whole.mails if mail in report.mails)


def test_accepted_items_of_a_report_are_listed_with_their_files(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(verdict(item(decision=Decision.HELD), disposition=Disposition.HELD)))
    judged(ledger, 3, judgement(verdict(replace(WITH_PHOTO, late=True)), files=(photo(),)))
    report = ledger.reports.gather_for_digest("puyang", DAY)
    found = ledger.reports.find_accepted(report)
    mails = [mail for mail in ledger.reports.gather_day_report("puyang").mails if mail.outcome is Outcome.ACCEPTED]
    assert found == tuple(
        AcceptedEntry(
            mail.unit or "", one.material, one.day, mail.receipt, mail.received, one.deadline, one.late, len(one.files)
        )
        for mail in mails
        for one in mail.items
    )
    assert [(one.receipt, one.late, one.files) for one in found] == [("1001-9", False, 0), ("1003-5", True, 1)]
    ledger.digests.add(DAY, EVENING, report, draft("<d1@intake>"), EVENING)
    assert ledger.reports.find_accepted(ledger.reports.gather_for_digest("puyang", DAY + timedelta(1))) == ()


def test_newest_mails_with_accepted_files_of_a_kind_are_found(ledger: Ledger) -> None:
    for uid in (1, 2, 3):
        judged(ledger, uid, judgement(verdict(replace(WITH_PHOTO, day=DAY + timedelta(uid))), files=(photo(),)))
    rejected = replace(WITH_PHOTO, decision=Decision.REJECTED)
    judged(ledger, 4, judgement(verdict(rejected, disposition=Disposition.REJECTED), files=(photo(),)))
    report = ledger.reports.gather_for_digest("puyang", DAY)
    newest = ledger.reports.find_newest_with_files(report, {Kind.JPEG}, 2)
    assert [mail.receipt for mail in newest] == ["1002-4", "1003-5"]
    assert ledger.reports.find_newest_with_files(report, {Kind.MP4}, 2) == ()


def test_day_report_begins_where_the_last_digest_ended(ledger: Ledger) -> None:
    _fill(ledger)
    report = ledger.reports.gather_day_report("puyang")
    # Settled while the first digest was being written, by a clock that was set back.
    ledger.messages.mark_ignored(9, MailKind.OTHER, "不是报送", NOW - timedelta(days=1))
    assert ledger.digests.add(DAY, EVENING, report, draft("<d1@intake>"), EVENING)
    second = ledger.reports.gather_day_report("puyang")
    assert second.since == EVENING
    assert [mail.receipt for mail in second.mails] == ["1009-7"]
    assert ledger.digests.add(
        DAY + timedelta(days=1), EVENING + timedelta(days=1), second, draft("<d2@intake>"), EVENING + timedelta(days=1)
    )
    assert ledger.reports.gather_day_report("puyang").mails == ()
    assert len(ledger.reports.gather_day_report("hefei").mails) == 1


def test_day_report_lists_only_submissions_of_a_junk_folder(ledger: Ledger) -> None:
    for uid in range(1, 6):
        message = ledger.messages.record_seen([replace(key(uid), folder="垃圾邮件")], NOW, junk=True)[0]
        if uid > 1:
            ledger.messages.record_spooled(
                {message.id: SpooledRaw(f"{uid}.eml", f"{uid:064x}", head(f"<{uid}@example.edu.cn>"))}, NOW
            )
    ledger.messages.hold(1, "三次打开都失败", NOW)
    ledger.messages.record_judgement(2, judgement(), NOW)
    ledger.messages.mark_ignored(3, MailKind.OTHER, "不是报送", NOW)
    ledger.messages.mark_duplicate(4, 2, NOW)
    report = ledger.reports.gather_day_report("puyang")
    assert [(mail.receipt, mail.junk_folder) for mail in report.mails] == [
        ("1001-9", "垃圾邮件"),
        ("1002-4", "垃圾邮件"),
    ]
    assert [mail.receipt for mail in report.unfinished] == ["1005-6"]
    assert [one.outcome for one in report.mails if one.outcome in (Outcome.OTHER, Outcome.HELD)] == [Outcome.HELD]
    assert report.mails[0].outcome is Outcome.HELD


def test_day_report_of_an_empty_ledger_is_empty(ledger: Ledger) -> None:
    empty = DayReport("puyang", None, 0, (), (), (), (), ())
    assert ledger.reports.gather_day_report("puyang") == empty
    assert ledger.digests.add(DAY, EVENING, empty, draft(), EVENING)


def test_day_report_lists_trouble_and_withheld_letters(ledger: Ledger) -> None:
    ledger.trail.add("puyang", EventName.MAILBOX_TROUBLE, {"error": "LOGIN"}, NOW)
    ledger.trail.add("hefei", EventName.MAILBOX_TROUBLE, {"error": "LOGIN"}, NOW)
    judged(ledger, 1, judgement(answer=replace(draft(), state=LetterState.WITHHELD)))
    report = ledger.reports.gather_day_report("puyang")
    assert report.trouble == (EventRecord(NOW, "puyang", "mailbox.trouble", {"error": "LOGIN"}),)
    assert [letter.receipt for letter in report.withheld] == ["1001-9"]
    ledger.digests.add(DAY, EVENING, report, draft("<d@intake>"), EVENING)
    after = ledger.reports.gather_day_report("puyang")
    assert (after.trouble, after.withheld) == ((), ())


def test_day_report_gives_the_state_of_each_answer(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    judged(ledger, 2, judgement(answer=replace(draft("<a2@intake>"), state=LetterState.WITHHELD)))
    judged(ledger, 3, judgement())
    sending = claim_oldest(ledger, "puyang", NOW)
    assert sending is not None
    bounce = spooled(ledger, 4)
    ledger.messages.mark_ignored(bounce.id, MailKind.MACHINE, "bounce", NOW, BouncedLetter(sending.id, "被退回", "550"))
    answers = [mail.answer for mail in ledger.reports.gather_day_report("puyang").mails]
    assert answers == [LetterState.BOUNCED, LetterState.WITHHELD, None, None]


def test_day_report_lists_failed_bounced_and_deferred_letters(ledger: Ledger) -> None:
    for uid in (1, 2, 3, 4):
        judged(ledger, uid, judgement(answer=draft(f"<{uid}@intake>")))
    failed, bounced, deferred, sent = (_claimed(ledger).id for _ in range(4))
    ledger.letters.mark_failed(failed, "550 no such user", NOW)
    ledger.letters.mark_sent(bounced, NOW)
    bounce = spooled(ledger, 5)
    ledger.messages.mark_ignored(bounce.id, MailKind.MACHINE, "bounce", NOW, BouncedLetter(bounced, "系统退信", "550"))
    ledger.letters.mark_deferred(deferred, LATER, "450", NOW)
    ledger.letters.mark_sent(sent, NOW)
    report = ledger.reports.gather_day_report("puyang")
    assert [(letter.receipt, letter.state, letter.last_error) for letter in report.undelivered] == [
        ("1001-9", LetterState.FAILED, "550 no such user"),
        ("1002-4", LetterState.BOUNCED, "系统退信"),
        ("1003-5", LetterState.DEFERRED, "450"),
    ]


def test_figures_of_an_empty_ledger_are_zero(ledger: Ledger) -> None:
    assert ledger.reports.count_figures("puyang", NOW) == NOTHING


def test_figures_count_what_is_open_in_one_bureau(ledger: Ledger) -> None:
    ledger.messages.record_seen([key(1)], NOW)
    spooled(ledger, 2)
    ledger.messages.hold(ledger.messages.record_seen([key(3)], NOW)[0].id, "打不开", NOW)
    judged(ledger, 4, judgement(verdict(item("视频", decision=Decision.HELD), disposition=Disposition.HELD)))
    judged(ledger, 5, judgement(answer=draft("<a5@intake>")))
    judged(ledger, 6, judgement(answer=draft("<a6@intake>")))
    judged(ledger, 7, judgement(answer=draft("<a7@intake>")))
    judged(ledger, 8, judgement(answer=replace(draft("<a8@intake>"), state=LetterState.WITHHELD)))
    first, second = claim_oldest(ledger, "puyang", NOW), claim_oldest(ledger, "puyang", NOW)
    assert first is not None
    assert second is not None
    ledger.letters.mark_deferred(first.id, NOW + timedelta(hours=1), "451", NOW)
    assert ledger.reports.count_figures("puyang", NOW) == replace(
        NOTHING, queued=2, oldest_queued=first.created_at, oldest_due=NOW, in_doubt=1, held=2, unfinished=2
    )
    assert ledger.reports.count_figures("hefei", NOW) == NOTHING


def test_figures_do_not_count_a_sent_letter(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    letter = claim_oldest(ledger, "puyang", NOW)
    assert letter is not None
    ledger.letters.mark_sent(letter.id, NOW)
    assert ledger.reports.count_figures("puyang", NOW) == NOTHING
