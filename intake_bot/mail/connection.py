"""What both doors to the mail servers share: how a line is secured, and what its failures are called."""

from __future__ import annotations

import ipaddress
import ssl
from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from random import SystemRandom

from intake_bot.errors import PermanentFailure, TemporaryFailure

MAX_SERVER_TEXT = 300
"""Characters kept of what a server said; the rest is noise or malice."""
_SHORTEST_SECRET = 4
"""Shorter ones would blot out half of every sentence; no provider gives such a 授权码."""
_secrets: set[str] = set()

FIRST_PAUSE, LONGEST_PAUSE = 30, 600
"""Seconds without a new connection, after one failure and after many."""

_random = SystemRandom()


class Security(StrEnum):
    """How a connection is protected. NONE is for loopback only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class LoginRefused(PermanentFailure):
    """The server does not let us in until a person does something (new 授权码, account settings).

    Whoever catches this stops using the account for a good while and tells the admin: providers lock accounts that
    go on trying.
    """


class ServerFailure(TemporaryFailure):
    """A mail server, or the way to it, does not work; this machine does."""


class Backoff:
    """When one server may be connected to anew. QQ refuses for a good while whoever comes back every few seconds.

    Each failure to connect doubles the pause. A line that breaks may be replaced at once, since servers end idle
    ones; if the new one breaks as well within FIRST_PAUSE, that is the pause. Jitter keeps many from coming back at
    the same moment.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds. It may be set back: then nothing is waited for."""
        self._clock = clock
        self._failures = 0
        self._since = 0.0
        self._pause = 0.0

    def connected(self) -> None:
        """It went well."""
        self._failures = 0

    def not_connected(self) -> None:
        """It did not."""
        self._failures += 1
        self._rest(min(FIRST_PAUSE * 2 ** (self._failures - 1), LONGEST_PAUSE))

    def line_broke(self) -> None:
        """A connection that stood has ended."""
        broke_before = 0 <= self._clock() - self._since < FIRST_PAUSE
        self._rest(FIRST_PAUSE if broke_before else 0)

    @property
    def seconds_left(self) -> float:
        """How long to wait; 0: connect."""
        passed = self._clock() - self._since
        return max(0.0, self._pause - passed) if passed >= 0 else 0.0

    def _rest(self, seconds: float) -> None:
        self._since = self._clock()
        self._pause = seconds * _random.uniform(0.8, 1.2)


def is_loopback(host: str) -> bool:
    """True for this machine's own addresses: localhost, 127.x.x.x, ::1. Asks no name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def forbid_open_lines(host: str, security: Security) -> None:
    """Raises ValueError where a password would cross a network unprotected. The configuration checks this first."""
    if security is Security.NONE and not is_loopback(host):
        raise ValueError(f"security none is for loopback only, not for {host}")


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies certificate and host name, against `ca_file` alone where given, else against the system's authorities.

    Raises PermanentFailure when `ca_file` cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except OSError as error:  # ssl.SSLError is one too
        raise PermanentFailure(f"读不了证书文件 {ca_file}：{one_line(error)}") from error


def line_failure(server: str, error: Exception) -> ServerFailure:
    """Names what broke on the way to `server` (host:port), in words for the admin."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return ServerFailure(
            f"{server} 的证书没有通过验证（{error.verify_message}）。"
            "请核对主机名和本机时间；自建的邮件服务器请配置 ca_file。"
        )
    if isinstance(error, TimeoutError):
        return ServerFailure(f"{server} 在限定时间内没有应答。")
    return ServerFailure(f"与 {server} 的连接出了问题：{one_line(error) or type(error).__name__}")


def keep_secret(username: str, password: str) -> None:
    """Has `one_line` blot out this password from now on, in each form in which it is sent (RFC 4616, AUTH LOGIN).

    A server may repeat what it was told, and its words go into logs, ledger, letters and onto the screen: too many
    places for each to remember every password.
    """
    if len(password) >= _SHORTEST_SECRET:
        told = password.encode()
        plain = b"\0".join((b"", username.encode(), told))
        quoted = password.replace("\\", r"\\").replace('"', r"\"")
        _secrets.update((password, quoted, b64encode(told).decode(), b64encode(plain).decode()))


def one_line(text: object) -> str:
    """What a server said, fit for a log line and a table cell: no control characters and no secret of ours, at most
    MAX_SERVER_TEXT long."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    for secret in sorted(_secrets, key=len, reverse=True):
        words = words.replace(secret, "***")
    printable = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(printable.split())[:MAX_SERVER_TEXT]
