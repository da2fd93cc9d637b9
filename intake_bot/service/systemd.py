"""Notifications to systemd for a service of `Type=notify` (sd_notify(3)). Without systemd nothing is sent.

The protocol is one datagram of `NAME=value` lines to the socket named in NOTIFY_SOCKET; the packages for it are
longer than this module and unmaintained.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Sends these lines, such as READY=1, to systemd if it listens. Never raises."""
    family, name = getattr(socket, "AF_UNIX", None), environ.get("NOTIFY_SOCKET", "")
    if family is None or not name.startswith(("/", "@")):
        return
    # A name with @ is in the abstract namespace; its address begins with a NUL byte.
    address = f"\0{name[1:]}" if name.startswith("@") else name
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.settimeout(1)
            connection.sendto("\n".join(lines).encode(), address)
    except OSError as error:
        log.warning("systemd not told: %s", error)


class Watchdog:
    """Feeds the systemd watchdog, which restarts a service that sends nothing within WATCHDOG_USEC microseconds."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._seconds = _watchdog_seconds(environ) / 2  # as sd_watchdog_enabled(3) recommends
        self._fed = 0.0

    def feed(self) -> None:
        """Reports that the service is alive, at half the watchdog time. Called more often than that."""
        now = time.monotonic()
        if self._seconds and now - self._fed >= self._seconds:
            self._fed = now
            notify("WATCHDOG=1", environ=self._environ)


def _watchdog_seconds(environ: Mapping[str, str]) -> float:
    """The watchdog time in seconds; zero where this process is not watched."""
    wait, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    ours = not process or process == str(os.getpid())
    return int(wait) / 1_000_000 if ours and wait.isdecimal() else 0
