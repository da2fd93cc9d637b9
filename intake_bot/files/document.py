"""What a document says: its text, 字数, pictures, links and tables."""

from __future__ import annotations

import codecs
import mmap
from pathlib import Path

from intake_bot.files.docx import read_docx
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.words import text_facts
from intake_bot.files.xlsx import read_xlsx
from intake_bot.files.zips import Unreadable

_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def measure_document(path: Path, kind: Kind, limits: FileLimits) -> tuple[TextFacts | None, Trouble | None]:
    """The text of a file of one of the kinds in TEXTS. A kind that this version cannot read is UNSUPPORTED."""
    try:
        return _read(path, kind, limits), None
    except Unreadable as error:
        # A zip's own password on a .docx is rare, and to its sender it is a document with a password.
        trouble = Trouble.PROTECTED if error.trouble is Trouble.ENCRYPTED else error.trouble
        return None, trouble


def _read(path: Path, kind: Kind, limits: FileLimits) -> TextFacts:
    match kind:
        case Kind.DOCX:
            return read_docx(path, limits.document_bytes)
        case Kind.XLSX:
            return read_xlsx(path, limits.document_bytes)
        case Kind.TEXT:
            return _read_text(path, limits.document_bytes)
        case Kind.OLE if _is_protected(path):
            raise Unreadable(Trouble.PROTECTED)
        case _:
            raise Unreadable(Trouble.UNSUPPORTED)


def _read_text(path: Path, most_bytes: int) -> TextFacts:
    if path.stat().st_size > most_bytes:
        raise Unreadable(Trouble.BOMB)
    return text_facts(_decoded(path.read_bytes()))


def _decoded(content: bytes) -> str:
    """UTF-16 where a byte order mark says so, else UTF-8, else GB18030, as Notepad saves in China."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _is_protected(path: Path) -> bool:
    """Office keeps a protected .docx or .xlsx in an OLE file, as a stream of this name (MS-OFFCRYPTO 1.3.2)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_ENCRYPTED_STREAM) >= 0
