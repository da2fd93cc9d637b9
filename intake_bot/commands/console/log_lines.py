"""Redacts log lines: they name a mail, a letter or a step, but no secret, address, telephone number or text of a mail.

Logs are copied into tickets and read by people who may not read the mail. The program's own messages keep to that; this
module redacts answers of servers, and exceptions, whose messages quote the input.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_ADDRESS = re.compile(r"([\w.!#$%&*+/?^{|}~-])[\w.!#$%&*+/=?^{|}~-]{0,63}@((?:[\w-]{1,63}\.){1,8}[\w-]{1,63})")
_OUR_ID = re.compile(r"intake\.(?:[0-9A-Za-z-]{1,32}\.)?[0-9a-f]{32}@")
_NUMBER = re.compile(r"(?<![0-9A-Za-z.:-])(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9A-Za-z])")
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class DiscreetFormatter(logging.Formatter):
    """Formats a record redacted, and an exception as its type and its lines of code, without its text."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))

    def formatException(self, ei: _ExceptionInfo) -> str:  # noqa: N802 - as logging calls it
        return trace_of(ei[1]) if ei[1] is not None else ""


def discreet(text: str) -> str:
    """The text with addresses and telephone numbers shortened, and without invisible characters."""
    return _NUMBER.sub(_short_number, _ADDRESS.sub(_short_address, _INVISIBLE.sub(" ", text)))


def trace_of(error: BaseException) -> str:
    """The type and the traceback of an exception and of its causes, without their messages."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        places = traceback.extract_tb(seen.__traceback__)
        lines += [f"{type(seen).__module__}.{type(seen).__qualname__}"]
        lines += [f"  {place.filename}:{place.lineno} in {place.name}" for place in places]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def log_to_screen(level: int) -> None:
    """Sets up logging to standard error, for the service."""
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter(LOG_FORMAT))
    logging.basicConfig(level=level, handlers=[handler])


def warn_on_screen() -> None:
    """Redacts the warnings that Python prints for a command that sets up no log."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(DiscreetFormatter())


def _short_address(found: re.Match[str]) -> str:
    return found.group() if _OUR_ID.match(found.group()) else f"{found[1]}***@{found[2]}"


def _short_number(found: re.Match[str]) -> str:
    return f"{found.group()[:3]}***"
