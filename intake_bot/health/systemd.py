"""What systemd wants to hear of a service of `Type=notify` (sd_notify(3)). Elsewhere nobody asks, and nothing is said.

The protocol is one datagram of `NAME=value` lines to the socket named in NOTIFY_SOCKET; the packages for it are
longer than this and have rested for years.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Says these lines, such as READY=1, if somebody listens. Never fails."""
    family, name = getattr(socket, "AF_UNIX", None), environ.get("NOTIFY_SOCKET", "")
    if family is None or not name.startswith(("/", "@")):
        return
    # A name with @ stands for the abstract name space, which begins with a NUL.
    address = f"\0{name[1:]}" if name.startswith("@") else name
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(1)
            line.sendto("\n".join(lines).encode(), address)
    except OSError as error:
        log.warning("systemd not told: %s", error)


class Watchdog:
    """systemd ends a service that it does not hear of within WATCHDOG_USEC, and starts it anew."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._seconds = _watched_seconds(environ) / 2  # as sd_watchdog_enabled(3) recommends
        self._fed = 0.0

    def feed(self) -> None:
        """We are well; to be said often."""
        now = time.monotonic()
        if self._seconds and now - self._fed >= self._seconds:
            self._fed = now
            notify("WATCHDOG=1", environ=self._environ)


def _watched_seconds(environ: Mapping[str, str]) -> float:
    """Zero where nobody watches this process."""
    wait, process = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    ours = not process or process == str(os.getpid())
    return int(wait) / 1_000_000 if ours and wait.isdecimal() else 0
