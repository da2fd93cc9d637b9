"""Reads PDF with PDFium, the PDF engine of Chrome, which knows the Chinese character maps of all common programs."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.words import count_words, make_text_facts
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_MAXIMUM_PAGES = 1000
_END_BYTES = 65_536
"""Size of the tail in which a complete file has its end mark; some programs write more bytes behind it."""

_MINIMUM_WORDS = 20
"""A page with a picture and fewer 字 counts as a scan, whose page number may still be text."""

_UNMAPPED = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
"""Characters that PDFium returns when a font does not map its glyphs to characters."""


def read_pdf(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the text, pictures and links of all pages.

    Raises Unreadable: PROTECTED with a password, UNSUPPORTED when at least half of the pages are scans or more than a
    tenth of the characters are unmapped, because such a text would seem too short.
    """
    if not _is_complete(path):
        raise Unreadable(Trouble.TRUNCATED)
    with path.open("rb") as file:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
            raise Unreadable(Trouble.PROTECTED if locked else Trouble.DAMAGED) from error
        try:
            return _measure(document, limits)
        except pypdfium2.PdfiumError as error:
            raise Unreadable(Trouble.DAMAGED) from error
        finally:
            document.close()


def _is_complete(path: Path) -> bool:
    """True for a file with an end mark (ISO 32000-1, 7.5.5). PDFium opens truncated files, without their last pages."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_BYTES))
        return b"%%EOF" in file.read()


def _measure(document: pypdfium2.PdfDocument, limits: FileLimits) -> TextFacts:
    if len(document) > _MAXIMUM_PAGES:
        raise Unreadable(Trouble.UNSUPPORTED)
    texts: list[str] = []
    links: dict[str, None] = {}
    pictures = scans = 0
    budget = CharacterBudget(limits.text_length)
    for number in range(len(document)):
        page = document[number]
        text = _read_text(page)
        budget.spend(len(text))
        on_page = sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
        pictures += on_page
        scans += bool(on_page) and count_words(text) < _MINIMUM_WORDS
        texts.append(text)
        links.update(dict.fromkeys(_read_links(document, page)))
        page.close()
    joined = "\n".join(texts)
    facts = make_text_facts(_UNMAPPED.sub("", joined), pictures=pictures, links=tuple(links))
    unmapped = len(_UNMAPPED.findall(joined))
    if not facts.words or 2 * scans >= max(len(texts), 1) or 10 * unmapped > len(joined):
        raise Unreadable(Trouble.UNSUPPORTED)
    return facts


def _read_text(page: pypdfium2.PdfPage) -> str:
    """Returns the text of a page, without U+FFFE, with which PDFium marks a hyphen at the end of a line."""
    reader = page.get_textpage()
    text: str = reader.get_text_range()
    reader.close()
    return "\n".join(line.strip() for line in text.replace("\ufffe", "").splitlines())


def _read_links(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """Yields the targets of links (ISO 32000-1, 12.6.4.7), with functions of PDFium that pypdfium2 does not wrap."""
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if length > 1:
            address = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document, action, address, length)
            yield address.value.decode("utf-8", "replace")
