"""Reads plain text files."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.documents.encoding import decode_text
from intake_bot.files.documents.words import make_text_facts
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits


def read_plain(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the text of a file. Raises Unreadable when it exceeds `document_bytes`."""
    if path.stat().st_size > limits.document_bytes:
        raise Unreadable(Trouble.BOMB)
    return make_text_facts(decode_text(path.read_bytes()))
