"""One mail, read: the values that the rest of the program sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Address:
    """A display name and an address, as written by the sender: both untrusted."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """One decoded part on disk. `name` is untrusted and for people; `path` is ours."""

    name: str
    path: Path
    bytes: int
    sha256: str
    content_type: str
    inline: bool = False
    """Referenced from the HTML body by Content-ID."""


@dataclass(frozen=True)
class Message:
    """One mail. Header names in `headers` are lower case; values are decoded and unfolded, in order."""

    headers: Mapping[str, tuple[str, ...]]
    subject: str
    sender: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    """The sender's claim; decides nothing."""
    received: datetime | None
    """From the topmost Received: header."""
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    bytes: int
    """Size of the raw mail."""
    cut: tuple[str, ...] = ()
    """What was left unread because a limit was met: "headers", "parts", "depth", "text"."""

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""
