"""Charsets as Chinese mail uses them: wrong labels, no labels, and bytes cut inside a character.

The codec tables of Python are left alone; a label is only ever looked up in the small list below, since some codecs
(`punycode`, `unicode_escape`) are no charsets at all and take quadratic time or warn.
"""

from __future__ import annotations

import re

GB18030 = "gb18030"
"""Holds GB 2312 and GBK as subsets, and what mailers send under the label gb2312 is one of the three."""

_GB_LABELS = frozenset(
    {"936", "chinese", "cp936", "csiso58gb231280", "euccn", "eucgb2312cn", "isoir58", "ms936", "windows936"}
)
_CODECS = {
    "utf8": "utf-8",
    "unicode11utf8": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "big5hkscs",
    "hz": "hz",
    "hzgb2312": "hz",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "windows31j": "cp932",
    "cp932": "cp932",
    "eucjp": "euc_jp",
    "iso2022jp": "iso2022_jp",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "cp949": "cp949",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "latin1": "latin-1",
}
_NUMBERED = re.compile(r"(?:windows|cp)(125[0-8])|iso8859(\d{1,2})")
_LATIN = frozenset({"latin-1", "cp1252", "iso8859_1", "iso8859_15"})
_UNKNOWN = ("utf-8", GB18030, "big5hkscs")
_LONGEST_CHARACTER = 4


def charset_family(label: str) -> str | None:
    """The codec that a charset label stands for, or None for a label that says nothing (ascii, unknown-8bit, junk).

    All labels of the GB family are one: gb18030.
    """
    squeezed = re.sub(r"[^a-z0-9]", "", label.lower()[:60])
    squeezed = squeezed.removeprefix("x") or squeezed
    if squeezed.startswith("gb") or squeezed in _GB_LABELS:
        return GB18030
    numbered = _NUMBERED.fullmatch(squeezed)
    if numbered:
        windows, iso = numbered.groups()
        if windows:
            return f"cp{windows}"
        return f"iso8859_{int(iso)}" if int(iso) in {*range(1, 12), *range(13, 17)} else None
    return _CODECS.get(squeezed)


def decode(data: bytes, label: str = "") -> str:
    """Text from bytes whose charset label may be missing or wrong; never fails, never yields a lone surrogate.

    A GB label means gb18030. Without a useful label: UTF-8, then gb18030, then Big5. A Latin label on what reads as
    Chinese is not believed. A character cut off at the very end is dropped; other broken bytes become U+FFFD.
    """
    candidates = _candidates(data, charset_family(label))
    for codec in candidates:
        text = _strictly(data, codec)
        if text is None and codec == "utf-8":
            # Valid UTF-8 up to a cut at the end is no accident; gb18030 would often take the rest without complaint.
            text = _without_cut_end(data, codec)
            text = None if text is None or text.isascii() else text
        if text is not None:
            return text
    cut = _without_cut_end(data, candidates[0])
    return data.decode(candidates[0], "replace") if cut is None else cut


def decodes(data: bytes, label: str) -> bool:
    """Whether the bytes are whole and valid in the charset that the label stands for (UTF-8 where it says nothing)."""
    return _strictly(data, charset_family(label) or "utf-8") is not None


def _candidates(data: bytes, codec: str | None) -> tuple[str, ...]:
    if codec is None:
        return _UNKNOWN
    if codec in _LATIN:
        return ("utf-8", codec) if not _reads_as_chinese(data) else (*_UNKNOWN, codec)
    return (codec, *(other for other in ("utf-8", GB18030) if other != codec))


def _reads_as_chinese(data: bytes) -> bool:
    text = _strictly(data, GB18030) or ""
    foreign = [character for character in text if character > "\x7f"]
    chinese = [character for character in foreign if "\u3000" <= character <= "\u9fff" or character >= "\uff00"]
    return len(chinese) > len(foreign) / 2


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _without_cut_end(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        if error.start <= len(data) - _LONGEST_CHARACTER or error.end < len(data):
            return None
        return _strictly(data[: error.start], codec)
    except UnicodeError:
        return None
