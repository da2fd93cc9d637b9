"""The orders of a clerk as values, and each in the words in which it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from intake_bot.notices.day_words import BRIEF_DEADLINE, month_day, write_time


class Verb(StrEnum):
    """The word that an order begins with."""

    ACCEPT = "收"
    REJECT = "退"
    SUPPLY = "交"
    CORRECT = "改"
    EXTEND = "延"
    REMIND = "催"
    ANSWER = "答"
    PICK = "选"
    PACKAGE = "打包"
    MISSING = "谁没报"
    WORKBOOK = "台账"
    WEEK_REPORT = "周报"
    CLOSE = "关"
    UNDO = "撤销"
    HELP = "帮助"
    CONFIRM = "好"


@dataclass(frozen=True)
class NamedSlot:
    """Unit, materials and day of a mail, as a clerk names them. Empty values are read from the mail's subject."""

    unit: str = ""
    materials: tuple[str, ...] = ()
    day: date | None = None

    def __bool__(self) -> bool:
        return bool(self.unit or self.materials or self.day)

    @property
    def words(self) -> str:
        """范县教育局 文字材料 5月17日."""
        return " ".join((*filter(None, (self.unit,)), *self.materials, *([month_day(self.day)] if self.day else [])))


@dataclass(frozen=True)
class Accept:
    """收: accept what is held of this mail. The slot says what a mail is that could not be read."""

    number: str
    slot: NamedSlot = NamedSlot()


@dataclass(frozen=True)
class Reject:
    """退: reject the mail; the school reads the reason."""

    number: str
    reason: str


@dataclass(frozen=True)
class Supply:
    """交: the files in the clerk's own mail are those that this one left at a mail provider."""

    number: str


@dataclass(frozen=True)
class Correct:
    """改: the mail is of this unit, material and day, and is judged again as such."""

    number: str
    slot: NamedSlot


@dataclass(frozen=True)
class Extend:
    """延: more time for one unit. Without a material or a day for all of them. `until` is in the bureau's zone."""

    unit: str
    until: datetime
    material: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Remind:
    """催: write to the units that owe something; to all, or to one, or about one material."""

    unit: str = ""
    material: str = ""


@dataclass(frozen=True)
class Answer:
    """答: these words go to the school, and its question is closed."""

    number: str
    words: str


@dataclass(frozen=True)
class Close:
    """关: the question, or the files left elsewhere, need nothing more; nobody is written to."""

    number: str


@dataclass(frozen=True)
class Pick:
    """选: the photos with these numbers are the best ones."""

    photos: tuple[int, ...]


@dataclass(frozen=True)
class Package:
    """打包: the accepted files as one archive; all of them, or of one material or day."""

    material: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Undo:
    """撤销: the order with this number counts no more."""

    order: int


@dataclass(frozen=True)
class Ask:
    """An order without anything behind it: 谁没报, 台账, 周报, 帮助, 好."""

    verb: Verb


Order: TypeAlias = Accept | Reject | Supply | Correct | Extend | Remind | Answer | Close | Pick | Package | Undo | Ask


def verb_of(order: Order) -> Verb:
    """The word that the order begins with."""
    return order.verb if isinstance(order, Ask) else _VERBS[type(order)]


_VERBS: dict[type, Verb] = {
    Accept: Verb.ACCEPT,
    Reject: Verb.REJECT,
    Supply: Verb.SUPPLY,
    Correct: Verb.CORRECT,
    Extend: Verb.EXTEND,
    Remind: Verb.REMIND,
    Answer: Verb.ANSWER,
    Close: Verb.CLOSE,
    Pick: Verb.PICK,
    Package: Verb.PACKAGE,
    Undo: Verb.UNDO,
}


def number_of(order: Order) -> str:
    """The receipt number of the mail that the order is about; empty for an order about no mail."""
    return order.number if isinstance(order, Accept | Reject | Supply | Correct | Answer | Close) else ""


def write_order(order: Order) -> str:
    """The order in one line, as a clerk would write it and `read_orders` reads it."""
    return " ".join(part for part in (verb_of(order), number_of(order), _rest(order)) if part)


def _rest(order: Order) -> str:
    match order:
        case Accept() | Correct():
            return order.slot.words
        case Reject():
            return order.reason
        case Answer():
            return order.words
        case Extend():
            day = month_day(order.day) if order.day else ""
            until = write_time(order.until, BRIEF_DEADLINE)
            return " ".join(part for part in (order.unit, order.material, day, until) if part)
        case Remind():
            return " ".join(part for part in (order.unit, order.material) if part)
        case Package():
            return " ".join(part for part in (order.material, month_day(order.day) if order.day else "") if part)
        case Pick():
            return "、".join(map(str, order.photos))
        case Undo():
            return str(order.order)
        case _:
            return ""
