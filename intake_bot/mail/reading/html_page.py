"""An HTML body as its reader sees it: visible text and links, without quoted mails. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
    r"\b(?:isReplyContent|isForwardContent|gmail_quote|yahoo_quoted|moz-cite-prefix|ntes-pcmac-quote|mail-quote-\w+)\b"
)
_SIGNATURE = re.compile(
    r"(?i:\b(?:gmail|moz|mail|email|x|qm|yahoo|outlook|ntes|foxmail|spark|ms-outlook)[-_](?:mobile[-_])?(?:signature|sign)\b"
    r"|\bsignature\b|\bdivNeteaseMailCard\b|\bxm_mail_oneTab\b|\b__aliyun_signature_wrap\b|\bFMSigSeperator\b)"
)
_HIDDEN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*(?:0+(?:\.0*)?|\.0+)\s*(?:;|!|$))",
    re.IGNORECASE,
)
_WITHOUT_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE)
_INLINE = frozenset({"a", "b", "em", "font", "i", "label", "p", "small", "span", "strong", "u"})
"""Tags whose text has no size where their style says so; tables and blocks set it to 0 and again within."""
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_BROKEN_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")


_LeavesOut = Callable[[str, dict[str, str]], bool]
"""Whether an element is left out, by its tag and its attributes."""


@dataclass(frozen=True)
class Anchor:
    """A link: its target, its attributes, and the position of its text in the page's text."""

    href: str
    attributes: dict[str, str]
    start: int
    end: int


@dataclass(frozen=True)
class Picture:
    """An `<img>`: its source as written, and its position in the page's text."""

    source: str
    start: int


@dataclass(frozen=True)
class Page:
    """Visible text, with one line for each block element, and the links and pictures in it."""

    text: str
    anchors: tuple[Anchor, ...]
    pictures: tuple[Picture, ...] = ()
    signatures: tuple[tuple[int, int], ...] = ()
    """Start and end in the text of each element that is a signature or a card of a mail program."""

    def is_in_signature(self, position: int) -> bool:
        return any(start <= position < end for start, end in self.signatures)


@lru_cache(maxsize=1)
def read_page(html: str) -> Page:
    """Reads an HTML body, without hidden elements and elements of quoted mails (blockquote, isReplyContent, …).

    Takes linear time for any HTML. The last page is cached, since a mail's text, links and pictures are read in turn.
    """
    return _read(html, _is_hidden_or_quoted)


@lru_cache(maxsize=1)
def read_whole_page(html: str) -> Page:
    """Reads an HTML body as `read_page` does, with the elements of quoted mails."""
    return _read(html, _is_hidden)


def _read(html: str, leaves_out: _LeavesOut) -> Page:
    reader = _Reader(leaves_out)
    reader.feed(_simplify(html))
    reader.close()
    signatures = tuple(reader.signatures)
    return Page("".join(reader.parts), tuple(reader.anchors), tuple(reader.pictures), signatures)


def _simplify(html: str) -> str:
    """The HTML without comments, scripts and declarations, and with every stray `<` escaped.

    `html.parser` searches for the end of each of these repeatedly, which takes quadratic time if there is none.
    """
    for opening, closing in (("<!--", "-->"), ("<script", "</script"), ("<style", "</style")):
        html = "".join(text_outside(html, opening, closing))
    return _BROKEN_TAG.sub("&lt;", _DECLARATION.sub("", html))


def text_outside(text: str, opening: str, closing: str) -> Iterator[str]:
    """The parts of a text outside of `opening…closing>`, which are given in lower case and compared without case.

    Without `closing`, the excluded part reaches to the end.
    """
    lower = _ascii_lower(text)
    at = 0
    while (start := lower.find(opening, at)) >= 0:
        yield text[at:start]
        end = lower.find(closing, start)
        if end < 0:
            return
        # The closing tag may have blanks before its end.
        at = lower.find(">", end + len(closing) - 1) + 1 or len(text)
    yield text[at:]


def _ascii_lower(text: str) -> str:
    """Lower case for ASCII only, which keeps every position; `str.lower` does not."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


class _Reader(HTMLParser):
    def __init__(self, leaves_out: _LeavesOut) -> None:
        super().__init__(convert_charrefs=True)
        self._leaves_out = leaves_out
        self.parts: list[str] = []
        self.anchors: list[Anchor] = []
        self.pictures: list[Picture] = []
        self.signatures: list[tuple[int, int]] = []
        self._length = 0
        self._signing: list[str] = []
        """The open signature, and the nested elements with its name."""
        self._signature_start = 0
        self._skipping: list[str] = []
        """The excluded element, and the nested elements with its name."""
        self._open_anchor: Anchor | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.append(tag)
            return
        attributes = {name: value or "" for name, value in attrs}
        if tag not in _VOID and self._leaves_out(tag, attributes):
            self._skipping.append(tag)
            return
        if self._signing:
            if tag == self._signing[0]:
                self._signing.append(tag)
        elif tag not in _VOID and _SIGNATURE.search(_names(attributes)):
            self._signing.append(tag)
            self._signature_start = self._length
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
        if self._signing and tag == self._signing[0]:
            self._signing.pop()
            if not self._signing:
                self.signatures.append((self._signature_start, self._length))

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._add(_BLANKS.sub(" ", data.replace("\n", " ")))

    def close(self) -> None:
        super().close()
        self._end_anchor()
        if self._signing:
            self.signatures.append((self._signature_start, self._length))

    def _add(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)

    def _end_anchor(self) -> None:
        if self._open_anchor:
            opened = self._open_anchor
            self.anchors.append(Anchor(opened.href, opened.attributes, opened.start, self._length))
            self._open_anchor = None


def _is_hidden(tag: str, attributes: dict[str, str]) -> bool:
    if tag in _UNSEEN_TAGS or "hidden" in attributes:
        return True
    style = attributes.get("style", "")
    return _HIDDEN.search(style) is not None or (tag in _INLINE and _WITHOUT_SIZE.search(style) is not None)


def _is_hidden_or_quoted(tag: str, attributes: dict[str, str]) -> bool:
    is_quoted = tag == "blockquote" or _QUOTING.search(_names(attributes)) is not None
    return is_quoted or _is_hidden(tag, attributes)


def _names(attributes: dict[str, str]) -> str:
    return f"{attributes.get('id', '')} {attributes.get('class', '')}"
