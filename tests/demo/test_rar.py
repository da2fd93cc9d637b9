from __future__ import annotations

import struct
import zlib
from pathlib import Path

from intake_bot.demo.rar import rar_of
from intake_bot.files.facts import Kind
from intake_bot.files.sniff import sniff

MEMBERS = {"照片/开幕式.jpg": b"\xff\xd8\xff" + bytes(300), "说明.txt": b"text"}


def number_at(content: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def blocks(archive: bytes) -> list[tuple[int, bytes]]:
    """Type and header of each block, every header checked against its CRC; data areas are stepped over."""
    found, position = [], 8
    while position < len(archive):
        (crc,) = struct.unpack_from("<L", archive, position)
        length, start = number_at(archive, position + 4)
        end = start + length
        assert crc == zlib.crc32(archive[position + 4 : end])
        kind, after = number_at(archive, start)
        flags, after = number_at(archive, after)
        data = number_at(archive, after)[0] if flags & 2 else 0
        found.append((kind, archive[start:end]))
        position = end + data
    return found


def test_rar_has_a_block_for_each_member() -> None:
    found = blocks(rar_of(MEMBERS))
    assert [kind for kind, _ in found] == [1, 2, 2, 5]
    assert [head.endswith(name.encode()) for name, (_, head) in zip(MEMBERS, found[1:3], strict=True)] == [True, True]


def test_rar_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.rar").write_bytes(rar_of(MEMBERS))
    assert sniff(tmp_path / "a.rar", "a.rar") is Kind.RAR
