"""What a clerk does about a mail that waits for a person: accepts it, rejects it, gives the files that the school left
at a mail provider, has it tried again.

The ledger is safe for several processes, so that this works while the daemon runs; letters go through the outbox as
always. What a person decides takes the place of the robot's judgement, and the earlier one stays in the history.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.answering import Answering
from intake_bot.clock import Clock
from intake_bot.concluding import UNKNOWN_UNIT_FOLDER, Concluding, quota_lines
from intake_bot.config.nearest import meant
from intake_bot.config.settings import Bureau, Settings
from intake_bot.desk.deciding import (
    RAW_MAIL_NAME,
    Slot,
    accepted_by_hand,
    accepted_verdict,
    closed_verdict,
    is_question,
    rejected_verdict,
    usage_error,
    without_settled,
)
from intake_bot.errors import ConfigError, ConfigFault, PermanentFailure, TemporaryFailure
from intake_bot.examine import Desk, Examined, Given, desk_for, open_mail
from intake_bot.files.facts import FileFacts, Kind
from intake_bot.files.inspect import Inspected
from intake_bot.files.store import Store
from intake_bot.files.worker import Worker
from intake_bot.home import Home
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.receipt import read_receipt
from intake_bot.ledger.records import FiledMail, Judgement, KeptFile, KeptLink, LetterDraft, MessageRecord
from intake_bot.ledger.states import MessageState
from intake_bot.mail.message import Address, Attachment, Message
from intake_bot.mail.spool import Spool
from intake_bot.notices.spelling import compact
from intake_bot.wrapping import wrap_answer

_OUTCOMES = {
    Disposition.ACCEPTED: "已收下",
    Disposition.PARTIAL: "部分收下",
    Disposition.REJECTED: "已退回补正",
    Disposition.HELD: "待人工处理",
    Disposition.IGNORED: "已结案，不算报送",
}
_COPY_MARK = re.compile(r"[ _]?(?:\(\d{1,3}\)|（\d{1,3}）|-\s*副本)$")
"""What browsers add to a name that is there already: 开幕式 (1).mp4."""


@dataclass(frozen=True)
class Done:
    """What came of it. `letter_to` is empty where nobody is written to."""

    mail: FiledMail
    letter_to: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """已收下, 部分收下, …"""
        return outcome_words(self.mail)


def outcome_words(mail: FiledMail) -> str:
    """What became of a mail, in words."""
    if mail.disposition is not None:
        return _OUTCOMES[mail.disposition]
    return {
        MessageState.HELD: "待人工处理",
        MessageState.IGNORED: "不是报送邮件，没有处理",
        MessageState.DUPLICATE: "与另一封邮件相同，没有处理",
        MessageState.WAITING: "等同一批的其他邮件",
    }.get(mail.state, "还没有处理")


def raw_mail(ledger: Ledger, home: Home, mail: FiledMail) -> Path | None:
    """The raw bytes of a held mail, for a clerk to open with a mail program; None where they are not on this disk."""
    record = ledger.messages.with_receipt(mail.receipt)
    path = home.spool / record.key.file_name if record else None
    return path if path and path.exists() else None


class Handling:
    """The hands of a clerk on one home's ledger. The caller sees to it that only one is at work."""

    def __init__(
        self, settings: Settings, home: Home, ledger: Ledger, answering: Answering, clock: Clock, worker: Worker
    ) -> None:
        self._settings = settings
        self._home = home
        self._ledger = ledger
        self._answering = answering
        self._clock = clock
        self._concluding = Concluding(settings, home, ledger, answering, clock, worker)
        self._spool = Spool(home.spool)

    def find(self, number: str) -> MessageRecord:
        """The held mail of this receipt number. Raises ConfigError for a number that was never given out, and
        PermanentFailure for a mail that needs no person."""
        receipt = read_receipt(number)
        record = self._ledger.messages.with_receipt(receipt) if receipt else None
        if record is None:
            held = [mail.receipt for one in self._settings.bureaus for mail in self._ledger.history.held(one.id)]
            raise usage_error("编号", f"没有编号为“{number}”的邮件{meant(number, held)}")
        if not self._ledger.history.is_held(record.id):
            words = outcome_words(self._ledger.history.mail(record.id))
            raise PermanentFailure(f"{record.receipt} 不在待人工之列：{words}")
        return record

    def bureau(self, record: MessageRecord) -> Bureau:
        """Whose mail it is. Raises PermanentFailure when that bureau is configured no more."""
        bureau = self._settings.bureau(record.key.bureau)
        if bureau is None:
            raise PermanentFailure(f"配置里已没有教育局 {record.key.bureau}")
        return bureau

    # ---- judged once more --------------------------------------------------------------------------------------

    def supply(self, record: MessageRecord, paths: Sequence[Path], every_link: bool, work: Path) -> Done:
        """Judges the mail as if these files had been attached, and answers the school.

        A link is done with when a file has its name, when there are as many files as links, or with `every_link`.
        Files that were given before count again. Raises ConfigError for a file that is not there.
        """
        mail = self._opened(record)
        absent = [path for path in paths if not path.is_file()]
        if absent:
            raise ConfigError(tuple(ConfigFault(str(path), 0, 0, "没有这个文件") for path in absent))
        open_links = [link for link in mail.links if not link.supplied]
        matched = _matched(open_links, paths)
        done_with = open_links if every_link else [link for link in open_links if link in matched.values()]
        names = {path: link.name for path, link in matched.items() if link.name}
        files = [_copied(path, names.get(path) or path.name, work, n) for n, path in enumerate(paths)]
        links = frozenset(link.link for link in (*done_with, *mail.links) if link in done_with or link.supplied)
        given = Given((*self._given_before(mail), *files), links)
        return self._judge_again(record, given, "held.supplied", {"files": len(files)}, work)

    def retry(self, record: MessageRecord, work: Path) -> Done:
        """A mail held unopened is tried again by the next walk; one that was judged is judged again at once."""
        if record.state is MessageState.HELD:
            self._ledger.messages.retry(record.id, self._clock())
            return Done(self._ledger.history.mail(record.id))
        mail = self._opened(record)
        links = frozenset(link.link for link in mail.links if link.supplied)
        return self._judge_again(record, Given(self._given_before(mail), links), "held.retried", {}, work)

    def _opened(self, record: MessageRecord) -> FiledMail:
        if record.state is MessageState.HELD:
            raise PermanentFailure(f"{record.receipt} 还没有打开过，请先运行 held retry {record.receipt}")
        mail = self._ledger.history.mail(record.id)
        if mail.joined is not None:
            raise PermanentFailure(f"{record.receipt} 与 {mail.joined} 是同一批，请处理 {mail.joined}")
        return mail

    def _given_before(self, mail: FiledMail) -> tuple[Attachment, ...]:
        return tuple(
            Attachment(one.name, self._home.files / one.path, one.bytes, one.sha256, "application/octet-stream")
            for one in mail.files
            if one.supplied
        )

    def _judge_again(
        self, record: MessageRecord, given: Given, what: str, detail: dict[str, str | int | None], work: Path
    ) -> Done:
        """Received is when it was received, whatever the hour is now. Raises PermanentFailure when its raw bytes are
        gone, or it is no submission any more."""
        desk = self._desk(record)
        message = open_mail(self._raw(record), work, self._settings.intake.limits)
        examined = self._concluding.examined(record, message, desk, work, self._raw, given)
        if examined.verdict.kind is not MailKind.SUBMISSION:
            raise PermanentFailure(f"{record.receipt} 按现在的配置不算报送邮件，请用 accept 或 reject 作出决定")
        verdict = without_settled(examined.verdict, self._ledger.history.mail(record.id))
        judgement = self._concluding.judgement(record, replace(examined, verdict=verdict), desk, work, given)
        return self._file(record, judgement, what, detail)

    def _raw(self, record: MessageRecord) -> Path:
        spooled = self._spool.find(record.key)
        if spooled is None:
            raise PermanentFailure(f"{record.receipt} 的原邮件已不在本机，不能重新判定；请用 accept 或 reject 作出决定")
        return spooled.path

    # ---- decided by a person -----------------------------------------------------------------------------------

    def accept(self, record: MessageRecord, slot: Slot, reason: str, answer: bool, work: Path) -> Done:
        """Takes in what was held. `slot` says what a mail is that could not be read; `reason` is for the trail. A
        question is closed, and nobody is written to, unless `slot` says that it is a material after all.

        Raises ConfigError where neither the slot nor the mail's subject says which unit and material it is, and
        where the slot contradicts what was read.
        """
        desk, mail = self._desk(record), self._ledger.history.mail(record.id)
        if mail.items and slot:
            raise usage_error("--unit、--material、--day", "这封邮件的单位和材料已经读出来了，不用再写")
        if is_question(mail) and not slot:
            return self._close(record, mail, reason, work)
        verdict = accepted_verdict(mail) if mail.items else accepted_by_hand(mail, desk, slot)
        return self._decide(record, mail, verdict, "held.accepted", reason, answer, work)

    def reject(self, record: MessageRecord, reason: str, answer: bool, work: Path) -> Done:
        """Sends back what was held; the school reads the reason. A question that is not written about is closed."""
        mail = self._ledger.history.mail(record.id)
        if is_question(mail) and not answer:
            return self._close(record, mail, reason, work)
        return self._decide(record, mail, rejected_verdict(mail, reason), "held.rejected", reason, answer, work)

    def _close(self, record: MessageRecord, mail: FiledMail, reason: str, work: Path) -> Done:
        return self._decide(record, mail, closed_verdict(mail), "held.closed", reason, False, work)

    def _decide(
        self,
        record: MessageRecord,
        mail: FiledMail,
        verdict: Verdict,
        what: str,
        reason: str,
        answer: bool,
        work: Path,
    ) -> Done:
        desk = self._desk(record)
        judgement = Judgement(
            notice=desk.notice.id,
            verdict=verdict,
            files=mail.files or self._raw_mail(record, verdict, desk),
            answer=self._answer(record, mail, verdict, desk, work) if answer else None,
            cumulative=frozenset(material.name for material in desk.notice.materials if material.quotas),
            links=mail.links,
        )
        return self._file(record, judgement, what, {"reason": reason} if reason else {})

    def _file(
        self, record: MessageRecord, judgement: Judgement, what: str, detail: dict[str, str | int | None]
    ) -> Done:
        self._ledger.messages.decide(record.id, judgement, what, detail, self._clock())
        if not self._ledger.history.is_held(record.id):
            together = [record, *(sibling for sibling, _ in self._ledger.pieces.joined_to(record.id))]
            self._spool.remove([one.key.file_name for one in together])
        to = judgement.answer.recipients if judgement.answer else ()
        return Done(self._ledger.history.mail(record.id), to)

    def _desk(self, record: MessageRecord) -> Desk:
        desk = desk_for(self._settings, self.bureau(record), record.key.internaldate)
        if desk is None:
            raise PermanentFailure(f"{record.receipt} 收到时没有适用的通知，不能作出决定")
        return desk

    def _raw_mail(self, record: MessageRecord, verdict: Verdict, desk: Desk) -> tuple[KeptFile, ...]:
        """A mail that was never opened is kept whole beside the others, where it can be looked at."""
        spooled = self._spool.find(record.key)
        if spooled is None:
            return ()
        day = next((item.day for item in verdict.items if item.day), None)
        day = day or record.key.internaldate.astimezone(desk.calendar.zone).date()
        raw = Attachment(RAW_MAIL_NAME, spooled.path, spooled.bytes, spooled.sha256, "message/rfc822")
        unit = verdict.unit or UNKNOWN_UNIT_FOLDER
        kept = Store(self._home.files).keep(desk.bureau.id, day, unit, record.receipt, [raw])
        return tuple(KeptFile(one.name, one.path, one.sha256, one.bytes, Kind.MESSAGE) for one in kept)

    def _answer(
        self, record: MessageRecord, mail: FiledMail, verdict: Verdict, desk: Desk, work: Path
    ) -> LetterDraft | None:
        message = self._message(record, mail, work)
        files = tuple(
            Inspected(FileFacts(file.name, file.kind, file.bytes, file.sha256), self._home.files / file.path)
            for file in mail.files
            if file.name != BODY_NAME
        )
        now = self._clock()
        examined = Examined(message, verdict, inspected=files)
        quotas = quota_lines(self._ledger, record, verdict, desk)
        reply = self._answering.reply(examined, desk, record.receipt, record.key.internaldate, now, quotas)
        if reply is None:
            return None
        at = now.astimezone(desk.calendar.zone)
        return wrap_answer(reply.letter, desk.bureau, reply.to, message, record.receipt, at)

    def _message(self, record: MessageRecord, mail: FiledMail, work: Path) -> Message:
        """Whom to answer, and in which thread: from the mail itself where it was read before, else from the ledger.
        One that could not be opened three times is not opened here either."""
        spooled = self._spool.find(record.key) if record.state is not MessageState.HELD else None
        if spooled is not None:
            return open_mail(spooled.path, work, self._settings.intake.limits)
        return Message(
            headers={}, subject=mail.subject, sender=Address("", mail.sender), reply_to=None, to=(), cc=(),
            message_id=record.message_id, in_reply_to=(), references=(), date=None, received=None,
            text="", html="", attachments=(), bytes=record.key.bytes,
        )  # fmt: skip


def _matched(links: Sequence[KeptLink], paths: Sequence[Path]) -> dict[Path, KeptLink]:
    """Which file came from which link: by its name, and where as many files as links are left, in order."""
    left = list(links)
    matched: dict[Path, KeptLink] = {}
    for path in paths:
        same = next((link for link in left if _plain(link.name) == _plain(path.name)), None)
        if same is not None:
            matched[path] = same
            left.remove(same)
    others = [path for path in paths if path not in matched]
    if len(others) == len(left):
        matched.update(zip(others, left, strict=True))
    return matched


def _plain(name: str) -> str:
    stem, dot, ending = compact(name).rpartition(".")
    return _COPY_MARK.sub("", stem if dot else ending) + dot + (ending if dot else "")


def _copied(path: Path, name: str, work: Path, number: int) -> Attachment:
    """A copy of the clerk's file: the store may link to it, and nobody must write to what the store holds."""
    target = work / f"given-{number:03d}"
    try:
        shutil.copyfile(path, target)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TemporaryFailure(f"读不了文件 {path}：{error.strerror}") from error
    return Attachment(name, target, target.stat().st_size, digest, "application/octet-stream")
