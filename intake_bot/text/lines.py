"""Text on one line. Pure."""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL_RUN = re.compile(f"[{_CONTROLS}]+")
_BREAK = re.compile(f"[{_CONTROLS}\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text on one line: control characters and lone surrogates become spaces, each run of white space one space.

    There is no white space at the ends.
    """
    return " ".join(_BREAK.sub(" ", text).split())


def without_controls(text: str) -> str:
    """The text with each run of control characters, line ends among them, as one space; other spacing is kept."""
    return _CONTROL_RUN.sub(" ", text)
