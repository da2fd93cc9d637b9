"""Splits a raw mail as a stream: attachments are decoded to disk, the rest becomes a skeleton for mail-parser.

Boundaries are searched in blocks (RFC 2046 section 5.1), so memory stays at a few blocks for any mail. Malformed mail
loses nothing: a missing end, text after an end and nested containers with equal boundaries are all read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from intake_bot.mail.message import ReadingLimits, UnreadContent
from intake_bot.mail.reading.boundaries import Delimiter, OpenContainers, begins_with_fields, begins_with_part
from intake_bot.mail.reading.charsets import decode
from intake_bot.mail.reading.content.content_decoding import attachment_decoder, text_decoder, type_of_base64_lines
from intake_bot.mail.reading.content.data_urls import DataUrlExtractor
from intake_bot.mail.reading.content.embedded_files import EmbeddedFileExtractor
from intake_bot.mail.reading.content.transfer_encodings import Sink
from intake_bot.mail.reading.file_names import decode_name, shown_name
from intake_bot.mail.reading.headers import Field, read_fields, skip_preface
from intake_bot.mail.reading.mime import DIGEST, MAIL, PartHeader, read_part_header
from intake_bot.mail.reading.parts import OpenPart, PartFolder, SplitPart
from intake_bot.mail.reading.skeleton import Skeleton
from intake_bot.mail.reading.source import Blocks, Search, Source
from intake_bot.text.payload import is_payload

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
"""Types that programs add by themselves: signatures, and invitations for calendars."""
_LEFT_OUT_NAMES = frozenset({"smime.p7s"})
_OWN_NAME = re.compile(r".+\.(?!(?:ics|ical|ifb|vcs|p7s|asc|sig|pgp|gpg)\Z)\w{2,5}", re.DOTALL | re.IGNORECASE)
"""Names of files that are of another type than the ones left out, whatever the mail says."""
_PIECE = "message/partial"
_ELSEWHERE = "message/external-body"
_SEALED = "application/pgp-encrypted"
_PGP_NAMES = (".pgp", ".gpg")
_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE-----"
_RIGHTS_MESSAGE = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86"
"""First bytes of a mail under Microsoft's rights management (MS-OXORMMS section 2.2.3)."""
_LIMITS = ("headers", "parts", "depth", "text")
_HEAD_BYTES = 4096
# A blank line in the middle of a header, below which it goes on.
_LATE_FIELDS = re.compile(
    rb"(?:[ \t]*(?:\r\n|[\r\n])){0,3}(?=(Content-(?:Type|Transfer-Encoding|Disposition)|MIME-Version)[ \t]*:)",
    re.IGNORECASE,
)
_BOUNDARY_LIKE = re.compile(rb"(?:\A|[\r\n])[ \t]{0,8}--[^\s-]")
_ESCAPED_PARAMETER = re.compile(rb"\b(?:charset|name|boundary)=3D", re.IGNORECASE)
_MIME_PREAMBLE = re.compile(r"(?im)^.*multi-?part message in MIME format.*$\n?")


@dataclass(frozen=True)
class SplitMail:
    """A raw mail, split. `exceeded_limits` and `unread` are those of `Message`."""

    fields: tuple[Field, ...]
    skeleton: Skeleton
    parts: tuple[SplitPart, ...]
    exceeded_limits: tuple[str, ...]
    unread: tuple[UnreadContent, ...] = ()


def split_mail(raw: Blocks, parts_dir: Path, limits: ReadingLimits) -> SplitMail:
    """Splits a mail; its attachments become `part-001`, `part-002`, … in `parts_dir`, which must exist.

    Any bytes are accepted; raises OSError only, if our disk fails.
    """
    with PartFolder(parts_dir) as folder:
        return _Splitter(Source(raw), folder, limits).split()


