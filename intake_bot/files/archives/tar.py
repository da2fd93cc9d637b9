"""Unpacks tars, compressed or not, and single files that are compressed with gzip, bzip2 or xz. Runs in the worker.

Our own reader, because tarfile takes a damaged header for the end of the archive, and reads a name of any length.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.member_names import decode_member_name

_PIECE_BYTES = 1 << 16
_BLOCK_BYTES = 512
_LONGEST_NAME_RECORD = 1 << 16
_PIECES_BEHIND = 16
"""Maximum pieces of empty blocks behind the last entry: one megabyte. Programs write at most ten kilobytes."""

_ORDINARY = frozenset({b"0", b"\0", b"7"})
_LONG_NAME, _EXTENDED = b"L", b"x"
"""Types of entries (POSIX.1-2017, pax, ustar and extended headers; L is GNU's)."""
_PATH = re.compile(rb"(?:\A|\n)\d+ path=([^\n]+)\n")

_OPENERS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open))
_ENDING = re.compile(r"\.(?:gz|gzip|bz2|xz)$", re.I)


@dataclass(frozen=True)
class TarEntry:
    """One ordinary file of a tar, or the only file of another compressed stream."""

    name: str
    pieces: Iterator[bytes]
    """The content, to be read before the next entry. Raises Unreadable."""
    size: int = 0
    """In bytes, as declared; 0 where only unpacking shows it."""


def is_tar(path: Path) -> bool:
    """True for a tar, also a compressed one: its first block carries a checksum of itself."""
    try:
        with _open_stream(path) as stream:
            return _has_checksum(stream.read(_BLOCK_BYTES))
    except Unreadable:
        return False


def read_tar(path: Path) -> Iterator[TarEntry]:
    """Yields the ordinary files; folders, links and devices are left out. Raises Unreadable: TRUNCATED when the empty
    block at the end is missing.
    """
    with _open_stream(path) as stream:
        long_name = b""
        while (block := stream.read(_BLOCK_BYTES)).strip(b"\0"):
            if not _has_checksum(block):
                raise Unreadable(Trouble.TRUNCATED if len(block) < _BLOCK_BYTES else Trouble.DAMAGED)
            kind, size = block[156:157], _read_number(block[124:136])
            padding = -size % _BLOCK_BYTES
            if kind in (_LONG_NAME, _EXTENDED) and size <= _LONGEST_NAME_RECORD:
                record = b"".join(_read_content(stream, size, padding))
                long_name = _find_name(kind, record) or long_name
                continue
            content = _read_content(stream, size, padding)
            if kind in _ORDINARY:
                yield TarEntry(decode_member_name(long_name or _read_name(block)), content, size)
            for _ in content:  # what was not read
                pass
            if kind not in (_LONG_NAME, _EXTENDED, b"K", b"g"):
                long_name = b""
        if not block:
            raise Unreadable(Trouble.TRUNCATED)
        for _ in range(_PIECES_BEHIND):  # up to the checksum of the compressed stream
            if not stream.read(_PIECE_BYTES):
                break


def read_single(path: Path, name: str) -> Iterator[TarEntry]:
    """Yields the file that a stream called `name` contains, under that name without its ending. Raises Unreadable."""
    with _open_stream(path) as stream:
        yield TarEntry(_ENDING.sub("", name), iter(lambda: stream.read(_PIECE_BYTES), b""))


class _Stream:
    """A file, unpacked where it is compressed. Raises Unreadable for damage, OSError of our own disk."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except EOFError as error:
            raise Unreadable(Trouble.TRUNCATED) from error
        except (zlib.error, lzma.LZMAError, ValueError) as error:
            raise Unreadable(Trouble.DAMAGED) from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise Unreadable(Trouble.DAMAGED) from error  # gzip and bz2 raise it without a number


@contextmanager
def _open_stream(path: Path) -> Iterator[_Stream]:
    with path.open("rb") as file:
        head = file.read(6)
        file.seek(0)
        opener = next((opener for magic, opener in _OPENERS if head.startswith(magic)), None)
        if opener is None:
            yield _Stream(file)
            return
        with opener(file, "rb") as stream:
            yield _Stream(cast(IO[bytes], stream))


def _has_checksum(block: bytes) -> bool:
    """True for a header whose checksum, taken with blanks in its own place, is right."""
    if len(block) < _BLOCK_BYTES or not block[0]:
        return False
    try:
        declared = int(block[148:156].strip(b"\0 ") or b"-1", 8)
    except ValueError:
        return False
    return declared == sum(block[:148]) + 8 * ord(" ") + sum(block[156:])


def _read_number(field: bytes) -> int:
    """Reads a number: octal digits, or with the first bit set, as GNU writes it, a number in binary."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    try:
        return max(int(field.strip(b"\0 ") or b"0", 8), 0)
    except ValueError as error:
        raise Unreadable(Trouble.DAMAGED) from error


def _read_name(block: bytes) -> bytes:
    name, prefix = block[:100].partition(b"\0")[0], block[345:500].partition(b"\0")[0]
    has_prefix = block[257:263] == b"ustar\0" and prefix  # GNU's own format has other fields there
    return prefix + b"/" + name if has_prefix else name


def _find_name(kind: bytes, record: bytes) -> bytes:
    """Returns the name in a record about the next entry; empty for a record without one."""
    if kind == _LONG_NAME:
        return record.partition(b"\0")[0]
    found = _PATH.search(record)
    return found[1] if found else b""


def _read_content(stream: _Stream, size: int, padding: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = stream.read(min(left, _PIECE_BYTES))
        if not piece:
            raise Unreadable(Trouble.TRUNCATED)
        left -= len(piece)
        yield piece
    stream.read(padding)
