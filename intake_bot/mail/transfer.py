"""Content-Transfer-Encoding (RFC 2045 section 6), undone as a stream: blocks of any size in, decoded blocks out."""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp
from collections.abc import Callable
from typing import Protocol

Sink = Callable[[bytes], object]
"""Takes the next bytes of something."""

_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ALIEN = bytes(set(range(256)) - set(_BASE64_ALPHABET) - {ord("=")})
_PADDING = re.compile(rb"=+")


class Decoder(Protocol):
    """Undoes one transfer encoding. Never raises on bad input: what cannot be decoded is left out."""

    def feed(self, block: bytes) -> None:
        """Decode the next encoded bytes."""

    def close(self) -> None:
        """Decode what was held back; nothing is fed afterwards."""


def decoder(encoding: str, into: Sink) -> Decoder:
    """The decoder for a Content-Transfer-Encoding value; an unknown one is taken as it is."""
    match encoding:
        case "base64":
            return Base64(into)
        case "quoted-printable":
            return QuotedPrintable(into)
        case _:
            return Identity(into)


def base64_word(text: bytes) -> bytes:
    """One short base64 text, such as an encoded word's: garbage is ignored and missing padding is supplied."""
    blocks: list[bytes] = []
    base64 = Base64(blocks.append)
    base64.feed(text)
    base64.close()
    return b"".join(blocks)


class Identity:
    """7bit, 8bit and binary."""

    def __init__(self, into: Sink) -> None:
        self._into = into

    def feed(self, block: bytes) -> None:
        self._into(block)

    def close(self) -> None:
        pass


class Base64:
    """Base64, tolerantly: foreign bytes are skipped, padding may be missing or stand in the middle.

    Some mailers pad every line, so decoding goes on behind a padding; stopping there would lose nearly all of a file.
    """

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._rest = b""

    def feed(self, block: bytes) -> None:
        data = self._rest + block.translate(None, _ALIEN)
        if b"=" in data:
            *finished, data = _PADDING.split(data)
            self._into(b"".join(map(_last_quanta, finished)))
        whole = len(data) // 4 * 4
        self._into(a2b_base64(data[:whole]))
        self._rest = data[whole:]

    def close(self) -> None:
        self._into(_last_quanta(self._rest))


def _last_quanta(text: bytes) -> bytes:
    """Decode up to an end. A single character left over holds no whole byte and is dropped."""
    if len(text) % 4 == 1:
        text = text[:-1]
    return a2b_base64(text + b"=" * (-len(text) % 4))


class QuotedPrintable:
    """Quoted-printable; a lone `=` stays as it is."""

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._rest = b""

    def feed(self, block: bytes) -> None:
        data = self._rest + block
        # `=XX` and `=CRLF` must not be cut in two.
        escape = data.rfind(b"=", max(0, len(data) - 2))
        whole = len(data) if escape < 0 else escape
        self._into(a2b_qp(data[:whole]))
        self._rest = data[whole:]

    def close(self) -> None:
        self._into(a2b_qp(self._rest))
