"""Splits a raw mail as a stream: attachments decoded to disk, and what remains as a skeleton for mail-parser.

Boundaries are looked for in blocks (RFC 2046 section 5.1), so memory stays at a few blocks whatever the mail holds. It
is read generously: a missing end, text behind an end and equal boundaries inside each other lose nothing.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from intake_bot.mail.data_pictures import DataPictures
from intake_bot.mail.encodings import decode
from intake_bot.mail.headers import Field, read_fields, skip_opening
from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.mime import PartHeader, part_header
from intake_bot.mail.names import made_up_name, shown_name
from intake_bot.mail.skeleton import Skeleton
from intake_bot.mail.source import Source
from intake_bot.mail.transfer import Sink, decoder

_BODIES = frozenset({"text/plain", "text/html"})
_LEFT_OUT = frozenset(
    {
        "application/ics",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/calendar",
    }
)
"""What programs add by themselves: signatures, and the day of an invitation for their calendars."""
_LEFT_OUT_NAMES = frozenset({"smime.p7s"})
_BOUNDARY_LINE = re.compile(rb"\n--([^\r\n]{1,600})(?=\r?\n)")
_CUTS = ("headers", "parts", "depth", "text")


@dataclass(frozen=True)
class SplitPart:
    """An attachment on disk, decoded."""

    name: str
    path: Path
    bytes: int
    sha256: str
    content_type: str
    content_id: str


@dataclass(frozen=True)
class SplitMail:
    """A raw mail taken apart. `cut` names what a limit left out, as `Message.cut` does."""

    fields: tuple[Field, ...]
    skeleton: Skeleton
    parts: tuple[SplitPart, ...]
    cut: tuple[str, ...]


def split_mail(raw: BinaryIO, parts_dir: Path, limits: ReadingLimits) -> SplitMail:
    """Take the mail apart; its attachments become `part-001`, `part-002`, … in `parts_dir`, which must exist.

    Whatever the bytes are, the only error is OSError, of our own disk.
    """
    return _Splitter(Source(raw), parts_dir, limits).split()


@dataclass(frozen=True)
class _Delimiter:
    """The boundary line at which a part ended, and whether it closes its container."""

    boundary: bytes
    closes: bool


@dataclass
class _Splitter:
    source: Source
    parts_dir: Path
    limits: ReadingLimits
    skeleton: Skeleton = field(default_factory=Skeleton)
    parts: list[SplitPart] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    boundaries: list[bytes] = field(default_factory=list)
    """Of the containers that are open here, outermost first."""
    seen: int = 0
    ends: int = 0
    nameless: int = 0
    text_left: dict[str, int] = field(default_factory=dict)

    def split(self) -> SplitMail:
        self.text_left = dict.fromkeys(_BODIES, self.limits.text_bytes)
        skip_opening(self.source)
        fields = self._fields()
        self._part(part_header(fields))
        return SplitMail(fields, self.skeleton, tuple(self.parts), tuple(cut for cut in _CUTS if cut in self.cut))

    def _fields(self) -> tuple[Field, ...]:
        fields, cut = read_fields(self.source, self.limits.header_bytes)
        if cut:
            self.cut.add("headers")
        return fields

    def _part(self, header: PartHeader) -> _Delimiter | None:
        """Read one part; answers at which boundary of an open container it ended, None at the end of the mail."""
        self.seen += 1
        if header.content_type.startswith("multipart/"):
            if len(self.boundaries) < self.limits.depth:
                return self._container(header)
            self.cut.add("depth")
            return self._pour(_drop)
        if header.content_type in _LEFT_OUT or header.name.lower() in _LEFT_OUT_NAMES:
            return self._pour(_drop)
        if self._is_body(header):
            return self._body(header)
        return self._attachment(header)

    def _container(self, header: PartHeader) -> _Delimiter | None:
        self.boundaries.append(header.boundary)
        self.skeleton.open(header.content_type)
        preamble = _Kept(self.text_left["text/plain"])
        end = self._pour(preamble.feed)
        if end is None or end.boundary != header.boundary:
            # The declared boundary never comes: what stands there is all the text there is.
            self.skeleton.next_part()
            self._add_text("text/plain", preamble, header.charset)
        while end and end.boundary == header.boundary:
            end = self._next(end)
        self.skeleton.close()
        self.boundaries.pop()
        return end

    def _next(self, start: _Delimiter) -> _Delimiter | None:
        """Read what follows a boundary line of the innermost container.

        Parts are still taken behind the line that closes it: broken mailers go on there.
        """
        if (self.ends if start.closes else self.seen) >= self.limits.parts:
            self.cut.add("parts")
            return None
        if start.closes:
            self.ends += 1
            return self._pour(_drop)
        self.skeleton.next_part()
        return self._part(part_header(self._fields()))

    @staticmethod
    def _is_body(header: PartHeader) -> bool:
        return header.content_type in _BODIES and header.disposition != "attachment" and not shown_name(header.name)

    def _body(self, header: PartHeader) -> _Delimiter | None:
        kept = _Kept(self.text_left[header.content_type])
        with ExitStack() as open_files:
            pictures = DataPictures(kept.feed, partial(self._begin_picture, open_files), open_files.close)
            decoding = decoder(header.encoding, pictures.feed if header.content_type == "text/html" else kept.feed)
            end = self._pour(decoding.feed)
            decoding.close()
            pictures.close()
        self._add_text(header.content_type, kept, header.charset)
        return end

    def _add_text(self, content_type: str, kept: _Kept, charset: str) -> None:
        self.text_left[content_type] -= len(kept.data)
        if kept.overflowed:
            self.cut.add("text")
        text = decode(bytes(kept.data), charset)
        self.skeleton.text(content_type, text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n"))

    def _begin_picture(self, open_files: ExitStack, content_type: str) -> tuple[str, Sink]:
        """A picture that the HTML itself holds becomes an attachment when `open_files` are closed."""
        self.seen += 1
        if self.seen > self.limits.parts:
            self.cut.add("parts")
            return "", _drop
        content_id = f"picture-{len(self.parts) + 1}@html"
        path = self.parts_dir / f"part-{len(self.parts) + 1:03d}"
        self.nameless += 1
        written = _Written(open_files.enter_context(path.open("wb")))
        name = made_up_name(self.nameless, content_type)
        open_files.callback(
            lambda: self.parts.append(SplitPart(name, path, written.bytes, written.sha256, content_type, content_id))
        )
        return content_id, written.feed

    def _attachment(self, header: PartHeader) -> _Delimiter | None:
        path = self.parts_dir / f"part-{len(self.parts) + 1:03d}"
        with path.open("wb") as file:
            written = _Written(file)
            decoding = decoder(header.encoding, written.feed)
            end = self._pour(decoding.feed)
            decoding.close()
        self.skeleton.attachment(path.name)
        self.parts.append(
            SplitPart(self._name(header), path, written.bytes, written.sha256, header.content_type, header.content_id)
        )
        return end

    def _name(self, header: PartHeader) -> str:
        name = shown_name(header.name)
        if not name:
            self.nameless += 1
            name = made_up_name(self.nameless, header.content_type)
        return name

    def _pour(self, into: Sink) -> _Delimiter | None:
        found = self.source.pour(self._find_delimiter, into)
        if not found:
            return None
        self.source.line()
        return self._delimiters()[found.group(1).rstrip(b" \t")]

    def _find_delimiter(self, data: bytes, at: int) -> re.Match[bytes] | None:
        lines = self._delimiters()
        if not lines:
            return None
        candidates = _BOUNDARY_LINE.finditer(data, at)
        return next((found for found in candidates if found.group(1).rstrip(b" \t") in lines), None)

    def _delimiters(self) -> dict[bytes, _Delimiter]:
        """The boundary lines of all open containers, without the two hyphens ahead."""
        closing = {boundary + b"--": _Delimiter(boundary, closes=True) for boundary in self.boundaries}
        return closing | {boundary: _Delimiter(boundary, closes=False) for boundary in self.boundaries}


class _Kept:
    """Holds the first bytes of a text, and remembers whether there were more."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.data = bytearray()
        self.overflowed = False

    def feed(self, block: bytes) -> None:
        room = self._limit - len(self.data)
        self.data += block[:room]
        self.overflowed |= len(block) > room


class _Written:
    """Writes to a file, hashing and counting."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.bytes = 0

    def feed(self, block: bytes) -> None:
        self._file.write(block)
        self._hash.update(block)
        self.bytes += len(block)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _drop(_block: bytes) -> None:
    pass
