"""One mail, read: the values that the rest of the program sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_bot.mail.headers import first_value, message_ids, read_fields, skip_opening
from intake_bot.mail.source import Source


@dataclass(frozen=True)
class ReadingLimits:
    """How much of one mail is read; what lies beyond is left out and named in `Message.cut`."""

    header_bytes: int = 256 * 1024
    """Of one header block; a single field may take a quarter of it."""
    parts: int = 1000
    """MIME parts, containers among them."""
    depth: int = 20
    """Containers inside each other."""
    text_bytes: int = 2 * 1024 * 1024
    """Decoded bytes of the plain text body, and as many of the HTML body."""


@dataclass(frozen=True)
class Address:
    """A display name and an address, as written by the sender: both untrusted.

    The address is empty or could be written to: ASCII, no space, no control character. The name is one line.
    """

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """One decoded part on disk. `path` is ours.

    `name` is untrusted and for people: its last component only, without control characters. A part without a name is
    called 附件1.jpg, by its position among the nameless and its type.
    """

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
    """Without signatures and invitations, and in an answer without the pictures of the mail that it quotes."""
    bytes: int
    """Size of the raw mail."""
    cut: tuple[str, ...] = ()
    """What was left unread because a limit was met: "headers", "parts", "depth", "text"."""
    sealed: bool = False
    """An S/MIME wrapping could not be opened: what it holds is unknown."""

    @property
    def incomplete(self) -> bool:
        """Attachments are missing here, because the mail has more of them than are read."""
        return not {"parts", "depth"}.isdisjoint(self.cut)

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""


def read_message(raw: Path, parts_dir: Path, limits: ReadingLimits) -> Message:
    """Read one raw mail. Its attachments are decoded into `parts_dir` (made if missing) as part-001, part-002, …

    Whatever the mail holds, the answer is a Message; the only error is OSError, of our own disk. Memory does not grow
    with attachments. Reading again writes the same files and gives the same value.
    """
    # Imported here: mail-parser takes a tenth of a second to load, and most who need a Message never read one.
    from intake_bot.mail.reading import read

    return read(raw, parts_dir, limits)


def message_id_of(raw: Path) -> str | None:
    """The Message-ID of a raw mail, by its header alone. Raises OSError, of our own disk."""
    with raw.open("rb") as file:
        source = Source(file)
        skip_opening(source)
        fields, _cut = read_fields(source, ReadingLimits.header_bytes)
    return next(iter(message_ids(first_value(fields, "message-id"))), None)
