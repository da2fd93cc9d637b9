"""The text of HTML and MHT files: what Word, WPS and school systems save under the name .doc or .xls."""

from __future__ import annotations

import codecs
import html
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.plain import decoded
from intake_bot.files.zips import Unreadable
from intake_bot.mail.markup import outside
from intake_bot.mail.message import ReadingLimits, read_message

_CUT_OUT = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<title", "</title"))
"""What is not seen: from a sign to another, and to the `>` that ends it."""
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*)>|<[!?/][^<>]*>|([^<]+)|<")
_ATTRIBUTE = re.compile(r"""\b(href|colspan)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_CHARSET = re.compile(rb"""<meta[^<>]{0,200}charset\s*=\s*["']?([a-zA-Z0-9_-]{1,40})""", re.I)
_IS_PAGE = re.compile(r"<(?:html|body|table|p|div|span)\b", re.I)
_IS_OFFICE_XML = re.compile(r"<\?mso-application|<(?:w:wordDocument|Workbook|pkg:package)\b")
_BLOCKS = """
address article blockquote br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p pre section table td
th tr ul
"""
_ENDS_PARAGRAPH = frozenset(_BLOCKS.split())


def read_webpage(path: Path, limits: FileLimits) -> TextFacts:
    """Visible text, tables, links, and pictures as the page has places for them.

    Raises Unreadable; UNSUPPORTED for XML that is no page.
    """
    if path.stat().st_size > limits.document_bytes:
        raise Unreadable(Trouble.BOMB)
    content = path.read_bytes()
    page = page_text(content)
    if not page.lstrip("\ufeff \t\r\n").startswith("<"):
        page = _saved_as_mail(path, limits)
    if _IS_OFFICE_XML.search(page[:5000]) or not _IS_PAGE.search(page):
        raise Unreadable(Trouble.UNSUPPORTED)
    return _facts(page, limits)


def page_text(content: bytes) -> str:
    """By its byte order mark, else as UTF-8, as the page says, or as a text of a Chinese system."""
    declared = _CHARSET.search(content[:5000])
    if declared and not content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = declared[1].decode().lower()
        try:
            return content.decode("gb18030" if name.startswith("gb") else name)
        except (LookupError, ValueError):
            pass
    return decoded(content)


def _saved_as_mail(path: Path, limits: FileLimits) -> str:
    """The page inside an MHT (RFC 2557), read as the mail that it is."""
    with tempfile.TemporaryDirectory() as folder:
        return read_message(path, Path(folder), ReadingLimits(text_bytes=limits.document_bytes)).html


def _facts(page: str, limits: FileLimits) -> TextFacts:
    layout = Layout(limits.text_length)
    links: dict[str, None] = {}
    pictures = 0
    layout.open_paragraph()
    for closing, tag, attributes, text in _tokens(page):
        if text:
            layout.add(text)
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


def _tokens(page: str) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Tags with the attributes that matter, and texts. Takes time in proportion to the length, whatever the page."""
    for opening, closing in _CUT_OUT:
        page = "".join(outside(page, opening, closing))
    for found in _TOKEN.finditer(page):
        slash, tag, attributes, text = found.groups()
        if text:
            yield "", "", {}, re.sub(r"\s+", " ", html.unescape(text))
        elif found[0] == "<":
            yield "", "", {}, "<"
        elif tag:
            yield slash, tag.lower(), _attributes(attributes) if attributes else {}, ""


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(text)
    }
