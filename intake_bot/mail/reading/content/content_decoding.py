"""Decodes the content of a part by what it is, where that differs from what its Content-Transfer-Encoding says."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from functools import partial

from intake_bot.mail.reading.content.macintosh_files import DataFork, is_macintosh_package
from intake_bot.mail.reading.content.older_encodings import (
    BEGIN_BINHEX,
    BEGIN_UU,
    BEGIN_YENC,
    BinHex,
    Uuencode,
    YEnc,
    decode_uu_line,
)
from intake_bot.mail.reading.content.transfer_encodings import (
    Base64,
    DataUrl,
    Decoder,
    Identity,
    QuotedPrintable,
    Sink,
)
from intake_bot.text.decoding import decode_utf8, reads_as_big5, reads_as_simplified

Choice = Callable[[bytes, bool], str | None]
"""Chooses a decoder by the first bytes, which may be all; None for an unknown encoding."""

_HEAD_BYTES = 16 * 1024
_MAXIMUM_STAGES = 3
"""Encodings around each other: base64 of BinHex, or base64 twice."""
_DECODERS: dict[str, Callable[[Sink], Decoder]] = {
    "base64": Base64,
    "data-url": DataUrl,
    "quoted-printable": QuotedPrintable,
    "uuencode": Uuencode,
    "yenc": YEnc,
    "binhex": BinHex,
    "macintosh": DataFork,
    "plain": Identity,
}
_COMMENT = re.compile(r"\([^()]*\)")
# In the order of what wins where a value has several: `7bit base64`.
_DECLARED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("base64", re.compile(r"base64|b64|\bbase\b|^b$")),
    ("quoted-printable", re.compile(r"quoted|printable|^qp?$")),
    ("uuencode", re.compile(r"uuenc|\buue\b|xuue|^x?uu$")),
    ("yenc", re.compile(r"yenc")),
    ("binhex", re.compile(r"binhex|hqx")),
    ("plain", re.compile(r"^$|[78]bits?|bit$|binary|none|null|identity|text|ascii|utf8|clear")),
)
_BLANK_LINES = re.compile(rb"(?:[ \t]*(?:\r\n|[\r\n])){0,20}")
_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_DATA_URL = re.compile(rb"\s{0,20}data:[\w.+/-]{0,100}(?:;[\w.=+-]{1,100}){0,3};base64,")
_MINIMUM_LINE = 60
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\r?\n)")
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\r\n\t ")
)
_INNER_BLANK = re.compile(rb"(?<=[^\s])[ \t](?=[^\s])")
_SHORT_BYTES = 200
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "application/zip"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
_WORD_PACKAGE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ContentDecoder:
    """Decodes a part by the encoding that `choose` finds for its first bytes, and what comes out again, up to `stages`.

    `is_whole` is False after `close` if the content is still encoded, or the encoding itself shows that bytes are
    missing or wrong.
    """

    def __init__(self, choose: Choice, into: Sink, stages: int = _MAXIMUM_STAGES) -> None:
        self._choose = choose
        self._into = into
        self._stages = stages
        self._head: bytes | None = b""
        """The first bytes, until there are enough to choose a decoder."""
        self._decoder: Decoder = Identity(into)
        self._inner: ContentDecoder | None = None
        self._is_known = True
        self.is_whole = True

    def feed(self, block: bytes) -> None:
        """Decodes the next bytes."""
        if self._head is None:
            self._decoder.feed(block)
            return
        self._head += block
        if len(self._head) >= _HEAD_BYTES:
            self._begin(self._head, is_all=False)

    def close(self) -> None:
        """Decodes what was held back. Nothing is fed afterwards."""
        if self._head is not None:
            self._begin(self._head, is_all=True)
        self._decoder.close()
        if self._inner:
            self._inner.close()
        self.is_whole = self._is_known and self._decoder.is_whole and (self._inner is None or self._inner.is_whole)

    @property
    def name(self) -> bytes:
        """The undecoded name that uuencode, yEnc or a Macintosh give the file; empty if there is none."""
        own = self._decoder.name if isinstance(self._decoder, Uuencode | YEnc | BinHex | DataFork) else b""
        return own or (self._inner.name if self._inner else b"")

    def _begin(self, head: bytes, *, is_all: bool) -> None:
        encoding = self._choose(head[:_HEAD_BYTES], is_all)
        self._is_known = encoding is not None
        into = self._into
        if encoding not in (None, "plain") and self._stages > 1:
            self._inner = ContentDecoder(partial(find_encoding, ""), into, self._stages - 1)
            into = self._inner.feed
        self._decoder = _DECODERS[encoding or "plain"](into)
        self._head = None
        self._decoder.feed(head)


def attachment_decoder(declared: str, into: Sink) -> ContentDecoder:
    """Decodes an attachment. `declared` is its Content-Transfer-Encoding, which may be missing, odd or wrong."""
    return ContentDecoder(partial(find_encoding, declared), into)


def text_decoder(declared: str, into: Sink) -> ContentDecoder:
    """Decodes a text body. Files inside the text stay as they are."""
    return ContentDecoder(partial(_find_text_encoding, declared), into, stages=1)


def find_encoding(declared: str, head: bytes, is_all: bool) -> str | None:
    """The encoding of a part by its declared one and its first bytes: a key of the decoders; None for an unknown one.

    `is_all` says that the head is the whole content.
    """
    named = _declared_encoding(declared)
    if seen := _older_encoding(head, named):
        return seen
    if named == "base64":
        return named if _may_be_base64(head) else _find_unencoded(head)
    if type_of_base64_lines(head, is_all=is_all):
        return "base64"
    if named is None and _is_recognised(head):
        return "plain"
    return named


def _find_text_encoding(declared: str, head: bytes, is_all: bool) -> str:
    named = _declared_encoding(declared)
    if named == "base64" and _may_be_base64(head):
        return named
    if type_of_base64_lines(head, is_all=is_all) == "text/plain":
        return "base64"
    return named if named == "quoted-printable" else _find_unencoded(head)


def _declared_encoding(value: str) -> str | None:
    """The encoding that a field names, in whatever spelling; None for an unknown one."""
    plain = _COMMENT.sub(" ", value.lower()).strip(" \t\"';,.")
    squeezed = re.sub(r"[^a-z0-9]", "", plain)
    return next((name for name, form in _DECLARED if form.search(squeezed) or form.search(plain)), None)


def _older_encoding(head: bytes, named: str | None) -> str | None:
    """An encoding that shows by its first line. BinHex has one by custom, and may be declared without it."""
    begin = _BLANK_LINES.match(head)
    at = begin.end() if begin else 0
    if (found := BEGIN_UU.match(head, at)) and decode_uu_line(_line(head, found.end())) is not None:
        return "uuencode"
    if _DATA_URL.match(head):
        return "data-url"
    if BEGIN_YENC.match(head, at):
        return "yenc"
    if BEGIN_BINHEX.match(head, at):
        return "binhex"
    if is_macintosh_package(head):
        return "macintosh"
    return named if named in ("uuencode", "yenc", "binhex") else None


def _line(data: bytes, at: int) -> bytes:
    """The line behind the line end at this position, without its end."""
    lines = re.split(rb"\r\n|[\r\n]", data[at : at + 200], maxsplit=2)
    return lines[1] if len(lines) > 1 else b""


def _may_be_base64(head: bytes) -> bool:
    """Whether content is base64, by its characters: foreign ones may stand between, but text is no base64."""
    if type_of_file(head) is not None or _find_unencoded(head) != "plain":
        return False
    foreign = len(head) - len(head.translate(None, _NOT_BASE64)) + len(_INNER_BLANK.findall(head))
    most = len(head) // 10 if len(head) >= _SHORT_BYTES else 0
    return foreign <= most or _has_base64_line(head)


def _has_base64_line(head: bytes) -> bool:
    return re.search(rb"[A-Za-z0-9+/]{44}", head) is not None


def _find_unencoded(head: bytes) -> str:
    return "quoted-printable" if len(_ESCAPE.findall(head)) * 3 * 4 > len(head) else "plain"


def type_of_base64_lines(head: bytes, *, is_all: bool) -> str | None:
    """The content type of what is encoded in full lines of base64 of one length; None for anything else."""
    lines = [line.strip() for line in re.split(rb"\r\n|[\r\n]", head.strip())]
    if not is_all:
        lines = lines[:-1] or lines
    first = len(lines[0])
    full, last = (lines[:-1], lines[-1]) if is_all and len(lines) > 1 else (lines, lines[0])
    if first < _MINIMUM_LINE or first % 4 or len(last) > first:
        return None
    if not all(len(line) == first for line in full) or not all(_LINE.fullmatch(line) for line in lines):
        return None
    return type_of_base64(b"".join(lines))


def type_of_base64(text: bytes) -> str | None:
    """The content type of the file in base64 whose first characters these are; None if they make no known one."""
    try:
        data = b64decode(text[: len(text) // 4 * 4])
    except Error:
        return None
    return type_of_file(data) or ("text/plain" if _is_text(data) else None)


def type_of_file(head: bytes) -> str | None:
    """The content type of a file that is no text, by its first bytes; None for other bytes."""
    found = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)
    if found == "application/zip" and b"[Content_Types].xml" in head[:4096]:
        return _WORD_PACKAGE
    return "video/mp4" if found is None and head[4:8] == b"ftyp" and b"\0" in head[:4] else found


def _is_recognised(head: bytes) -> bool:
    """Whether content under an unknown encoding shows that it has none: a known kind of file, or text with blanks."""
    return not head.strip() or type_of_file(head) is not None or (_is_text(head) and not _has_long_runs(head))


def _is_text(data: bytes) -> bool:
    """Whether bytes, which may end inside a character, are ASCII or Chinese text."""
    if not data or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", data):
        return False
    return data.isascii() or decode_utf8(data) is not None or reads_as_simplified(data) or reads_as_big5(data)


def _has_long_runs(head: bytes) -> bool:
    return sum(map(len, re.findall(rb"[!-~]{40,}", head))) * 2 > len(head)
