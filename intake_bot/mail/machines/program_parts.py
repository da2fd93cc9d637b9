"""Recognises parts that programs add to a mail: a Mac's resource fork, a key, a card, Word's note on an open file.

They are kept with the mail, and are no material.
"""

from __future__ import annotations

import re
from pathlib import Path

_HEAD_BYTES = 16 * 1024
_MAXIMUM_PLACEHOLDER_BYTES = 300
"""Bytes of text, markup not counted, in a piece of a mail that Exchange cut off: 100 Chinese characters."""
_APPLE_FORKS = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
"""RFC 1740: the second fork of a file, which lies beside the file itself. A package with a file in it was unpacked."""
_MARKED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:BEGIN:V(?:CARD|CALENDAR)\b"
    rb"|-----BEGIN PGP (?:PUBLIC KEY BLOCK|SIGNATURE)-----"
    rb"|(?:<!doctype html[^>]{0,200}>\s{0,200})?<html(?=[^>]{0,300}?\s(?:\xe2\x9a\xa14email|amp4email)[\s=>]))",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"att\d{5}(?:-\d{1,3})?\.(?:txt|html?|bin|dat|c)", re.IGNORECASE)
"""Exchange gives these names to the pieces of text between and below the attachments."""
SYSTEM_FILE = re.compile(r"\._.*|~\$.*|\.~lock\..*|\.ds_store|thumbs\.db|desktop\.ini", re.IGNORECASE)
"""Names of files that a system or an office program keeps beside the files of people."""
_MAXIMUM_LOCK_BYTES = 1000
"""Word's note that a file is open (~$…docx) has 162 bytes, and names who opened it."""
_MARKUP = re.compile(
    rb"<(?:style|script|head)\b.{0,8000}?</(?:style|script|head)|<[^<>]{0,2000}>|&#?\w{1,10};|\s+", re.DOTALL
)


def is_program_part(path: Path, name: str, size: int) -> bool:
    """Whether a program added this part of `size` bytes by itself. Raises OSError if our disk fails."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if size <= _HEAD_BYTES and _PLACEHOLDER.fullmatch(name):
        return len(_MARKUP.sub(b"", head)) <= _MAXIMUM_PLACEHOLDER_BYTES
    return head.startswith(_APPLE_FORKS) or _MARKED.match(head) is not None


def is_kept_by_a_system(name: str, size: int) -> bool:
    """Whether a file of `size` bytes is one that a system or an office program keeps beside the files of people."""
    is_one = SYSTEM_FILE.fullmatch(name) is not None
    return is_one and (size <= _MAXIMUM_LOCK_BYTES or not name.startswith(("~", ".~", "._")))
