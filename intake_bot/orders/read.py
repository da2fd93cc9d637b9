"""Reads the orders in a clerk's words, one a line. A line that is not understood changes nothing, and has the nearest
order beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from intake_bot.judging.prior_mail.replies import is_courtesy
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.orders.line import NUMBER, PlainLine, checked_number, has_number, plain_line
from intake_bot.orders.nearest import suggest
from intake_bot.orders.order import (
    Accept,
    Answer,
    Ask,
    Close,
    Correct,
    Extend,
    NamedSlot,
    Order,
    Package,
    Pick,
    Reject,
    Remind,
    Supply,
    Undo,
    Verb,
)
from intake_bot.orders.slots import SlotReading, read_slot
from intake_bot.orders.times import read_until
from intake_bot.orders.verbs import ALONE, CONFIRMATION, PLACEHOLDERS, SPELLINGS, WITH_NUMBER

MAXIMUM_LINES = 200
"""Lines of one mail that are read; nobody types more orders."""
_MAXIMUM_PHOTOS = 100
_END = re.compile(r"(?:[\s。.!！,，;；、~]|吧|了|啊|哦|谢谢|辛苦|一下|一份|给我|发我|看看)*")
_BEFORE_WORDS = re.compile(r"^(?:[\s:：,，.。;；、—-]|(?:原因|理由|的?问题|提问|内容)(?=\s?[:：]))+")
_PHOTO = re.compile(r"(\d{1,4})(?:\s?[-~—–到至]\s?(\d{1,4}))?")
_BETWEEN_PHOTOS = re.compile(r"[\s,，、;；。.和及与号张第#]+")
_UNDO = re.compile(r"(?:第|no\.?|#)?\s?(\d{1,7})\s?(?:号|条|个)?(?:命令)?")


@dataclass(frozen=True)
class Known:
    """What the words of an order are compared with."""

    notice: Notice
    roster: Roster
    now: datetime
    """In the bureau's zone."""
    open_numbers: tuple[str, ...] = ()
    """Receipt numbers of what is held, for suggestions."""
    has_files: bool = False
    """The mail brings files, so that a number alone says whose they are."""


@dataclass(frozen=True)
class Understood:
    """One order. A line may hold several: 收 1017-6、1018-4."""

    line: str
    """As she wrote it."""
    order: Order


@dataclass(frozen=True)
class Misread:
    """A line that looks like an order and is none."""

    line: str
    why: str
    """In Chinese, without a full stop; empty where nothing can be said."""
    nearest: str
    """A line to write instead."""


@dataclass(frozen=True)
class Remark:
    """A line that is no order: a greeting that is not known, a name, a second line of an answer."""

    line: str


Reading: TypeAlias = Understood | Misread | Remark


class _Fault(Exception):
    """Why a line that begins like an order is none, in Chinese."""

    @property
    def why(self) -> str:
        return str(self)


def read_orders(words: str, known: Known) -> tuple[Reading, ...]:
    """Reads a clerk's own words, quoted text already removed. Thanks and greetings are left out; where no line is an
    order, the first that remains is reported as one that was not understood."""
    readings = [one for line in words.splitlines()[:MAXIMUM_LINES] for one in _read_line(line, known)]
    if readings and all(isinstance(one, Remark) for one in readings):
        first = readings[0].line
        return (Misread(first, "", suggest(plain_line(first), known.open_numbers)), *readings[1:])
    return tuple(readings)


def _read_line(written: str, known: Known) -> Iterator[Reading]:
    line, shown = plain_line(written), written.strip()
    if not line.plain:
        return
    orders: tuple[Order, ...] = ()
    why = ""
    try:
        orders = _orders(line, known)
    except _Fault as fault:
        why = fault.why
    if orders:
        yield from (Understood(shown, order) for order in orders)
    elif has_number(line) or why:
        yield Misread(shown, why, suggest(line, known.open_numbers))
    elif not is_courtesy(line.original):
        yield Remark(shown)


def _is_yes(line: PlainLine) -> bool:
    return CONFIRMATION.fullmatch(line.plain) is not None


def _orders(line: PlainLine, known: Known) -> tuple[Order, ...]:
    """The orders of a line; none where it does not begin like one. Raises _Fault where it begins like one, and is
    none."""
    if _is_yes(line):
        return (Ask(Verb.CONFIRM),)
    led = _leading_numbers(line)
    verb, rest = _verb(led[1] if led else line)
    if verb is None:
        if not led or not known.has_files:
            return ()
        _demand_end(led[1])
        return (Supply(_only(led[0])),)
    if led:
        if verb not in WITH_NUMBER:
            raise _Fault("这一行没有看懂")
        return _about_mails(verb, led[0], rest, known)
    if verb in WITH_NUMBER:
        return _with_number(verb, rest, known)
    if verb in ALONE:
        return _alone(verb, rest)
    return (_WITHOUT_NUMBER[verb](rest, known),)


def _verb(line: PlainLine) -> tuple[Verb | None, PlainLine]:
    for verb, spelling in SPELLINGS.items():
        if found := spelling.match(line.plain):
            return verb, line.behind(found.end())
    return None, line


def _leading_numbers(line: PlainLine) -> tuple[tuple[str, ...], PlainLine] | None:
    """The receipt numbers that a line begins with: 1001-9 收下."""
    numbers, rest = _take_numbers(line)
    return (numbers, rest) if numbers else None


def _take_numbers(line: PlainLine) -> tuple[tuple[str, ...], PlainLine]:
    numbers: list[str] = []
    while found := NUMBER.match(line.plain):
        if found["check"] is None:
            raise _Fault("编号不完整，最后还有一个横线和一位数字")
        number = checked_number(found)
        if number is None:
            raise _Fault(f"没有“{found['number']}-{found['check']}”这个编号，看看是不是抄错了一位")
        numbers.append(number)
        line = line.behind(found.end())
    return tuple(dict.fromkeys(numbers)), line


