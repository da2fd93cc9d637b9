"""What a document says: its text, 字数, pictures, links and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from intake_bot.files.doc import read_doc
from intake_bot.files.docx import read_docx
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.odf import read_odf
from intake_bot.files.ofd import read_ofd
from intake_bot.files.office import Package
from intake_bot.files.ole import has_macros_in_ole, read_other_ole
from intake_bot.files.pdf import read_pdf
from intake_bot.files.plain import read_plain
from intake_bot.files.pptx import read_pptx
from intake_bot.files.rtf import read_rtf
from intake_bot.files.webpage import read_webpage
from intake_bot.files.xls import read_xls
from intake_bot.files.xlsx import read_xlsx
from intake_bot.files.zips import Unreadable

_READERS: Mapping[Kind, Callable[[Path, FileLimits], TextFacts]] = {
    Kind.DOC: read_doc,
    Kind.DOCX: read_docx,
    Kind.HTML: read_webpage,
    Kind.ODF: read_odf,
    Kind.OFD: read_ofd,
    Kind.OLE: read_other_ole,
    Kind.PDF: read_pdf,
    Kind.PPTX: read_pptx,
    Kind.RTF: read_rtf,
    Kind.TEXT: read_plain,
    Kind.XLS: read_xls,
    Kind.XLSX: read_xlsx,
}


def measure_document(path: Path, kind: Kind, limits: FileLimits) -> tuple[TextFacts | None, Trouble | None]:
    """The text of a file of one of the kinds in TEXTS. A kind that this version cannot read is UNSUPPORTED."""
    reader = _READERS.get(kind)
    if reader is None:
        return None, Trouble.UNSUPPORTED
    try:
        return replace(reader(path, limits), macros=_has_macros(path, kind, limits)), None
    except Unreadable as error:
        # A zip's own password on a .docx is rare, and to its sender it is a document with a password.
        return None, Trouble.PROTECTED if error.trouble is Trouble.ENCRYPTED else error.trouble


def _has_macros(path: Path, kind: Kind, limits: FileLimits) -> bool:
    if kind in (Kind.DOC, Kind.XLS):
        return has_macros_in_ole(path)
    if kind in (Kind.DOCX, Kind.XLSX, Kind.PPTX):
        with Package(path, limits.document_bytes) as package:
            return package.has_macros
    return False
