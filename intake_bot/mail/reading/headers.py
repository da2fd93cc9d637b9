"""Header fields as raw bytes and as text, read as mail programs read them where they break the rules. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake_bot.mail.reading.encoded_words import decode_nested_words
from intake_bot.mail.reading.escaped_text import unescape
from intake_bot.mail.reading.source import Source
from intake_bot.text.lines import without_controls

# A line that begins with two hyphens is a boundary.
_NAME = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:")
# A continuation without white space ahead: a parameter of Content-Type, or the next word of a subject.
_UNINDENTED = re.compile(
    rb"(?:boundary|charset|name|filename|format|type|report-type|protocol|micalg)(?:\*\d{0,4}\*?)?[ \t]*="
    rb"|=\?[\w.-]{1,40}\?[bq]\?",
    re.IGNORECASE,
)
_MIME_FIELD = re.compile(rb"(?:Content-(?:Type|Transfer-Encoding|Disposition)|MIME-Version)[ \t]*:", re.IGNORECASE)
_MAXIMUM_NAME_BYTES = 64
_BLANK_LINE = re.compile(rb"\n\r?\n")
_FIELD_SHARE = 4
"""A field may take one part in four of the limit of its block."""
_MAXIMUM_LINES = 50_000
_MAXIMUM_FIELDS = 2000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MAXIMUM_PREFACE_LINES = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_MAXIMUM_IDS = 200
QUOTED = rb'"(?:[\x80-\xff][\x40-\xff]?|[^"\\\x80-\xff]|\\.){0,1000}+"'
"""Pattern of a quoted string. A high byte includes the next one: a GBK character may end in a backslash."""
_ESCAPED = re.compile(rb'([\x80-\xff][\x40-\xff])|\\(["\\])')


@dataclass(frozen=True)
class Field:
    """One header field: its name in lower case and its unfolded, undecoded value."""

    name: str
    value: bytes


def skip_preface(source: Source) -> None:
    """Skips what may precede a mail: a few blank lines, a byte order mark, the `From ` line of an mbox."""
    for _ in range(_MAXIMUM_PREFACE_LINES):
        line = source.read_line()
        if line.startswith(_BYTE_ORDER_MARK):
            source.unread(line[len(_BYTE_ORDER_MARK) :])
        elif line.strip() and not line.startswith((b"From ", b">From ")):
            source.unread(line)
            return


def read_fields(source: Source, limit: int) -> tuple[tuple[Field, ...], bool]:
    """Reads a header block and the blank line after it. The second value says whether something was left out.

    Maxima are `limit` bytes and 2,000 fields, and a quarter of the limit for one field, so that a huge field does not
    displace the others. The first line that cannot belong to a header also ends the block, and is not consumed; one
    ahead of a MIME field is skipped. A parameter or an encoded word at the beginning of a line continues the field.
    """
    names: list[str] = []
    values: list[bytearray] = []
    kept = lines = 0
    cut = False
    inside_line = False
    while line := source.read_line():
        content = line.rstrip(b"\r\n")
        named = None if inside_line or (values and _UNINDENTED.match(line)) else _NAME.match(line)
        if not inside_line:
            if not content:
                break
            if not (named or (values and (line[:1] in b" \t" or _UNINDENTED.match(line)))):
                if values and not line.startswith(b"--") and _MIME_FIELD.match(source.peek(_MAXIMUM_NAME_BYTES)):
                    continue
                source.unread(line)
                break
            if named is None and line[:1] not in b" \t":
                content = b" " + content
        inside_line = content == line
        lines += 1
        if kept + len(line) > limit or lines > _MAXIMUM_LINES or len(names) == _MAXIMUM_FIELDS:
            source.copy_until(_BLANK_LINE.search, _drop)
            cut = True
            break
        if named:
            names.append(named.group(1).decode("ascii").lower())
            values.append(bytearray())
            content = content[named.end() :].lstrip(b" \t")
        if len(values[-1]) + len(content) > limit // _FIELD_SHARE:
            cut = True
            continue
        values[-1] += content
        kept += len(line)
    return tuple(Field(name, bytes(value).strip()) for name, value in zip(names, values, strict=True)), cut


def first_value(fields: tuple[Field, ...], name: str) -> bytes:
    """The value of the first field with this name (lower case); empty if there is none."""
    return next((field.value for field in fields if field.name == name), b"")


def decode_headers(fields: tuple[Field, ...]) -> dict[str, tuple[str, ...]]:
    """All fields as text: the values in order, by lower-case name."""
    by_name: dict[str, list[str]] = {}
    for field in fields:
        by_name.setdefault(field.name, []).append(decode_header(field.value))
    return {name: tuple(values) for name, values in by_name.items()}


def decode_header(value: bytes) -> str:
    """A field's value as text: encoded words decoded, also nested ones; control characters replaced by spaces."""
    return without_controls(decode_nested_words(value)).strip()


def decode_subject(value: bytes) -> str:
    """A subject as text, with Chinese characters in place of the escapes that some programs write."""
    return without_controls(unescape(decode_nested_words(value))).strip()


def message_ids(value: bytes) -> tuple[str, ...]:
    """The first 200 `<…>` ids in a Message-ID, In-Reply-To or References field."""
    return tuple(_MESSAGE_ID.findall(value.decode("ascii", "replace")))[:_MAXIMUM_IDS]


def unquote_string(quoted: bytes) -> bytes:
    """The content of a quoted string without its quotes. Only `\\"` and `\\\\` are escapes, as in `C:\\材料.doc`."""
    return _ESCAPED.sub(rb"\1\2", quoted[1:-1])


def _drop(_block: bytes) -> None:
    pass
