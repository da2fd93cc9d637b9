"""The bytes of a raw mail, read forward once in blocks, so that memory does not grow with the mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from intake_bot.mail.transfer import Sink

_BLOCK_BYTES = 256 * 1024
_LONGEST_LINE = 8 * 1024
_LONGEST_DELIMITER = 1024
_LINE = re.compile(rb"[^\r\n]{0,%d}(?:\r\n?|\n)?" % _LONGEST_LINE)

Search = Callable[[bytes, int], re.Match[bytes] | None]
"""Finds the first delimiter in the bytes, not before the position given.

A delimiter begins with the newline before it and is found only once its line is whole; it is at most 1 KiB long.
"""


class Source:
    """A reading position in a file, with a buffer of about two blocks.

    The byte before the position is always kept, because a delimiter begins with the line end before it; ahead of the
    first byte of the file stands a line end of our own.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b"\n"
        self._at = 1

    def line(self) -> bytes:
        """The next line with its end (CRLF, LF or CR), or the next 8 KiB of a longer line; empty at the end."""
        if len(self._buffer) - self._at < _LONGEST_LINE + len(b"\r\n"):
            self._fill()
        found = _LINE.match(self._buffer, self._at)
        assert found, "the pattern matches an empty line as well"
        self._at = found.end()
        return found.group()

    def unread(self, line: bytes) -> None:
        """Step back before the line that was just read."""
        self._at -= len(line)

    def pour(self, search: Search, into: Sink) -> re.Match[bytes] | None:
        """Hand over everything up to the next delimiter, and step behind it; None when the file ends first.

        The line end before a delimiter belongs to it (RFC 2046 section 5.1.1) and is not handed over.
        """
        while True:
            found = search(self._buffer, self._at - 1)
            if found:
                return self._step_behind(found, into)
            self._give(self._safe_end(), into)
            if not self._fill():
                return self._pour_end(search, into)

    def _fill(self) -> bool:
        block = self._file.read(_BLOCK_BYTES)
        if block:
            self._buffer = self._buffer[self._at - 1 :] + block
            self._at = 1
        return bool(block)

    def _pour_end(self, search: Search, into: Sink) -> re.Match[bytes] | None:
        """The last line may be a delimiter without a line end."""
        self._buffer = self._buffer[self._at - 1 :] + b"\n"
        self._at = 1
        found = search(self._buffer, 0)
        if found:
            return self._step_behind(found, into)
        self._give(len(self._buffer) - 1, into)
        self._at = len(self._buffer)
        return None

    def _step_behind(self, found: re.Match[bytes], into: Sink) -> re.Match[bytes]:
        end = found.start()
        if self._buffer[end - 1 : end] == b"\r":
            end -= 1
        self._give(end, into)
        self._at = found.end()
        return found

    def _safe_end(self) -> int:
        """Up to where no delimiter can begin that the next block would complete."""
        newline = self._buffer.rfind(b"\n", max(self._at - 1, len(self._buffer) - _LONGEST_DELIMITER))
        end = len(self._buffer) if newline < 0 else newline
        return end - 1 if self._buffer[end - 1 : end] == b"\r" else end

    def _give(self, end: int, into: Sink) -> None:
        if end > self._at:
            into(self._buffer[self._at : end])
            self._at = end
