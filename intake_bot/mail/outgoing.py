"""A letter of ours as finished bytes (RFC 5322), ready for the outbox. Pure, but for the random part of a Message-ID.

The head is written here line by line and only the MIME body by `email`: its header objects decode encoded words in
what they are given, so that a hostile subject could come out as several headers, and they fold From and long
Message-IDs, which Sina refuses and threads do not survive.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from intake_bot.errors import PermanentFailure
from intake_bot.mail.message import Address

MAX_SUBJECT = 200
"""Characters of a subject; a sender's own may be a megabyte."""
MAX_NAME = 60
"""Characters of a display name, so that From stays within the 998 of a line."""
MAX_REFERENCES = 20

_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_FOREIGN_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_OUR_ID = re.compile(r"<intake\.(?:[0-9A-Za-z-]{1,32}\.)?[0-9a-f]{32}@[A-Za-z0-9.-]{1,200}>")


class Origin(StrEnum):
    """Why a letter is sent, as RFC 3834 (Auto-Submitted) words it."""

    REPLY = "auto-replied"
    REPORT = "auto-generated"


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a letter of ours."""

    name: str
    content: bytes
    content_type: str
    """For example application/zip."""


@dataclass(frozen=True)
class Draft:
    """All that makes up one letter. Texts may hold whatever a sender wrote; `build_letter` makes them harmless."""

    sender: Address
    """The bureau's name and its mailbox, which is also the login and the envelope sender."""
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    date: datetime
    """Aware, in the bureau's zone: people read it as it stands."""
    message_id: str
    """From `new_message_id`."""
    bot_id: str
    """Goes into X-Intake-Bot, by which we know our own letters again."""
    origin: Origin = Origin.REPLY
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


def build_letter(draft: Draft) -> bytes:
    """The letter, 7-bit with CRLF: the same bytes for the same draft.

    Raises PermanentFailure when there is no recipient or one has no usable address, ValueError for a date without
    a zone or a Message-ID that is not ours.
    """
    if not is_our_message_id(draft.message_id):
        raise ValueError(f"not a Message-ID of ours: {draft.message_id!r}")
    if draft.date.tzinfo is None:
        raise ValueError("a letter's date needs a time zone")
    if not draft.to:
        raise PermanentFailure("信件没有收件人")
    head = [
        ("From", _mailbox(draft.sender)),
        ("To", ",\r\n ".join(checked_address(address) for address in draft.to)),
        ("Subject", _words(draft.subject[:MAX_SUBJECT])),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", draft.message_id),
        ("In-Reply-To", _threads([draft.in_reply_to or ""])),
        ("References", _threads(draft.references)),
        ("Auto-Submitted", draft.origin.value),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Intake-Bot", _words(draft.bot_id)),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in head if value)
    return lines.encode("ascii") + _body(draft).as_bytes()


def checked_address(text: str) -> str:
    """The address, if a mail server may be handed it; else raises PermanentFailure.

    Plain ASCII addr-spec only (RFC 5321 without quoted local parts): nothing else is seen in the wild, and nothing
    else can be told from an attack.
    """
    address = text.strip()
    if not _ADDRESS.fullmatch(address):
        raise PermanentFailure(f"收件地址无法使用：{text[:100]!r}")
    return address


def new_message_id(address: str, receipt: str | None = None) -> str:
    """A new Message-ID in the domain of our `address`: `<intake.RECEIPT.RANDOM@domain>`, without the receipt part when
    there is none. Raises ValueError for a receipt number that is more than ASCII letters, digits and hyphens."""
    middle = f"{receipt}." if receipt else ""
    made = f"<intake.{middle}{secrets.token_hex(16)}@{address.rpartition('@')[2]}>"
    if not is_our_message_id(made):
        raise ValueError(f"cannot make a Message-ID of {address!r} and {receipt!r}")
    return made


def is_our_message_id(text: str) -> bool:
    """True for what `new_message_id` makes. Anyone can write such an id: a hint, never a proof."""
    return _OUR_ID.fullmatch(text.strip()) is not None


def our_message_ids(text: str) -> tuple[str, ...]:
    """All Message-IDs in our manner that stand somewhere in a text, each once."""
    return tuple(dict.fromkeys(_OUR_ID.findall(text)))


def _body(draft: Draft) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter.set_content(_text(draft.text), cte="base64")
    letter.add_alternative(_text(draft.html), subtype="html", cte="base64")
    for enclosure in draft.enclosures:
        maintype, _, subtype = enclosure.content_type.partition("/")
        letter.add_attachment(enclosure.content, maintype, subtype, filename=_one_line(enclosure.name))
    seed = hashlib.sha256(draft.message_id.encode("ascii")).hexdigest()[:24]
    for number, part in enumerate(part for part in letter.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    return letter


def _mailbox(sender: Address) -> str:
    """Name and address on one line, however long: Sina compares From with the envelope before unfolding."""
    address = checked_address(sender.address)
    name = _one_line(sender.name)[:MAX_NAME]
    return f"{_encoded(name).encode(linesep='')} <{address}>" if name else address


def _words(text: str) -> str:
    """A header value (RFC 2047): plain where it is plain, else encoded words, folded."""
    line = _one_line(text)
    if re.fullmatch(r"[A-Za-z0-9 .,:_/()+-]{0,60}", line):
        return line
    return _encoded(line).encode(linesep="\r\n")


def _encoded(line: str) -> Header:
    """Encoded words of at most 75 characters (RFC 2047), the first one shorter, behind the header's name."""
    return Header(line, "utf-8", maxlinelen=75, header_name="X-Intake-Bot")


def _threads(ids: Iterable[str]) -> str:
    """Message-IDs of others, one a line; what is none is left out. Of many, the first and the last ones (RFC 5322
    3.6.4 lets us trim)."""
    usable = [text.strip() for text in ids if _FOREIGN_ID.fullmatch(text.strip())]
    if len(usable) > MAX_REFERENCES:
        usable = usable[:1] + usable[1 - MAX_REFERENCES :]
    return "\r\n ".join(usable)


def _one_line(text: str) -> str:
    """No line breaks, no control characters, no halves of characters."""
    return " ".join("".join(" " if _breaks(char) else char for char in text).split())


def _breaks(char: str) -> bool:
    return ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u2028\u2029" or 0xD800 <= ord(char) < 0xE000


def _text(text: str) -> str:
    """A body that can be encoded: no NUL, no lone surrogates (left by undecodable mail)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
