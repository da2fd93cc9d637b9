"""An HTML body as its reader sees it: the visible text and the links, without what the mail quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

_BLOCK_TAGS = """
address article blockquote br center dd div dl dt fieldset form h1 h2 h3 h4 h5 h6 hr li ol p pre section table td tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSEEN_TAGS = frozenset({"head", "noscript", "object", "script", "select", "style", "template", "textarea", "title"})
_QUOTING = re.compile(
    r"\b(?:isReplyContent|isForwardContent|gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|OutlookMessageHeader|"
    r"ntes-pcmac-quote|mail-quote-\w+)\b"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_BROKEN_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")


@dataclass(frozen=True)
class Anchor:
    """A link: its target, its attributes, and where its text stands in the page's text."""

    href: str
    attributes: dict[str, str]
    start: int
    end: int


@dataclass(frozen=True)
class Picture:
    """An `<img>`: its source as written, and where it stands in the page's text."""

    source: str
    start: int


@dataclass(frozen=True)
class Page:
    """Visible text, one line for each block of the page, and the links and pictures in it."""

    text: str
    anchors: tuple[Anchor, ...]
    pictures: tuple[Picture, ...] = ()


@lru_cache(maxsize=1)
def own_page(html: str) -> Page:
    """Read an HTML body. Quoted history in a marked element (blockquote, isReplyContent, …) is left out, and so is
    what is hidden. Takes time in proportion to the length, whatever the HTML; the last page is remembered, since a
    mail's words, links and pictures are asked for one after the other.
    """
    reader = _Reader()
    reader.feed(_tamed(html))
    reader.close()
    return Page("".join(reader.pieces), tuple(reader.anchors), tuple(reader.pictures))


def _tamed(html: str) -> str:
    """Without comments, scripts and declarations, and with every stray `<` escaped.

    `html.parser` looks for the end of each of these again and again, in quadratic time when it never comes.
    """
    for opening, closing in (("<!--", "-->"), ("<script", "</script"), ("<style", "</style")):
        html = "".join(outside(html, opening, closing))
    return _BROKEN_TAG.sub("&lt;", _DECLARATION.sub("", html))


def outside(text: str, opening: str, closing: str) -> Iterator[str]:
    """The stretches outside `opening…closing>`, in lower case, whatever the text has; one that is never closed reaches
    to the end."""
    lower = _ascii_lower(text)
    at = 0
    while (start := lower.find(opening, at)) >= 0:
        yield text[at:start]
        end = lower.find(closing, start)
        if end < 0:
            return
        # The closing tag may hold blanks before its end.
        at = lower.find(">", end + len(closing) - 1) + 1 or len(text)
    yield text[at:]


def _ascii_lower(text: str) -> str:
    """Lower case that keeps every position, which `str.lower` does not."""
    return text.translate({upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.anchors: list[Anchor] = []
        self.pictures: list[Picture] = []
        self._length = 0
        self._skipping: list[str] = []
        """The element that is left out, and those of its name inside it."""
        self._open_anchor: Anchor | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.append(tag)
            return
        attributes = {name: value or "" for name, value in attrs}
        if tag not in _VOID and _is_left_out(tag, attributes):
            self._skipping.append(tag)
            return
        if tag in _BLOCKS:
            self._add("\n")
        if tag == "img":
            self.pictures.append(Picture(attributes.get("src", ""), self._length))
        href = attributes.get("href") if tag == "a" else attributes.get("downloadlink")
        if href:
            self._end_anchor()
            self._open_anchor = Anchor(href, attributes, self._length, self._length)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.pop()
            return
        if tag in _BLOCKS:
            self._add("\n")
        if tag == "a":
            self._end_anchor()

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._add(_BLANKS.sub(" ", data.replace("\n", " ")))

    def close(self) -> None:
        super().close()
        self._end_anchor()

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)

    def _end_anchor(self) -> None:
        if self._open_anchor:
            opened = self._open_anchor
            self.anchors.append(Anchor(opened.href, opened.attributes, opened.start, self._length))
            self._open_anchor = None


def _is_left_out(tag: str, attributes: dict[str, str]) -> bool:
    return (
        tag in _UNSEEN_TAGS
        or tag == "blockquote"
        or "hidden" in attributes
        or _HIDDEN.search(attributes.get("style", "")) is not None
        or _QUOTING.search(f"{attributes.get('id', '')} {attributes.get('class', '')}") is not None
    )
