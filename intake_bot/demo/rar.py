"""A small RAR archive: stored, not packed, as the public RAR 5.0 format description allows anybody to write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_SIGNATURE = b"Rar!\x1a\x07\x01\x00"
_MAIN, _FILE, _END = 1, 2, 5
_HAS_DATA, _HAS_CRC = 2, 4
_ORDINARY_FILE = 0x20


def rar_of(members: Mapping[str, bytes]) -> bytes:
    """A RAR 5 archive of these files. Names are UTF-8, as the format wants them."""
    files = b"".join(_file(name, content) for name, content in members.items())
    return _SIGNATURE + _block(_MAIN, 0, _number(0)) + files + _block(_END, 0, _number(0))


def _file(name: str, content: bytes) -> bytes:
    raw_name = name.encode()
    stored, on_windows = 0, 0
    fields = (
        _number(len(content))
        + _number(_HAS_CRC)
        + _number(len(content))
        + _number(_ORDINARY_FILE)
        + struct.pack("<L", zlib.crc32(content))
        + _number(stored)
        + _number(on_windows)
        + _number(len(raw_name))
        + raw_name
    )
    return _block(_FILE, _HAS_DATA, fields) + content


def _block(kind: int, flags: int, fields: bytes) -> bytes:
    head = _number(kind) + _number(flags) + fields
    sized = _number(len(head)) + head
    return struct.pack("<L", zlib.crc32(sized)) + sized


def _number(value: int) -> bytes:
    """A RAR 5 vint: seven bits a byte, lowest first; the high bit is set on all bytes but the last."""
    pieces = bytearray()
    while value > 0x7F:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(pieces + bytes([value]))
