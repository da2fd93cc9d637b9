"""Connects imapclient to a server, over a socket on which each command has its time."""

from __future__ import annotations

import socket
from contextlib import suppress

from imapclient import IMAPClient, imap_utf7
from imapclient.exceptions import IMAPClientError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.response_parser import parse_response

from intake_bot.mail.command_socket import CommandSocket
from intake_bot.mail.connection import Security, tls_context
from intake_bot.mail.imap.responses import Folder
from intake_bot.mail.imap.settings import ImapSettings

PARSER_ERRORS = (ValueError, LookupError, TypeError, AttributeError, EOFError)
"""Errors that imapclient's parser raises, besides its own, for responses that are no IMAP. Caught around calls of the
library only."""


class Client(IMAPClient):  # type: ignore[misc]  # it ships no types
    """A client whose commands take at most the settings' `timeout_seconds`, and the time that the bytes take which they
    ask for."""

    def __init__(self, settings: ImapSettings) -> None:
        """Connects, and reads the greeting. Raises as imapclient does; PermanentFailure for an unreadable `ca_file`."""
        # Reading the system's authorities takes a while, and nobody asks for them on an open line.
        self._tls = None if settings.security is Security.NONE else tls_context(settings.ca_file)
        is_tls = settings.security is Security.TLS
        super().__init__(
            settings.host, settings.port, ssl=is_tls, ssl_context=self._tls, timeout=settings.timeout_seconds
        )
        # imapclient leaves imaplib's debug log at level 5, which formats every literal and takes ten times as long.
        # There is no public switch.
        self._imap.debug = 0
        self.normalise_times = False  # else INTERNALDATE is in local time, without its zone

    def secure(self, security: Security) -> None:
        """Asks for STARTTLS where it is wanted. Raises as imapclient does."""
        if security is Security.STARTTLS:
            self.starttls(self._tls)

    def expect(self, size: int) -> None:
        """Adds the time for so many bytes to the next command."""
        self.socket().expect(size)

    def list_readable_folders(self) -> list[Folder]:
        """All folders but those whose line or name cannot be read: imapclient fails for all where one cannot be read.
        Raises as imapclient does."""
        answer, lines = self._imap.list('""', '"*"')
        if answer != "OK":
            raise IMAPClientError(f"list failed: {lines[0]!r}")
        folders = []
        for line in lines:
            with suppress(IMAPClientError, *PARSER_ERRORS):
                flags, delimiter, name = parse_response([line])
                folders.append((flags, delimiter, imap_utf7.decode(name) if isinstance(name, bytes) else str(name)))
        return folders

    def _create_IMAP4(self) -> IMAP4WithTimeout:  # noqa: N802 - imapclient's name
        # Over TLS, the context makes the right socket.
        return super()._create_IMAP4() if self.ssl else _OpenLine(self.host, self.port, self._timeout.connect)


class _OpenLine(IMAP4WithTimeout):  # type: ignore[misc]  # it ships no types
    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return CommandSocket.take_over(super()._create_socket(timeout))
