"""Mail servers that let nobody in, and say aloud what they were told: as chatty gateways and debug settings do."""

from __future__ import annotations

import socketserver
import threading
from base64 import b64decode
from types import TracebackType
from typing import Self

from intake_bot.demo.servers import HOST


class _EchoServer:
    """One listener on loopback; each connection is served line by line until it ends."""

    def __init__(self) -> None:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say(server.greeting)
                while line := self.rfile.readline().decode("utf-8").strip():
                    for answer in server.answers(line):
                        self._say(answer)

            def _say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port: int = self._server.server_address[1]

    greeting = ""

    def answers(self, line: str) -> list[str]:
        """What is said to a line."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class EchoImapServer(_EchoServer):
    """Refuses LOGIN, with all that it was told."""

    greeting = "* OK ready"

    def answers(self, line: str) -> list[str]:
        tag, _, command = line.partition(" ")
        if command.upper().startswith("CAPABILITY"):
            return ["* CAPABILITY IMAP4rev1", f"{tag} OK done"]
        return [f"{tag} NO [AUTHENTICATIONFAILED] you said: {command}"]


class EchoSmtpServer(_EchoServer):
    """Refuses AUTH, with all that it was told, as it came and decoded."""

    greeting = "220 ready"

    def answers(self, line: str) -> list[str]:
        words = line.split()
        if words[0].upper() == "EHLO":
            return ["250-ready", "250 AUTH PLAIN LOGIN"]
        if words[0].upper() == "AUTH" and words[1].upper() == "LOGIN":
            return ["334 UGFzc3dvcmQ6"]
        if words[0].upper() in ("QUIT", "RSET"):
            return ["250 ok"]
        told = b64decode(words[-1]).decode().replace("\0", " ")
        return [f"535 5.7.8 you said {words[-1]}, that is {told}"]
