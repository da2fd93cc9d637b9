"""Text that a stranger wrote (file names, subjects, sender names), made fit to be shown in a letter.

HTML needs more: the templates' autoescape does that. Here goes what escaping leaves: line breaks that would fake
a line of ours, direction marks that turn `fdp.exe` round, and addresses that a mail program makes clickable.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

NAME_LENGTH = 60
"""A file name, subject or sender longer than this loses its middle, in characters."""
SENTENCE_LENGTH = 300
"""The same for a sentence of ours that may quote a stranger."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LINKS = ((re.compile(r"(?<=[A-Za-z]):(?=//)"), "："), (re.compile(r"(?i)\b(www)\.(?=\w)"), r"\1．"))


def one_line(text: str, length: int = NAME_LENGTH) -> str:
    """`text` on one line, without invisible characters, at most `length` characters long."""
    seen = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return shortened(" ".join(seen.split()), length)


def unlinked(text: str, length: int = NAME_LENGTH) -> str:
    """`one_line`, and no mail program finds a web address in it."""
    line = one_line(text, len(text))
    for link, plain in _LINKS:
        line = link.sub(plain, line)
    return shortened(line, length)


def pasteable(link: str) -> str:
    """A web address without its scheme: text to copy into a browser, and nothing for a mail program to make clickable.

    Only for links that are known to lead to a mail provider.
    """
    plain = quote(one_line(link, len(link)), safe="%/:=&?~#+!$,;'@()*[]-._")
    return re.sub(r"(?i)^[a-z][a-z0-9+.-]*://", "", plain).replace("://", "%3A//")


def shortened(text: str, length: int) -> str:
    """At most `length` characters: the middle goes, beginning and end (with a file's suffix) stay."""
    if len(text) <= length:
        return text
    tail = length // 3
    return f"{text[: length - tail - 1]}…{text[-tail:]}"
