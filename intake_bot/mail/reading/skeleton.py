"""The skeleton of a mail, which mail-parser reads instead of the raw mail: structure, header, text, empty attachments.

We write all of it in ASCII with our own boundaries, so that no byte of the sender is misread, lost or taken for
structure.
"""

from __future__ import annotations

import re
from base64 import encodebytes

_SUBTYPE = re.compile(r"[a-z0-9.+-]{1,60}")


class Skeleton:
    """Grows while the raw mail is read: `open_container`, `begin_part` before each part, `close_container`."""

    def __init__(self) -> None:
        self._body: list[bytes] = []
        self._open: list[bytes] = []
        self._containers = 0

    def open_container(self, content_type: str) -> None:
        """Begins a multipart; a malformed subtype becomes mixed."""
        subtype = content_type.partition("/")[2]
        if not _SUBTYPE.fullmatch(subtype):
            subtype = "mixed"
        self._containers += 1
        boundary = b"skeleton-%d" % self._containers
        self._open.append(boundary)
        self._body.append(b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype.encode("ascii"), boundary))

    def begin_part(self) -> None:
        """Begins the next part of the innermost open container."""
        self._body.append(b"\r\n--%s\r\n" % self._open[-1])

    def close_container(self) -> None:
        """Ends the innermost container with an empty part, since one without parts would be read as text."""
        self.begin_part()
        self._body.append(b"\r\n--%s--\r\n" % self._open.pop())

    def add_text(self, content_type: str, text: str) -> None:
        """Adds a body: text/plain or text/html. Short lines take the parser a quarter less memory than one long one."""
        self._body.append(
            b'Content-Type: %s; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s'
            % (content_type.encode("ascii"), encodebytes(text.encode("utf-8")))
        )

    def add_attachment(self, file_name: str) -> None:
        """Adds an attachment without its content. The name is ours."""
        self._body.append(
            b"Content-Type: application/octet-stream\r\n"
            b'Content-Disposition: attachment; filename="%s"\r\n\r\n' % file_name.encode("ascii")
        )

    def to_bytes(self, header: list[tuple[bytes, bytes]]) -> bytes:
        """The skeleton as a mail with these header fields (ASCII, unfolded)."""
        fields = b"".join(b"%s: %s\r\n" % field for field in header)
        return fields + b"MIME-Version: 1.0\r\n" + b"".join(self._body)
