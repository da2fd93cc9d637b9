"""Repairs address fields before mail-parser reads them: names become one encoded word, the rest is plain ASCII."""

from __future__ import annotations

import re

from intake_bot.mail.address import ADDRESS_IN_TEXT, half_width, is_address
from intake_bot.mail.message import Address
from intake_bot.mail.reading.encoded_words import decode_words, encode_word
from intake_bot.mail.reading.headers import QUOTED, unquote_string
from intake_bot.text.lines import without_controls

_MAXIMUM_ADDRESSES = 1000
_MAXIMUM_NAME_LENGTH = 200
_MAXIMUM_TEXT_LENGTH = 1000
_TOKEN = re.compile(
    rb"(?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)"
    rb"|(?P<quoted>" + QUOTED + rb")"
    rb"|<(?P<angle>[^<>]*)>"
    rb"|(?P<comma>[,;])"
    rb'|[\x80-\xff][\x40-\xff]?|[^"<,;=\x80-\xff]+|["<=]',
    re.DOTALL,
)
_BLANKS_AROUND_AT = re.compile(rb"[ \t]{1,9}@[ \t]{0,9}|@[ \t]{1,9}")
_ANGLE = re.compile(r"<([^<>]{1,300})>")
_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BARE = re.compile(
    r"(?<![^\s()<>:,;\"'\[\]（）【】《》“”、，；：])"
    + ADDRESS_IN_TEXT
    + r"(?![^\s()<>:,;\"'\[\]?（）【】《》“”、，；：])"
)


def valid_addresses(pairs: list[tuple[str, str]]) -> tuple[Address, ...]:
    """The valid addresses among (name, address) pairs of mail-parser. A name is one line of at most 200 characters."""
    unquoted = ((name, address.replace('"', "")) for name, address in pairs)
    return tuple(
        Address(without_controls(name).strip()[:_MAXIMUM_NAME_LENGTH], address)
        for name, address in unquoted
        if is_address(address)
    )


def repair_addresses(value: bytes) -> bytes:
    """An address field with the same mailboxes in plain ASCII: `=?utf-8?b?…?= <user@host>, …`.

    A field that shows none is read again with its encoded words decoded, since some mailers encode name and address
    together, and without blanks beside the @ (RFC 5322 section 4.4). Left out is what has no address (an empty group, a
    name alone), and mailboxes after the first 1,000.
    """
    plain = half_width(decode_words(value)).encode("utf-8")
    return _repair(value) or _repair(plain) or _repair(_BLANKS_AROUND_AT.sub(b"@", plain))


def _repair(value: bytes) -> bytes:
    mailboxes: list[bytes] = []
    phrase: list[bytes] = []
    angle: bytes | None = None
    for token in _TOKEN.finditer(value + b","):
        if token["angle"] is not None:
            angle = token["angle"]
        elif token["comma"] is None:
            phrase.append(unquote_string(token["quoted"]) if token["quoted"] else token.group())
        else:
            mailboxes += _mailbox(b"".join(phrase), angle)
            phrase, angle = [], None
        if len(mailboxes) >= _MAXIMUM_ADDRESSES:
            break
    return b", ".join(mailboxes)


def _mailbox(phrase: bytes, angle: bytes | None) -> list[bytes]:
    name, inside = decode_words(phrase), decode_words(angle or b"")
    if angle is None and (found := _ANGLE.search(_plain(name))):
        # Name and address are one encoded word.
        name, inside = name[: found.start()], found[1]
    inside = _plain(inside).strip().rstrip(".")
    address = inside if is_address(inside) else _only_address(inside)
    if address:
        name = _clean_name(name) or _clean_name(inside.replace(address, "").replace("mailto:", "").partition("?")[0])
    else:
        address, name = _only_address(_plain(name)), ""
    if not address:
        return []
    written = _quote_local_part(address).encode("ascii")
    return [encode_word(name) + b" <" + written + b">" if name else written]


def _plain(text: str) -> str:
    """The text in half-width characters, without those of no width."""
    return _NO_WIDTH.sub("", half_width(text))


def _quote_local_part(address: str) -> str:
    """The address in the form of RFC 5322, by which a local part with misplaced dots is a quoted string."""
    local, _, domain = address.partition("@")
    return f'"{local}"@{domain}' if "" in local.split(".") else address


def _clean_name(name: str) -> str:
    return without_controls(name).strip(" '<>")


def _only_address(text: str) -> str:
    """The address in a text with names, brackets or `mailto:` around it; empty if there is none, or several."""
    found = [one for one in _BARE.findall(text[:_MAXIMUM_TEXT_LENGTH]) if is_address(one)]
    return found[0] if len(found) == 1 else ""
