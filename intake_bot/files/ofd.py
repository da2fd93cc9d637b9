"""The text of an OFD (GB/T 33190), the format of Chinese official documents: text where the page shows it."""

from __future__ import annotations

import posixpath
from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.office import Package
from intake_bot.files.zips import Unreadable


def read_ofd(path: Path, limits: FileLimits) -> TextFacts:
    """Lines and pictures of all pages. Raises Unreadable: UNSUPPORTED where the pages are pictures of text."""
    with Package(path, limits.document_bytes) as package:
        roots, pages = _Places("DocRoot"), _Places("Page")
        package.read("OFD.xml", roots)
        content = _Page(Layout(limits.text_length))
        for root in roots.found:
            package.read(root.lstrip("/"), pages)
            for page in pages.found:
                part = posixpath.normpath(posixpath.join("/", posixpath.dirname(root), page)).lstrip("/")
                package.read(part, content)
            pages.found.clear()
    facts = content.facts()
    if not facts.words:
        raise Unreadable(Trouble.UNSUPPORTED)
    return facts


class _Places:
    """What elements of one name point to, in their text or in BaseLoc (7.4 and 7.6)."""

    def __init__(self, name: str) -> None:
        self.found: list[str] = []
        self._name = name
        self._pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._name:
            self._pieces = [attributes.get("BaseLoc", "")]

    def end(self, name: str) -> None:
        if self._pieces is not None and name == self._name:
            self.found.extend(place for place in ["".join(self._pieces).strip()] if place)
            self._pieces = None

    def data(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)


class _Page:
    """Text and pictures of pages (11.1 and 10)."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._pictures = 0
        self._in_text = False

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "TextObject":
                self._layout.open_paragraph()
            case "TextCode":
                self._in_text = True
            case "ImageObject":
                self._pictures += 1

    def end(self, name: str) -> None:
        if name == "TextObject":
            self._layout.close_paragraph()
        elif name == "TextCode":
            self._in_text = False

    def data(self, text: str) -> None:
        if self._in_text:
            self._layout.add(text)
