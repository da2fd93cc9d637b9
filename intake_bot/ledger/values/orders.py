"""Orders of clerks as the ledger keeps them: plain frozen values. All times are in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intake_bot.errors import TemporaryFailure

COMMAND_LINE = "本机命令"
"""Stands in the place of a clerk's address where an order was given on this machine."""


@dataclass(frozen=True)
class ClerkLetter:
    """A letter of ours to clerks, which a mail answers or a code belongs to. Addresses are in lower case."""

    id: int
    recipients: frozenset[str]


@dataclass(frozen=True)
class OrderCode:
    """The code of one button: it stands for one order of one clerk."""

    code: str
    clerk: str
    line: str
    """The order as `write_order` writes it; of one that needs words, its beginning."""


@dataclass(frozen=True)
class SheetPhoto:
    """A photo on a contact sheet. Unit and caption are as they were when it was made."""

    number: int
    unit: str
    caption: str
    receipt: str
    sha256: str
    """Of the photo itself, which may lie in an archive."""


@dataclass(frozen=True)
class Sheet:
    """The contact sheet of one letter."""

    letter: int
    created_at: datetime
    photos: tuple[SheetPhoto, ...]
    """In the order of their numbers."""


@dataclass(frozen=True)
class Picked:
    """What an order picked of a contact sheet."""

    order: int | None
    """The number of the order; None where nothing was left to pick."""
    photos: tuple[SheetPhoto, ...]
    before: tuple[tuple[SheetPhoto, int], ...]
    """Those that had been picked, each with the number of the order."""


@dataclass(frozen=True)
class ClosedLetters:
    """Letters that did not arrive, closed by the order of this number; `recipients` are their addresses."""

    order: int
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class WithdrawnReminders:
    """What became of the letters of an order to remind, as names of units."""

    withdrawn: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    """Their letters have been sent, or are being sent."""


@dataclass(frozen=True)
class GivenCode:
    """A code that the ledger knows."""

    id: int
    clerk: str
    line: str
    letter: ClerkLetter
    created_at: datetime


@dataclass(frozen=True)
class CommandFile:
    """A file that a clerk attached to her orders. `path` is relative to data/files, with slashes."""

    name: str
    path: str


@dataclass(frozen=True)
class CommandDraft:
    """What is kept of a mail that holds orders. `words` are the clerk's own."""

    clerk: str
    letter: int
    words: str
    code: int | None = None
    files: tuple[CommandFile, ...] = ()


@dataclass(frozen=True)
class Command:
    """A mail with orders."""

    message: int
    receipt: str
    bureau: str
    clerk: str
    words: str
    received: datetime
    message_id: str | None
    subject: str
    code: int | None = None
    files: tuple[CommandFile, ...] = ()
    letter: int = 0
    """Id of our letter that it answers."""
    asked: str = ""
    """The orders that this letter asks about, one a line."""


@dataclass(frozen=True)
class OrderEntry:
    """One order that is about to be carried out: written into the ledger together with what it changes."""

    bureau: str
    clerk: str
    verb: str
    line: str
    command: int | None = None
    """Id of the mail that holds it; None for an order given on this machine."""
    position: int = 0
    """Its place among the orders of that mail, from 0."""
    code: int | None = None


@dataclass(frozen=True)
class DecidingOrder:
    """An order about a mail. `before` is the id of the submission that stood when it was looked at; None for none."""

    entry: OrderEntry
    before: int | None
    undoes: int | None = None
    """The number of the order that counts no more."""
    restores: int | None = None
    """Id of the submission that is filed once more; None where another one is."""


class DecidedMeanwhile(TemporaryFailure):
    """Somebody else has decided about a mail since it was looked at."""


@dataclass(frozen=True)
class DoneOrder:
    """An order that was carried out. `number` is what `撤销` names."""

    number: int
    bureau: str
    clerk: str
    verb: str
    line: str
    position: int
    done_at: datetime
    message: int | None
    """Id of the mail that it decided."""
    before: int | None
    """Id of the submission that stood before, and so for `after`."""
    after: int | None
    undone_by: int | None = None


@dataclass(frozen=True)
class GrantedExtension:
    """More time for a unit, granted by an order. Without material or day for all of them."""

    notice: str
    unit: str
    until: datetime
    material: str | None = None
    day: date | None = None
