from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, NoResultFound

from intake_bot.judging.verdict import Decision, Disposition, MailKind, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import FiledItem, FiledMail, MailHeaders, MessageRecord, Outcome, SpooledRaw
from intake_bot.ledger.values.states import IllegalEvent, LetterState, MessageState
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.mail.imap.mail_key import MailKey
from tests.ledger.samples import (
    DAY,
    NOW,
    UNIT,
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

HELD = verdict(item("视频", decision=Decision.HELD), disposition=Disposition.HELD)


def test_record_seen_adds_a_mail_once(ledger: Ledger) -> None:
    first = ledger.messages.record_seen([key(7)], NOW)[0]
    assert first == MessageRecord(
        id=1,
        key=key(7),
        receipt="1001-9",
        state=MessageState.NEW,
        arrival=Arrival(NOW),
        attempts=0,
        spool=None,
        sha256=None,
        message_id=None,
        identity=None,
        sender="",
        subject="",
        reason="",
        last_error="",
    )
    assert ledger.messages.record_seen([key(7)], NOW + timedelta(hours=1))[0] == first


def test_record_seen_adds_several_mails_in_order_and_leaves_known_ones(ledger: Ledger) -> None:
    known = ledger.messages.record_seen([key(8)], NOW)[0]
    seen = ledger.messages.record_seen([key(uid) for uid in (9, 8, 7, 9)], NOW)
    assert [(one.id, one.key.uid, one.receipt) for one in seen] == [
        (2, 9, receipt_number(2)), (1, 8, known.receipt), (3, 7, receipt_number(3)), (2, 9, receipt_number(2)),
    ]  # fmt: skip
    assert ledger.messages.record_seen([], NOW) == ()
    told = ledger.trail.find_since("puyang", EventName.MESSAGE_SEEN, NOW)
    assert [event.detail["uid"] for event in told] == [8, 9, 7]


@pytest.mark.parametrize(
    "other",
    [
        replace(key(7), bureau="hefei"),
        replace(key(7), folder="Junk"),
        replace(key(7), uidvalidity=2),
        replace(key(7), uid=8),
        replace(key(7), internaldate=NOW + timedelta(seconds=1)),
        replace(key(7), bytes=1),
    ],
    ids=["bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes"],
)
def test_record_seen_compares_every_part_of_the_key(ledger: Ledger, other: MailKey) -> None:
    assert [ledger.messages.record_seen([k], NOW)[0].id for k in (key(7), other, key(7))] == [1, 2, 1]


def test_find_known_keys_gives_those_of_one_folder(ledger: Ledger) -> None:
    again = replace(key(1), internaldate=NOW + timedelta(days=1))
    for seen in (key(1), key(2), again, key(3, "hefei"), replace(key(4), folder="Junk")):
        ledger.messages.record_seen([seen], NOW)
    assert ledger.messages.find_known_keys("puyang", "INBOX", 1, range(9)) == {key(1), key(2), again}
    assert ledger.messages.find_known_keys("puyang", "INBOX", 2, range(9)) == frozenset()


def test_find_unfinished_gives_new_and_spooled_mails(ledger: Ledger) -> None:
    new = ledger.messages.record_seen([key(1)], NOW)[0]
    on_disk = spooled(ledger, 2)
    judged(ledger, 3, judgement())
    spooled(ledger, 4, "hefei")
    unfinished = ledger.messages.find_unfinished("puyang")
    assert [(message.id, message.state) for message in unfinished] == [
        (new.id, MessageState.NEW),
        (on_disk.id, MessageState.SPOOLED),
    ]
    assert (unfinished[1].spool, unfinished[1].message_id) == ("2.eml", "<2@school>")


def test_find_by_receipt_finds_only_numbers_given_out(ledger: Ledger) -> None:
    message = ledger.messages.record_seen([key(1)], NOW)[0]
    assert ledger.messages.find_by_receipt("1001-9") == message
    assert ledger.messages.find_by_receipt("1042-9") is None


def test_attempts_are_counted_and_excused(ledger: Ledger) -> None:
    message = ledger.messages.record_seen([key(1)], NOW)[0].id
    for attempts in (1, 2):
        ledger.messages.count_attempt(message)
        assert ledger.messages.record_seen([key(1)], NOW)[0].attempts == attempts
    ledger.messages.record_failed_attempt(message, "ValueError: odd mail", NOW)
    ledger.messages.excuse_attempt(message, "connection lost", NOW)
    after = ledger.messages.record_seen([key(1)], NOW)[0]
    assert (after.attempts, after.last_error) == (1, "connection lost")


def test_original_of_two_unfinished_mails_is_the_first(ledger: Ledger) -> None:
    ids = [ledger.messages.record_seen([key(uid)], NOW)[0].id for uid in (1, 2, 3, 4)]
    for message, sha256, message_id in zip(ids, ("aa", "aa", "bb", "aa"), ("<1>", "<1>", "<1>", "<2>"), strict=True):
        ledger.messages.record_spooled({message: SpooledRaw("x.eml", sha256, head(message_id))}, NOW)
    copies = [ledger.messages.find_original(message) for message in ids]
    assert [None if copy is None else copy.id for copy in copies] == [None, 1, None, None]


def test_repeated_mails_are_those_with_bureau_message_id_and_bytes_of_another(ledger: Ledger) -> None:
    raws = (("aa", None), ("aa", None), ("aa", "<1>"), ("bb", "<1>"), ("cc", "<2>"))
    ids = [one.id for one in ledger.messages.record_seen([key(uid) for uid in range(1, 6)], NOW)]
    on_disk = [SpooledRaw("x.eml", sha256, head(message_id)) for sha256, message_id in raws]
    ledger.messages.record_spooled(dict(zip(ids, on_disk, strict=True)), NOW)
    unspooled = ledger.messages.record_seen([key(6)], NOW)[0].id
    elsewhere = ledger.messages.record_seen([key(9, "hefei")], NOW)[0].id
    ledger.messages.record_spooled({elsewhere: SpooledRaw("y.eml", "cc", head("<2>"))}, NOW)
    assert ledger.messages.find_repeated([*ids, unspooled, elsewhere]) == {1, 2}
    assert ledger.messages.find_repeated([1]) == {1}
    assert ledger.messages.find_repeated([]) == frozenset()


def test_unknown_mails_are_not_given_nor_recorded(ledger: Ledger) -> None:
    ledger.messages.record_seen([key(1)], NOW)
    for attempt in (
        lambda: ledger.messages.get_all([1, 2]),
        lambda: ledger.messages.record_headers({1: MailHeaders("a@b.cn", ""), 2: MailHeaders("a@b.cn", "")}),
        lambda: ledger.messages.record_spooled({2: SpooledRaw("x.eml", "aa", head(None))}, NOW),
    ):
        with pytest.raises(NoResultFound):
            attempt()
    assert ledger.messages.get(1).sender == ""


def test_original_is_the_settled_mail_even_when_seen_later(ledger: Ledger) -> None:
    for uid in (1, 2):
        ledger.messages.record_spooled(
            {ledger.messages.record_seen([key(uid)], NOW)[0].id: SpooledRaw("x.eml", "aa", head(None))}, NOW
        )
    ledger.messages.record_judgement(2, judgement(), NOW)
    copy = ledger.messages.find_original(1)
    assert copy is not None
    assert copy.id == 2
    ledger.messages.mark_duplicate(1, copy.id, NOW)
    assert ledger.messages.find_original(2) is None
    assert ledger.messages.record_seen([key(1)], NOW)[0].reason == "与回执编号 1002-4 的邮件完全相同"


def test_original_of_a_mail_not_spooled_is_none(ledger: Ledger) -> None:
    ledger.messages.record_seen([key(1)], NOW)
    ledger.messages.record_seen([key(2)], NOW)
    assert ledger.messages.find_original(2) is None


def test_record_judgement_keeps_everything(ledger: Ledger) -> None:
    good = item("照片", files=("现场.jpg", "材料.zip/二.jpg"))
    bad = item("视频", None, Decision.REJECTED, (finding("video.not_mp4", "片.avi"),), files=("片.avi",))
    about_mail = finding("cloud.link", None)
    decided = replace(verdict(good, bad, disposition=Disposition.PARTIAL), findings=(about_mail,))
    files = (photo(), photo("材料.zip"), photo("片.avi"), photo("正文.txt"))
    message = spooled(ledger, 1)
    ledger.messages.record_headers({message.id: MailHeaders("school@example.edu.cn", "活动周濮阳县教育局照片材料")})
    ledger.messages.record_judgement(message.id, judgement(decided, draft(), files), NOW)

    (mail,) = ledger.reports.gather_day_report("puyang").mails
    deadline = NOW + timedelta(hours=1)
    assert mail == FiledMail(
        receipt="1001-9",
        bureau="puyang",
        received=NOW,
        sender="school@example.edu.cn",
        subject="活动周濮阳县教育局照片材料",
        state=MessageState.JUDGED,
        kind=MailKind.SUBMISSION,
        reason="",
        disposition=Disposition.PARTIAL,
        notice="puyang-2023",
        unit=UNIT,
        items=(
            FiledItem("照片", DAY, deadline, False, Decision.ACCEPTED, (), files[:2], False),
            FiledItem("视频", None, deadline, False, Decision.REJECTED, bad.findings, (files[2],), False),
        ),
        findings=(about_mail,),
        files=files,
        answer=LetterState.QUEUED,
        submission=1,
    )
    assert mail.outcome is Outcome.REJECTED
    letter = claim_oldest(ledger, "puyang", NOW)
    assert letter is not None
    assert (letter.receipt, letter.raw, letter.recipients) == ("1001-9", draft().raw, draft().recipients)


def test_record_judgement_twice_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(answer=draft()))
    before = ledger.reports.gather_day_report("puyang")
    with pytest.raises(IllegalEvent):
        ledger.messages.record_judgement(message.id, judgement(answer=draft("<b@intake>")), NOW)
    assert ledger.reports.gather_day_report("puyang") == before


