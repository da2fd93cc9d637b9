"""Decoders of the encodings for files that are older than MIME, or foreign to it: uuencode, yEnc and BinHex 4.0.

Each reads one file, and skips what stands before it. Blocks of any size in, decoded blocks out.
"""

from __future__ import annotations

import re
import zlib
from binascii import Error, a2b_uu, crc_hqx
from collections.abc import Callable

from intake_bot.mail.reading.content.transfer_encodings import Base64, Sink

BEGIN_UU = re.compile(rb"begin [0-7]{3,4} +([^\r\n]{1,1000})")
BEGIN_BASE64 = re.compile(rb"begin-base64(?:-encoded)? [0-7]{3,4} +([^\r\n]{1,1000})")
BEGIN_YENC = re.compile(rb"=ybegin [^\r\n]{0,200}?(?:name=([^\r\n]{0,1000}))?")
BEGIN_BINHEX = re.compile(rb"\(This file (?:must|can) be converted (?:with|using) BinHex", re.IGNORECASE)

_LINE_ENDS = re.compile(rb"(?:\r\n|[\r\n])")
_MAXIMUM_LINE_BYTES = 8 * 1024


class Lines:
    """Cuts a stream into lines without their ends, which are CRLF, LF or CR; a line of more than 8 KiB into pieces."""

    def __init__(self, into: Callable[[bytes], object]) -> None:
        self._into = into
        self._rest = b""

    def feed(self, block: bytes) -> None:
        """Passes on the lines that are complete."""
        data = self._rest + block
        held = data[-1:] if data[-1:] == b"\r" else b""  # perhaps the first half of CRLF
        *lines, rest = _LINE_ENDS.split(data[: len(data) - len(held)])
        for line in lines:
            self._into(line)
        while len(rest) > _MAXIMUM_LINE_BYTES:
            self._into(rest[:_MAXIMUM_LINE_BYTES])
            rest = rest[_MAXIMUM_LINE_BYTES:]
        self._rest = rest + held

    def close(self) -> None:
        """Passes on the last line, if it has no end."""
        if self._rest:
            self._into(self._rest.rstrip(b"\r"))
        self._rest = b""


class Uuencode:
    """uuencode, from `begin 644 name` to `end`. Data without the first line is read too."""

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._lines = Lines(self._read)
        self._has_begun = self._has_ended = False
        self._earlier: list[bytes] = []
        """Lines of data before any `begin`."""
        self._is_followed = False
        """Another file begins behind the first, which is not read."""
        self.name = b""
        self.is_whole = False

    def feed(self, block: bytes) -> None:
        self._lines.feed(block)

    def close(self) -> None:
        self._lines.close()
        self._flush()
        self.is_whole = self._has_ended and not self._is_followed

    def _read(self, line: bytes) -> None:
        begin = BEGIN_UU.match(line)
        if self._has_ended:
            self._is_followed = self._is_followed or begin is not None
        elif begin:
            self._has_begun, self._earlier, self.name = True, [], begin[1].strip()
        elif line.strip() == b"end":
            self._has_ended = True
        elif (data := decode_uu_line(line)) is not None:
            if self._has_begun:
                self._into(data)
            else:
                self._earlier.append(data)
                if len(self._earlier) > 100:
                    self._flush()

    def _flush(self) -> None:
        self._into(b"".join(self._earlier))
        self._has_begun = self._has_begun or bool(self._earlier)
        self._earlier = []


def decode_uu_line(line: bytes) -> bytes | None:
    """The bytes of a line of uuencode; None for a line that is none. Blanks at its end may be missing."""
    if not line or not 0x20 <= line[0] <= 0x60:
        return None
    size = line[0] - 0x20 & 0x3F
    used = (size + 2) // 3 * 4 + 1
    # One checksum character may follow.
    if len(line.rstrip(b" \t")) > used + 1:
        return None
    try:
        return a2b_uu(line[:used])
    except Error:
        return None


class YEnc:
    """yEnc, from `=ybegin` to `=yend`, whose size and CRC-32 are compared. One part of several is never whole."""

    _SHIFT = bytes((code - 42) & 0xFF for code in range(256))
    _ESCAPE = re.compile(rb"=(.)", re.DOTALL)

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._lines = Lines(self._read)
        self._has_begun = self._has_ended = self._is_part = False
        self.name = b""
        self._crc = self._bytes = 0
        self._is_right = self.is_whole = False

    def feed(self, block: bytes) -> None:
        self._lines.feed(block)

    def close(self) -> None:
        self._lines.close()
        self.is_whole = self._is_right and not self._is_part

    def _read(self, line: bytes) -> None:
        if begin := BEGIN_YENC.fullmatch(line):
            self._is_part = self._is_part or self._has_begun  # a second file
            self._has_begun, self.name = True, self.name or (begin[1] or b"").strip()
        elif line.startswith(b"=ypart "):
            self._is_part = True
        elif line.startswith(b"=yend ") and not self._has_ended:
            self._end(line)
        elif self._has_begun and not self._has_ended:
            data = self._ESCAPE.sub(lambda found: bytes([(found[1][0] - 64) & 0xFF]), line).translate(self._SHIFT)
            self._crc = zlib.crc32(data, self._crc)
            self._bytes += len(data)
            self._into(data)

    def _end(self, line: bytes) -> None:
        self._has_ended = True
        size = re.search(rb"\bsize=(\d{1,15})", line)
        crc = re.search(rb"(?<!p)crc32=([0-9A-Fa-f]{1,8})\b", line)
        self._is_right = (size is None or int(size[1]) == self._bytes) and (crc is None or int(crc[1], 16) == self._crc)


