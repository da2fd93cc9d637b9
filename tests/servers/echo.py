"""Mail servers that let nobody in, and say aloud what they were told: as chatty gateways and debug settings do."""

from __future__ import annotations

import socketserver
from base64 import b64decode

from tests.servers.listener import Listener


class _EchoServer(Listener):
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

        super().__init__(Handler)

    greeting = ""

    def answers(self, line: str) -> list[str]:
        """What is said to a line."""
        raise NotImplementedError


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
