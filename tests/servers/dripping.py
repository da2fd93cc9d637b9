"""Mail servers that answer, and never come to an end of it: they drip bytes, or send one line after the other."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import ClassVar

from tests.servers.listener import Listener

DRIP_SECONDS = 0.01
"""Pause between two bytes or lines, shorter than every timeout in the tests: no single read runs out of time."""
Say = Callable[[bytes], object]
Endless = Callable[[Say], object]


def drip(say: Say) -> None:
    """One byte after the other of a line that never ends."""
    while True:
        say(b"2")
        time.sleep(DRIP_SECONDS)


def repeat(line: bytes) -> Endless:
    """The same line for ever."""

    def answer(say: Say) -> None:
        while True:
            say(line)
            time.sleep(DRIP_SECONDS)

    return answer


class DrippingServer(Listener):
    """Answers each command by `answers`, by the command's first words without a tag, where {tag} is filled in, and
    other lines not at all; the command `endless` is answered by what never ends. An `endless` of `greeting` drips from
    the start.

    `is_dripping` is set when that begins, and `left` once a client has gone away.
    """

    greeting = b""
    answers: ClassVar[Mapping[str, str]]

    def __init__(self, endless: str, how: Endless, tls: ssl.SSLContext | None = None) -> None:
        self.is_dripping, self.left = threading.Event(), threading.Event()
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line = self.request if tls is None else tls.wrap_socket(self.request, server_side=True)
                with line, line.makefile("rb") as lines, suppress(OSError):
                    server._serve(lines.readline, line.sendall)
                server.left.set()

        super().__init__(Handler)
        self._endless, self._how = endless, how

    def _serve(self, read: Callable[[], bytes], say: Say) -> None:
        if self._endless == "greeting":
            self._go_on(say)
        say(self.greeting)
        while words := self._words(read()):
            tag, command = words
            if command.startswith(self._endless):
                self._go_on(say)
            known = next((said for start, said in self.answers.items() if command.startswith(start)), None)
            say((known or "").format(tag=tag).encode())

    def _go_on(self, say: Say) -> None:
        """Until the client has gone, which raises OSError."""
        self.is_dripping.set()
        self._how(say)

    def _words(self, line: bytes) -> tuple[str, str] | None:
        raise NotImplementedError


class DrippingImapServer(DrippingServer):
    greeting = b"* OK ready\r\n"
    answers: ClassVar = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",
        "LOGIN": "{tag} OK done\r\n",
        "EXAMINE": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n{tag} OK [READ-ONLY] done\r\n",
        "UID SEARCH": "* SEARCH 1\r\n{tag} OK done\r\n",
    }

    def _words(self, line: bytes) -> tuple[str, str] | None:
        tag, _, command = line.decode().strip().partition(" ")
        return (tag, command) if command else None


class DrippingSmtpServer(DrippingServer):
    greeting = b"220 ready\r\n"
    answers: ClassVar = {
        "ehlo": "250-ready\r\n250 AUTH PLAIN\r\n",
        "AUTH": "235 welcome\r\n",
        "mail": "250 ok\r\n",
        "rcpt": "250 ok\r\n",
        "data": "354 go on\r\n",
        "quit": "221 bye\r\n",
        "rset": "250 ok\r\n",
    }

    def _words(self, line: bytes) -> tuple[str, str] | None:
        return ("", line.decode().strip()) if line else None
