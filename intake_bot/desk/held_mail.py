"""The commands of a clerk about a held mail: accept, reject, supply files that were downloaded from its links, retry.

They may run while the daemon runs, since the ledger is safe for several processes. Letters go through the outbox. A
clerk's decision replaces the program's judgement, which stays in the ledger as superseded.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from intake_bot.config.nearest import suggest_spelling
from intake_bot.config.settings import Bureau
from intake_bot.desk.decision_writer import ByHand, DecisionWriter, DeskResult, outcome_words
from intake_bot.desk.held_decision import (
    accepted_by_hand,
    accepted_verdict,
    changes,
    closed_verdict,
    corrected_slot,
    decided_verdict,
    is_decided,
    is_question,
    link_names,
    links_accepted,
    links_rejected,
    rejected_verdict,
    revised_to_accepted,
    revised_to_rejected,
    usage_error,
    waits_for_links_only,
)
from intake_bot.disk.hashing import sha256_of
from intake_bot.errors import ConfigError, ConfigFault, PermanentFailure, TemporaryFailure
from intake_bot.home.services import Services
from intake_bot.intake.opening import SuppliedFiles
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.orders import OrderEntry
from intake_bot.ledger.values.receipt import read_receipt
from intake_bot.ledger.values.records import FiledMail, KeptLink, MessageRecord
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.letters.reply import Revision
from intake_bot.mail.message import Attachment
from intake_bot.notices.spelling import compact
from intake_bot.orders.order import NamedSlot
from intake_bot.text.decoding import decode_chinese

_COPY_MARK = re.compile(r"[ _]?(?:\(\d{1,3}\)|（\d{1,3}）|-\s*副本)$")
"""Suffix that browsers add to a name that exists already: 开幕式 (1).mp4."""


class HeldMail:
    """Carries out a clerk's commands on one home."""

    def __init__(self, services: Services, order: OrderEntry | None = None) -> None:
        """`order`: by which the one decision is made that follows."""
        self._settings = services.settings
        self._ledger = services.ledger
        self._clock = services.clock
        self._writer = DecisionWriter(services, order)

    def _with_receipt(self, number: str) -> MessageRecord:
        receipt = read_receipt(number)
        record = self._ledger.messages.find_by_receipt(receipt) if receipt else None
        if record is None:
            held = [
                mail.receipt for one in self._settings.bureaus for mail in self._ledger.submissions.find_held(one.id)
            ]
            raise usage_error("编号", f"没有编号为“{number}”的邮件{suggest_spelling(number, held)}")
        return record

    def find(self, number: str) -> MessageRecord:
        """The held mail of this receipt number. Raises ConfigError for a number that was never given out, and
        PermanentFailure for a mail that needs no person."""
        record = self._with_receipt(number)
        if not self._ledger.submissions.is_held(record.id):
            mail = self._ledger.submissions.get_mail(record.id)
            hint = "；要改判，用 accept 或 reject，并加上 --again" if is_decided(mail) else ""
            raise PermanentFailure(f"{record.receipt} 不在待人工之列：{outcome_words(mail)}{hint}")
        return record

    def find_decided(self, number: str) -> MessageRecord:
        """The mail of this receipt number, held or decided. Raises as `find`, and PermanentFailure for a mail on which
        there is no decision."""
        record = self._with_receipt(number)
        mail = self._ledger.submissions.get_mail(record.id)
        if not self._ledger.submissions.is_held(record.id) and not is_decided(mail):
            raise PermanentFailure(f"{record.receipt} 没有可以改判的决定：{outcome_words(mail)}")
        return record

    def bureau(self, record: MessageRecord) -> Bureau:
        """The bureau that received the mail. Raises PermanentFailure when it is no longer configured."""
        return self._writer.bureau(record)

    # ---- judging again -----------------------------------------------------------------------------------------

    def supply(self, record: MessageRecord, paths: Sequence[Path], every_link: bool, work: Path) -> DeskResult:
        """Judges the mail as if these files had been attached, and answers the school.

        A link is settled when a file has its name, when there are as many files as links, or with `every_link`. Files
        that were supplied before are included. Raises ConfigError for a file that does not exist.
        """
        mail = self._open(record)
        absent = [path for path in paths if not path.is_file()]
        if absent:
            raise ConfigError(
                tuple(ConfigFault(str(path.with_name(shown_name(path))), 0, 0, "没有这个文件") for path in absent)
            )
        open_links = mail.open_links
        matched = _match_links(open_links, paths)
        done_with = open_links if every_link else [link for link in open_links if link in matched.values()]
        names = {path: link.name for path, link in matched.items() if link.name}
        files = [_copy(path, names.get(path) or shown_name(path), work, n) for n, path in enumerate(paths)]
        links = frozenset(link.link for link in (*done_with, *mail.links) if link in done_with or link.is_settled)
        supplied = SuppliedFiles((*self._writer.supplied_before(mail), *files), links)
        return self._writer.judge_again(record, supplied, EventName.HELD_SUPPLIED, {"files": len(files)}, work)

    def retry(self, record: MessageRecord, work: Path) -> DeskResult:
        """Judges the mail again, or leaves it to the next poll cycle where it was never opened."""
        if record.state is MessageState.HELD:
            self._ledger.messages.reset_for_retry(record.id, self._clock())
            return DeskResult(self._ledger.submissions.get_mail(record.id))
        mail = self._open(record)
        links = frozenset(link.link for link in mail.links if link.is_settled)
        return self._writer.judge_again(
            record, SuppliedFiles(self._writer.supplied_before(mail), links), EventName.HELD_RETRIED, {}, work
        )

    def _open(self, record: MessageRecord) -> FiledMail:
        if record.state is MessageState.HELD:
            raise PermanentFailure(f"{record.receipt} 还没有打开过，请先运行 held retry {record.receipt}")
        mail = self._ledger.submissions.get_mail(record.id)
        if mail.merged_into is not None:
            raise PermanentFailure(f"{record.receipt} 与 {mail.merged_into} 是同一批，请处理 {mail.merged_into}")
        return mail

    # ---- deciding ----------------------------------------------------------------------------------------------

    def accept(self, record: MessageRecord, slot: NamedSlot, reason: str, answer: bool, work: Path) -> DeskResult:
        """Accepts the held items. `slot` names unit and materials of a mail that could not be read; `reason` is for
        the event trail. Without `slot` a question is closed, and no letter is sent.

        Raises ConfigError where neither the slot nor the mail's subject says which unit and material it is, and
        where the slot contradicts what was read.
        """
        context, mail = self._writer.context(record), self._ledger.submissions.get_mail(record.id)
        if mail.items and slot:
            raise usage_error("--unit、--material、--day", "这封邮件的单位和材料已经读出来了，不用再写")
        if is_question(mail) and not slot:
            return self._close(record, mail, reason, work)
        if waits_for_links_only(mail) and mail.items:
            decision = ByHand(links_accepted(mail), EventName.HELD_ACCEPTED, reason, answer)
            change = f"{link_names(mail)}，工作人员看过，收下了"
            return self._decide_links(record, mail, decision, change, work)
        verdict = accepted_verdict(mail) if mail.items else accepted_by_hand(mail, context, slot)
        return self._writer.decide(record, mail, ByHand(verdict, EventName.HELD_ACCEPTED, reason, answer), work)

    def reject(self, record: MessageRecord, reason: str, answer: bool, work: Path) -> DeskResult:
        """Rejects the held items, with the reason in the letter. Without `answer` a question is closed."""
        mail = self._ledger.submissions.get_mail(record.id)
        if is_question(mail) and not answer:
            return self._close(record, mail, reason, work)
        if waits_for_links_only(mail) and mail.items:
            decision = ByHand(links_rejected(mail, reason), EventName.HELD_REJECTED, reason, answer)
            return self._decide_links(record, mail, decision, f"{link_names(mail)}没有收下，原因写在下面", work)
        decision = ByHand(rejected_verdict(mail, reason), EventName.HELD_REJECTED, reason, answer)
        return self._writer.decide(record, mail, decision, work)

    def close(self, record: MessageRecord, work: Path) -> DeskResult:
        """Closes a question, or the links of a mail that waits for nothing else, and writes no letter."""
        mail = self._ledger.submissions.get_mail(record.id)
        if is_question(mail):
            return self._close(record, mail, "", work)
        decision = ByHand(decided_verdict(mail), EventName.HELD_CLOSED, "", False)
        return self._writer.decide(record, mail, decision, work)

    def _close(self, record: MessageRecord, mail: FiledMail, reason: str, work: Path) -> DeskResult:
        return self._writer.decide(
            record, mail, ByHand(closed_verdict(mail), EventName.HELD_CLOSED, reason, False), work
        )

    def _decide_links(
        self, record: MessageRecord, mail: FiledMail, decision: ByHand, change: str, work: Path
    ) -> DeskResult:
        revision = Revision((*changes(mail, decision.verdict), change), self._answered_at(record))
        return replace(self._writer.decide(record, mail, replace(decision, revision=revision), work), change=change)

    # ---- decided once more ---------------------------------------------------------------------------------------

    def accept_again(self, record: MessageRecord, slot: NamedSlot, reason: str, answer: bool, work: Path) -> DeskResult:
        """Accepts what was rejected, or corrects what a mail is that a clerk has named; the school reads what changed.
        A mail that is still held is accepted as by `accept`.

        Raises PermanentFailure where that would change nothing, else as `accept`.
        """
        if self._ledger.submissions.is_held(record.id):
            return self.accept(record, slot, reason, answer, work)
        context, mail = self._writer.context(record), self._ledger.submissions.get_mail(record.id)
        if slot or not mail.items:
            verdict = accepted_by_hand(mail, context, corrected_slot(mail, slot))
        else:
            verdict = revised_to_accepted(mail)
        return self._revise(record, mail, ByHand(verdict, EventName.HELD_ACCEPTED, reason, answer), work)

    def reject_again(self, record: MessageRecord, reason: str, answer: bool, work: Path) -> DeskResult:
        """Rejects what was accepted, or gives another reason; the school reads what changed. A mail that is still held
        is rejected as by `reject`. Raises PermanentFailure where that would change nothing."""
        if self._ledger.submissions.is_held(record.id):
            return self.reject(record, reason, answer, work)
        mail = self._ledger.submissions.get_mail(record.id)
        return self._revise(
            record, mail, ByHand(revised_to_rejected(mail, reason), EventName.HELD_REJECTED, reason, answer), work
        )

    def _revise(self, record: MessageRecord, mail: FiledMail, decision: ByHand, work: Path) -> DeskResult:
        changed = changes(mail, decision.verdict)
        if not changed:
            raise PermanentFailure(f"{record.receipt} {outcome_words(mail)}，这样改判什么也不会变")
        revision = Revision(changed, self._answered_at(record))
        return self._writer.decide(record, mail, replace(decision, revision=revision), work)

    def _answered_at(self, record: MessageRecord) -> datetime | None:
        """When the last answer to the mail was written, if it can have arrived."""
        earlier = self._ledger.letters.find_answer_to(record.key.bureau, record.receipt)
        return earlier.created_at if earlier is not None and earlier.state is not LetterState.FAILED else None


def shown_name(path: Path) -> str:
    """The name of a file, also where it is not UTF-8 on the disk, as old programs and shared drives write it."""
    return decode_chinese(os.fsencode(path.name))


def _match_links(links: Sequence[KeptLink], paths: Sequence[Path]) -> dict[Path, KeptLink]:
    """The link of each file: by name, and in order where as many files as links remain."""
    left = list(links)
    matched: dict[Path, KeptLink] = {}
    for path in paths:
        same = next((link for link in left if _plain(link.name) == _plain(shown_name(path))), None)
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


def _copy(path: Path, name: str, work: Path, number: int) -> Attachment:
    """Copies the clerk's file: the store may hard-link its files. Raises TemporaryFailure when it cannot be read."""
    target = work / f"given-{number:03d}"
    try:
        shutil.copyfile(path, target)
        sha256 = sha256_of(target)
    except OSError as error:
        raise TemporaryFailure(f"读不了文件 {path.with_name(shown_name(path))}：{error.strerror}") from error
    return Attachment(name, target, target.stat().st_size, sha256, "application/octet-stream")
