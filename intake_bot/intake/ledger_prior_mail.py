"""Prior mail, as the ledger and the store know it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau, Settings
from intake_bot.files.facts import FileFacts
from intake_bot.intake.prior_mail import JudgedPieces, PieceMail, PriorSubmission
from intake_bot.judging.author import Author, KnownAddress, find_author
from intake_bot.judging.prior_mail.duplicate_files import KnownFile
from intake_bot.judging.prior_mail.pieces import SAME_NUMBER, Piece, are_complete, wait_until
from intake_bot.judging.prior_mail.supplement import PriorItem, PriorVerdict
from intake_bot.judging.sender import UNAUTHENTICATED, AcceptedItem
from intake_bot.judging.verdict import Decision, Finding
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.prior_mail import OpenMails
from intake_bot.ledger.values.orders import ClerkLetter, GivenCode
from intake_bot.ledger.values.records import FiledFingerprint, FiledMail, MessageRecord
from intake_bot.ledger.values.states import MessageState
from intake_bot.mail.free_providers import domain_of, is_free_provider
from intake_bot.notices.notice import Severity
from intake_bot.notices.subject import read_subject

RawOf = Callable[[MessageRecord], Path]
"""Gives the raw bytes of a mail on our disk."""


def overdue(ledger: Ledger, settings: Settings, bureau: Bureau, now: datetime) -> Iterator[MessageRecord]:
    """Of each group of mails （2/3） that need wait no longer, the one received last: it stands for all of them."""
    waiting = ledger.pieces.find_waiting(bureau.id)
    for one in waiting:
        author = known_author(ledger, bureau, one.piece.notice, one.mail.sender, one.mail)
        group = [
            other
            for other in waiting
            if other is one or (other.piece.belongs_to(one.piece) and author.is_same(other.mail.sender))
        ]
        notice = next((notice for notice in settings.notices if notice.id == one.piece.notice), None)
        if group[-1] is one and (
            notice is None
            or are_complete(other.piece for other in group)
            or now >= wait_until(one.piece, group[0].mail.arrival.at, notice, settings.intake.zone)
        ):
            yield one.mail


def known_author(ledger: Ledger, bureau: Bureau, notice: str, address: str, asking: MessageRecord) -> Author:
    """The author with this address, whatever unit a mail names: for telling whether two mails have one author."""
    known = ledger.authors.find_known_address(address, _own_domain(address), None, notice, asking)
    return find_author(address, None, bureau.roster, known, is_doubtful=False)


def _own_domain(address: str) -> str:
    """The domain; empty where it is anybody's."""
    domain = domain_of(address)
    return "" if is_free_provider(domain) else domain


