"""The bytes of a raw mail, read once in blocks, so that memory does not grow with the mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from intake_bot.mail.reading.content.transfer_encodings import Sink

_BLOCK_BYTES = 128 * 1024
_MAXIMUM_LINE_BYTES = 8 * 1024
_MAXIMUM_DELIMITER_BYTES = 1024
_LINE = re.compile(rb"[^\r\n]{0,%d}(?:\r{1,3}\n|\r|\n)?" % _MAXIMUM_LINE_BYTES)

_LINE_END = re.compile(rb"[\r\n]")

Search = Callable[[bytes, int], re.Match[bytes] | None]
"""Finds the first delimiter in the bytes, from a position on.

A delimiter begins with the line end before it, is found only when all of it is there, and has at most 1 KiB.
"""


class Blocks(Protocol):
    """What is read: a file, or one that still grows."""

    def read(self, size: int, /) -> bytes: ...


class Source:
    """A reading position in a file, with a buffer of about two blocks.

    The byte before the position is always kept, because a delimiter begins with the line end before it. Before the
    first byte of the file the buffer has an additional line end.
    """

    def __init__(self, file: Blocks) -> None:
        self._file = file
        self._buffer = b"\n"
        self._at = 1

    def read_line(self) -> bytes:
        """Reads the next line with its end (CRLF, LF or CR), or 8 KiB of a longer line; empty at the end."""
        if len(self._buffer) - self._at < _MAXIMUM_LINE_BYTES + len(b"\r\n"):
            self._fill()
        found = _LINE.match(self._buffer, self._at)
        assert found, "the pattern matches an empty line as well"
        self._at = found.end()
        return found.group()

    def peek(self, size: int) -> bytes:
        """The next bytes, at most `size` of them and at most one block, which stay to be read."""
        if len(self._buffer) - self._at < size:
            self._fill()
        return self._buffer[self._at : self._at + size]

    def skip(self, size: int) -> None:
        """Steps over bytes that were peeked at."""
        self._at += size

    def unread(self, line: bytes) -> None:
        """Steps back before the line that was just read."""
        self._at -= len(line)

    def copy_until(self, search: Search, into: Sink) -> re.Match[bytes] | None:
        """Passes everything up to the next delimiter to `into`, and skips the delimiter; None if the file ends first.

        The line end before a delimiter belongs to it (RFC 2046 section 5.1.1) and is not passed on.
        """
        while True:
            found = search(self._buffer, self._at - 1)
            if found:
                return self._skip(found, into)
            self._pass_on(self._safe_end(), into)
            if not self._fill():
                return self._copy_rest(search, into)

    def _fill(self) -> bool:
        block = self._file.read(_BLOCK_BYTES)
        if block:
            # The last line stays, since it may be unread.
            kept_from = max(0, self._at - 1 - _MAXIMUM_LINE_BYTES)
            self._buffer = self._buffer[kept_from:] + block
            self._at -= kept_from
        return bool(block)

    def _copy_rest(self, search: Search, into: Sink) -> re.Match[bytes] | None:
        """The last line may be a delimiter without a line end."""
        self._buffer = self._buffer[self._at - 1 :] + b"\n"
        self._at = 1
        found = search(self._buffer, 0)
        if found:
            return self._skip(found, into)
        self._pass_on(len(self._buffer) - 1, into)
        self._at = len(self._buffer)
        return None

    def _skip(self, found: re.Match[bytes], into: Sink) -> re.Match[bytes]:
        end = found.start()
        if self._buffer[end - 1 : end + 1] == b"\r\n":
            end -= 1
        self._pass_on(end, into)
        self._at = found.end()
        return found

    def _safe_end(self) -> int:
        """The position up to which no delimiter can begin that only the next block completes."""
        line_end = _LINE_END.search(self._buffer, max(self._at - 1, len(self._buffer) - _MAXIMUM_DELIMITER_BYTES))
        end = line_end.start() if line_end else len(self._buffer)
        return end - 1 if self._buffer[end - 1 : end + 1] == b"\r\n" else end

    def _pass_on(self, end: int, into: Sink) -> None:
        if end > self._at:
            into(self._buffer[self._at : end])
            self._at = end
