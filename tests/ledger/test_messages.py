from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, NoResultFound

from intake_bot.judging.verdict import Decision, Disposition, MailKind, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledItem, FiledMail, Judgement, LedgerItem, MessageRecord, Outcome
from intake_bot.ledger.states import IllegalEvent, LetterState, MessageState
from intake_bot.mail.key import MailKey
from tests.ledger.samples import DAY, NOW, UNIT, draft, finding, item, judged, judgement, key, photo, spooled, verdict


def test_seen_writes_a_mail_down_once(ledger: Ledger) -> None:
    first = ledger.messages.seen(key(7), NOW)
    assert first == MessageRecord(
        id=1,
        key=key(7),
        receipt="1001-9",
        state=MessageState.NEW,
        attempts=0,
        spool=None,
        sha256=None,
        message_id=None,
        sender="",
        subject="",
        kind=None,
        reason="",
        last_error="",
    )
    assert ledger.messages.seen(key(7), NOW + timedelta(hours=1)) == first


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
def test_seen_tells_mails_apart_by_every_part_of_the_key(ledger: Ledger, other: MailKey) -> None:
    assert [ledger.messages.seen(k, NOW).id for k in (key(7), other, key(7))] == [1, 2, 1]


def test_known_gives_the_keys_of_one_folder(ledger: Ledger) -> None:
    again = replace(key(1), internaldate=NOW + timedelta(days=1))
    for seen in (key(1), key(2), again, key(3, "hefei"), replace(key(4), folder="Junk")):
        ledger.messages.seen(seen, NOW)
    assert ledger.messages.known("puyang", "INBOX", 1) == {key(1), key(2), again}
    assert ledger.messages.known("puyang", "INBOX", 2) == frozenset()


def test_unfinished_gives_what_a_crash_left(ledger: Ledger) -> None:
    new = ledger.messages.seen(key(1), NOW)
    on_disk = spooled(ledger, 2)
    judged(ledger, 3, judgement())
    spooled(ledger, 4, "hefei")
    unfinished = ledger.messages.unfinished("puyang")
    assert [(message.id, message.state) for message in unfinished] == [
        (new.id, MessageState.NEW),
        (on_disk.id, MessageState.SPOOLED),
    ]
    assert (unfinished[1].spool, unfinished[1].message_id) == ("2.eml", "<2@school>")


def test_with_receipt_finds_only_numbers_that_were_given_out(ledger: Ledger) -> None:
    message = ledger.messages.seen(key(1), NOW)
    assert ledger.messages.with_receipt("1001-9") == message
    assert ledger.messages.with_receipt("1042-9") is None


def test_attempts_are_counted_and_excused(ledger: Ledger) -> None:
    message = ledger.messages.seen(key(1), NOW).id
    for attempts in (1, 2):
        ledger.messages.count_attempt(message)
        assert ledger.messages.seen(key(1), NOW).attempts == attempts
    ledger.messages.attempt_failed(message, "ValueError: odd mail", NOW)
    ledger.messages.attempt_excused(message, "connection lost", NOW)
    after = ledger.messages.seen(key(1), NOW)
    assert (after.attempts, after.last_error) == (1, "connection lost")


def test_earlier_copy_is_the_first_of_two_that_are_unfinished(ledger: Ledger) -> None:
    ids = [ledger.messages.seen(key(uid), NOW).id for uid in (1, 2, 3, 4)]
    for message, sha256, message_id in zip(ids, ("aa", "aa", "bb", "aa"), ("<1>", "<1>", "<1>", "<2>"), strict=True):
        ledger.messages.spooled(message, "x.eml", sha256, message_id, NOW)
    copies = [ledger.messages.earlier_copy(message) for message in ids]
    assert [None if copy is None else copy.id for copy in copies] == [None, 1, None, None]


def test_earlier_copy_is_the_settled_one_even_when_it_was_seen_later(ledger: Ledger) -> None:
    for uid in (1, 2):
        ledger.messages.spooled(ledger.messages.seen(key(uid), NOW).id, "x.eml", "aa", None, NOW)
    ledger.messages.file_judgement(2, judgement(), NOW)
    copy = ledger.messages.earlier_copy(1)
    assert copy is not None
    assert copy.id == 2
    ledger.messages.file_duplicate(1, copy.id, NOW)
    assert ledger.messages.earlier_copy(2) is None
    assert ledger.messages.seen(key(1), NOW).reason == "与回执编号 1002-4 的邮件完全相同"


def test_earlier_copy_of_a_mail_that_is_not_spooled_is_none(ledger: Ledger) -> None:
    ledger.messages.seen(key(1), NOW)
    ledger.messages.seen(key(2), NOW)
    assert ledger.messages.earlier_copy(2) is None


def test_file_judgement_keeps_everything(ledger: Ledger) -> None:
    good = item("照片", files=("现场.jpg", "材料.zip/二.jpg"))
    bad = item("视频", None, Decision.REJECTED, (finding("video.not_mp4", "片.avi"),), files=("片.avi",))
    about_mail = finding("cloud.link", None)
    decided = replace(verdict(good, bad, disposition=Disposition.PARTIAL), findings=(about_mail,))
    files = (photo(), photo("材料.zip"), photo("片.avi"), photo("正文.txt"))
    message = spooled(ledger, 1)
    ledger.messages.headers_read(message.id, "school@example.edu.cn", "活动周濮阳县教育局照片材料")
    ledger.messages.file_judgement(message.id, judgement(decided, draft(), files), NOW)

    (mail,) = ledger.digests.report("puyang").mails
    deadline = NOW + timedelta(hours=1)
    assert mail == FiledMail(
        receipt="1001-9",
        bureau="puyang",
        received=NOW,
        sender="school@example.edu.cn",
        subject="活动周濮阳县教育局照片材料",
        state=MessageState.JUDGED,
        attempts=0,
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
    )
    assert mail.outcome is Outcome.REJECTED
    letter = ledger.letters.claim("puyang", NOW)
    assert letter is not None
    assert (letter.receipt, letter.raw, letter.recipients) == ("1001-9", draft().raw, draft().recipients)


