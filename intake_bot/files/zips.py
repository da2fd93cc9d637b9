"""Reads zips, for archives and for office documents.

Our own reader, because zipfile refuses a whole archive for one name that is not in the charset it claims, for one
malformed extra field, or for an end mark inside the comment. Other programs open such archives.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from bz2 import BZ2Decompressor
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.member_names import decode_member_name

_PIECE_BYTES = 1 << 16
_DIRECTORY_BYTES = 4_000_000
"""Maximum size of a table of contents, whose entries take ten times their bytes in memory."""
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64_16 = 0xFFFF
_IN_ZIP64_32 = 0xFFFFFFFF

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_MARK = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
"""The records of PKWARE APPNOTE 4.3.16, 4.3.15, 4.3.14, 4.3.12 and 4.3.7."""

_ENCRYPTED, _UTF8_NAME = 0x0001, 0x0800


class _Method(IntEnum):
    """Compression methods (APPNOTE 4.4.5)."""

    STORED = 0
    DEFLATED = 8
    BZIP2 = 12
    LZMA = 14


UNPACKED_METHODS = frozenset(_Method)
"""Compression methods that `ZipArchive.unpack` reads."""


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One entry of a zip, as its table of contents describes it."""

    name: str
    """Decoded, with the folders as they stand there: after slashes or backslashes, perhaps `..` or a drive."""
    method: int
    crc: int
    packed_bytes: int
    bytes: int
    offset: int
    """Of its local header, from the start of the file."""
    encrypted: bool = False

    @property
    def is_folder(self) -> bool:
        return self.name.endswith(("/", "\\"))


@dataclass(frozen=True)
class _EndRecord:
    """The fields that are used of the end of central directory record, of zip or of zip64."""

    offset: int
    """Of the record, in the file. The table of contents ends before it."""
    disk: int
    entries: int
    directory_bytes: int
    directory_offset: int
    """Of the table of contents, as the record gives it."""


