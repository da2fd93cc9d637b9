"""Makes the lines of a digest harmless: what strangers wrote stays on its line, and nothing in it can be clicked."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from intake_bot.letters.digest_lines import (
    ContactLine,
    HeldLink,
    MediaLine,
    NoteLine,
    OpenItem,
    Owing,
    OwingUnit,
    PhotoLine,
    ReturnedLine,
    SumLine,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.untrusted import (
    SENTENCE_LENGTH,
    defuse_file_name,
    defuse_links,
    defuse_words,
    host_of,
    short_line,
    show_address,
    strip_scheme,
)

_CAPTION_LENGTH = 40
"""Maximum characters below a small picture."""


def clean_open_item(line: OpenItem, senders: Set[str]) -> OpenItem:
    return replace(
        line,
        subject=defuse_words(line.subject),
        sender=show_address(line.sender),
        reason=defuse_links(line.reason, kept={*senders, *line.addresses}).rstrip("。"),
        links=tuple(_clean_link(one) for one in line.links),
        contact=_clean_contact(line.contact),
    )


def clean_owing(owing: Owing) -> Owing:
    return replace(
        owing,
        nothing=tuple(map(_clean_owing_unit, owing.nothing)),
        unmended=tuple(map(_clean_owing_unit, owing.unmended)),
        partly=tuple(map(_clean_owing_unit, owing.partly)),
    )


def clean_returned(line: ReturnedLine, senders: Set[str]) -> ReturnedLine:
    faults = tuple(defuse_links(fault, kept=senders).rstrip("。") for fault in line.faults)
    return replace(line, sender=show_address(line.sender), faults=faults)


def clean_sum(line: SumLine) -> SumLine:
    return replace(line, name=defuse_words(line.name))


def clean_media(line: MediaLine) -> MediaLine:
    return MediaLine(
        line.unit, defuse_words(line.media), defuse_words(line.title), strip_scheme(line.link), host_of(line.link)
    )


def clean_photo(line: PhotoLine) -> PhotoLine:
    return replace(line, caption=defuse_words(line.caption, _CAPTION_LENGTH))


def clean_waiting(line: WaitingLine) -> WaitingLine:
    return replace(line, subject=defuse_words(line.subject), sender=show_address(line.sender))


def clean_note(line: NoteLine, senders: Set[str]) -> NoteLine:
    return replace(line, what=defuse_links(line.what, kept={*senders, *line.addresses}).rstrip("。"))


def clean_trouble(line: TroubleLine, senders: Set[str]) -> TroubleLine:
    what = defuse_links(line.what, kept={*senders, *line.addresses})
    return replace(line, what=what, todo=short_line(line.todo, SENTENCE_LENGTH))


def _clean_owing_unit(unit: OwingUnit) -> OwingUnit:
    return replace(unit, contact=_clean_contact(unit.contact))


def _clean_contact(contact: ContactLine) -> ContactLine:
    """Numbers were read as numbers, and `changed` is out of the roster; a name may come from a school's form."""
    return replace(contact, name=defuse_words(contact.name), changed=short_line(contact.changed))


def _clean_link(link: HeldLink) -> HeldLink:
    return HeldLink(
        defuse_file_name(link.name) or "（没有文件名）",
        defuse_links(link.details),
        strip_scheme(link.address),
        host_of(link.address),
        link.left,
    )