def test_file_judgement_twice_is_refused_and_changes_nothing(ledger: Ledger) -> None:
    message = judged(ledger, 1, judgement(answer=draft()))
    before = ledger.digests.report("puyang")
    with pytest.raises(IllegalEvent):
        ledger.messages.file_judgement(message.id, judgement(answer=draft("<b@intake>")), NOW)
    assert ledger.digests.report("puyang") == before


def test_file_judgement_with_a_message_id_used_before_writes_nothing(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft()))
    second = spooled(ledger, 2)
    before = ledger.digests.report("puyang")
    with pytest.raises(IntegrityError, match=r"letter\.message_id"):
        ledger.messages.file_judgement(second.id, judgement(answer=draft()), NOW)
    assert ledger.digests.report("puyang") == before


@pytest.mark.parametrize(
    "decided",
    [
        Verdict(MailKind.OTHER, Disposition.ACCEPTED),
        Verdict(MailKind.SUBMISSION, Disposition.IGNORED),
        Verdict(MailKind.OTHER, Disposition.IGNORED),
    ],
    ids=["not a submission", "ignored", "left alone"],
)
def test_file_judgement_refuses_a_verdict_on_no_submission(ledger: Ledger, decided: Verdict) -> None:
    message = spooled(ledger, 1)
    with pytest.raises(ValueError, match="no judgement"):
        ledger.messages.file_judgement(message.id, judgement(decided), NOW)
    assert ledger.messages.seen(key(1), NOW).state is MessageState.SPOOLED


def test_a_mail_held_unopened_can_be_decided(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.hold(message.id, "三次打开都失败", NOW)
    ledger.messages.decide(message.id, judgement(), "held.accepted", {"reason": "电话核实"}, NOW)
    after = ledger.messages.seen(key(1), NOW)
    assert (after.state, after.reason) == (MessageState.JUDGED, "")


def test_file_judgement_in_shadow_mode_queues_nothing(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=replace(draft(), state=LetterState.WITHHELD)))
    assert ledger.letters.claim("puyang", NOW) is None
    assert [letter.state for letter in ledger.digests.report("puyang").withheld] == [LetterState.WITHHELD]


def _standing(ledger: Ledger) -> list[tuple[str, bool]]:
    return [(entry.receipt, entry.superseded) for entry in ledger.history.items()]


def test_a_later_accepted_item_supersedes_the_earlier(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, judgement(), NOW + timedelta(minutes=5))
    assert _standing(ledger) == [("1001-9", True), ("1002-4", False)]


def test_an_item_received_earlier_but_judged_later_is_superseded(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(), NOW + timedelta(minutes=5))
    judged(ledger, 2, judgement(), NOW)
    judged(ledger, 3, judgement(), NOW + timedelta(minutes=9))
    assert _standing(ledger) == [("1001-9", True), ("1002-4", True), ("1003-5", False)]


@pytest.mark.parametrize(
    "second",
    [
        judgement(verdict(item("视频"))),
        judgement(verdict(item(day=DAY + timedelta(days=1)))),
        judgement(verdict(item(day=None))),
        judgement(verdict(unit="华龙区教育局")),
        judgement(verdict(item(decision=Decision.REJECTED), disposition=Disposition.REJECTED)),
        judgement(cumulative=frozenset({"照片"})),
        replace(judgement(), notice="puyang-2024"),
    ],
    ids=["material", "day", "no day", "unit", "rejected", "quota", "notice"],
)
def test_an_item_of_another_matter_supersedes_nothing(ledger: Ledger, second: Judgement) -> None:
    judged(ledger, 1, judgement())
    judged(ledger, 2, second)
    assert _standing(ledger) == [("1001-9", False), ("1002-4", False)]


def test_ledger_keeps_broken_text_readable(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    ledger.messages.headers_read(message.id, "a\udcff@b", "活动周\ud83d\x00'; DROP TABLE message; --")
    ledger.messages.attempt_failed(message.id, "坏\udce4", NOW)
    after = ledger.messages.seen(key(1), NOW)
    assert (after.sender, after.subject) == ("a?@b", "活动周?\x00'; DROP TABLE message; --")


def test_items_of_a_long_ledger_come_in_order(ledger: Ledger) -> None:
    many = verdict(*(item(f"材料{n}", files=("现场.jpg",)) for n in range(601)))
    judged(ledger, 1, judgement(many, files=(photo(),)))
    found = list(ledger.history.items())
    assert [entry.material for entry in found] == [f"材料{n}" for n in range(601)]
    assert found[600] == LedgerItem(
        receipt="1001-9",
        bureau="puyang",
        notice="puyang-2023",
        unit=UNIT,
        material="材料600",
        day=DAY,
        received=NOW,
        decision=Decision.ACCEPTED,
        late=False,
        message_id="<1@school>",
        files=(photo(),),
        superseded=False,
    )


def test_an_unknown_mail_is_a_bug(ledger: Ledger) -> None:
    with pytest.raises(NoResultFound):
        ledger.messages.count_attempt(99)
