"""A small stand-in for a mail: its structure, its repaired header and its text, and attachments as empty parts.

mail-parser reads this instead of the raw mail. Everything in it is written by us in ASCII, with boundaries of our own,
so that no byte of the sender's can be misread, lost or taken for structure.
"""

from __future__ import annotations

import re
from binascii import b2a_base64

_SUBTYPE = re.compile(r"[a-z0-9.+-]{1,60}")


class Skeleton:
    """Grows while the raw mail is read: `open` and `close` a container, `next_part` inside it, then the part."""

    def __init__(self) -> None:
        self._body: list[bytes] = []
        self._open: list[bytes] = []
        self._containers = 0

    def open(self, content_type: str) -> None:
        """Begin a multipart; a subtype of odd spelling becomes mixed."""
        subtype = content_type.partition("/")[2]
        if not _SUBTYPE.fullmatch(subtype):
            subtype = "mixed"
        self._containers += 1
        boundary = b"skeleton-%d" % self._containers
        self._open.append(boundary)
        self._body.append(b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype.encode("ascii"), boundary))

    def next_part(self) -> None:
        """Begin the next part of the container that was opened last."""
        self._body.append(b"\r\n--%s\r\n" % self._open[-1])

    def close(self) -> None:
        """End the container that was opened last, with an empty part: a container of none would read as text."""
        self.next_part()
        self._body.append(b"\r\n--%s--\r\n" % self._open.pop())

    def text(self, content_type: str, text: str) -> None:
        """A body part: text/plain or text/html."""
        self._body.append(
            b'Content-Type: %s; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s'
            % (content_type.encode("ascii"), b2a_base64(text.encode("utf-8")))
        )

    def attachment(self, file_name: str) -> None:
        """An attachment, without its content. The name is ours."""
        self._body.append(
            b"Content-Type: application/octet-stream\r\n"
            b'Content-Disposition: attachment; filename="%s"\r\n\r\n' % file_name.encode("ascii")
        )

    def message(self, header: list[tuple[bytes, bytes]]) -> bytes:
        """The whole skeleton, under the header fields given (ASCII, unfolded)."""
        fields = b"".join(b"%s: %s\r\n" % field for field in header)
        return fields + b"MIME-Version: 1.0\r\n" + b"".join(self._body)