class ZipArchive:
    """An open zip. Its methods raise Unreadable for any damage."""

    def __init__(self, file: BinaryIO, members: tuple[ZipMember, ...]) -> None:
        self._file = file
        self.members = members

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def unpack(self, member: ZipMember) -> Iterator[bytes]:
        """Yields the content of a member in pieces, never more than its declared `bytes`. Raises Unreadable."""
        if member.encrypted:
            raise Unreadable(Trouble.ENCRYPTED)
        crc, left = 0, member.bytes
        for piece in _decompress(member.method, self._read_packed(member)):
            kept = piece[:left]
            left -= len(kept)
            crc = zlib.crc32(kept, crc)
            if kept:
                yield kept
            if len(kept) < len(piece):
                break
        if crc != member.crc:
            raise Unreadable(Trouble.DAMAGED)

    def _read_packed(self, member: ZipMember) -> Iterator[bytes]:
        """Yields the packed bytes, which follow the local header."""
        self._file.seek(member.offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
            raise Unreadable(Trouble.DAMAGED)
        *_, name_bytes, extra_bytes = _LOCAL.unpack(header)
        at = member.offset + _LOCAL.size + name_bytes + extra_bytes
        end = at + member.packed_bytes
        while at < end:
            self._file.seek(at)  # another member may have been read in between
            piece = self._file.read(min(_PIECE_BYTES, end - at))
            if not piece:
                raise Unreadable(Trouble.DAMAGED)
            at += len(piece)
            yield piece


def open_zip(path: Path) -> ZipArchive:
    """Opens a zip whose table of contents is complete and not too large. Raises Unreadable."""
    file = path.open("rb")
    try:
        return ZipArchive(file, _read_members(file))
    except (Unreadable, OSError):
        file.close()
        raise


# ---- the end record -------------------------------------------------------------------------------------------------


def find_end_record(tail: bytes) -> int:
    """Returns the place of the end record in the last bytes of a zip, or -1: the last one whose comment ends with the
    file, else the last one. A comment may contain its mark.
    """
    return next(iter(_find_end_records(tail)), -1)


def _find_end_records(tail: bytes) -> list[int]:
    """Returns the places where an end record may stand, likely ones first."""
    places: list[int] = []
    at = tail.rfind(_END_MARK)
    while at >= 0:
        if at + _END.size <= len(tail):
            places.append(at)
        at = tail.rfind(_END_MARK, 0, at)
    return sorted(places, key=lambda place: not _ends_with(tail, place))


def _ends_with(tail: bytes, place: int) -> bool:
    comment: int = _END.unpack_from(tail, place)[-1]
    return place + _END.size + comment == len(tail)


def _read_members(file: BinaryIO) -> tuple[ZipMember, ...]:
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = file.read()
    records = [_read_end_record(file, tail, size - len(tail), place) for place in _find_end_records(tail)]
    if not records:
        raise Unreadable(Trouble.TRUNCATED)
    found = [one for one in records if _find_directory(file, one) is not None]
    # Behind a zip, in its comment too, may stand the end record of an empty one.
    chosen = next((one for one in found if one.entries), next(iter(found), records[0]))
    _refuse(chosen)
    directory = _find_directory(file, chosen)
    if directory is None:
        is_behind = chosen.directory_offset + chosen.directory_bytes > chosen.offset
        raise Unreadable(Trouble.TRUNCATED if is_behind else Trouble.DAMAGED)
    base = directory - chosen.directory_offset
    if base < 0:  # the file lacks its beginning
        raise Unreadable(Trouble.TRUNCATED)
    file.seek(directory)
    table = file.read(min(chosen.offset - directory, _DIRECTORY_BYTES))
    members = tuple(_read_entries(table, chosen.entries))
    return tuple(replace(member, offset=member.offset + base) for member in members) if base else members


def _refuse(record: _EndRecord) -> None:
    if record.disk:
        raise Unreadable(Trouble.SPLIT)
    if record.directory_bytes > _DIRECTORY_BYTES:
        raise Unreadable(Trouble.BOMB)


def _read_end_record(file: BinaryIO, tail: bytes, tail_offset: int, place: int) -> _EndRecord:
    _, disk, _, _, entries, directory_bytes, directory_offset, _ = _END.unpack_from(tail, place)
    record = _EndRecord(tail_offset + place, disk, entries, directory_bytes, directory_offset)
    if _IN_ZIP64_16 in (disk, entries) or _IN_ZIP64_32 in (directory_bytes, directory_offset):
        return _read_zip64_record(file, record) or replace(record, disk=0 if disk == _IN_ZIP64_16 else disk)
    return record


def _read_zip64_record(file: BinaryIO, record: _EndRecord) -> _EndRecord | None:
    """Returns the record of a zip64, which its locator names; None when there is none."""
    at = record.offset - _LOCATOR.size
    if at < 0:
        return None
    file.seek(at)
    mark, _, offset, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    for place in (offset, at - _END64.size):  # the second one where something was put in front of the zip
        if 0 <= place <= at - _END64.size:
            file.seek(place)
            fields = _END64.unpack(file.read(_END64.size))
            if fields[0] == b"PK\x06\x06":
                return _EndRecord(place, fields[4], fields[7], fields[8], fields[9])
    return None


def _find_directory(file: BinaryIO, record: _EndRecord) -> int | None:
    """Returns the place of the table of contents: before the record, else where the record says; None elsewhere."""
    if not record.directory_bytes and not record.entries:
        return record.offset if record.offset >= record.directory_offset else None
    for place in (record.offset - record.directory_bytes, record.directory_offset):
        if 0 <= place <= record.offset - _ENTRY.size:
            file.seek(place)
            if file.read(4) == _ENTRY_MARK:
                return place
    return None


# ---- the table of contents ------------------------------------------------------------------------------------------


def _read_entries(table: bytes, count: int) -> Iterator[ZipMember]:
    """Yields the members. Raises Unreadable when the table ends before this number of them.

    There may be more, because an end record counts them with 16 bits.
    """
    at = found = 0
    while 0 <= at <= len(table) - _ENTRY.size and table.startswith(_ENTRY_MARK, at):
        name_bytes, extra_bytes, comment_bytes = _ENTRY.unpack_from(table, at)[10:13]
        name_end = at + _ENTRY.size + name_bytes
        yield _read_entry(table, at, table[name_end : name_end + extra_bytes])
        found += 1
        at = name_end + extra_bytes + comment_bytes
        if found < count and not table.startswith(_ENTRY_MARK, at):  # the lengths are wrong
            at = table.find(_ENTRY_MARK, name_end)
    if found < count:
        raise Unreadable(Trouble.DAMAGED)


def _read_entry(table: bytes, at: int, extra: bytes) -> ZipMember:
    fields = _ENTRY.unpack_from(table, at)
    flags, method, crc, packed_bytes, size, name_bytes, offset = *fields[3:5], *fields[7:11], fields[16]
    raw = table[at + _ENTRY.size : at + _ENTRY.size + name_bytes]
    extras = dict(_read_extras(extra))
    # Each size that does not fit stands in the extra field of zip64, in this order (APPNOTE 4.5.3).
    large = _read_numbers(extras.get(0x0001, b""))
    size, packed_bytes, offset = (
        next(large, value) if value == _IN_ZIP64_32 else value for value in (size, packed_bytes, offset)
    )
    name = decode_member_name(raw, extras.get(0x7075, b""), declared_utf8=bool(flags & _UTF8_NAME))
    return ZipMember(name, method, crc, packed_bytes, size, offset, bool(flags & _ENCRYPTED))


def _read_extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields number and content of the extra fields (APPNOTE 4.5), as far as they are in order."""
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<2H", extra, at)
        yield number, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _read_numbers(content: bytes) -> Iterator[int]:
    for at in range(0, len(content) - 7, 8):
        yield int.from_bytes(content[at : at + 8], "little")


# ---- compression ----------------------------------------------------------------------------------------------------


class _Decompressor(Protocol):
    """What BZ2Decompressor and LZMADecompressor have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _decompress(method: int, packed: Iterator[bytes]) -> Iterator[bytes]:
    """Yields unpacked pieces of at most `_PIECE_BYTES`. Raises Unreadable."""
    try:
        match method:
            case _Method.STORED:
                yield from packed
            case _Method.DEFLATED:
                yield from _inflate(packed)
            case _Method.BZIP2:
                yield from _decompress_with(BZ2Decompressor(), packed)
            case _Method.LZMA:
                yield from _decompress_lzma(packed)
            case _:
                raise Unreadable(Trouble.UNSUPPORTED)
    except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        rest = piece
        while rest and not stream.eof:
            yield stream.decompress(rest, _PIECE_BYTES)
            rest = stream.unconsumed_tail
    while not stream.eof and (last := stream.decompress(stream.unconsumed_tail, _PIECE_BYTES)):
        yield last


def _decompress_with(stream: _Decompressor, packed: Iterator[bytes]) -> Iterator[bytes]:
    for piece in packed:
        if stream.eof:
            return
        yield stream.decompress(piece, _PIECE_BYTES)
        while not stream.eof and not stream.needs_input:
            yield stream.decompress(b"", _PIECE_BYTES)


def _decompress_lzma(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Reads method 14: a version, the length of the properties, these, and a stream (APPNOTE 5.8.8).

    Without the first four bytes, and with a length that says nothing, it is a .lzma file.
    """
    head = b""
    while len(head) < 9 and (piece := next(packed, b"")):
        head += piece
    if len(head) < 9 or head[2:4] != b"\5\0":
        raise Unreadable(Trouble.DAMAGED)

    def alone() -> Iterator[bytes]:
        yield head[4:9] + b"\xff" * 8 + head[9:]
        yield from packed

    yield from _decompress_with(lzma.LZMADecompressor(lzma.FORMAT_ALONE), alone())
