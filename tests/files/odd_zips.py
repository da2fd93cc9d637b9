"""Zips with the oddities that packers write, byte by byte (PKWARE APPNOTE)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NONE = 0xFFFFFFFF


@dataclass(frozen=True)
class Odd:
    """What is odd about a zip."""

    flags: int = 0
    central_extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    zip64: str = ""
    """Empty; or "end": the end record only; "sizes": those of the entries too; "count": the number of entries only."""
    in_front: bytes = b""
    behind: bytes = b""
    local_names: Callable[[bytes], bytes] = bytes
    """Makes the name in the local header of the one in the table of contents."""
    count: int = 0
    """Added to the number of entries in the end record."""


def odd_zip(members: Mapping[bytes, bytes], odd: Odd) -> bytes:
    """A zip of members by their raw names, not packed."""
    entries, directory = bytearray(odd.in_front), bytearray()
    for name, content in members.items():
        offset = len(entries) - len(odd.in_front)
        head = struct.pack("<4H", odd.flags, 0, 0, 0)
        crc, size = zlib.crc32(content), len(content)
        local_name = odd.local_names(name)
        sizes = struct.pack("<2H", len(local_name), len(odd.local_extra))
        entries += b"PK\x03\x04" + struct.pack("<H", 20) + head + struct.pack("<3L", crc, size, size) + sizes
        entries += local_name + odd.local_extra + content
        extra, place = odd.central_extra, offset
        if odd.zip64 == "sizes":
            extra += struct.pack("<2H3Q", 1, 24, size, size, offset)
            size = place = _NONE
        directory += b"PK\x01\x02" + struct.pack("<2H", 20, 20) + head + struct.pack("<3L", crc, size, size)
        directory += struct.pack("<5H2L", len(name), len(extra), 0, 0, 0, 0, place) + name + extra
    return bytes(entries + directory) + _end(odd, len(members), len(directory), len(entries)) + odd.behind


def _end(odd: Odd, count: int, directory_bytes: int, directory_end: int) -> bytes:
    start = directory_end - len(odd.in_front)
    if not odd.zip64:
        fields = (0, 0, count + odd.count, count + odd.count, directory_bytes, start)
        return struct.pack("<4s4H2LH", b"PK\x05\x06", *fields, len(odd.comment)) + odd.comment
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, directory_bytes, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + directory_bytes, 1)
    if odd.zip64 == "count":
        fields = (0, 0, 0xFFFF, 0xFFFF, directory_bytes, start)
    else:
        fields = (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, _NONE, _NONE)
    return record + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", *fields, len(odd.comment)) + odd.comment


def unicode_path(name: bytes, readable: str, *, crc: int | None = None) -> bytes:
    """The extra field with which WinRAR adds a name in UTF-8 (APPNOTE 4.6.9)."""
    content = struct.pack("<BL", 1, zlib.crc32(name) if crc is None else crc) + readable.encode()
    return struct.pack("<2H", 0x7075, len(content)) + content
