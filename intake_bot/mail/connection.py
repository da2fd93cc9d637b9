"""Connections to mail servers, for the IMAP and the SMTP client: security, failures, waiting times, secrets."""

from __future__ import annotations

import ipaddress
import ssl
from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from random import SystemRandom

from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.mail.command_socket import TlsCommandSocket
from intake_bot.text.lines import one_line

MAXIMUM_SERVER_TEXT = 300
"""Characters kept of a server's text."""
_MINIMUM_SECRET_LENGTH = 4
"""Shorter passwords are not hidden, as every sentence contains them; no provider gives such a 授权码."""
_secrets: set[str] = set()

MINIMUM_PAUSE_SECONDS, MAXIMUM_PAUSE_SECONDS = 30, 600
"""Pauses after the first failure to connect and after many."""

_random = SystemRandom()


class Security(StrEnum):
    """How a connection is encrypted. NONE is for loopback only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class LoginRefused(PermanentFailure):
    """The server refuses the login until a person changes something (new 授权码, account settings).

    After this error the account is left alone for a long time and the admin is alerted: providers lock accounts that
    keep trying.
    """


class ServerFailure(TemporaryFailure):
    """A mail server or the network to it fails; this machine works."""


class Backoff:
    """Time until the next connection to one server. QQ blocks clients that reconnect every few seconds.

    Each failure to connect doubles the pause. A broken connection may be replaced at once, since servers end idle
    ones; if the new one breaks within MINIMUM_PAUSE_SECONDS, that is the pause. Random jitter spreads the connections
    of many mailboxes.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds. After it is set back there is no pause."""
        self._clock = clock
        self._failures = 0
        self._since = 0.0
        self._pause = 0.0

    def reset(self) -> None:
        """Records that a connection was made."""
        self._failures = 0

    def back_off(self) -> None:
        """Records a failure to connect, and doubles the pause."""
        self._failures += 1
        self._pause_for(min(MINIMUM_PAUSE_SECONDS * 2 ** (self._failures - 1), MAXIMUM_PAUSE_SECONDS))

    def record_break(self) -> None:
        """Records that an established connection broke."""
        broke_before = 0 <= self._clock() - self._since < MINIMUM_PAUSE_SECONDS
        self._pause_for(MINIMUM_PAUSE_SECONDS if broke_before else 0)

    @property
    def seconds_left(self) -> float:
        """Seconds to wait before connecting; 0 if none."""
        passed = self._clock() - self._since
        return max(0.0, self._pause - passed) if passed >= 0 else 0.0

    def _pause_for(self, seconds: float) -> None:
        self._since = self._clock()
        self._pause = seconds * _random.uniform(0.8, 1.2)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: localhost, 127.x.x.x or ::1. No name server is asked."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_encryption(host: str, security: Security) -> None:
    """Raises ValueError if a password would cross a network unencrypted. The configuration checks this first."""
    if security is Security.NONE and not is_loopback(host):
        raise ValueError(f"security none is for loopback only, not for {host}")


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that verifies certificate and host name, against `ca_file` if given, else the system's authorities. Its
    connections are TlsCommandSockets.

    Raises PermanentFailure if `ca_file` cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:  # ssl.SSLError is one too
        raise PermanentFailure(f"读不了证书文件 {ca_file}：{server_text(error)}") from error
    context.sslsocket_class = TlsCommandSocket
    return context


def connection_failure(server: str, error: Exception) -> ServerFailure:
    """Describes an error of the connection to `server` (host:port) for the admin."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return ServerFailure(
            f"{server} 的证书没有通过验证（{error.verify_message}）。"
            "请核对主机名和本机时间；自建的邮件服务器请配置 ca_file。"
        )
    # smtplib and imaplib raise errors of their own while they handle that of the socket.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return ServerFailure(f"{server} 在限定时间内没有应答。")
    return ServerFailure(f"与 {server} 的连接出了问题：{server_text(error) or type(error).__name__}")


def hide_secret(username: str, password: str) -> None:
    """Makes `server_text` hide this password from now on, in each form in which it is sent (RFC 4616, AUTH LOGIN).

    A server may repeat what it received, and its text goes into logs, ledger, letters and onto the screen.
    """
    if len(password) >= _MINIMUM_SECRET_LENGTH:
        raw = password.encode()
        plain = b"\0".join((b"", username.encode(), raw))
        quoted = password.replace("\\", r"\\").replace('"', r"\"")
        _secrets.update((password, quoted, b64encode(raw).decode(), b64encode(plain).decode()))


def server_text(text: object) -> str:
    """What a server said, as one line for a log or a table cell: printable characters only, passwords replaced by
    `***`, at most MAXIMUM_SERVER_TEXT characters."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    for secret in sorted(_secrets, key=len, reverse=True):
        words = words.replace(secret, "***")
    printable = "".join(char if char.isprintable() else " " for char in words)
    return one_line(printable)[:MAXIMUM_SERVER_TEXT]
