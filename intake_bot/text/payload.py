"""Text that is no prose: files in base64, uuencode and the like, as they look when nobody decoded them. Pure."""

from __future__ import annotations

import re

_MINIMUM_LENGTH = 200
"""Characters of payload; fewer are a key, a token or a link cut in two, and weigh little in 字."""
_MINIMUM_DISTINCT = 10
"""Different characters in a run; with fewer it is a line to write on, or a rule."""
# A line of uuencode may contain blanks, since its zero is one.
_RUN = re.compile(r"^M[ -`]{60}[ \t]*$|[!-~]{40,}", re.MULTILINE)
_LINK = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{1,15}://|mailto:|(?:^|[<(\"'=@,;])(?:[\w-]{1,63}\.){1,20}[a-z]{2,12}(?:[/?:]|$)", re.ASCII
)


def is_payload(text: str) -> bool:
    """Whether a text consists mostly of long runs of ASCII without blanks that are no links.

    What such a text says is unknown, so its 字数 means nothing.
    """
    length = sum(len(run) for run in _RUN.findall(text) if _is_encoded(run))
    return length >= _MINIMUM_LENGTH and length * 2 > len("".join(text.split()))


def without_payload(text: str) -> str:
    """The text without those runs."""
    return _RUN.sub(lambda run: "" if _is_encoded(run.group()) else run.group(), text)


def _is_encoded(run: str) -> bool:
    return len(set(run)) >= _MINIMUM_DISTINCT and _LINK.search(run) is None
