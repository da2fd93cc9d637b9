"""The relay that plays a line to a mail provider."""

from __future__ import annotations

import socket
import socketserver

from tests.benchmarks.relay import Relay
from tests.servers.listener import Listener

LONG = b"x" * 3_000_000


class _Shouting(socketserver.StreamRequestHandler):
    """Answers each line, and `long` at length; ends with the client."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(LONG if line == b"long\n" else line.upper())


def test_relay_passes_on_everything_and_counts_the_waits_of_the_client() -> None:
    with Listener(_Shouting) as server, Relay(server.port, delay=0.01) as relay:
        with socket.create_connection((relay.host, relay.port)) as line, line.makefile("rb") as answers:
            line.sendall(b"a\n")
            assert answers.readline() == b"A\n"
            line.sendall(b"b\nc\n")  # two commands, and one wait
            assert (answers.readline(), answers.readline()) == (b"B\n", b"C\n")
            line.sendall(b"long\n")
            assert answers.read(len(LONG)) == LONG
            line.shutdown(socket.SHUT_WR)
            assert answers.read() == b""
        assert relay.round_trips == 3
