"""A TCP listener on loopback for the servers of the tests."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self

from intake_bot.demo.servers import HOST


class Listener:
    """Listens on a free port of loopback while its `with` block lasts; each connection has its own thread."""

    host = HOST

    def __init__(self, handler: type[socketserver.BaseRequestHandler]) -> None:
        self._server = socketserver.ThreadingTCPServer((HOST, 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
