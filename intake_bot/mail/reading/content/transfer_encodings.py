"""Decoders of the transfer encodings of MIME (RFC 2045 section 6): blocks of any size in, decoded blocks out."""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Callable
from typing import Protocol

from pybase64 import b64decode

Sink = Callable[[bytes], object]
"""Takes the next bytes of a stream."""

_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
"""Two characters of the alphabet for addresses (RFC 4648 section 5), which some web mailboxes use."""
_FOREIGN = bytes(set(range(256)) - set(_BASE64_ALPHABET) - set(b"=-_"))
_PADDING = re.compile(rb"=+")


class Decoder(Protocol):
    """Decodes one transfer encoding. Never raises for bad input: undecodable bytes are left out."""

    is_whole: bool
    """False after `close` if the encoding itself shows that bytes are missing or wrong."""

    def feed(self, block: bytes) -> None:
        """Decodes the next bytes."""

    def close(self) -> None:
        """Decodes what was held back. Nothing is fed afterwards."""


def decode_base64(text: bytes) -> bytes:
    """Decodes a short base64 text, such as that of an encoded word. Foreign bytes and missing padding are ignored."""
    blocks: list[bytes] = []
    base64 = Base64(blocks.append)
    base64.feed(text)
    base64.close()
    return b"".join(blocks)


class Identity:
    """7bit, 8bit and binary."""

    is_whole = True

    def __init__(self, into: Sink) -> None:
        self._into = into

    def feed(self, block: bytes) -> None:
        self._into(block)

    def close(self) -> None:
        pass


class Base64:
    """Lenient base64: foreign bytes are skipped, and padding may be missing or in the middle.

    Some mailers pad every line, so decoding continues after padding; stopping there would lose most of the file.
    """

    is_whole = True

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._rest = b""

    def feed(self, block: bytes) -> None:
        data = self._rest + block.translate(_URL_SAFE, _FOREIGN)
        if b"=" in data:
            *finished, data = _PADDING.split(data)
            self._into(b"".join(map(_last_quanta, finished)))
        end = len(data) // 4 * 4
        # Of whole quanta, of the alphabet alone, all decoders make the same; this one is far faster than binascii.
        self._into(b64decode(data[:end], validate=True))
        self._rest = data[end:]

    def close(self) -> None:
        self._into(_last_quanta(self._rest))


class DataUrl(Base64):
    """A `data:` URL in place of the base64 that it holds, as web pages write it that read a file."""

    _is_begun = False

    def feed(self, block: bytes) -> None:
        super().feed(block if self._is_begun else block.partition(b",")[2])
        self._is_begun = True


def _last_quanta(text: bytes) -> bytes:
    """Decodes the last characters before an end. A single one is no complete byte and is dropped."""
    if len(text) % 4 == 1:
        text = text[:-1]
    return a2b_base64(text + b"=" * (-len(text) % 4))


class QuotedPrintable:
    """Quoted-printable; a lone `=` is kept."""

    is_whole = True

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._rest = b""

    def feed(self, block: bytes) -> None:
        data = self._rest + block
        # `=XX` and `=CRLF` must not be cut in two.
        escape = data.rfind(b"=", max(0, len(data) - 2))
        end = len(data) if escape < 0 else escape
        self._into(a2b_qp(data[:end]))
        self._rest = data[end:]

    def close(self) -> None:
        self._into(a2b_qp(self._rest))
