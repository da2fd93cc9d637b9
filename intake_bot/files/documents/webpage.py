"""Reads HTML and MHT, which Word, WPS and the systems of schools also save under the names .doc and .xls."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from intake_bot.files.documents.encoding import decode_marked_up
from intake_bot.files.documents.layout import Layout
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.reading.html_page import text_outside
from intake_bot.mail.reading.read import read_message

_INVISIBLE = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<title", "</title"))
"""Invisible parts: start, and end, which reaches to the next `>`."""
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*)>|<[!?/][^<>]*>|([^<]+)|<")
_ATTRIBUTE = re.compile(r"""\b(href|colspan)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_IS_PAGE = re.compile(r"<(?:html|body|table|p|div|span)\b", re.I)
_BLOCKS = """
address article blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p pre section table td
th tr ul
"""
_ENDS_PARAGRAPH = frozenset(_BLOCKS.split())


def read_webpage(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the visible text, tables and links of a page, and the number of its picture elements.

    Raises Unreadable: UNSUPPORTED for markup that is no page.
    """
    if path.stat().st_size > limits.document_bytes:
        raise Unreadable(Trouble.BOMB)
    page = decode_marked_up(path.read_bytes())
    if not page.lstrip("\ufeff \t\r\n").startswith("<"):
        page = _read_mht(path, limits)
    if not _IS_PAGE.search(page):
        raise Unreadable(Trouble.UNSUPPORTED)
    return _measure(page, limits)


def _read_mht(path: Path, limits: FileLimits) -> str:
    """Returns the page inside an MHT (RFC 2557), which is a mail."""
    with tempfile.TemporaryDirectory() as folder:
        return read_message(path, Path(folder), ReadingLimits(text_bytes=limits.document_bytes)).html


def _measure(page: str, limits: FileLimits) -> TextFacts:
    layout = Layout(limits.text_length)
    links: dict[str, None] = {}
    pictures = 0
    layout.open_paragraph()
    for closing, tag, attributes, text in _tokenize(page):
        if text:
            layout.add_text(text)
            continue
        if tag in _ENDS_PARAGRAPH:
            layout.close_paragraph()
            layout.open_paragraph()
        if not closing:
            pictures += tag in ("img", "imagedata")
        match closing, tag:
            case "", "a" if (target := attributes.get("href", "")).lower().startswith(("http:", "https:", "www.")):
                links[target] = None
            case "", "table":
                layout.open_table()
            case "", "tr":
                layout.open_row()
            case "", "td" | "th":
                layout.open_cell()
                span = attributes.get("colspan", "")
                layout.widen_cell(int(span) if span.isdecimal() and len(span) < 4 else 1)
            case "/", "table":
                layout.close_table()
    return layout.facts(pictures, links)


def _tokenize(page: str) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Yields tags with the attributes that are used, and texts. Takes linear time for every page."""
    for opening, closing in _INVISIBLE:
        page = "".join(text_outside(page, opening, closing))
    for found in _TOKEN.finditer(page):
        slash, tag, attributes, text = found.groups()
        if text:
            yield "", "", {}, re.sub(r"\s+", " ", html.unescape(text))
        elif found[0] == "<":
            yield "", "", {}, "<"
        elif tag:
            yield slash, tag.lower(), _read_attributes(attributes) if attributes else {}, ""


def _read_attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(text)
    }
