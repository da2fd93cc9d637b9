"""An IMAP proxy that stands before a real server and lets it speak in another manner.

It takes commands line by line, and answers as a whole, literals included. Clients that send literals are turned away:
ours sends none.
"""

from __future__ import annotations

import re
import socket
import socketserver
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedRWPair

from intake_bot.demo.servers import ImapAccount
from tests.servers.dovecot import Dovecot
from tests.servers.listener import Listener

_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")
PATIENCE_SECONDS = 30


class HangUp(Exception):
    """Ends the client's connection without another word."""


@dataclass(frozen=True)
class Command:
    """One command of a client: `a1 UID FETCH 1 (FLAGS)` has the verb `UID FETCH` and the rest `1 (FLAGS)`."""

    tag: str
    verb: str
    rest: str

    @property
    def line(self) -> bytes:
        """As it goes to the server."""
        return f"{self.tag} {self.verb} {self.rest}".rstrip().encode() + b"\r\n"

    def asks_for(self, uid: int) -> bool:
        """Whether the numbers of this FETCH include this one."""
        pairs = (part.partition(":") for part in self.rest.partition(" ")[0].split(","))
        return any(int(first) <= uid <= int(last or first) for first, _, last in pairs)

    def answer(self, text: str) -> bytes:
        """The line that ends the answer: `OK done`."""
        return f"{self.tag} {text}\r\n".encode()


def read_command(line: bytes) -> Command:
    """Takes a client's line apart."""
    tag, _, words = line.decode("ascii").rstrip("\r\n").partition(" ")
    verb, _, rest = words.partition(" ")
    if verb.upper() == "UID":
        second, _, rest = rest.partition(" ")
        verb = f"UID {second}"
    return Command(tag, verb.upper(), rest)


class Conversation:
    """One client's connection and one to the server behind, for as long as it lasts. It passes everything on;
    a manner overrides what it says otherwise."""

    def __init__(self, proxy: ImapProxy, client: BufferedRWPair, server: BufferedRWPair) -> None:
        self.proxy = proxy
        self._client = client
        self._server = server

    def serve(self) -> None:
        """From the greeting to the end of the line. Raises HangUp, or OSError where the client ended it."""
        self.say([self.greeting(self._response())])
        while line := self._client.readline():
            command = read_command(line)
            self.proxy.commands.append(f"{command.verb} {command.rest}".rstrip())
            self.say(self.answer(command))

    def greeting(self, line: bytes) -> bytes:
        """What is said in place of the server's first line."""
        return line

    def answer(self, command: Command) -> Iterable[bytes]:
        """All responses to a command, the tagged one last."""
        return self.ask(command)

    def ask(self, command: Command) -> Iterator[bytes]:
        """What the server behind answers."""
        self._server.write(command.line)
        self._server.flush()
        ending = f"{command.tag} ".encode()
        while True:
            response = self._response()
            yield response
            if response.startswith(ending):
                return

    def say(self, responses: Iterable[bytes]) -> None:
        """To the client."""
        for response in responses:
            self._client.write(response)
        self._client.flush()

    def wait_for_the_end(self) -> None:
        """Says nothing more until the client has given up."""
        while self._client.readline():
            pass

    def _response(self) -> bytes:
        """One response: a line with all its literals, and the lines that go on behind them."""
        response = b""
        while True:
            line = self._server.readline()
            if not line:
                raise HangUp
            response += line
            literal = _LITERAL.search(line)
            if literal is None:
                return response
            response += self._server.read(int(literal[1]))


class ImapProxy(Listener):
    """Listens on a free loopback port while its `with` block lasts. `commands` are all it was sent, without tags."""

    def __init__(self, server: Dovecot, manner: type[Conversation]) -> None:
        self.behind = server
        self.commands: list[str] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with (
                    socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as line,
                    line.makefile("rwb") as behind,
                    self.request.makefile("rwb") as client,
                    suppress(HangUp, OSError),
                ):
                    manner(proxy, client, behind).serve()

        super().__init__(Handler)

    def account(self, user: str) -> ImapAccount:
        """The account of this name on the server behind; mail is put there past the proxy."""
        account = self.behind.account(user)
        return ImapAccount(self.host, self.port, account.user, account.password, account.append)
