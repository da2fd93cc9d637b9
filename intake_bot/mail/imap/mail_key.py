"""The identity of a mail on a server. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MailKey:
    """The identity of a mail on a server.

    INTERNALDATE and size are part of it, because 163 serves the constant UIDVALIDITY 1: in a mailbox that was created
    again, an old UID may name another mail while the earlier one is still held here.
    """

    bureau: str
    folder: str
    uidvalidity: int
    uid: int
    internaldate: datetime
    bytes: int

    @property
    def file_name(self) -> str:
        """A name that differs for different mails, and that every file system accepts."""
        mark = f"{int(self.internaldate.timestamp()):x}_{self.bytes:x}"
        return f"{_safe(self.bureau)}-{_safe(self.folder)}-{self.uidvalidity}-{self.uid}-{mark}.eml"


@dataclass(frozen=True)
class MailHead:
    """What the header of a mail says about which mail it is, and when it came."""

    message_id: str | None
    identity: str
    """The Message-ID, else a hash of From, Date and Subject."""
    stamped: datetime | None = None
    """The time in the topmost Received field, which the last server wrote."""


def _safe(text: str) -> str:
    """The text if it is short lower-case ASCII, else a form with a hash of the text, so that no two texts collide."""
    if re.fullmatch(r"[a-z0-9]{1,40}", text):
        return text
    words = re.sub(r"[^a-z0-9]+", "_", text.lower())[:20]
    return f"{words}_{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
