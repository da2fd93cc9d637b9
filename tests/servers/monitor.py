"""A monitor that waits for pings: a real HTTP server that is well, slow, moved or broken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from intake_bot.service.pinger import PING_SECONDS


class Monitor(ThreadingHTTPServer):
    """Answers /well with 200, /moved with a redirection to /well, /broken with what is no HTTP, /slow when it may."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/slow":
            self.server.go_on.wait(PING_SECONDS)
        if self.path == "/broken":
            self.wfile.write(b"no such thing\r\n\r\n")
            return
        status = {"/moved": 302, "/missing": 404}.get(self.path, 200)
        self.send_response(status)
        if self.path == "/moved":
            self.send_header("Location", f"{self.server.url}/well")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Not into the test's output."""


@contextmanager
def running_monitor() -> Iterator[Monitor]:
    """One on loopback, until the block ends."""
    with Monitor() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()
