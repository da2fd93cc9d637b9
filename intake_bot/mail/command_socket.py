"""Sockets whose timeout holds for a whole command and its answer, and not for each read.

With a timeout for each read, a server that sends one byte a second, or one line after the other, is never left. Here
the time runs from the first byte that a command sends until the last byte of its answer. A command that moves many
bytes gets more time, by MINIMUM_RATE: an honest mail of 200 MB over an office line takes its minutes.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Self
from weakref import WeakSet

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MINIMUM_RATE = 16 * 1024
"""Bytes in a second that a line must carry."""

_lines: WeakSet[CommandSocket] = WeakSet()
_noting = threading.Lock()


def cut_all() -> None:
    """Ends every connection of this process, for a program that is to stop and waits for slow servers. Whoever reads or
    writes meets the end of the line."""
    with _noting:
        lines = list(_lines)
    for line in lines:
        with suppress(OSError):  # it ended already
            line.shutdown(socket.SHUT_RDWR)


class CommandSocket(socket.socket):
    """A connected socket. `settimeout` sets the seconds of each command; each `sendall` begins one.

    Raises TimeoutError once a command has taken longer.
    """

    _seconds: float | None = None
    _asked_bytes = 0
    _deadline: float | None = None
    """By the monotonic clock; None before the first byte, as where a server has to greet."""

    @classmethod
    def take_over(cls, plain: socket.socket) -> Self:
        """The same connection with the same timeout. The `plain` socket cannot be used any more."""
        seconds = plain.gettimeout()
        taken = cls(plain.family, plain.type, plain.proto, fileno=plain.detach())
        taken.settimeout(seconds)
        return taken

    def expect(self, size: int) -> None:
        """Adds the time for so many bytes, which the next command asks for."""
        self._asked_bytes = size

    def settimeout(self, value: float | None, /) -> None:
        with _noting:
            _lines.add(self)
        self._seconds, self._deadline = value, None
        super().settimeout(value)

    def gettimeout(self) -> float | None:
        # TLS takes the timeout of a whole command over from here, and not what is left of the last one.
        return self._seconds

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        if self._seconds is not None:
            size, self._asked_bytes = memoryview(data).nbytes + self._asked_bytes, 0
            self._deadline = monotonic() + self._seconds + size / MINIMUM_RATE
        self._limit()
        super().sendall(data, flags)

    def send(self, data: ReadableBuffer, flags: int = 0, /) -> int:
        self._limit()
        return super().send(data, flags)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        self._limit()
        return super().recv(buflen, flags)

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self._limit()
        return super().recv_into(buffer, nbytes or 0, flags)

    def _limit(self) -> None:
        """Leaves the next call what is left to the command."""
        if self._seconds is None:
            return
        if self._deadline is None:
            self._deadline = monotonic() + self._seconds
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        super().settimeout(left)


class TlsCommandSocket(CommandSocket, ssl.SSLSocket):
    """The same over TLS: the `sslsocket_class` of a context. Its handshake is one command."""