class BinHex:
    """BinHex 4.0 (RFC 1741 appendix A): the data fork of one Macintosh file; its resource fork is left out."""

    _ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    _BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    _TABLE = bytes.maketrans(_ALPHABET, _BASE64)
    _FOREIGN = bytes(set(range(256)) - set(_ALPHABET))
    _REPEAT = 0x90
    _STEP_BYTES = 16 * 1024
    """Encoded bytes at a time: a run may be 255 times as long as its code."""
    _MAXIMUM_RATIO = 10
    """Decoded bytes for one encoded byte, from `_RATIO_FROM` bytes on."""
    _RATIO_FROM = 20_000_000

    def __init__(self, into: Sink) -> None:
        self._into = into
        self._base64 = Base64(self._expand)
        self._has_begun = self._has_ended = self._is_stopped = False
        self._ahead = b""
        """Text before the first colon."""
        self._packed = b""
        """A repeat mark whose count is yet to come."""
        self._last = b""
        self._header: bytes | None = b""
        self._left = 0
        """Bytes that the data fork still has."""
        self._crc = 0
        self._crc_bytes = b""
        self._fed = self._written = 0
        self.name = b""
        """Of the file, as its Macintosh encoded it."""
        self.is_whole = False

    def feed(self, block: bytes) -> None:
        if self._has_ended:
            return
        if not self._has_begun:
            block = self._skip_to_colon(block)
        for at in range(0, len(block), self._STEP_BYTES):
            step = block[at : at + self._STEP_BYTES]
            text, colon, _ = step.partition(b":")
            self._fed += len(text)
            self._base64.feed(text.translate(None, self._FOREIGN).translate(self._TABLE))
            if colon:
                self._has_ended = True
                return

    def close(self) -> None:
        self._base64.close()
        self.is_whole = self.is_whole and self._has_ended and not self._is_stopped

    def _skip_to_colon(self, block: bytes) -> bytes:
        """What follows the colon at the beginning of a line."""
        data = self._ahead + block
        found = re.search(rb"(?:\A|[\r\n])[ \t]*:", data)
        self._ahead = data[-200:]
        if found is None:
            return b""
        self._has_begun = True
        return data[found.end() :]

    def _expand(self, block: bytes) -> None:
        """Expands runs: a byte, 0x90, and how often the byte stands there; 0x90 0x00 is the byte 0x90 itself."""
        data = self._packed + block
        pieces: list[bytes] = []
        at = 0
        while (mark := data.find(self._REPEAT, at)) >= 0 and mark + 1 < len(data):
            self._last = data[at:mark][-1:] or self._last
            pieces.append(data[at:mark])
            if count := data[mark + 1]:
                pieces.append(self._last * (count - 1))
            else:
                self._last = bytes([self._REPEAT])
                pieces.append(self._last)
            at = mark + 2
        rest, self._packed = (data[at:], b"") if mark < 0 else (data[at:mark], data[mark:])
        self._last = rest[-1:] or self._last
        self._take(b"".join((*pieces, rest)))

    def _take(self, data: bytes) -> None:
        if self._header is not None:
            self._header += data
            data = self._read_header(self._header)
        fork, after = data[: self._left], data[self._left :]
        if fork:
            self._written += len(fork)
            if self._written > max(self._fed * self._MAXIMUM_RATIO, self._RATIO_FROM):
                self._has_ended, self._is_stopped = True, True
                return
            self._crc = crc_hqx(fork, self._crc)
            self._into(fork)
            self._left -= len(fork)
        if self._header is None and self._left == 0 and len(self._crc_bytes) < 2:
            self._crc_bytes += after[: 2 - len(self._crc_bytes)]
            self.is_whole = self._crc_bytes == self._crc.to_bytes(2, "big")

    def _read_header(self, header: bytes) -> bytes:
        """What follows the header, once it is complete: name, type, creator, flags, the sizes of both forks, a CRC."""
        size = 1 + header[0] + 21 if header else 22
        if len(header) < size:
            return b""
        self._left = int.from_bytes(header[size - 10 : size - 6], "big")
        self.name = header[1 : 1 + header[0]]
        self._header = None
        return header[size:]
