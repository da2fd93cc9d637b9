"""Whom to telephone at a unit: what the roster says, and what its forms have brought since. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake_bot.ledger.views.forms import StandingForm
from intake_bot.letters.digest_lines import ContactLine, NoteLine, Phone
from intake_bot.letters.telephones import telephones
from intake_bot.notices.roster import Roster, Unit

_FORM = re.compile("联络员|联系人|联络人|通讯录|通信录")
_NAME = re.compile(".*(?:姓名|联络员|联系人|联络人)")
_PHONE = re.compile(".*(?:电话|手机|联系方式|座机)(?:号码?)?")
_NOT_A_PERSON = re.compile(".*(?:单位|学校|部门|科室|职务|职称|邮箱)")
_UNVERIFIED = "报送的表上写的，发件邮箱没有登记"


@dataclass(frozen=True)
class _Contact:
    name: str
    phones: tuple[Phone, ...]

    def __str__(self) -> str:
        return " ".join((self.name, *(phone.shown for phone in self.phones))).strip() or "（没有）"

    @property
    def dialled(self) -> tuple[str, frozenset[str]]:
        """What makes two contacts the same, however their numbers are written."""
        return re.sub(r"\s", "", self.name), frozenset(phone.dialled for phone in self.phones)


def find_contacts(
    roster: Roster, forms: Iterable[StandingForm]
) -> tuple[Mapping[str, ContactLine], tuple[NoteLine, ...]]:
    """The contact of each unit that has one, by its name, and a note for each that differs from the roster.

    What a form says takes the place of what is in the roster when it came from an address of the unit, or a clerk
    accepted it. From any other address it only fills a gap, and says so: nobody leads the clerk to his own telephone.
    """
    lines: dict[str, ContactLine] = {}
    notes: list[NoteLine] = []
    newest = _newest(roster, forms)
    for unit in roster.units:
        first = _Contact(unit.contact, find_phones(unit.telephone))
        form, contact = newest.get(unit.name, (None, first))
        if form is not None and contact.dialled != first.dialled:
            if not _is_trusted(unit, form):
                if first.phones:
                    contact = first
                else:
                    lines[unit.name] = ContactLine(contact.name, contact.phones, _UNVERIFIED)
                    continue
            elif first.name or first.phones:
                numbers = tuple(phone.shown for phone in (*first.phones, *contact.phones))
                notes.append(NoteLine(form.receipt, unit.name, f"名册 {first} → 联络员信息表 {contact}", numbers))
                lines[unit.name] = ContactLine(contact.name, contact.phones, f"原 {first}")
                continue
        if contact.name or contact.phones:
            lines[unit.name] = ContactLine(contact.name, contact.phones)
    return lines, tuple(notes)


def find_phones(text: str) -> tuple[Phone, ...]:
    """The telephone numbers in a text, each once."""
    pieces = {piece.number: Phone(piece.text.strip(), piece.number) for piece in telephones(text) if piece.number}
    return tuple(pieces.values())


def _newest(roster: Roster, forms: Iterable[StandingForm]) -> dict[str, tuple[StandingForm, _Contact]]:
    """By unit, the newest form that names a contact; one that may be trusted wins over one that may not."""
    newest: dict[str, tuple[StandingForm, _Contact]] = {}
    for form in forms:
        unit = roster.find(form.unit)
        contact = _read(form) if unit is not None and _FORM.search(form.title) else None
        if unit is None or contact is None:
            continue
        known = newest.get(unit.name)
        if known is None or _is_trusted(unit, form) or not _is_trusted(unit, known[0]):
            newest[unit.name] = form, contact
    return newest


def _is_trusted(unit: Unit, form: StandingForm) -> bool:
    return form.by_clerk or unit.has_address(form.sender)


def _read(form: StandingForm) -> _Contact | None:
    """The first person of a form who has a telephone number."""
    for row in form.rows:
        names = [cell for label, cell in row.items() if _NAME.fullmatch(label) and not _NOT_A_PERSON.fullmatch(label)]
        cells = (cell for label, cell in row.items() if _PHONE.fullmatch(label))
        if phones := find_phones(" ".join(cells)):
            return _Contact(names[0] if names else "", phones)
    return None
