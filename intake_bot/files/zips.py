"""The stdlib's zip reader with its traps covered: archives and office documents are both read through here."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from intake_bot.files.facts import Trouble

_PIECE_BYTES = 1 << 16
_DIRECTORY_BYTES = 4_000_000
"""A larger table of contents is refused unread: each of its entries costs ten times its bytes in memory."""
_SAID_ELSEWHERE = 0xFFFFFFFF

UNPACKED_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
"""How members may be packed for `unpacked` to read them, with every Python that we support."""

_BAD_BYTES = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)
"""What zipfile is known to raise on damaged archives, found by fuzzing. UnicodeDecodeError is a ValueError."""


class Unreadable(Exception):
    """A file that cannot be read. Stays inside this room: who measures turns it into a fact."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class _EndRecord(NamedTuple):
    """The end of central directory record (PKWARE APPNOTE 4.3.16), as far as it matters here."""

    place: int
    """Where it is in the file."""
    disk: int
    directory_bytes: int
    directory_place: int
    """Where the table of contents is, as the archive counts; with the larger form (zip64) not said here."""

    @property
    def misses_beginning(self) -> bool:
        """The table of contents should be further behind than the file reaches."""
        return self.directory_place != _SAID_ELSEWHERE and self.directory_place + self.directory_bytes > self.place


def open_zip(path: Path) -> zipfile.ZipFile:
    """Opens a zip of which the whole table of contents can be trusted to fit. Raises Unreadable."""
    end = _end_record(path)
    if end is None:
        raise Unreadable(Trouble.TRUNCATED)
    if end.disk not in (0, 0xFFFF):
        raise Unreadable(Trouble.SPLIT)
    if end.directory_bytes > _DIRECTORY_BYTES:
        raise Unreadable(Trouble.BOMB)
    if end.misses_beginning:
        raise Unreadable(Trouble.TRUNCATED)
    try:
        return zipfile.ZipFile(path)
    except NotImplementedError as error:
        raise Unreadable(Trouble.UNSUPPORTED) from error
    except _BAD_BYTES as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _end_record(path: Path) -> _EndRecord | None:
    """A comment of up to 65535 bytes may follow the record, so the last one within reach counts, as in zipfile."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 22 - 0xFFFF))
        tail = file.read()
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) - start < 22:
        return None
    disk, _, _, _, directory_bytes, directory_place = struct.unpack_from("<4H2L", tail, start + 4)
    return _EndRecord(size - len(tail) + start, disk, directory_bytes, directory_place)


def unpacked(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's content in pieces. zipfile stops at its declared `file_size`, whatever is there. Raises Unreadable."""
    if member.flag_bits & 1:
        raise Unreadable(Trouble.ENCRYPTED)
    try:
        with package.open(member) as stream:
            left = member.file_size
            # The last byte comes alone: with it zipfile checks the sum, and a wrong one takes the whole piece along.
            while piece := stream.read(min(_PIECE_BYTES, max(left - 1, 1))):
                left -= len(piece)
                yield piece
    except RuntimeError as error:  # NotImplementedError is one: a method or version that zipfile does not know
        raise Unreadable(Trouble.UNSUPPORTED) from error
    except _BAD_BYTES as error:
        raise Unreadable(Trouble.DAMAGED) from error
