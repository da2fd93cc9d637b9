"""Bytes of unknown encoding, as Chinese programs write them. Pure."""

from __future__ import annotations

import re

GB18030 = "gb18030"
"""Contains GB 2312 and GBK; what programs label gb2312 is one of the three."""

_BIG5 = "big5hkscs"
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]")
_COMMON_LEADS = frozenset({*range(0xA1, 0xA4), *range(0xB0, 0xD8)})
"""First bytes of punctuation and of the common characters of GB 2312."""
_LEADS_OF_TWO = bytes(range(0xC0, 0xE0))
_LEADS_OF_THREE = bytes(range(0xE0, 0xF8))
"""First bytes of the characters that take two bytes of UTF-8, and three or four."""
_EXAMINED_BYTES = 64 * 1024
_MINIMUM_PAIRS = 3
_MINIMUM_WIDE = 2
"""Characters of three bytes that make UTF-8 certain: six bytes that are valid UTF-8 by accident hardly occur in GBK."""


def decode_chinese(content: bytes, errors: str = "replace") -> str:
    """The text: UTF-8 with or without a byte order mark if the bytes are that, else Big5 or GB18030.

    `errors` says what happens to bytes that are none of them, as in `bytes.decode`: "strict" raises UnicodeDecodeError.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(_BIG5 if reads_as_big5(content) else GB18030, errors)


def decode_utf8(data: bytes) -> str | None:
    """The text of bytes that can only be UTF-8; None for others.

    They are valid up to a character cut off at the end, and at least two characters, and half of those that are not
    ASCII, are of three bytes or more, as Chinese is.
    """
    if data.isascii():
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(data) or error.reason != "unexpected end of data":
            return None
        data = data[: error.start]
        text = data.decode("utf-8")
    # Counted in the bytes: as objects of their own, the characters of a long text would take 40 MB.
    wide, narrow = _count(data, _LEADS_OF_THREE), _count(data, _LEADS_OF_TWO)
    return text if wide >= _MINIMUM_WIDE and wide >= narrow else None


def _count(data: bytes, values: bytes) -> int:
    return len(data) - len(data.translate(None, values))


def reads_as_big5(data: bytes) -> bool:
    """Whether these bytes are valid Big5 that makes common characters there, and rare ones as GBK.

    The common characters of GB 2312 (rows 16 to 55) and of Big5 (level 1) begin with different bytes. At least three
    characters are needed.
    """
    pairs = _PAIR.findall(data[:_EXAMINED_BYTES])
    if len(pairs) < _MINIMUM_PAIRS:
        return False
    traditional = sum(0xA1 <= lead <= 0xC6 and not 0x7F <= trail <= 0xA0 for lead, trail in pairs)
    if _count_simplified(pairs) > len(pairs) * 0.6 or traditional < len(pairs) * 0.95:
        return False
    return _is_valid(data, _BIG5)


def reads_as_simplified(data: bytes) -> bool:
    """Whether these bytes are valid GBK up to a cut at the end, and most of its characters are common ones."""
    pairs = _PAIR.findall(data[:_EXAMINED_BYTES])
    return len(pairs) >= _MINIMUM_PAIRS and _count_simplified(pairs) > len(pairs) * 0.8 and _is_valid(data, GB18030)


def _count_simplified(pairs: list[bytes]) -> int:
    return sum(lead in _COMMON_LEADS and trail >= 0xA1 for lead, trail in pairs)


def _is_valid(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 3
    return True
