"""Charsets in Chinese mail, with wrong labels, no labels, and bytes cut inside a character. Pure.

Labels are looked up in the small table below and not among Python's codecs: some of those (`punycode`,
`unicode_escape`) are no charsets, and take quadratic time or warn.
"""

from __future__ import annotations

import re

from intake_bot.text.decoding import GB18030, decode_utf8, reads_as_big5, reads_as_simplified

_GB_LABELS = frozenset(
    {"936", "chinese", "cp936", "csiso58gb231280", "euccn", "eucgb2312cn", "isoir58", "ms936", "windows936"}
)
_ISO_2022_CN = "iso2022_cn"
"""A label of our own: Python has no codec for it."""
_BIG5 = "big5hkscs"
_CODECS = {
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode11utf8": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "utf7": "utf-7",
    "unicode11utf7": "utf-7",
    "csunicode11utf7": "utf-7",
    "unicode20utf7": "utf-7",
    "big5": _BIG5,
    "big5hkscs": _BIG5,
    "big5eten": _BIG5,
    "bigfive": _BIG5,
    "cnbig5": _BIG5,
    "csbig5": _BIG5,
    "cp950": _BIG5,
    "ms950": _BIG5,
    "windows950": _BIG5,
    "hz": "hz",
    "hzgb2312": "hz",
    "iso2022cn": _ISO_2022_CN,
    "iso2022cnext": _ISO_2022_CN,
    "csiso2022cn": _ISO_2022_CN,
    "shiftjis": "cp932",
    "sjis": "cp932",
    "windows31j": "cp932",
    "cp932": "cp932",
    "eucjp": "euc_jp",
    "iso2022jp": "iso2022_jp_2",
    "iso2022jp2": "iso2022_jp_2",
    "iso2022kr": "iso2022_kr",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "cp949": "cp949",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "latin1": "latin-1",
}
_NUMBERED = re.compile(r"(?:windows|cp)(125[0-8])|iso8859(\d{1,2})")
_EAST_ASIAN = frozenset({_BIG5, "cp932", "cp949", "euc_jp"})
"""Their characters have two bytes, as those of GB 18030 have: most of its text is valid in them, and makes no sense."""
_LATIN = frozenset({"latin-1", "cp1252", "iso8859_1", "iso8859_15"})
_SEVEN_BIT = frozenset({"utf-7", "hz", "iso2022_jp_2", "iso2022_kr", _ISO_2022_CN})
_UNLABELLED = ("utf-8", GB18030, _BIG5)
_MAXIMUM_CHARACTER_BYTES = 4
# RFC 1922: an escape sequence names the set of two-byte characters that follows a shift out, up to the shift in.
_DESIGNATION = re.compile(rb"\x1b\$[)*+]([A-Z])")
_SHIFTED_OUT = re.compile(rb"\x0e([^\x0f\r\n]*)\x0f?")


def find_codec(label: str) -> str | None:
    """The codec for a charset label, for `decode`; None for labels without meaning (ascii, unknown-8bit, junk).

    All labels of the GB family give gb18030.
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
    """Decodes bytes whose charset label may be missing or wrong. Never raises, never gives a lone surrogate.

    Chinese in valid UTF-8 is read as that under any label. Without a useful label it tries UTF-8, gb18030 and Big5;
    each of the two wins over the other's label where the bytes are usual Chinese only in it. A Latin label is
    ignored if the bytes read as Chinese. A character cut off at the end is dropped; other invalid bytes become U+FFFD.
    """
    codec = find_codec(label)
    if codec == _ISO_2022_CN:
        data, codec = _to_gb(data), GB18030
    elif codec not in _SEVEN_BIT and (text := decode_utf8(data)) is not None:
        return text
    candidates = _candidates(data, codec)
    for candidate in candidates:
        text = _decode_strictly(data, candidate)
        if text is None and candidate == "utf-8":
            # UTF-8 that is valid up to a cut at the end is no accident; gb18030 often accepts such bytes too.
            text = _decode_cut(data, candidate)
            text = None if text is None or text.isascii() else text
        if text is not None:
            return text
    cut = _decode_cut(data, candidates[0])
    return _without_surrogates(data.decode(candidates[0], "replace")) if cut is None else cut


def is_valid(data: bytes, label: str) -> bool:
    """Whether the bytes are complete and valid in the labelled charset, or in UTF-8 if the label has no meaning."""
    codec = find_codec(label) or "utf-8"
    return _decode_strictly(data, codec) is not None


def _candidates(data: bytes, codec: str | None) -> tuple[str, ...]:
    if codec in (None, GB18030) and reads_as_big5(data):
        return ("utf-8", _BIG5, GB18030) if codec is None else (_BIG5, GB18030, "utf-8")
    if codec is None:
        return _UNLABELLED
    if codec in _EAST_ASIAN and reads_as_simplified(data):
        return (GB18030, codec)
    if codec in _LATIN:
        return ("utf-8", codec) if not _reads_as_chinese(data) else (*_UNLABELLED, codec)
    return (codec, *(other for other in ("utf-8", GB18030) if other != codec))


def _reads_as_chinese(data: bytes) -> bool:
    text = _decode_strictly(data, GB18030) or ""
    foreign = sum(character > "\x7f" for character in text)
    chinese = sum("\u3000" <= character <= "\u9fff" or character >= "\uff00" for character in text)
    return chinese > foreign / 2


def _to_gb(data: bytes) -> bytes:
    """ISO-2022-CN as gb18030. Characters of the Taiwanese sets, which mail in it hardly has, become invalid bytes."""
    pieces: list[bytes] = []
    at, designated = 0, b"A"
    for found in (*_DESIGNATION.finditer(data), None):
        end = found.start() if found else len(data)
        is_gb = designated in (b"A", b"E")
        pieces.append(_SHIFTED_OUT.sub(lambda out: _set_high_bits(out[1]) if is_gb else b"\xff", data[at:end]))  # noqa: B023 - called at once
        if found:
            at, designated = found.end(), found[1]
    return b"".join(pieces)


def _set_high_bits(data: bytes) -> bytes:
    """The bytes with their highest bit set."""
    return bytes(byte | 0x80 if byte > 0x20 else byte for byte in data)


def _decode_strictly(data: bytes, codec: str) -> str | None:
    if codec == _ISO_2022_CN:
        data, codec = _to_gb(data), GB18030
    try:
        text = data.decode(codec)
        text.encode("utf-8")  # UTF-7 may hold half of a surrogate pair
    except UnicodeError:
        return None
    return text


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _decode_cut(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        if error.start <= len(data) - _MAXIMUM_CHARACTER_BYTES or error.end < len(data):
            return None
        return _decode_strictly(data[: error.start], codec)
    except UnicodeError:
        return None
