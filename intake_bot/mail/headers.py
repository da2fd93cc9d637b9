"""Header fields as raw bytes, and their text: RFC 2047 words and raw 8-bit bytes decoded as Chinese mail needs it.

Nothing here goes through the standard library's header classes: they lose characters of GBK text labelled gb2312, and
of characters that are cut in two by an encoded word's end.
"""

from __future__ import annotations

import re
from binascii import a2b_qp, b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass

from intake_bot.mail.encodings import charset_family, decode, decodes
from intake_bot.mail.source import Source
from intake_bot.mail.transfer import base64_word

# No name begins with two hyphens: such a line is a boundary.
_NAME = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_SHARE_OF_ONE_FIELD = 4
_MOST_LINES = 50_000
_MOST_FIELDS = 2000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MOST_OPENING_LINES = 20
# Q text may hold a few stray question marks; the bound keeps the search linear.
_WORD = re.compile(
    rb"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?(?:([bB])\?([^?]*)|([qQ])\?([^?]*(?:\?(?!=)[^?]*){0,8}))\?="
)
_WORDS_AGAIN = re.compile(r"(?:\s*=\?[\w.:+-]{1,60}\?[bBqQ]\?[^?\s]*\?=)+\s*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_MOST_IDS = 200
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
QUOTED = rb'"(?:[\x80-\xff][\x40-\xff]?|[^"\\\x80-\xff]|\\.){0,1000}+"'
"""Pattern of a quoted string. A high byte takes the next one along: a GBK character may end in a backslash."""
_ESCAPED = re.compile(rb'([\x80-\xff][\x40-\xff])|\\(["\\])')


@dataclass(frozen=True)
class Field:
    """One header field: its name in lower case and its unfolded, undecoded value."""

    name: str
    value: bytes


def skip_opening(source: Source) -> None:
    """Step over what may stand ahead of a mail: a few blank lines, a byte order mark, the `From ` line of an mbox."""
    for _ in range(_MOST_OPENING_LINES):
        line = source.line()
        if line.startswith(_BYTE_ORDER_MARK):
            source.unread(line[len(_BYTE_ORDER_MARK) :])
        elif line.strip() and not line.startswith((b"From ", b">From ")):
            source.unread(line)
            return


def read_fields(source: Source, limit: int) -> tuple[tuple[Field, ...], bool]:
    """Read a header block and the blank line behind it; says also whether something was left out.

    At most `limit` bytes and 2000 fields are kept, and of any one field a quarter of the limit, so that one monstrous
    field does not hide the others. The first line that cannot belong to a header ends the block too; it stays unread.
    """
    names: list[str] = []
    values: list[bytearray] = []
    kept = lines = 0
    cut = False
    inside_line = False
    while line := source.line():
        content = line.rstrip(b"\r\n")
        named = None if inside_line else _NAME.match(line)
        if not inside_line:
            if not content:
                break
            if not (named or (values and line[:1] in b" \t")):
                source.unread(line)
                break
        inside_line = content == line
        lines += 1
        if kept + len(line) > limit or lines > _MOST_LINES or len(names) == _MOST_FIELDS:
            source.pour(_BLANK_LINE.search, _drop)
            cut = True
            break
        if named:
            names.append(named.group(1).decode("ascii").lower())
            values.append(bytearray())
            content = content[named.end() :].lstrip(b" \t")
        if len(values[-1]) + len(content) > limit // _SHARE_OF_ONE_FIELD:
            cut = True
            continue
        values[-1] += content
        kept += len(line)
    return tuple(Field(name, bytes(value).strip()) for name, value in zip(names, values, strict=True)), cut


def first_value(fields: tuple[Field, ...], name: str) -> bytes:
    """The value of the first field of that name, or nothing."""
    return next((field.value for field in fields if field.name == name), b"")


def decoded_headers(fields: tuple[Field, ...]) -> dict[str, tuple[str, ...]]:
    """All fields as text, by lower-case name, each name's values in order."""
    by_name: dict[str, list[str]] = {}
    for field in fields:
        by_name.setdefault(field.name, []).append(header_text(field.value))
    return {name: tuple(values) for name, values in by_name.items()}


def header_text(value: bytes) -> str:
    """A field's value for people and for comparing: words decoded, control characters turned into spaces.

    What turns out to be nothing but words again is decoded once more: there are gateways that encode what is encoded.
    """
    text = decode_words(value)
    if text.isascii() and _WORDS_AGAIN.fullmatch(text):
        text = decode_words(text.encode("ascii"))
    return one_line(text).strip()


def one_line(text: str) -> str:
    """The text with each run of control characters, line ends among them, made one space."""
    return _CONTROL.sub(" ", text)


def message_ids(value: bytes) -> tuple[str, ...]:
    """The `<…>` ids of a Message-ID, In-Reply-To or References field, the first 200 of them."""
    return tuple(_MESSAGE_ID.findall(value.decode("ascii", "replace")))[:_MOST_IDS]


def decode_words(value: bytes) -> str:
    """Text of an unfolded value: encoded words (RFC 2047) and raw bytes between them.

    White space between two words is dropped; words of one charset are joined as bytes before they are decoded, so
    that a character may be cut by a word's end. Words need no space around them.
    """
    return "".join(_pieces(value))


def encoded_word(text: str) -> bytes:
    """The text as one clean encoded word in UTF-8.

    One word however long: the RFC's 75 characters a word would cost parsers quadratic time.
    """
    return b"=?utf-8?b?" + b2a_base64(text.encode("utf-8"), newline=False) + b"?="


def unquoted(quoted: bytes) -> bytes:
    """The content of a quoted string given with its quotes; only `\\"` and `\\\\` are escapes, as in `C:\\材料.doc`."""
    return _ESCAPED.sub(rb"\1\2", quoted[1:-1])


def _pieces(value: bytes) -> Iterator[str]:
    run: list[re.Match[bytes]] = []
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        if run and (between.strip() or _family(word) != _family(run[-1])):
            yield _decode_run(run)
            run = []
        if between.strip() or (at == 0 and between):
            yield decode(between)
        run.append(word)
        at = word.end()
    if run:
        yield _decode_run(run)
    yield decode(value[at:])


def _family(word: re.Match[bytes]) -> str:
    label = word.group(1).decode("ascii", "replace")
    return charset_family(label) or ""


def _decode_run(words: list[re.Match[bytes]]) -> str:
    family = _family(words[0])
    data = b"".join(map(_word_bytes, words))
    if not decodes(data, family) and all(word.group(2) for word in words):
        # Some mailers cut the finished base64 text itself, at any character.
        rejoined = base64_word(b"".join(word.group(3) for word in words))
        if decodes(rejoined, family):
            return decode(rejoined, family)
    return decode(data, family)


def _word_bytes(word: re.Match[bytes]) -> bytes:
    if word.group(2):
        return base64_word(word.group(3))
    return a2b_qp(word.group(5), header=True)


def _drop(_block: bytes) -> None:
    pass
