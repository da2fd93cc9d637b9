"""One web address that is asked for while all is well: a monitor that misses it raises the alarm.

Nothing but the asking counts, so the answer is not read. No proxy of the environment is used and no redirection
followed: who asks for such an address is to know whom he asks.
"""

from __future__ import annotations

import logging
import threading
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from intake_bot import __version__
from intake_bot.mail.connection import one_line

log = logging.getLogger(__name__)

PING_SECONDS = 10


class _NoRedirection(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Pinger:
    """Tells the monitor. Whatever becomes of it, nobody waits for it and nothing is raised."""

    def __init__(self, url: str | None) -> None:
        """None: nobody is to be told."""
        self._url = url
        self._thread: threading.Thread | None = None

    def ping(self) -> None:
        """Asks for the address, beside the work; not while an earlier asking is on its way."""
        if self._url is None or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=_ask, args=(self._url,), name="ping", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """For a program that ends: lets the last asking come to its end."""
        if self._thread is not None:
            self._thread.join(PING_SECONDS)


def _ask(url: str) -> None:
    opener = build_opener(ProxyHandler({}), _NoRedirection)
    request = Request(url, headers={"User-Agent": f"intake-bot/{__version__}"})  # noqa: S310 - https, or loopback
    try:
        opener.open(request, timeout=PING_SECONDS).close()
    except (OSError, HTTPException, ValueError) as error:
        # Its path is a secret between us and the monitor.
        log.warning("ping failed host=%s: %s", urlsplit(url).hostname, one_line(error))
