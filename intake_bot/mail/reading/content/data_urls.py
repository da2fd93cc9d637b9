"""Pictures inside HTML (`data:` URLs, RFC 2397), extracted as a stream."""

from __future__ import annotations

import re
from collections.abc import Callable

from intake_bot.mail.reading.content.transfer_encodings import Base64, Sink

_START = re.compile(rb"data:(image/[a-z0-9.+-]{1,30})(?:;[a-z0-9=._-]{1,60}){0,3};base64,", re.IGNORECASE)
_MAXIMUM_START_LENGTH = 300
_END = re.compile(rb"[^A-Za-z0-9+/=\s]")


class DataUrlExtractor:
    """Passes HTML on, with a `cid:` URL in place of each picture.

    `begin` receives the type of a picture (image/jpeg), and returns its Content-ID and the sink for its bytes; `end` is
    called after the last byte.
    """

    def __init__(self, into: Sink, begin: Callable[[str], tuple[str, Sink]], end: Callable[[], None]) -> None:
        self._into = into
        self._begin = begin
        self._end = end
        self._pending = b""
        """Bytes that may begin a `data:` URL."""
        self._picture: Base64 | None = None

    def feed(self, block: bytes) -> None:
        """Takes the next bytes of the HTML."""
        data, self._pending = self._pending + block, b""
        at = 0
        while at < len(data):
            at = self._copy_picture(data, at) if self._picture else self._copy_html(data, at)

    def close(self) -> None:
        """Passes on what is left. Nothing is fed afterwards."""
        self._into(self._pending)
        self._end_picture()

    def _copy_html(self, data: bytes, at: int) -> int:
        """Copies up to the next picture; returns the position reached. Keeps the last bytes: a URL may begin there."""
        found = _START.search(data, at)
        if found is None:
            safe = max(len(data) - _MAXIMUM_START_LENGTH, at)
            self._into(data[at:safe])
            self._pending = data[safe:]
            return len(data)
        content_id, into = self._begin(found[1].decode().lower())
        self._into(data[at : found.start()] + b"cid:" + content_id.encode())
        self._picture = Base64(into)
        return found.end()

    def _copy_picture(self, data: bytes, at: int) -> int:
        assert self._picture is not None
        found = _END.search(data, at)
        end = found.start() if found else len(data)
        self._picture.feed(data[at:end])
        if found:
            self._end_picture()
        return end

    def _end_picture(self) -> None:
        if self._picture is not None:
            self._picture.close()
            self._picture = None
            self._end()
