"""Earlier mails, as the ledger and the store know them: what `examine` asks when a mail is not the first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime
from pathlib import Path

from intake_bot.config.settings import Bureau, Settings
from intake_bot.examine import Desk
from intake_bot.files.facts import FileFacts
from intake_bot.judging.duplicates import KnownFile
from intake_bot.judging.pieces import Piece, are_complete, wait_until
from intake_bot.judging.supplement import Earlier, EarlierItem
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledFingerprint, FiledMail, MessageRecord
from intake_bot.ledger.states import MessageState
from intake_bot.notices.notice import Severity
from intake_bot.past import EarlierMail, Sibling

RawOf = Callable[[MessageRecord], Path]
"""Gives the raw bytes of a mail on our disk."""


def overdue(ledger: Ledger, settings: Settings, bureau: Bureau, now: datetime) -> Iterator[MessageRecord]:
    """Of each group of mails （2/3） that need wait no longer, the one received last: it stands for all of them."""
    waiting = ledger.pieces.waiting(bureau.id)
    for one in waiting:
        group = [other for other in waiting if other.piece.belongs_to(one.piece)]
        notice = next((notice for notice in settings.notices if notice.id == one.piece.notice), None)
        if group[-1] is one and (
            notice is None
            or are_complete(other.piece for other in group)
            or now >= wait_until(one.piece, group[0].mail.key.internaldate, notice, settings.intake.zone)
        ):
            yield one.mail


class LedgerPast:
    """The past of one mail, which is no part of it itself."""

    def __init__(
        self, ledger: Ledger, desk: Desk, files: Path, mail: MessageRecord, raw_of: RawOf, now: datetime
    ) -> None:
        """`files` is the root of the store."""
        self._ledger = ledger
        self._desk = desk
        self._files = files
        self._mail = mail
        self._raw_of = raw_of
        self._now = now

    def filled_days(self, unit: str) -> Mapping[str, Set[date]]:
        notice = self._desk.notice
        return {
            material.name: self._ledger.history.filled_days(notice.id, unit, material.name, self._mail)
            for material in notice.materials
            if material.due.daily
        }

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        return self._ledger.history.is_our_letter(message_ids)

    def knows_receipt(self, receipt: str) -> bool:
        return self._ledger.messages.with_receipt(receipt) is not None

    def answered(self, message_ids: Collection[str], receipts: Collection[str]) -> EarlierMail | None:
        found = self._ledger.earlier.answered(self._desk.bureau.id, message_ids, receipts, self._mail)
        return None if found is None or found.notice != self._desk.notice.id else self._earlier(found)

    def unsettled(self, unit: str) -> Sequence[EarlierMail]:
        return [self._earlier(mail) for mail in self._ledger.earlier.unsettled(self._desk.notice.id, unit, self._mail)]

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        notice = self._desk.notice.id
        known = list(self._ledger.earlier.same_content(notice, {file.sha256 for file in files}))
        if any(file.photo and file.photo.look is not None for file in files):
            known += self._ledger.earlier.pictures(notice)
        own = {self._mail.receipt, *(self._ledger.earlier.line(line) if line else ())}
        return [_known(one) for one in known if one.receipt not in own]

    def siblings(self, piece: Piece) -> Sequence[Sibling] | None:
        if self._mail.state not in (MessageState.SPOOLED, MessageState.WAITING, MessageState.NEW):
            # A person has it judged once more: with those that it was judged with before.
            return self._opened(self._ledger.pieces.joined_to(self._mail.id))
        every = self._ledger.pieces.waiting(self._desk.bureau.id)
        waited = next((one.piece for one in every if one.mail.id == self._mail.id), None)
        # What it was taken for when it began to wait: its siblings were, too.
        piece = waited or piece
        others = [one for one in every if one.piece.belongs_to(piece) and one.mail.id != self._mail.id]
        first = min([self._mail.key.internaldate, *(one.mail.key.internaldate for one in others)])
        until = wait_until(piece, first, self._desk.notice, self._desk.calendar.zone)
        if waited is None and self._now < until and not are_complete([piece, *(one.piece for one in others)]):
            return None
        return self._opened((one.mail, one.piece) for one in others)

    def _opened(self, mails: Iterable[tuple[MessageRecord, Piece]]) -> tuple[Sibling, ...]:
        found = [Sibling(mail.id, mail.receipt, piece.number, self._raw_of(mail)) for mail, piece in mails]
        return tuple(sorted(found, key=lambda one: (one.number, one.id)))

    def _earlier(self, mail: FiledMail) -> EarlierMail:
        items = tuple(
            EarlierItem(
                one.material, one.day, one.decision, one.superseded, any(finding.turns_away for finding in one.findings)
            )
            for one in mail.items
        )
        wants_subject = any(
            finding.severity is Severity.ERROR and finding.code.startswith("subject.") for finding in mail.findings
        )
        earlier = Earlier(mail.receipt, mail.unit, items, wants_subject)
        return EarlierMail(earlier, tuple((file, self._files / file.path) for file in mail.files))


def _known(filed: FiledFingerprint) -> KnownFile:
    return KnownFile(filed.receipt, filed.unit, filed.print.name, filed.print.sha256, filed.print.look)
