"""Pictures that stand in the HTML of a mail itself (`data:` addresses, RFC 2397), taken out as a stream."""

from __future__ import annotations

import re
from collections.abc import Callable

from intake_bot.mail.transfer import Base64, Sink

_START = re.compile(rb"data:(image/[a-z0-9.+-]{1,30})(?:;[a-z0-9=._-]{1,60}){0,3};base64,", re.IGNORECASE)
_LONGEST_START = 300
_END = re.compile(rb"[^A-Za-z0-9+/=\s]")


class DataPictures:
    """Passes HTML on, with a `cid:` address in the place of each picture that it holds.

    `begin` is told the type of a picture (image/jpeg), and gives its Content-ID and where its bytes are to go; `end` is
    called when the last of them have gone there.
    """

    def __init__(self, into: Sink, begin: Callable[[str], tuple[str, Sink]], end: Callable[[], None]) -> None:
        self._into = into
        self._begin = begin
        self._end = end
        self._waiting = b""
        """What may be the beginning of an address."""
        self._picture: Base64 | None = None

    def feed(self, block: bytes) -> None:
        """The next bytes of the HTML."""
        data, self._waiting = self._waiting + block, b""
        at = 0
        while at < len(data):
            at = self._within(data, at) if self._picture else self._outside(data, at)

    def close(self) -> None:
        """Nothing is fed afterwards."""
        self._into(self._waiting)
        self._finish()

    def _outside(self, data: bytes, at: int) -> int:
        """How far it was looked at. What is left at the end waits for more."""
        found = _START.search(data, at)
        if found is None:
            whole = max(len(data) - _LONGEST_START, at)
            self._into(data[at:whole])
            self._waiting = data[whole:]
            return len(data)
        content_id, into = self._begin(found[1].decode().lower())
        self._into(data[at : found.start()] + b"cid:" + content_id.encode())
        self._picture = Base64(into)
        return found.end()

    def _within(self, data: bytes, at: int) -> int:
        assert self._picture is not None
        found = _END.search(data, at)
        end = found.start() if found else len(data)
        self._picture.feed(data[at:end])
        if found:
            self._finish()
        return end

    def _finish(self) -> None:
        if self._picture is not None:
            self._picture.close()
            self._picture = None
            self._end()
