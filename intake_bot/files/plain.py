"""Plain text files, and how the bytes of a text become characters."""

from __future__ import annotations

import codecs
from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.words import text_facts
from intake_bot.files.zips import Unreadable


def read_plain(path: Path, limits: FileLimits) -> TextFacts:
    """Raises Unreadable."""
    if path.stat().st_size > limits.document_bytes:
        raise Unreadable(Trouble.BOMB)
    return text_facts(decoded(path.read_bytes()))


def decoded(content: bytes) -> str:
    """UTF-16 where a byte order mark says so, else UTF-8, else GB18030, as Notepad saves in China."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")
