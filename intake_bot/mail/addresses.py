"""Address fields, repaired before mail-parser reads them: names become one clean encoded word, the rest plain ASCII."""

from __future__ import annotations

import re

from intake_bot.mail.headers import QUOTED, decode_words, encoded_word, one_line, unquoted
from intake_bot.mail.message import Address

_MOST_ADDRESSES = 1000
_LONGEST_NAME = 200
_TOKEN = re.compile(
    rb"(?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*\?=)"
    rb"|(?P<quoted>" + QUOTED + rb")"
    rb"|<(?P<angle>[^<>]*)>"
    rb"|(?P<comma>[,;])"
    rb'|[\x80-\xff][\x40-\xff]?|[^"<,;=\x80-\xff]+|["<=]',
    re.DOTALL,
)
# No quoted local parts, no address literals: nobody answers to those, and header injection likes them.
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII | re.IGNORECASE)
_BARE = re.compile(rb"[^\s()<>:,;\"]{1,64}@[^\s()<>:,;\"]{1,253}")
_LONGEST_ADDRESS = 254


def is_address(text: str) -> bool:
    """Whether a letter could be sent there: ASCII, one @, no space, no control character (RFC 5321's common part)."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def valid_addresses(pairs: list[tuple[str, str]]) -> tuple[Address, ...]:
    """The (name, address) pairs of mail-parser that are addresses; a name is one line of at most 200 signs."""
    return tuple(
        Address(one_line(name).strip()[:_LONGEST_NAME], address) for name, address in pairs if is_address(address)
    )


def clean_addresses(value: bytes) -> bytes:
    """An address field in plain ASCII with the same mailboxes: `=?utf-8?b?…?= <user@host>, …`.

    What is no mailbox (an empty group, a name alone) is left out; at most 1000 are kept.
    """
    mailboxes: list[bytes] = []
    phrase: list[bytes] = []
    angle: bytes | None = None
    for token in _TOKEN.finditer(value + b","):
        if token["angle"] is not None:
            angle = token["angle"]
        elif token["comma"] is None:
            phrase.append(unquoted(token["quoted"]) if token["quoted"] else token.group())
        else:
            mailboxes += _mailbox(b"".join(phrase), angle)
            phrase, angle = [], None
        if len(mailboxes) >= _MOST_ADDRESSES:
            break
    return b", ".join(mailboxes)


def _mailbox(phrase: bytes, angle: bytes | None) -> list[bytes]:
    if angle is None:
        bare = _BARE.search(phrase)
        return [bare.group()] if bare and is_address(bare.group().decode("latin-1")) else []
    address = angle.strip()
    if not is_address(address.decode("latin-1")):
        return []
    name = one_line(decode_words(phrase)).strip(" '")
    return [encoded_word(name) + b" <" + address + b">" if name else address]
