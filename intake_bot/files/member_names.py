"""Decodes the names of files in archives, which packers write in whatever charset their system has."""

from __future__ import annotations

import re
import struct
import zlib

from intake_bot.text.decoding import GB18030

_UNICODE_PATH = struct.Struct("<BL")
"""The head of the Info-ZIP extra field for names in UTF-8: a version, and the CRC of the ordinary name."""


def decode_member_name(raw: bytes, unicode_path: bytes = b"", *, declared_utf8: bool = False) -> str:
    """Decodes the name of a member of an archive; bytes that no charset explains become U+FFFD.

    Chinese Windows writes GBK and macOS UTF-8, both without the mark of UTF-8; some packers set the mark and write GBK
    all the same. WinRAR adds an extra field with the name in UTF-8, which counts when it belongs to this name (APPNOTE
    4.6.9).
    """
    if len(unicode_path) > _UNICODE_PATH.size:
        version, crc = _UNICODE_PATH.unpack_from(unicode_path)
        name = _decode_strictly(unicode_path[_UNICODE_PATH.size :], "utf-8")
        if version == 1 and crc == zlib.crc32(raw) and name:
            return name
    for codec in ("utf-8", GB18030):
        name = _decode_strictly(raw, codec)
        if name is not None:
            big5 = _decode_as_big5(raw, name) if codec == GB18030 else None
            return big5 or name
    damaged = [raw.decode(codec, "replace") for codec in (GB18030, "utf-8")]
    # Of two readings with faults, the one with fewer; a name cut within a character has one.
    return min(reversed(damaged) if declared_utf8 else damaged, key=lambda name: name.count("\ufffd"))


def _decode_strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _decode_as_big5(raw: bytes, as_gbk: str) -> str | None:
    """Returns the name in Big5 where its characters are frequent ones there and rare ones in GBK; else None."""
    as_big5 = _decode_strictly(raw, "big5")
    if as_big5 is None:
        return None
    rows_in_big5 = _find_rows(as_big5, "big5", range(0xA1, 0xA4))
    if not rows_in_big5 or not all(row in range(0xA4, 0xC7) for row in rows_in_big5):
        return None
    rows_in_gbk = _find_rows(as_gbk, "gb2312", range(0xA1, 0xB0))
    rare = sum(row not in range(0xB0, 0xD8) for row in rows_in_gbk)
    is_gbk = 2 * rare <= len(rows_in_gbk) and _PRIVATE.search(as_gbk) is None
    return None if is_gbk else as_big5


_PRIVATE = re.compile("[\ue000-\uf8ff]")
"""Characters for private use, of which no name is made."""


def _find_rows(name: str, codec: str, symbols: range) -> list[int]:
    """Returns the first byte of each ideograph in a codec, whose table sorts them by frequency; 0 for one without.
    `symbols` are the first bytes of other characters.
    """
    rows = [(character.encode(codec, "ignore") or b"\0")[0] for character in name if ord(character) > 0x7F]
    return [row for row in rows if row not in symbols]
