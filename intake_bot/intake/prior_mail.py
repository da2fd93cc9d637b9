"""What may be known of prior mail when a mail is examined; the ledger's answers are in `ledger_prior_mail`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from intake_bot.files.facts import FileFacts
from intake_bot.judging.author import Author, KnownAddress
from intake_bot.judging.prior_mail.duplicate_files import KnownFile
from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.prior_mail.supplement import PriorVerdict
from intake_bot.judging.sender import AcceptedItem
from intake_bot.judging.verdict import Finding
from intake_bot.ledger.values.orders import ClerkLetter, GivenCode
from intake_bot.ledger.values.records import KeptFile, KeptLink
from intake_bot.mail.smtp.outgoing import is_our_message_id, names_receipt


@dataclass(frozen=True)
class PriorSubmission:
    """A submission that a later mail may build on, with what we keep of it: each file and where it lies."""

    verdict: PriorVerdict
    files: tuple[tuple[KeptFile, Path], ...]
    sender: str = ""
    """The address that it came from."""
    links: tuple[KeptLink, ...] = ()
    """Files at mail providers that nobody has fetched yet."""


@dataclass(frozen=True)
class PieceMail:
    """A mail that waits to be judged with others （2/3）: its number among them, and its raw bytes."""

    id: int
    receipt: str
    number: int
    raw: Path


@dataclass(frozen=True)
class JudgedPieces:
    """Pieces （2/3） that were judged before the one that is judged now, and their numbers."""

    submission: PriorSubmission
    numbers: frozenset[int]
    doubts: tuple[Finding, ...] = ()
    """Of two pieces with one number, until a person has decided."""


class PriorMail(Protocol):
    """What is known of earlier mails."""

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        """True when one of these Message-IDs is that of a letter of ours."""

    def knows_trial_letter(self, message_ids: Collection[str]) -> bool:
        """True when one of these is the Message-ID of our answer to a trial （预检）."""

    def knows_receipt(self, receipt: str) -> bool:
        """True when this receipt number was given out."""

    def find_clerk_letter(self, message_ids: Collection[str], sender: str) -> ClerkLetter | None:
        """The letter to clerks that a mail with these Message-IDs answers."""

    def find_order_code(self, code: str) -> GivenCode | None:
        """The code of a button in a letter to a clerk."""

    def known_address(self, address: str, unit: str | None) -> KnownAddress:
        """What is known of this address, and of its domain, for mail that names the unit."""

    def accepted_items(self, unit: str) -> Sequence[AcceptedItem]:
        """Every accepted item of this unit for this notice."""

    def find_answered(
        self, message_ids: Collection[str], receipts: Collection[str], author: Author
    ) -> PriorSubmission | None:
        """The submission of this notice that was answered by one of these letters, or has one of these numbers; or its
        latest supplement, where the same author sent that."""

    def find_unsettled(self, unit: str) -> Sequence[PriorSubmission]:
        """The unit's submissions with something rejected and not mended since, oldest first."""

    def standing(self, unit: str, material: str, day: date | None) -> Sequence[PriorSubmission]:
        """The submissions with an accepted or held item of this unit, material and day, oldest first; none of a mail
        that may be forged."""

    def open_links(self, unit: str) -> Sequence[PriorSubmission]:
        """The unit's submissions with files at mail providers that nobody has fetched yet, oldest first."""

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        """Files that came before and may be the same as these, oldest first; without those of the submission with the
        receipt number `line`, and of what that one supplements."""

    def other_pieces(self, piece: Piece, author: Author) -> Sequence[PieceMail] | None:
        """The author's mails that are judged together with this one now; None while it has to wait for them."""

    def judged_pieces(self, piece: Piece, author: Author) -> JudgedPieces | None:
        """The author's pieces of the same submission that are accepted or held, and were not waited for."""


class NoPriorMail:
    """For a trial judgement: nothing was ever sent before, what looks like ours is taken for ours, and every address is
    known."""

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        return any(is_our_message_id(one) for one in message_ids)

    def knows_trial_letter(self, message_ids: Collection[str]) -> bool:
        return False

    def knows_receipt(self, receipt: str) -> bool:
        return True

    def find_clerk_letter(self, message_ids: Collection[str], sender: str) -> ClerkLetter | None:
        looks_like_one = any(is_our_message_id(one) and not names_receipt(one) for one in message_ids)
        return ClerkLetter(0, frozenset({sender})) if looks_like_one else None

    def find_order_code(self, code: str) -> GivenCode | None:
        return None

    def known_address(self, address: str, unit: str | None) -> KnownAddress:
        return KnownAddress(was_accepted=True, was_accepted_for_any=True)

    def accepted_items(self, unit: str) -> Sequence[AcceptedItem]:
        return ()

    def find_answered(
        self, message_ids: Collection[str], receipts: Collection[str], author: Author
    ) -> PriorSubmission | None:
        return None

    def find_unsettled(self, unit: str) -> Sequence[PriorSubmission]:
        return ()

    def standing(self, unit: str, material: str, day: date | None) -> Sequence[PriorSubmission]:
        return ()

    def open_links(self, unit: str) -> Sequence[PriorSubmission]:
        return ()

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        return ()

    def other_pieces(self, piece: Piece, author: Author) -> Sequence[PieceMail] | None:
        return ()

    def judged_pieces(self, piece: Piece, author: Author) -> JudgedPieces | None:
        return None
