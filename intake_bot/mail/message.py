"""A received mail after reading: the values that the rest of the program sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class UnreadContent(StrEnum):
    """Why a part of a mail is unknown: nobody, or only its reader, can open it."""

    SMIME = "smime"
    PGP = "pgp"
    RIGHTS = "rights"
    """Only the recipients may open it, by a Microsoft service (message.rpmsg)."""
    PIECE = "piece"
    """The mail is one piece of a larger one (message/partial), which only a mail program puts together."""
    ELSEWHERE = "elsewhere"
    """A file is not in the mail but at an address that the mail names (message/external-body)."""
    ENCODED = "encoded"
    """The structure or an encoding of the mail was not understood, or what was decoded is not whole."""


@dataclass(frozen=True)
class ReadingLimits:
    """How much of one mail is read; the rest is left out and named in `Message.exceeded_limits`."""

    header_bytes: int = 256 * 1024
    """Size of one header block; a single field may take a quarter of it."""
    parts: int = 1000
    """MIME parts, containers among them."""
    depth: int = 20
    """Nested containers."""
    text_bytes: int = 2 * 1024 * 1024
    """Decoded bytes of the plain text body, and as many of the HTML body."""


@dataclass(frozen=True)
class Address:
    """A display name and an address as the sender wrote them; neither is verified.

    The address is empty or satisfies `is_address`. The name is one line.
    """

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """One decoded part on disk, at a `path` of our own naming.

    `name` is the sender's, for people: the last path component, without control characters. A part without a name is
    called 附件1.jpg, numbered among the nameless parts.
    """

    name: str
    path: Path
    bytes: int
    sha256: str
    content_type: str
    is_inline: bool = False
    """The HTML body shows it, by Content-ID."""
    is_undecoded: bool = False
    """Its bytes are not those of the file that was sent: they are still encoded, encrypted, or not whole."""
    has_content_id: bool = False
    """It has a Content-ID, whether or not the HTML body shows it."""
    is_program_part: bool = False
    """A program added it by itself: a Mac's resource fork, a key, a business card. It is kept, and is no material."""


@dataclass(frozen=True)
class Message:
    """One mail. Header names in `headers` are lower case; the values of each are decoded and unfolded, in order."""

    headers: Mapping[str, tuple[str, ...]]
    subject: str
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sent_at: datetime | None
    """Of the Date header: a claim of the sender, which decides nothing."""
    received_at: datetime | None
    """Of the topmost Received header."""
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    """Without signatures and invitations, and in a reply without the pictures of the quoted mail."""
    bytes: int
    """Size of the raw mail."""
    exceeded_limits: tuple[str, ...] = ()
    """Limits that left something unread: "headers", "parts", "depth", "text"."""
    unread: tuple[UnreadContent, ...] = ()
    """Why some of the content is unknown; each reason once."""

    @property
    def is_incomplete(self) -> bool:
        """Whether attachments are missing here, because the mail has more parts or levels than are read."""
        return not {"parts", "depth"}.isdisjoint(self.exceeded_limits)

    def header(self, name: str) -> str:
        """The first value of a header; empty if there is none."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""
