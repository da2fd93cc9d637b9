"""A TCP relay that delays what passes and counts round trips: a line to a mail provider, on loopback."""

from __future__ import annotations

import queue
import socket
import socketserver
import threading
import time

from intake_bot.demo.servers import HOST
from tests.servers.listener import Listener

_PIECE_BYTES = 256 * 1024
_PIECES_UNDERWAY = 256


class Relay(Listener):
    """Passes connections on to a port of loopback while its `with` block lasts. Each direction takes half of `delay`
    seconds; what is underway does not hold up what follows."""

    def __init__(self, port: int, delay: float) -> None:
        self.round_trips = 0
        """How often a client waited for the server before it went on."""
        self.fetched = threading.Event()
        """Set once a client has asked for a mail."""
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection((HOST, port)) as server:
                    for line in (server, self.request):
                        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    _Line(relay, self.request, server, delay / 2).pass_on()

        super().__init__(Handler)


class _Line:
    """One connection."""

    def __init__(self, relay: Relay, client: socket.socket, server: socket.socket, delay: float) -> None:
        self._relay = relay
        self._client = client
        self._server = server
        self._delay = delay
        self._server_spoke = True

    def pass_on(self) -> None:
        answers = threading.Thread(target=self._pass, args=(self._server, self._client, False), daemon=True)
        answers.start()
        self._pass(self._client, self._server, True)
        answers.join()

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        underway: queue.Queue[tuple[float, bytes]] = queue.Queue(_PIECES_UNDERWAY)
        sender = threading.Thread(target=_send, args=(underway, target), daemon=True)
        sender.start()
        piece = b"x"
        while piece:
            try:
                piece = source.recv(_PIECE_BYTES)
            except OSError:
                piece = b""
            if asks and piece and self._server_spoke:
                self._relay.round_trips += 1
            if asks and b"BODY.PEEK" in piece.upper():
                self._relay.fetched.set()
            self._server_spoke = not asks
            underway.put((time.monotonic() + self._delay, piece))
        sender.join()


def _send(underway: queue.Queue[tuple[float, bytes]], target: socket.socket) -> None:
    """Sends each piece when its time has come; an empty one ends the direction."""
    gone = False
    while True:
        due, piece = underway.get()
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            if not piece:
                target.shutdown(socket.SHUT_WR)
            elif not gone:
                target.sendall(piece)
        except OSError:
            gone = True
        if not piece:
            return
