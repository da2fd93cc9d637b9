"""Decodes files that a Macintosh packed together with what it knows of them: AppleSingle and MacBinary II.

The file itself is the data fork. What else is in the package is left out.
"""

from __future__ import annotations

import struct
from binascii import crc_hqx
from dataclasses import dataclass

from intake_bot.mail.reading.content.transfer_encodings import Sink

_APPLE_SINGLE = b"\x00\x05\x16\x00\x00"
_DATA_FORK, _REAL_NAME = 1, 3
"""Numbers of entries (RFC 1740 appendix A)."""
_MAXIMUM_ENTRIES = 32
_BINARY_HEADER_BYTES = 128


@dataclass(frozen=True)
class _Fork:
    """Where the data fork of a package lies."""

    start: int
    size: int
    """Bytes of the file."""
    name: bytes
    """As its Macintosh encoded it."""


class DataFork:
    """The data fork of a package whose first bytes, all that describe it, are fed together."""

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._fork: _Fork | None = None
        self._at = self._written = 0
        self.name = b""
        self.is_whole = False

    def feed(self, block: bytes) -> None:
        self._fork = self._fork or _find_data_fork(block)
        if self._fork is None:
            return
        begin = max(self._fork.start - self._at, 0)
        data = block[begin:][: self._fork.size - self._written]
        self._at += len(block)
        self._written += len(data)
        self._into(data)

    def close(self) -> None:
        if self._fork:
            self.name, self.is_whole = self._fork.name, self._written == self._fork.size


def is_macintosh_package(head: bytes) -> bool:
    """Whether these first bytes of a file are those of a package with a data fork."""
    return _find_data_fork(head) is not None


def _find_data_fork(head: bytes) -> _Fork | None:
    return _in_apple_single(head) if head.startswith(_APPLE_SINGLE) else _in_mac_binary(head)


def _in_apple_single(head: bytes) -> _Fork | None:
    count = int.from_bytes(head[24:26], "big")
    if not 0 < count <= _MAXIMUM_ENTRIES or len(head) < 26 + 12 * count:
        return None
    entries = {number: (start, size) for number, start, size in struct.iter_unpack(">3L", head[26 : 26 + 12 * count])}
    if _DATA_FORK not in entries or not entries[_DATA_FORK][1]:
        return None
    name_start, name_bytes = entries.get(_REAL_NAME, (0, 0))
    return _Fork(*entries[_DATA_FORK], head[name_start : name_start + name_bytes])


def _in_mac_binary(head: bytes) -> _Fork | None:
    """By the fields that must be zero, and by the checksum of the header."""
    if len(head) < _BINARY_HEADER_BYTES or head[0] or head[74] or head[82] or not 0 < head[1] < 64:
        return None
    if crc_hqx(head[:124], 0) != int.from_bytes(head[124:126], "big"):
        return None
    size = int.from_bytes(head[83:87], "big")
    return _Fork(_BINARY_HEADER_BYTES, size, head[2 : 2 + head[1]]) if size else None