def test_record_judgement_with_a_known_message_id_writes_nothing(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    second = spooled(ledger, 2)
    before = ledger.reports.gather_day_report("puyang")
    with pytest.raises(IntegrityError, match=r"letter\.message_id"):
        ledger.messages.record_judgement(second.id, judgement(answer=draft()), NOW)
    assert ledger.reports.gather_day_report("puyang") == before


@pytest.mark.parametrize(
    "decided",
    [
        Verdict(MailKind.OTHER, Disposition.ACCEPTED),
        Verdict(MailKind.SUBMISSION, Disposition.IGNORED),
        Verdict(MailKind.OTHER, Disposition.IGNORED),
    ],
    ids=["not a submission", "ignored", "left alone"],
)
def test_record_judgement_of_no_submission_is_refused(ledger: Ledger, decided: Verdict) -> None:
    message = spooled(ledger, 1)
    with pytest.raises(ValueError, match="no judgement"):
        ledger.messages.record_judgement(message.id, judgement(decided), NOW)
    assert ledger.messages.record_seen([key(1)], NOW)[0].state is MessageState.SPOOLED


def test_decision_about_an_unopened_mail_judges_it(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.hold(message.id, "三次打开都失败", NOW)
    ledger.messages.record_decision(message.id, judgement(), EventName.HELD_ACCEPTED, {"reason": "电话核实"}, NOW)
    after = ledger.messages.record_seen([key(1)], NOW)[0]
    assert (after.state, after.reason) == (MessageState.JUDGED, "")


def test_record_judgement_in_shadow_mode_queues_nothing(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=replace(draft(), state=LetterState.WITHHELD)))
    assert claim_oldest(ledger, "puyang", NOW) is None
    assert [letter.state for letter in ledger.reports.gather_day_report("puyang").withheld] == [LetterState.WITHHELD]


def test_broken_text_is_stored_with_question_marks(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.record_headers({message.id: MailHeaders("a\udcff@b", "活动周\ud83d\x00'; DROP TABLE message; --")})
    ledger.messages.record_failed_attempt(message.id, "坏\udce4", NOW)
    after = ledger.messages.record_seen([key(1)], NOW)[0]
    assert (after.sender, after.subject) == ("a?@b", "活动周?\x00'; DROP TABLE message; --")


def test_reset_for_retry_makes_a_held_mail_new(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.count_attempt(message.id)
    ledger.messages.hold(message.id, "三次打开都失败", NOW)
    ledger.messages.reset_for_retry(message.id, NOW)
    after = ledger.messages.record_seen([key(1)], NOW)[0]
    assert (after.state, after.attempts, after.sha256, after.reason) == (MessageState.NEW, 0, None, "")
    assert [one.id for one in ledger.messages.find_unfinished("puyang")] == [message.id]
    assert ledger.submissions.find_held("puyang") == ()
    ledger.messages.record_spooled({message.id: SpooledRaw("1.eml", "aa", head(None))}, NOW)
    ledger.messages.record_judgement(message.id, judgement(), NOW)


def test_reset_for_retry_of_a_judged_mail_is_refused(ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(HELD))
    with pytest.raises(IllegalEvent, match="retry"):
        ledger.messages.reset_for_retry(message.id, NOW)


def test_unknown_id_raises_no_result_found(ledger: Ledger) -> None:
    with pytest.raises(NoResultFound):
        ledger.messages.count_attempt(99)
