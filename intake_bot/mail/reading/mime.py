"""The header of a MIME part, by RFC 2045 and 2183 and as mailers write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake_bot.mail.reading.headers import Field, decode_header, first_value
from intake_bot.mail.reading.parameters import read_parameters

DIGEST = "multipart/digest"
MAIL = "message/rfc822"

_TYPE = re.compile(rb"[\s\"']*([\w!#$&^.+-]{1,100})\s*/\s*([\w!#$&^.+-]{1,100})(?:\s*/\s*([\w!#$&^.+-]{1,100}))?")
_WORD = re.compile(rb"[\s\"']*([\w!#$&^.+-]{0,100})")
# Fields that a broken gateway put on one line.
_RUN_TOGETHER = re.compile(
    rb"(?<![\w-])(Content-(?:Type|Transfer-Encoding|Disposition|ID|Description)|MIME-Version)\s*:\s*", re.IGNORECASE
)
_MIME_FIELDS = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "mime-version"})
_MAXIMUM_BOUNDARY_BYTES = 500
_ILLEGIBLE = re.compile(r"\ufffd|[?\uff1f]{2,}|^_{2,}(?=\.|$)|=\?")
"""In a name whose characters a program could not write."""


@dataclass(frozen=True)
class PartHeader:
    """The header of one part. `name` is decoded, but otherwise as the sender wrote it; empty if there is none."""

    content_type: str
    """Lower case, with a subtype: text/plain if there is none, application/octet-stream if it is malformed.

    A multipart always has a boundary; without one the type is text/plain.
    """
    charset: str
    boundaries: tuple[bytes, ...]
    """What the boundary may be: all that are named, as written and without quotes or a semicolon that slipped in."""
    encoding: str
    """The value of Content-Transfer-Encoding in lower case, with whatever it holds."""
    disposition: str
    name: str
    content_id: str
    """Without the angle brackets."""
    is_declared_container: bool = False
    """The type is a multipart, with or without a boundary."""


def read_part_header(fields: tuple[Field, ...], default_type: str = "text/plain") -> PartHeader:
    """Reads the MIME fields of a header; any of them may be missing, malformed or repeated.

    Of several types a multipart is the one that counts, else the first. `default_type` is that of a part without any.
    """
    fields = tuple(_separate(fields))
    types = [field.value for field in fields if field.name == "content-type"]
    parameters = [read_parameters(value) for value in types]
    kinds = [_content_type(value, default_type) for value in types] or [default_type]
    main = next((number for number, kind in enumerate(kinds) if kind.startswith("multipart/")), 0)
    boundaries = tuple(_boundaries([value for one in parameters for value in one.every("boundary")]))
    content_type = kinds[main]
    is_container = content_type.startswith("multipart/")
    if boundaries and not is_container and _TYPE.match(types[0]) is None:
        content_type, is_container = "multipart/mixed", True
    if is_container and not boundaries:
        content_type = "text/plain"
    disposition_field = first_value(fields, "content-disposition")
    filename = _legible(read_parameters(disposition_field).texts_of("filename"))
    names = [name for one in parameters if (name := one.text_of("name"))]
    names.append(_described_name(first_value(fields, "content-description"), filename))
    return PartHeader(
        content_type=content_type,
        charset=parameters[main].bytes_of("charset").decode("ascii", "replace").strip() if parameters else "",
        boundaries=boundaries if is_container else (),
        encoding=first_value(fields, "content-transfer-encoding").decode("ascii", "replace").strip().lower(),
        disposition=_word(disposition_field),
        name=_best_name(filename, names[0]),
        content_id=decode_header(first_value(fields, "content-id")).strip("<> "),
        is_declared_container=is_container,
    )


def _separate(fields: tuple[Field, ...]) -> Iterator[Field]:
    """The fields, with those apart that stand together on one line."""
    for field in fields:
        if field.name not in _MIME_FIELDS:
            yield field
            continue
        name, at = field.name, 0
        for found in _RUN_TOGETHER.finditer(field.value):
            yield Field(name, field.value[at : found.start()].strip(b" \t;"))
            name, at = found[1].decode("ascii").lower(), found.end()
        yield Field(name, field.value[at:])


def _boundaries(values: list[bytes]) -> Iterator[bytes]:
    seen: set[bytes] = set()
    for value in values:
        for one in (value.rstrip(), value.strip(b" \t\"';")):
            if one and len(one) <= _MAXIMUM_BOUNDARY_BYTES and one not in seen:
                seen.add(one)
                yield one


def _legible(names: tuple[str, ...]) -> str:
    """The first of several names that can be read, else the first."""
    return next((name for name in names if not _ILLEGIBLE.search(name)), names[0] if names else "")


def _described_name(description: bytes, filename: str) -> str:
    """The file name in Content-Description, where it has the ending of the illegible one; else empty."""
    text = decode_header(description).strip()
    ending = filename.rpartition(".")[2].lower()
    return text if _ILLEGIBLE.search(filename) and ending and text.lower().endswith(f".{ending}") else ""


def _best_name(filename: str, name: str) -> str:
    """The name of Content-Disposition, or that of Content-Type if the first is missing, illegible or broken off."""
    is_broken_off = "." in name and len(filename) < len(name) and name.startswith(filename)
    if not filename.strip() or is_broken_off or (_ILLEGIBLE.search(filename) and name and not _ILLEGIBLE.search(name)):
        return name
    return filename


def _content_type(value: bytes, default_type: str) -> str:
    found = _TYPE.match(value)
    if found:
        kind, subtype, third = (part.decode("ascii").lower() if part else "" for part in found.groups())
        return f"{kind}/{third or subtype}"
    word = _word(value)
    if word == "multipart":
        return "multipart/mixed"
    return default_type if word in {"", "text"} else "application/octet-stream"


def _word(value: bytes) -> str:
    found = _WORD.match(value)
    return found[1].decode("ascii").lower() if found else ""
