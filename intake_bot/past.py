"""What may be known of earlier mails when one is examined; the ledger's answers are in `recall`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from intake_bot.files.facts import FileFacts
from intake_bot.judging.duplicates import KnownFile
from intake_bot.judging.pieces import Piece
from intake_bot.judging.supplement import Earlier
from intake_bot.ledger.records import KeptFile
from intake_bot.mail.outgoing import is_our_message_id


@dataclass(frozen=True)
class EarlierMail:
    """A submission that a later mail may build on, with what we keep of it: each file and where it lies."""

    earlier: Earlier
    files: tuple[tuple[KeptFile, Path], ...]


@dataclass(frozen=True)
class Sibling:
    """A mail that waits to be judged with others （2/3）: its number among them, and its raw bytes."""

    id: int
    receipt: str
    number: int
    raw: Path


class Past(Protocol):
    """What is known of earlier mails."""

    def filled_days(self, unit: str) -> Mapping[str, Set[date]]:
        """Material → days for which this unit has something accepted."""

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        """True when one of these Message-IDs is that of a letter of ours."""

    def knows_receipt(self, receipt: str) -> bool:
        """True when this receipt number was given out."""

    def answered(self, message_ids: Collection[str], receipts: Collection[str]) -> EarlierMail | None:
        """The submission of this notice that was answered by one of these letters, or has one of these numbers."""

    def unsettled(self, unit: str) -> Sequence[EarlierMail]:
        """The unit's submissions with something rejected and not mended since, oldest first."""

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        """Files that came before and may be the same as these, oldest first; without those of the submission with the
        receipt number `line`, and of what that one supplements."""

    def siblings(self, piece: Piece) -> Sequence[Sibling] | None:
        """The mails that are judged together with this one now; None while it has to wait for them."""


class NoPast:
    """For a trial judgement: nothing was ever sent before, and what looks like ours is taken for ours."""

    def filled_days(self, unit: str) -> Mapping[str, Set[date]]:
        return {}

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        return any(is_our_message_id(one) for one in message_ids)

    def knows_receipt(self, receipt: str) -> bool:
        return True

    def answered(self, message_ids: Collection[str], receipts: Collection[str]) -> EarlierMail | None:
        return None

    def unsettled(self, unit: str) -> Sequence[EarlierMail]:
        return ()

    def known_files(self, files: Sequence[FileFacts], line: str | None) -> Sequence[KnownFile]:
        return ()

    def siblings(self, piece: Piece) -> Sequence[Sibling] | None:
        return ()
