"""Letters as bytes (RFC 5322), ready for the outbox. Pure, except for the random part of a Message-ID.

The header is written here line by line, and only the MIME body by `email`. Header objects of `email` decode encoded
words in their input, so that a hostile subject could become several headers. They also fold From, which Sina refuses,
and long Message-IDs, which breaks threads.
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
from intake_bot.mail.address import checked_address
from intake_bot.mail.message import Address
from intake_bot.text.lines import one_line

MAXIMUM_SUBJECT_LENGTH = 200
"""Characters; a sender's subject may have a million."""
MAXIMUM_NAME_LENGTH = 60
"""Characters of a display name, so that From stays within the 998 characters of a line."""
MAXIMUM_REFERENCES = 20
"""Message-IDs in References."""

_FOREIGN_ID = re.compile(r"<[!-;=?-~]{3,250}>")
_OUR_ID = re.compile(r"<intake\.(?:[0-9A-Za-z-]{1,32}\.)?[0-9a-f]{32}@[A-Za-z0-9.-]{1,200}>")


class Origin(StrEnum):
    """Why a letter is sent, as a value of Auto-Submitted (RFC 3834)."""

    REPLY = "auto-replied"
    REPORT = "auto-generated"


@dataclass(frozen=True)
class AttachedFile:
    """A file of our own that goes with a letter. `kind` is its media type: application/zip."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Picture:
    """A JPEG of our own that the HTML shows as cid:… `cid` has no angle brackets."""

    cid: str
    content: bytes


@dataclass(frozen=True)
class Draft:
    """The content of one letter. Texts may contain anything that a sender wrote; `build_letter` makes them harmless."""

    sender: Address
    """The bureau's name and address; the address is also the login and the envelope sender."""
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    date: datetime
    """Aware, in the bureau's time zone, which readers see."""
    message_id: str
    """From `new_message_id`."""
    bot_id: str
    """Value of X-Intake-Bot, by which our own letters are recognised."""
    origin: Origin = Origin.REPLY
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    pictures: tuple[Picture, ...] = ()


def build_letter(draft: Draft) -> bytes:
    """The letter in 7-bit characters with CRLF; the same draft always gives the same bytes.

    Raises PermanentFailure if there is no recipient or an address is unusable, ValueError for a date without a time
    zone or a Message-ID that is not ours.
    """
    if not is_our_message_id(draft.message_id):
        raise ValueError(f"not a Message-ID of ours: {draft.message_id!r}")
    if draft.date.tzinfo is None:
        raise ValueError("a letter's date needs a time zone")
    if not draft.to:
        raise PermanentFailure("信件没有收件人")
    fields = [
        ("From", _mailbox(draft.sender)),
        ("To", ",\r\n ".join(checked_address(address) for address in draft.to)),
        ("Subject", _header_value(draft.subject[:MAXIMUM_SUBJECT_LENGTH])),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", draft.message_id),
        ("In-Reply-To", _id_lines([draft.in_reply_to or ""])),
        ("References", _id_lines(draft.references)),
        ("Auto-Submitted", draft.origin.value),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Intake-Bot", _header_value(draft.bot_id)),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields if value)
    return lines.encode("ascii") + _body(draft).as_bytes()


def new_message_id(address: str, receipt: str | None = None) -> str:
    """A new Message-ID in the domain of our `address`: `<intake.RECEIPT.RANDOM@domain>`, or `<intake.RANDOM@domain>`.

    Raises ValueError for a receipt number with other characters than ASCII letters, digits and hyphens.
    """
    middle = f"{receipt}." if receipt else ""
    message_id = f"<intake.{middle}{secrets.token_hex(16)}@{address.rpartition('@')[2]}>"
    if not is_our_message_id(message_id):
        raise ValueError(f"cannot make a Message-ID of {address!r} and {receipt!r}")
    return message_id


def is_our_message_id(text: str) -> bool:
    """Whether the text has the form that `new_message_id` makes. Anybody can write such an id, so it proves nothing."""
    return _OUR_ID.fullmatch(text.strip()) is not None


def names_receipt(message_id: str) -> bool:
    """Whether a Message-ID of our form is that of a letter to a school; those to clerks and admins name no receipt."""
    return message_id.partition("@")[0].count(".") > 1


def find_our_message_ids(text: str) -> tuple[str, ...]:
    """All Message-IDs of our form in a text, without repetitions."""
    return tuple(dict.fromkeys(_OUR_ID.findall(text)))


def _body(draft: Draft) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter.set_content(_encodable(draft.text), cte="base64")
    letter.add_alternative(_encodable(draft.html), subtype="html", cte="base64")
    page = letter.get_body(("html",))
    for picture in draft.pictures:
        assert isinstance(page, EmailMessage)
        page.add_related(picture.content, maintype="image", subtype="jpeg", cid=f"<{picture.cid}>", cte="base64")
    for file in draft.attachments:
        maintype, _, subtype = file.kind.partition("/")
        letter.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name, cte="base64")
    seed = hashlib.sha256(draft.message_id.encode("ascii")).hexdigest()[:24]
    for number, part in enumerate(part for part in letter.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    return letter


def _mailbox(sender: Address) -> str:
    """Name and address on one line of any length: Sina compares From with the envelope before unfolding."""
    address = checked_address(sender.address)
    name = one_line(sender.name)[:MAXIMUM_NAME_LENGTH]
    return f"{_encode(name).encode(linesep='')} <{address}>" if name else address


def _header_value(text: str) -> str:
    """A header value: plain ASCII if possible, else folded encoded words (RFC 2047)."""
    line = one_line(text)
    if re.fullmatch(r"[A-Za-z0-9 .,:_/()+-]{0,60}", line):
        return line
    return _encode(line).encode(linesep="\r\n")


def _encode(line: str) -> Header:
    """Encoded words of at most 75 characters (RFC 2047); the first is shorter, as it follows the header's name."""
    return Header(line, "utf-8", maxlinelen=75, header_name="X-Intake-Bot")


def _id_lines(ids: Iterable[str]) -> str:
    """Message-IDs of other mails, one on each line, without malformed ones.

    Of more than the maximum, the first and the last ones are kept (RFC 5322 section 3.6.4 allows this).
    """
    usable = [text.strip() for text in ids if _FOREIGN_ID.fullmatch(text.strip())]
    if len(usable) > MAXIMUM_REFERENCES:
        usable = usable[:1] + usable[1 - MAXIMUM_REFERENCES :]
    return "\r\n ".join(usable)


def _encodable(text: str) -> str:
    """The text without NUL and lone surrogates, which undecodable mail leaves."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
