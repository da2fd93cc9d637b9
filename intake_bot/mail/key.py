"""Which mail on which server this is. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MailKey:
    """Which mail on which server this is.

    INTERNALDATE and size belong to it, because 163 serves the constant UIDVALIDITY 1: after a mailbox was made anew,
    an old UID may name another mail, while the one before may still lie on our disk and wait for a person.
    """

    bureau: str
    folder: str
    uidvalidity: int
    uid: int
    internaldate: datetime
    bytes: int

    @property
    def file_name(self) -> str:
        """The same for the same mail, another for any other, and harmless on every file system."""
        mark = f"{int(self.internaldate.timestamp()):x}_{self.bytes:x}"
        return f"{_safe(self.bureau)}-{_safe(self.folder)}-{self.uidvalidity}-{self.uid}-{mark}.eml"


def _safe(text: str) -> str:
    """Plain lower-case words stay readable; anything else gets a hash of the exact text, so that no two meet."""
    if re.fullmatch(r"[a-z0-9]{1,40}", text):
        return text
    words = re.sub(r"[^a-z0-9]+", "_", text.lower())[:20]
    return f"{words}_{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
