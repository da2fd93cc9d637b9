"""What the header of a MIME part says about it: RFC 2045, 2183 and 2231, and what mailers make of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote_to_bytes

from intake_bot.mail.encodings import decode
from intake_bot.mail.headers import QUOTED, Field, decode_words, first_value, header_text, unquoted

_PARAMETER = re.compile(rb';\s*([^\s=;"]{1,100})\s*=\s*(' + QUOTED + rb"|[^;]*)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_TYPE = re.compile(r"[\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,100}")
_LONGEST_BOUNDARY = 500


@dataclass(frozen=True)
class PartHeader:
    """One part's header. `name` is decoded and otherwise as the sender wrote it; empty when there is none."""

    content_type: str
    """Lower case, with a subtype: text/plain where none is given, application/octet-stream where it is nonsense.

    A multipart always has a boundary; without one it counts as text/plain.
    """
    charset: str
    boundary: bytes
    encoding: str
    disposition: str
    name: str
    content_id: str
    """Without the angle brackets."""


def part_header(fields: tuple[Field, ...]) -> PartHeader:
    """Read the MIME fields of a header; any of them may be missing or malformed."""
    type_field = first_value(fields, "content-type")
    disposition_field = first_value(fields, "content-disposition")
    type_parameters = _parameters(type_field)
    boundary = _joined(type_parameters.get("boundary", {}))[0].rstrip()
    if len(boundary) > _LONGEST_BOUNDARY:
        boundary = b""
    content_type = _content_type(type_field)
    if content_type.startswith("multipart/") and not boundary:
        content_type = "text/plain"
    filename = _text(_parameters(disposition_field).get("filename", {}))
    return PartHeader(
        content_type=content_type,
        charset=_joined(type_parameters.get("charset", {}))[0].decode("ascii", "replace").strip(),
        boundary=boundary,
        encoding=_token(first_value(fields, "content-transfer-encoding")),
        disposition=_token(disposition_field),
        name=_best_name(filename, _text(type_parameters.get("name", {}))),
        content_id=header_text(first_value(fields, "content-id")).strip("<> "),
    )


_Sections = dict[int, tuple[bytes, bool]]
"""The pieces of one parameter by number, each with whether it is percent-encoded (RFC 2231 sections 3 and 4).

Number -1 is a plain parameter, -2 one in the extended form without continuation.
"""
_PLAIN = -1
_EXTENDED = -2


def _parameters(value: bytes) -> dict[str, _Sections]:
    parameters: dict[str, _Sections] = {}
    for name, raw in _PARAMETER.findall(value):
        section = _SECTION.fullmatch(name.decode("ascii", "replace").lower())
        if section:
            base, number, star = section.groups()
            key = int(number) if number else (_EXTENDED if star else _PLAIN)
            parameters.setdefault(base, {}).setdefault(key, (_value(raw), bool(star)))
    return parameters


def _value(raw: bytes) -> bytes:
    raw = raw.strip()
    if len(raw) >= 2 and raw.startswith(b'"') and raw.endswith(b'"'):
        return unquoted(raw)
    return raw.strip(b'"')


def _joined(sections: _Sections) -> tuple[bytes, str | None]:
    """A parameter's bytes, and the charset that its extended form names (None: it has no extended form)."""
    if not sections:
        return b"", None
    numbers = sorted(number for number in sections if number >= 0)
    order = [_EXTENDED] if _EXTENDED in sections else numbers or [_PLAIN]
    first, extended = sections[order[0]]
    charset: str | None = None
    if extended:
        label, quoted, rest = first.partition(b"'")
        charset, first = (label.decode("ascii", "replace"), rest.partition(b"'")[2]) if quoted else ("", first)
    pieces = [(first, extended), *(sections[number] for number in order[1:])]
    # Some mailers cut at any byte, even inside a %XX: pieces that follow each other are unquoted as one.
    runs = [(percent, b"".join(piece for piece, _ in run)) for percent, run in groupby(pieces, itemgetter(1))]
    return b"".join(unquote_to_bytes(run) if percent else run for percent, run in runs), charset


def _text(sections: _Sections) -> str:
    """A parameter as text: RFC 2231 where it is used, else RFC 2047 words or raw bytes, both against the RFCs."""
    data, charset = _joined(sections)
    text = decode_words(data) if charset is None else decode(data, charset)
    if "\ufffd" in text and _EXTENDED in sections and _PLAIN in sections:
        return decode_words(sections[_PLAIN][0])
    return text


def _best_name(filename: str, name: str) -> str:
    """Content-Disposition's name comes first, unless it is broken and the other is not."""
    if not filename.strip() or ("\ufffd" in filename and name and "\ufffd" not in name):
        return name
    return filename


def _content_type(value: bytes) -> str:
    token = _token(value)
    if _TYPE.fullmatch(token):
        return token
    return "text/plain" if token in {"", "text"} else "application/octet-stream"


def _token(value: bytes) -> str:
    return value.split(b";", 1)[0].decode("ascii", "replace").strip(' \t"').lower()