@dataclass
class _Splitter:
    source: Source
    folder: PartFolder
    limits: ReadingLimits
    skeleton: Skeleton = field(default_factory=Skeleton)
    exceeded_limits: set[str] = field(default_factory=set)
    unread: dict[UnreadContent, None] = field(default_factory=dict)
    """Reasons in order."""
    containers: OpenContainers = field(default_factory=OpenContainers)
    part_count: int = 0
    closing_count: int = 0
    text_bytes_left: dict[str, int] = field(default_factory=dict)

    def split(self) -> SplitMail:
        self.text_bytes_left = dict.fromkeys(_BODIES, self.limits.text_bytes)
        skip_preface(self.source)
        fields = self._read_fields()
        header, fields = self._read_header(fields, "text/plain")
        self._read_part(header)
        return SplitMail(
            fields,
            self.skeleton,
            tuple(self.folder.parts),
            tuple(limit for limit in _LIMITS if limit in self.exceeded_limits),
            tuple(self.unread),
        )

    def _read_fields(self) -> tuple[Field, ...]:
        fields, is_cut = read_fields(self.source, self.limits.header_bytes)
        if is_cut:
            self.exceeded_limits.add("headers")
        return fields

    def _read_header(self, fields: tuple[Field, ...], default_type: str) -> tuple[PartHeader, tuple[Field, ...]]:
        """The header of a part, with the fields that a blank line cuts off from it."""
        names = {one.name for one in fields}
        late = _LATE_FIELDS.match(self.source.peek(_HEAD_BYTES))
        if late and not default_type.startswith("message/"):
            # Below a type that is there, a body may begin with fields of its own.
            is_type = late[1].lower() in (b"content-type", b"mime-version")
            if "content-type" not in names or not (is_type or _is_mail(fields) or late[1].decode().lower() in names):
                self.source.skip(late.end())
                fields = (*fields, *self._read_fields())
        return read_part_header(fields, default_type), fields

    def _read_part(self, header: PartHeader) -> Delimiter | None:
        """Reads one part; returns the boundary line at which it ended, None at the end of the mail."""
        self.part_count += 1
        if header.content_type.startswith("multipart/") or self._shows_parts(header):
            if len(self.containers) < self.limits.depth:
                return self._read_container(header)
            self.exceeded_limits.add("depth")
            return self._copy(_drop)
        if header.content_type == _SEALED:
            self.add_unread(UnreadContent.PGP)
            return self._copy(_drop)
        if header.content_type == _ELSEWHERE:
            self.add_unread(UnreadContent.ELSEWHERE)
            return self._copy(_drop)
        is_left_out = header.content_type in _LEFT_OUT and not _OWN_NAME.fullmatch(header.name)
        if is_left_out or header.name.lower() in _LEFT_OUT_NAMES:
            return self._copy(_drop)
        if self._is_body(header):
            return self._read_body(header)
        return self._read_attachment(header)

    def _shows_parts(self, header: PartHeader) -> bool:
        """Whether a file without a name, of no type that says more, begins with a boundary line and a part."""
        is_unknown = header.content_type.startswith("application/") and not header.name
        return is_unknown and begins_with_part(self.source.peek(_HEAD_BYTES))

    def _read_container(self, header: PartHeader) -> Delimiter | None:
        if encoding := self._find_container_encoding(header):
            return self._read_encoded_container(header, encoding)
        return self._read_plain_container(header)

    def _read_plain_container(self, header: PartHeader) -> Delimiter | None:
        level = self.containers.open(header.boundaries)
        self.skeleton.open_container(header.content_type if header.boundaries else "multipart/mixed")
        end = self._read_parts(header, level)
        self.skeleton.close_container()
        self.containers.close()
        return end

    def _read_parts(self, header: PartHeader, level: int) -> Delimiter | None:
        """Reads preamble and parts of an open container."""
        preamble = _LimitedText(self.text_bytes_left["text/plain"])
        end = self._copy(preamble.feed, self.containers.find_any)
        if end is None or end.level != level:
            # No boundary of the container occurs, so all that follows is text.
            self._add_unsplit_text(preamble, header)
        elif is_payload(preamble.data.decode("ascii", "replace")):
            # The boundary ahead of a file is lost.
            self.add_unread(UnreadContent.ENCODED)
        return self._read_next_parts(header, level, end)

    def _read_next_parts(self, header: PartHeader, level: int, end: Delimiter | None) -> Delimiter | None:
        default_type = MAIL if header.content_type == DIGEST else "text/plain"
        while end and end.level == level:
            end = self._read_next(end, default_type)
        return end

    def _add_unsplit_text(self, text: _LimitedText, header: PartHeader) -> None:
        self._note_boundary_lines(text)
        self.skeleton.begin_part()
        self._add_text("text/plain", text, header.charset)

    def _note_boundary_lines(self, text: _LimitedText) -> None:
        """Notes that the text of a container was not split although it seems to have boundary lines."""
        if _BOUNDARY_LIKE.search(text.data):
            self.add_unread(UnreadContent.ENCODED)

    def _find_container_encoding(self, header: PartHeader) -> str:
        """The encoding of parts that are encoded once more, all together, which no standard allows; else empty."""
        head = self.source.peek(_HEAD_BYTES)
        if type_of_base64_lines(head, is_all=False) == "text/plain":
            return "base64"
        return "quoted-printable" if "quoted" in header.encoding and _ESCAPED_PARAMETER.search(head) else ""

    def _read_encoded_container(self, header: PartHeader, encoding: str) -> Delimiter | None:
        """Decodes the parts to disk, and reads them there.

        Until then the container is not open: quoted-printable leaves its boundary lines as they are.
        """
        path = self.folder.path / f"container-{self.part_count:03d}"
        with path.open("wb") as file:
            decoding = attachment_decoder(encoding, file.write)
            end = self._copy(decoding.feed)
            decoding.close()
        outer = self.source
        with path.open("rb") as file:
            self.source = Source(file)
            self._read_plain_container(header)
        self.source = outer
        path.unlink()
        return end

    def _read_next(self, start: Delimiter, default_type: str) -> Delimiter | None:
        """Reads what follows a boundary line of the innermost container.

        Parts after the closing line are read too, since broken mailers write some there, also without a further
        boundary line.
        """
        if (self.closing_count if start.closes else self.part_count) >= self.limits.parts:
            self.exceeded_limits.add("parts")
            return None
        if start.closes and not begins_with_fields(self.source.peek(_HEAD_BYTES)):
            self.closing_count += 1
            return self._copy(_drop)
        self.skeleton.begin_part()
        header, _ = self._read_header(self._read_fields(), default_type)
        return self._read_part(header)

    @staticmethod
    def _is_body(header: PartHeader) -> bool:
        return header.content_type in _BODIES and header.disposition != "attachment" and not shown_name(header.name)

    def _read_body(self, header: PartHeader) -> Delimiter | None:
        kept = _LimitedText(self.text_bytes_left[header.content_type])
        files = _FilesInText(self, header.charset)
        text: DataUrlExtractor | EmbeddedFileExtractor
        if header.content_type == "text/html":
            text = DataUrlExtractor(kept.feed, files.begin_picture, files.end_picture)
        else:
            text = EmbeddedFileExtractor(kept.feed, files)
        decoding = text_decoder(header.encoding, text.feed)
        self.containers.open(())
        end = self._copy(decoding.feed, self.containers.find_any)
        decoding.close()
        text.close()
        if end and end.level == len(self.containers) - 1:
            return self._read_found_parts(header, kept, end)
        self.containers.close()
        if header.is_declared_container:
            self._note_boundary_lines(kept)
        self._add_text(header.content_type, kept, header.charset)
        return end

    def _read_found_parts(self, header: PartHeader, ahead: _LimitedText, start: Delimiter) -> Delimiter | None:
        """Reads the parts of a container that no header declares; what stands ahead of them is a body."""
        level = start.level
        self.skeleton.open_container("multipart/mixed")
        self.skeleton.begin_part()
        self._add_text(header.content_type, ahead, header.charset, _without_preamble)
        end: Delimiter | None = start
        if level < self.limits.depth:
            end = self._read_next_parts(header, level, end)
        else:
            self.exceeded_limits.add("depth")
            self.containers.close()
            self.containers.open(())
            end = self._copy(_drop)
        self.skeleton.close_container()
        self.containers.close()
        return end

    def _add_text(self, content_type: str, kept: _LimitedText, charset: str, edit: Callable[[str], str] = str) -> None:
        self.text_bytes_left[content_type] -= len(kept.data)
        if kept.overflowed:
            self.exceeded_limits.add("text")
        text = decode(bytes(kept.data), charset)
        self.skeleton.add_text(content_type, edit(text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")))

    def add_unread(self, reason: UnreadContent) -> None:
        self.unread[reason] = None

    def begin_file(self, name: str, content_type: str, content_id: str) -> OpenPart | None:
        """Begins a file that was found in a text; None if the mail has too many parts."""
        self.part_count += 1
        if self.part_count > self.limits.parts:
            self.exceeded_limits.add("parts")
            return None
        return self.folder.begin(name, content_type, content_id)

    def _read_attachment(self, header: PartHeader) -> Delimiter | None:
        part = self.folder.begin(header.name, header.content_type, header.content_id)
        decoding = attachment_decoder(_encoding_of(header), part.write)
        end = self._copy(decoding.feed)
        decoding.close()
        part.close()
        if decoding.name and not header.name:
            part.rename(decode_name(decoding.name, header.charset))
        part.finish(self._is_undecoded(header, part.path, decoding.is_whole))
        self.skeleton.add_attachment(part.path.name)
        return end

    def _is_undecoded(self, header: PartHeader, path: Path, is_whole: bool) -> bool:
        """Whether the file on disk is not the one that was sent; then the reason is noted."""
        if header.content_type == _PIECE:
            self.add_unread(UnreadContent.PIECE)
            return True
        if _first_bytes(path).lstrip().startswith(_PGP_MESSAGE) or header.name.lower().endswith(_PGP_NAMES):
            self.add_unread(UnreadContent.PGP)
            return True
        if _first_bytes(path).startswith(_RIGHTS_MESSAGE):
            self.add_unread(UnreadContent.RIGHTS)
            return True
        if not is_whole:
            self.add_unread(UnreadContent.ENCODED)
        return not is_whole

    def _copy(self, into: Sink, search: Search | None = None) -> Delimiter | None:
        found = self.source.copy_until(search or self.containers.find, into)
        if not found:
            return None
        self.source.read_line()
        delimiter = self.containers.delimiter(found)
        if delimiter is None:
            self.containers.adopt(found)
            delimiter = Delimiter(len(self.containers) - 1, closes=False)
        return delimiter


class _FilesInText:
    """Makes the files in one text body attachments of the mail."""

    def __init__(self, splitter: _Splitter, charset: str) -> None:
        self._splitter = splitter
        self._charset = charset
        self._part: OpenPart | None = None

    def begin_file(self, name: bytes, content_type: str) -> Sink:
        """Begins a file by its undecoded name."""
        self._part = self._splitter.begin_file(decode_name(name, self._charset), content_type, "")
        return self._part.write if self._part else _drop

    def end_file(self, is_whole: bool, name: bytes) -> None:
        """Ends the file begun last."""
        if not is_whole:
            self._splitter.add_unread(UnreadContent.ENCODED)
        if self._part and name:
            self._part.rename(decode_name(name, self._charset))
        if self._part:
            self._part.finish(is_undecoded=not is_whole)

    def begin_picture(self, content_type: str) -> tuple[str, Sink]:
        """Begins a picture in HTML, which refers to it by a Content-ID of ours."""
        content_id = f"picture-{self._splitter.folder.next_number}@html"
        self._part = self._splitter.begin_file("", content_type, content_id)
        return (content_id, self._part.write) if self._part else ("", _drop)

    def end_picture(self) -> None:
        """Ends the picture begun last."""
        if self._part:
            self._part.finish()

    def find_pgp_message(self) -> None:
        """Notes that the text has an encrypted part."""
        self._splitter.add_unread(UnreadContent.PGP)


class _LimitedText:
    """Keeps the first bytes of a text, and records whether there were more."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.data = bytearray()
        self.overflowed = False

    def feed(self, block: bytes) -> None:
        room = self._limit - len(self.data)
        self.data += block[:room]
        self.overflowed |= len(block) > room


def _is_mail(fields: tuple[Field, ...]) -> bool:
    return any(one.name == "content-type" and b"message/" in one.value.lower() for one in fields)


def _encoding_of(header: PartHeader) -> str:
    """The declared encoding; some programs of the Macintosh name BinHex as a type instead."""
    return (
        "binhex"
        if header.content_type == "application/mac-binhex40" and "64" not in header.encoding
        else header.encoding
    )


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _without_preamble(text: str) -> str:
    """The text without the line for programs that know no MIME."""
    return _MIME_PREAMBLE.sub("", text)


def _drop(_block: bytes) -> None:
    pass