def _with_number(verb: Verb, rest: PlainLine, known: Known) -> tuple[Order, ...]:
    numbers, rest = _take_numbers(rest)
    if not numbers:
        if verb is Verb.CORRECT or verb is Verb.ANSWER or _END.fullmatch(rest.plain):
            raise _Fault("要写明编号")
        raise _Fault(f"“{verb}”后面要先写编号")
    return _about_mails(verb, numbers, rest, known)


def _about_mails(verb: Verb, numbers: tuple[str, ...], rest: PlainLine, known: Known) -> tuple[Order, ...]:
    match verb:
        case Verb.REJECT:
            reason = _words(rest)
            if reason in PLACEHOLDERS.values():
                raise _Fault("退回要写原因，原因会写进给学校的信")
            return tuple(Reject(number, reason) for number in numbers)
        case Verb.ANSWER:
            said = _words(rest)
            if said in PLACEHOLDERS.values():
                raise _Fault("答复要写内容，这句话会发给学校")
            return tuple(Answer(number, said) for number in numbers)
        case Verb.SUPPLY:
            _demand_end(rest)
            if not known.has_files:
                raise _Fault("要把下载的文件附在这封信里")
            return (Supply(_only(numbers)),)
        case Verb.CLOSE:
            _demand_end(rest)
            return tuple(Close(number) for number in numbers)
        case Verb.ACCEPT:
            if _END.fullmatch(rest.plain):
                return tuple(Accept(number) for number in numbers)
            return (Accept(_only(numbers), _slot(rest, known).slot),)
        case _:
            if _END.fullmatch(rest.plain):
                raise _Fault("要写明改成哪个单位、哪种材料或哪一天")
            return (Correct(_only(numbers), _slot(rest, known).slot),)


def _only(numbers: tuple[str, ...]) -> str:
    if len(numbers) > 1:
        raise _Fault("这样写时，一行只能写一个编号")
    return numbers[0]


def _alone(verb: Verb, rest: PlainLine) -> tuple[Order, ...]:
    _demand_end(rest)
    return (Ask(verb),)


def _slot(rest: PlainLine, known: Known) -> SlotReading:
    reading = read_slot(rest.plain, known.notice, known.roster)
    if reading.fault:
        raise _Fault(reading.fault)
    if reading.left:
        raise _Fault(f"“{reading.left}”没有看懂，它不是名册里的单位，也不是通知里的材料")
    if not reading.slot:
        raise _Fault("这一行没有看懂")
    return reading


def _extend(rest: PlainLine, known: Known) -> Order:
    until = read_until(rest.plain, known.now)
    if until is None:
        raise _Fault("要写明延到什么时候")
    slot = _one_material(_slot(rest.upto(len(until.before)), known).slot)
    if not slot.unit:
        raise _Fault("要写明给哪个单位延期")
    return Extend(slot.unit, until.until, next(iter(slot.materials), ""), slot.day)


def _remind(rest: PlainLine, known: Known) -> Order:
    if _END.fullmatch(rest.plain):
        return Remind()
    slot = _one_material(_slot_or_all(rest, known))
    if slot.day:
        raise _Fault("催报不用写日期")
    return Remind(slot.unit, next(iter(slot.materials), ""))


def _package(rest: PlainLine, known: Known) -> Order:
    if _END.fullmatch(rest.plain):
        return Package()
    slot = _one_material(_slot_or_all(rest, known))
    if slot.unit:
        raise _Fault("打包可以写材料和日期，不能写单位")
    return Package(next(iter(slot.materials), ""), slot.day)


def _slot_or_all(rest: PlainLine, known: Known) -> NamedSlot:
    """The slot, which is empty for 全部."""
    return NamedSlot() if rest.plain.strip(" 。.") in ("全部", "所有", "大家") else _slot(rest, known).slot


def _one_material(slot: NamedSlot) -> NamedSlot:
    if len(slot.materials) > 1:
        raise _Fault("一行只能写一种材料")
    return slot


def _pick(rest: PlainLine, _known: Known) -> Order:
    numbers: list[int] = []
    for found in _PHOTO.finditer(rest.plain):
        first, last = int(found[1]), int(found[2] or found[1])
        numbers += range(first, min(last, first + _MAXIMUM_PHOTOS) + 1)
    if not numbers or not _END.fullmatch(_BETWEEN_PHOTOS.sub("", _PHOTO.sub("", rest.plain))):
        raise _Fault("要写照片下面的号，如 3、7、12")
    return Pick(tuple(dict.fromkeys(numbers))[:_MAXIMUM_PHOTOS])


def _undo(rest: PlainLine, _known: Known) -> Order:
    found = _UNDO.match(rest.plain)
    if found is None or NUMBER.match(rest.plain):
        raise _Fault("撤销后面写命令的号，不是邮件的编号")
    _demand_end(rest.behind(found.end()))
    return Undo(int(found[1]))


def _words(rest: PlainLine) -> str:
    """What she wrote behind the number, in her own characters."""
    return _BEFORE_WORDS.sub("", rest.original).strip()


def _demand_end(rest: PlainLine) -> None:
    if not _END.fullmatch(rest.plain):
        raise _Fault(f"“{rest.original.strip()}”没有看懂")


_WITHOUT_NUMBER: dict[Verb, Callable[[PlainLine, Known], Order]] = {
    Verb.EXTEND: _extend,
    Verb.REMIND: _remind,
    Verb.PACKAGE: _package,
    Verb.PICK: _pick,
    Verb.UNDO: _undo,
}
