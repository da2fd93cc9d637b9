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
        data = self._waiting + block
        while data:
            data, self._waiting = self._within(data) if self._picture else self._outside(data)

    def close(self) -> None:
        """Nothing is fed afterwards."""
        self._into(self._waiting)
        self._finish()

    def _outside(self, data: bytes) -> tuple[bytes, bytes]:
        """What is left to be looked at, and what has to wait for more."""
        found = _START.search(data)
        if found is None:
            whole = max(len(data) - _LONGEST_START, 0)
            self._into(data[:whole])
            return b"", data[whole:]
        content_id, into = self._begin(found[1].decode().lower())
        self._into(data[: found.start()] + b"cid:" + content_id.encode())
        self._picture = Base64(into)
        return data[found.end() :], b""

    def _within(self, data: bytes) -> tuple[bytes, bytes]:
        assert self._picture is not None
        found = _END.search(data)
        self._picture.feed(data[: found.start()] if found else data)
        if found:
            self._finish()
        return (data[found.start() :] if found else b""), b""

    def _finish(self) -> None:
        if self._picture is not None:
            self._picture.close()
            self._picture = None
            self._end()
