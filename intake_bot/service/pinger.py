"""Pings a monitor at one web address while the program is well; the monitor raises an alarm when pings stop.

The response is not read. No proxy of the environment is used and no redirection is followed, so that the secret address
goes to the monitor only.
"""

from __future__ import annotations

import logging
import threading
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from intake_bot import __version__
from intake_bot.mail.connection import server_text

log = logging.getLogger(__name__)

PING_SECONDS = 10


class _NoRedirection(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Pinger:
    """Pings the monitor in the background. A ping that fails is logged; nothing is raised."""

    def __init__(self, url: str | None) -> None:
        """`url` is None where there is no monitor."""
        self._url = url
        self._thread: threading.Thread | None = None

    def ping(self) -> None:
        """Sends a ping in the background, unless an earlier one is still on its way."""
        if self._url is None or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=_request, args=(self._url,), name="ping", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Waits for the last ping, at most PING_SECONDS."""
        if self._thread is not None:
            self._thread.join(PING_SECONDS)


def _request(url: str) -> None:
    opener = build_opener(ProxyHandler({}), _NoRedirection)
    request = Request(url, headers={"User-Agent": f"intake-bot/{__version__}"})  # noqa: S310 - https, or loopback
    try:
        opener.open(request, timeout=PING_SECONDS).close()
    except (OSError, HTTPException, ValueError) as error:
        # The path of the address is a secret, and stays out of the log.
        log.warning("ping failed host=%s: %s", urlsplit(url).hostname, server_text(error))
