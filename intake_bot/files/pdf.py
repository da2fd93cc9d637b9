"""The text of a PDF, through PDFium: the reader of Chrome, which knows the Chinese code maps of all the programs that
schools print with.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.words import count_words, text_facts
from intake_bot.files.zips import Unreadable

_MOST_PAGES = 1000
_END_WITHIN = 65_536
"""So many last bytes hold the mark of the end in a file that is whole; some programs write more behind it."""

_SCAN_WORDS = 20
"""A page with a picture and fewer 字 is taken for a scan: a page number may still be text."""

_UNREAL = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
"""What comes out where a font does not say which characters it shows."""


def read_pdf(path: Path, limits: FileLimits) -> TextFacts:
    """Text, pictures and links of all pages.

    Raises Unreadable: PROTECTED with a password, UNSUPPORTED where half of the pages or more are scans, or the text
    cannot be told from the fonts: such a text would seem too short.
    """
    if not _is_whole(path):
        raise Unreadable(Trouble.TRUNCATED)
    with path.open("rb") as file:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
            raise Unreadable(Trouble.PROTECTED if locked else Trouble.DAMAGED) from error
        try:
            return _facts(document, limits)
        except pypdfium2.PdfiumError as error:
            raise Unreadable(Trouble.DAMAGED) from error
        finally:
            document.close()


def _is_whole(path: Path) -> bool:
    """PDFium makes the best of what is cut off, and nobody would know that pages are missing (ISO 32000-1, 7.5.5)."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_WITHIN))
        return b"%%EOF" in file.read()


def _facts(document: pypdfium2.PdfDocument, limits: FileLimits) -> TextFacts:
    if len(document) > _MOST_PAGES:
        raise Unreadable(Trouble.UNSUPPORTED)
    texts: list[str] = []
    links: dict[str, None] = {}
    pictures = scans = 0
    characters_left = limits.text_length
    for number in range(len(document)):
        page = document[number]
        text = _text(page)
        characters_left -= len(text)
        if characters_left < 0:
            raise Unreadable(Trouble.UNSUPPORTED)
        on_page = sum(1 for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
        pictures += on_page
        scans += bool(on_page) and count_words(text) < _SCAN_WORDS
        texts.append(text)
        links.update(dict.fromkeys(_links(document, page)))
        page.close()
    whole = "\n".join(texts)
    facts = text_facts(_UNREAL.sub("", whole), pictures=pictures, links=tuple(links))
    unreal = len(_UNREAL.findall(whole))
    if not facts.words or 2 * scans >= max(len(texts), 1) or 10 * unreal > len(whole):
        raise Unreadable(Trouble.UNSUPPORTED)
    return facts


def _text(page: pypdfium2.PdfPage) -> str:
    """U+FFFE is how PDFium marks a hyphen at the end of a line."""
    reader = page.get_textpage()
    text: str = reader.get_text_range()
    reader.close()
    return "\n".join(line.strip() for line in text.replace("\ufffe", "").splitlines())


def _links(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """Addresses behind words (ISO 32000-1, 12.6.4.7). PDFium has them, its Python binding has no name for them."""
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if length > 1:
            address = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document, action, address, length)
            yield address.value.decode("utf-8", "replace")
