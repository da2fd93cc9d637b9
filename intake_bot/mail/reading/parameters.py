"""Parameters of Content-Type and Content-Disposition, by RFC 2045 and 2231 and as mailers write them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote_to_bytes

from intake_bot.mail.reading.charsets import decode, find_codec
from intake_bot.mail.reading.encoded_words import decode_nested_words
from intake_bot.mail.reading.escaped_text import unescape
from intake_bot.mail.reading.headers import QUOTED, unquote_string

_KNOWN = (
    rb"boundary|charset|name|filename|format|delsp|type|start|report-type|protocol|micalg|method|size|access-type|url|"
    rb"number|total|id|creation-date|modification-date|read-date|smime-type|x-unix-mode|x-mac-type|x-mac-creator"
)
_SECTIONS = rb"(?:\*\d{0,4}\*?)?"
# A parameter follows a semicolon; where it is missing, a known name follows a blank, a comment or a quoted value.
_START = re.compile(
    rb"(?:;\s*([^\s=;\"(),<>@]{1,100})|(?:\A|(?<=[\s)\"',]))((?:" + _KNOWN + rb")" + _SECTIONS + rb"))\s*=\s*",
    re.IGNORECASE,
)
_NEXT = (
    rb"(?=[\s;]{0,100}\Z|\s{0,100};\s{0,100}[^\s=;\"(),<>@]{1,100}\s{0,100}=|\s(?:"
    + _KNOWN
    + rb")"
    + _SECTIONS
    + rb"\s{0,100}="
    rb"|\s{0,100};?\s{0,100}\([^()]{0,200}\)\s{0,100}(?:;|\Z))"
)
# A high byte includes the next one: a GBK character may end in a backslash. Quotes inside the value are not escaped by
# every mailer, so the last quote is the one that the next parameter or the end follows.
_QUOTED = re.compile(rb'"(?:[\x80-\xff][\x40-\xff]?+|\\.|[^\\\x80-\xff]){0,4000}?"' + _NEXT, re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(QUOTED, re.DOTALL)
_UNQUOTED = re.compile(rb"[^\0]{0,4000}?" + _NEXT, re.DOTALL | re.IGNORECASE)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
# RFC 2231 section 4: charset'language'text; one or both quotes may be missing.
_EXTENDED_VALUE = re.compile(rb"\"?([A-Za-z][\w.:+-]{1,39})'(?:[A-Za-z-]{0,20}')?(.*)", re.DOTALL)
_LABEL_AHEAD = re.compile(rb"(utf-?8|gbk|gb2312|gb18030|big5)'*(?=%[0-9A-Fa-f]{2})", re.IGNORECASE)
_ESCAPED_BYTE = re.compile(rb"%[0-9A-Fa-f]{2}")
_PLAIN = -1
_EXTENDED = -2

_Sections = dict[int, tuple[bytes, bool]]
"""The sections of one parameter by number, each with whether it is percent-encoded (RFC 2231 sections 3 and 4).

Number -1 is a plain parameter, -2 one in the extended form without continuations.
"""


@dataclass(frozen=True)
class Parameters:
    """The parameters of one field."""

    _sections: dict[str, _Sections]
    repeated: tuple[tuple[str, bytes], ...] = ()
    """Further values of parameters that occur more than once."""

    def bytes_of(self, name: str) -> bytes:
        """A parameter's bytes; empty if it is missing."""
        return _merge(self._sections.get(name, {}))[0]

    def every(self, name: str) -> tuple[bytes, ...]:
        """All values of a parameter, in order."""
        first = self.bytes_of(name)
        return tuple(value for value in (first, *(value for key, value in self.repeated if key == name)) if value)

    def text_of(self, name: str) -> str:
        """A parameter as text: by RFC 2231 if used, else RFC 2047 words or raw bytes, which no RFC allows here.

        Percent codes and character references of Chinese characters become these.
        """
        return unescape(_text(self._sections.get(name, {})))

    def texts_of(self, name: str) -> tuple[str, ...]:
        """The same for a parameter that may occur more than once: all its values in order, without empty ones."""
        again = (unescape(decode_nested_words(value)) for key, value in self.repeated if key == name)
        return tuple(text for text in (self.text_of(name), *again) if text)


def read_parameters(value: bytes) -> Parameters:
    """Reads the parameters of a field. Semicolons and quotes may be missing, or stand inside an unquoted value."""
    sections: dict[str, _Sections] = {}
    repeated: list[tuple[str, bytes]] = []
    at = 0
    while found := _START.search(value, at):
        raw, at = _value(value, found.end())
        section = _SECTION.fullmatch((found[1] or found[2]).decode("ascii", "replace").lower())
        if section:
            base, number, star = section.groups()
            key = int(number) if number else (_EXTENDED if star else _PLAIN)
            known = sections.setdefault(base, {})
            if key in known:
                repeated.append((base, raw))
            else:
                known[key] = raw, bool(star)
    return Parameters(sections, tuple(repeated))


def _value(field: bytes, at: int) -> tuple[bytes, int]:
    """The value that begins here, without its quotes, and the position behind it."""
    if quoted := _QUOTED.match(field, at) or _CLOSED.match(field, at):
        return unquote_string(quoted.group()), quoted.end()
    found = _UNQUOTED.match(field, at)
    if found is None:
        return b"", len(field)
    raw = found.group().strip().strip(b'"')
    if len(raw) >= 2 and raw[:1] == raw[-1:] == b"'":
        raw = raw[1:-1]
    return raw, max(found.end(), at)


def _merge(sections: _Sections) -> tuple[bytes, str | None]:
    """A parameter's bytes, and the charset that its extended form names; None without an extended form."""
    if not sections:
        return b"", None
    numbers = sorted(number for number in sections if number >= 0)
    order = [_EXTENDED] if _EXTENDED in sections else numbers or [_PLAIN]
    first, extended = sections[order[0]]
    charset: str | None = None
    if extended:
        charset, first = _read_extended(first)
    ordered = [(first, extended), *(sections[number] for number in order[1:])]
    # Some mailers cut at any byte, even inside a %XX, so adjacent sections are decoded together.
    runs = [(percent, b"".join(section for section, _ in run)) for percent, run in groupby(ordered, itemgetter(1))]
    return b"".join(unquote_to_bytes(run) if percent else run for percent, run in runs), charset


def _read_extended(value: bytes) -> tuple[str, bytes]:
    """The charset and the rest of a value in the extended form; without a charset, an empty one and the value."""
    found = _EXTENDED_VALUE.fullmatch(value)
    if found and (find_codec(label := found[1].decode("ascii")) or label.lower() in ("us-ascii", "ascii")):
        return label, found[2].strip(b'"')
    if ahead := _LABEL_AHEAD.match(value):
        return ahead[1].decode("ascii"), value[ahead.end() :]
    return "", value[2:] if value.startswith(b"''") else value


def _text(sections: _Sections) -> str:
    data, charset = _merge(sections)
    if charset is None and _is_extended(data):
        charset, data = _read_extended(data)
        data = unquote_to_bytes(data)
    text = decode_nested_words(data) if charset is None or b"=?" in data else decode(data, charset)
    if "\ufffd" in text and _EXTENDED in sections and _PLAIN in sections:
        return decode_nested_words(sections[_PLAIN][0])
    return text


def _is_extended(data: bytes) -> bool:
    """Whether a plain value is written in the extended form, as by mailers that forget the star."""
    found = _EXTENDED_VALUE.fullmatch(data)
    if found is None or find_codec(found[1].decode("ascii")) is None:
        return False
    return b"''" in data or _ESCAPED_BYTE.search(found[2]) is not None
