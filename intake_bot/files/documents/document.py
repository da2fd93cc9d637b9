"""Measures a document of any kind: its text, 字数, pictures, links, tables and macros."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from intake_bot.files.documents.compound import has_macros, is_compound, refuse_ole
from intake_bot.files.documents.odf import read_odf
from intake_bot.files.documents.ofd import read_ofd
from intake_bot.files.documents.package import Package
from intake_bot.files.documents.pdf import read_pdf
from intake_bot.files.documents.plain import read_plain
from intake_bot.files.documents.pptx import read_pptx
from intake_bot.files.documents.webpage import read_webpage
from intake_bot.files.documents.word import wordml
from intake_bot.files.documents.word.doc import read_doc
from intake_bot.files.documents.word.docx import read_docx
from intake_bot.files.documents.word.rtf import read_rtf
from intake_bot.files.documents.workbooks.spreadsheetml import read_spreadsheetml
from intake_bot.files.documents.workbooks.xls import read_xls
from intake_bot.files.documents.workbooks.xlsx import read_xlsx
from intake_bot.files.facts import Kind, TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.text.payload import is_payload

_READERS: Mapping[Kind, Callable[[Path, FileLimits], TextFacts]] = {
    Kind.DOC: read_doc,
    Kind.DOCX: read_docx,
    Kind.HTML: read_webpage,
    Kind.ODF: read_odf,
    Kind.OFD: read_ofd,
    Kind.OLE: refuse_ole,
    Kind.PDF: read_pdf,
    Kind.PPTX: read_pptx,
    Kind.RTF: read_rtf,
    Kind.SPREADSHEETML: read_spreadsheetml,
    Kind.TEXT: read_plain,
    Kind.WORDML: wordml.read_wordml,
    Kind.XLS: read_xls,
    Kind.XLSX: read_xlsx,
}


def measure_document(path: Path, kind: Kind, limits: FileLimits) -> tuple[TextFacts | None, Trouble | None]:
    """Returns the text of a file of one of the kinds in TEXTS; UNSUPPORTED for a kind without a reader, and
    UNDECODED for a text that is a file in base64 or the like."""
    reader = _READERS.get(kind)
    if reader is None:
        return None, Trouble.UNSUPPORTED
    try:
        text = reader(path, limits)
        if is_payload(text.text):
            return None, Trouble.UNDECODED
        return replace(text, macros=_has_macros(path, kind, limits)), None
    except Unreadable as error:
        # A .docx may be encrypted as a zip, which is rare. To its sender, too, it is a document with a password.
        return None, Trouble.PROTECTED if error.trouble is Trouble.ENCRYPTED else error.trouble


def _has_macros(path: Path, kind: Kind, limits: FileLimits) -> bool:
    if kind in (Kind.DOC, Kind.XLS):
        return is_compound(path) and has_macros(path)
    if kind is Kind.WORDML:
        return wordml.has_macros(path)
    if kind in (Kind.DOCX, Kind.XLSX, Kind.PPTX):
        with Package(path, limits.document_bytes) as package:
            return package.has_macros
    return False