class LedgerPriorMail:
    """What came before one mail; the mail itself is left out of every answer."""

    def __init__(
        self, ledger: Ledger, context: NoticeContext, files: Path, mail: MessageRecord, raw_of: RawOf, now: datetime
    ) -> None:
        """`files` is the root of the store."""
        self._ledger = ledger
        self._context = context
        self._files = files
        self._mail = mail
        self._raw_of = raw_of
        self._now = now
        self._open: dict[str, OpenMails] = {}

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        return self._ledger.letters.has_any(message_ids)

    def knows_trial_letter(self, message_ids: Collection[str]) -> bool:
        return self._ledger.letters.has_trial_answer(message_ids)

    def knows_receipt(self, receipt: str) -> bool:
        return self._ledger.messages.find_by_receipt(receipt) is not None

    def find_clerk_letter(self, message_ids: Collection[str], sender: str) -> ClerkLetter | None:
        return self._ledger.orders.find_answered_letter(self._context.bureau.id, message_ids)

    def find_order_code(self, code: str) -> GivenCode | None:
        return self._ledger.orders.find_code(self._context.bureau.id, code)

    def known_address(self, address: str, unit: str | None) -> KnownAddress:
        notice = self._context.notice.id
        return self._ledger.authors.find_known_address(address, _own_domain(address), unit, notice, self._mail)

    def accepted_items(self, unit: str) -> Sequence[AcceptedItem]:
        return self._ledger.authors.find_accepted_items(self._context.notice.id, unit, self._mail)

    def find_answered(
        self, message_ids: Collection[str], receipts: Collection[str], author: Author
    ) -> PriorSubmission | None:
        found = self._ledger.prior_mails.find_answered(self._context.bureau.id, message_ids, receipts, self._mail)
        if not found or found[0].notice != self._context.notice.id:
            return None
        named, *later = found
        # What somebody else has added since is not in the letter that is answered.
        return self._submission(later[-1] if later and author.is_same(later[-1].sender) else named)

    def find_unsettled(self, unit: str) -> Sequence[PriorSubmission]:
        return [self._submission(mail) for mail in self._find_open(unit).rejected]

    def open_links(self, unit: str) -> Sequence[PriorSubmission]:
        return [self._submission(mail) for mail in self._find_open(unit).linked]

    def _find_open(self, unit: str) -> OpenMails:
        """Asked once for both."""
        if unit not in self._open:
            notice = self._context.notice.id
            self._open[unit] = self._ledger.prior_mails.find_open(notice, unit, self._mail)
        return self._open[unit]

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        notice = self._context.notice.id
        known = list(self._ledger.prior_mails.find_same_content(notice, {file.sha256 for file in files}))
        if any(file.photo and file.photo.look is not None for file in files):
            known += self._ledger.prior_mails.find_pictures(notice)
        own = {self._mail.receipt, *(self._ledger.prior_mails.find_supplement_chain(line) if line else ())}
        return [_known_file(one) for one in known if one.receipt not in own]

    def other_pieces(self, piece: Piece, author: Author) -> Sequence[PieceMail] | None:
        if self._mail.state not in (MessageState.SPOOLED, MessageState.WAITING, MessageState.NEW):
            # A person has it judged once more: with those that it was judged with before.
            return self._open_pieces(self._ledger.pieces.find_merged_into(self._mail.id))
        every = self._ledger.pieces.find_waiting(self._context.bureau.id)
        waited = next((one.piece for one in every if one.mail.id == self._mail.id), None)
        # What it was taken for when it began to wait: the other pieces were, too.
        piece = waited or piece
        others = [
            one
            for one in every
            if one.piece.belongs_to(piece) and one.mail.id != self._mail.id and author.is_same(one.mail.sender)
        ]
        first = min([self._mail.arrival.at, *(one.mail.arrival.at for one in others)])
        until = wait_until(piece, first, self._context.notice, self._context.calendar.zone)
        judged = self.judged_pieces(piece, author)
        before = [replace(piece, number=number) for number in judged.numbers] if judged else []
        here = [piece, *(one.piece for one in others), *before]
        if waited is None and self._now < until and not are_complete(here):
            return None
        return self._open_pieces((one.mail, one.piece) for one in others)

    def standing(self, unit: str, material: str, day: date | None) -> Sequence[PriorSubmission]:
        return [self._submission(mail) for mail in self._standing_mails(unit, material, day)]

    def _standing_mails(self, unit: str, material: str, day: date | None) -> list[FiledMail]:
        found = self._ledger.prior_mails.find_standing(self._context.notice.id, unit, material, day, self._mail)
        return [mail for mail in found if not any(finding.code == UNAUTHENTICATED for finding in mail.findings)]

    def judged_pieces(self, piece: Piece, author: Author) -> JudgedPieces | None:
        for mail in reversed(self._standing_mails(piece.unit, piece.materials[0], piece.day)):
            numbers = self._piece_numbers(mail.receipt, piece.total)
            if numbers and author.is_same(mail.sender):
                return JudgedPieces(self._submission(mail), numbers, tuple(_piece_doubts(mail)))
        return None

    def _piece_numbers(self, receipt: str, total: int) -> frozenset[int]:
        """The numbers of the pieces that were judged as this submission, or that it has taken over."""
        numbers = set()
        for one in self._ledger.prior_mails.find_supplement_chain(receipt):
            mail = self._ledger.messages.find_by_receipt(one)
            if mail is None or _is_rejected(self._ledger.submissions.get_mail(mail.id)):
                continue  # a faulty piece may come again
            subject = read_subject(mail.subject, self._context.notice, self._context.bureau.roster)
            merged = [(piece.number, piece.total) for _, piece in self._ledger.pieces.find_merged_into(mail.id)]
            numbers |= {number for number, of in (subject.piece or (0, 0), *merged) if of == total}
        return frozenset(numbers)

    def _open_pieces(self, mails: Iterable[tuple[MessageRecord, Piece]]) -> tuple[PieceMail, ...]:
        found = [PieceMail(mail.id, mail.receipt, piece.number, self._raw_of(mail)) for mail, piece in mails]
        return tuple(sorted(found, key=lambda one: (one.number, one.id)))

    def _submission(self, mail: FiledMail) -> PriorSubmission:
        items = tuple(
            PriorItem(
                one.material, one.day, one.decision, one.superseded, any(finding.turns_away for finding in one.findings)
            )
            for one in mail.items
        )
        has_subject_error = any(
            finding.severity is Severity.ERROR and finding.code.startswith("subject.") for finding in mail.findings
        )
        verdict = PriorVerdict(mail.receipt, mail.unit, items, has_subject_error)
        files = tuple((file, self._files / file.path) for file in mail.files)
        # A mail that is judged again has taken the links over.
        own = {link.link for link in self._ledger.submissions.get_mail(self._mail.id).open_links}
        links = tuple(link for link in mail.links if not link.is_settled or link.link in own)
        return PriorSubmission(verdict, files, mail.sender, links)


def _known_file(filed: FiledFingerprint) -> KnownFile:
    one = filed.fingerprint
    return KnownFile(filed.receipt, filed.unit, one.name, one.sha256, one.look, filed.sender)


def _is_rejected(mail: FiledMail) -> bool:
    return all(item.decision is Decision.REJECTED for item in mail.items)


def _piece_doubts(mail: FiledMail) -> Iterator[Finding]:
    findings = (*mail.findings, *(finding for item in mail.items for finding in item.findings))
    yield from (finding for finding in findings if finding.holds and finding.code == SAME_NUMBER)
