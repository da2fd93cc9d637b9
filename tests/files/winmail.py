"""winmail.dat, written by the book (MS-OXTNEF)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

MAIL_ID = struct.pack("<LHH8s", 0x00020307, 0, 0, b"\xc0\0\0\0\0\0\0\x46")


def winmail(*attributes: bytes, code_page: int = 936) -> bytes:
    return b"\x78\x9f\x3e\x22\1\0" + attribute(0x9007, struct.pack("<2L", code_page, 0), level=1) + b"".join(attributes)


def attribute(name: int, value: bytes, *, level: int = 2) -> bytes:
    total = sum(value) & 0xFFFF
    return struct.pack("<BHHL", level, name, 6, len(value)) + value + struct.pack("<H", total)


def attachment(title: bytes, content: bytes | None, properties: Sequence[bytes] = ()) -> bytes:
    data = b"" if content is None else attribute(0x800F, content)
    listed = struct.pack("<L", len(properties)) + b"".join(properties)
    return attribute(0x9002, bytes(14)) + attribute(0x8010, title) + data + attribute(0x9005, listed)


def message(*properties: bytes) -> bytes:
    return attribute(0x9003, struct.pack("<L", len(properties)) + b"".join(properties), level=1)


def text_property(name: int, text: str) -> bytes:
    return _long(0x1F, name, text.encode("utf-16-le") + b"\0\0")


def binary_property(name: int, content: bytes, kind: int = 0x102) -> bytes:
    return _long(kind, name, content)


def _long(kind: int, name: int, content: bytes) -> bytes:
    return struct.pack("<HHLL", kind, name, 1, len(content)) + content + bytes(-len(content) % 4)
