"""Values to write down: short makers, every argument has a plain default."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import Judgement, KeptFile, Letter, LetterDraft, MessageRecord, SpooledRaw
from intake_bot.mail.imap.mail_key import MailHead, MailKey
from intake_bot.notices.notice import Severity

NOW = datetime(2023, 5, 17, 7, 0, 0, tzinfo=UTC)
"""15:00 in Shanghai, in the week of the activity."""
DAY = date(2023, 5, 17)
UNIT = "濮阳县教育局"


def head(message_id: str | None) -> MailHead:
    """What the header says of a mail with this Message-ID."""
    return MailHead(message_id, message_id or "hash")


def key(uid: int, bureau: str = "puyang", received: datetime = NOW) -> MailKey:
    return MailKey(bureau, "INBOX", 1, uid, received, 1000 + uid)


def photo(name: str = "现场.jpg") -> KeptFile:
    return KeptFile(name, f"puyang/2023-05-17/{UNIT}/1001-9/{name}", "ab" * 32, 2_345_678, Kind.JPEG)


def finding(code: str = "photo.too_few_pixels", file: str | None = "现场.jpg") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        found="长边1280像素",
        asked="不低于2000像素",
        todo="请换一张",
        file=file,
        clause="四（三）2",
        quote="单张图片不低于2000像素、2M",
    )


def item(
    material: str = "照片",
    day: date | None = DAY,
    decision: Decision = Decision.ACCEPTED,
    findings: tuple[Finding, ...] = (),
    files: tuple[str, ...] = (),
) -> ItemVerdict:
    return ItemVerdict(
        material, day, NOW + timedelta(hours=1), late=False, decision=decision, findings=findings, files=files
    )


def verdict(*items: ItemVerdict, disposition: Disposition = Disposition.ACCEPTED, unit: str | None = UNIT) -> Verdict:
    return Verdict(MailKind.SUBMISSION, disposition, unit, items or (item(),))


def draft(message_id: str = "<a1@intake>") -> LetterDraft:
    return LetterDraft(("school@example.edu.cn",), "已收到", message_id, b"Subject: x\r\n\r\nx", "已收到，谢谢。")


def judgement(
    judged: Verdict | None = None,
    answer: LetterDraft | None = None,
    files: tuple[KeptFile, ...] = (),
    cumulative: frozenset[str] = frozenset(),
) -> Judgement:
    return Judgement("puyang-2023", judged or verdict(), files, answer, cumulative)


def spooled(ledger: Ledger, uid: int, bureau: str = "puyang", received: datetime = NOW) -> MessageRecord:
    """A mail that has come as far as the spool, with bytes of its own."""
    message = ledger.messages.record_seen([key(uid, bureau, received)], NOW)[0]
    ledger.messages.record_spooled(
        {message.id: SpooledRaw(f"{message.id}.eml", f"{bureau}{uid:060}", head(f"<{uid}@school>"))}, NOW
    )
    return message


def asking(ledger: Ledger, uid: int = 99, received: datetime = NOW + timedelta(days=1)) -> MessageRecord:
    """A mail that asks about those before it."""
    return spooled(ledger, uid, received=received)


def judged(ledger: Ledger, uid: int, decided: Judgement, received: datetime = NOW) -> MessageRecord:
    """A mail that was judged in this way."""
    message = spooled(ledger, uid, received=received)
    ledger.messages.record_judgement(message.id, decided, NOW)
    return message


def claim_oldest(ledger: Ledger, bureau: str, now: datetime) -> Letter | None:
    """The oldest letter that is due, claimed."""
    due = ledger.letters.find_due(bureau, now)
    return ledger.letters.claim(due[0].id, now) if due else None
