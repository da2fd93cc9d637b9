"""The text of OpenDocument files (ODF 1.2): .odt, .ods, .odp."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import WIDEST_SPAN, Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.office import Package
from intake_bot.files.zips import Unreadable

_UNSEEN = frozenset({"tracked-changes", "annotation", "note-citation", "notes"})
"""Deleted text, comments, the number of a footnote, speaker's notes."""
_SPACING = {"tab": "\t", "line-break": "\n", "s": " "}


def read_odf(path: Path, limits: FileLimits) -> TextFacts:
    """Paragraphs, tables (each sheet is one), notes and text boxes. Raises Unreadable: PROTECTED with a password."""
    with Package(path, limits.document_bytes) as package:
        locks = _Locks()
        if package.has("META-INF/manifest.xml"):
            package.read("META-INF/manifest.xml", locks)
        if locks.found:
            raise Unreadable(Trouble.PROTECTED)
        content = _Content(Layout(limits.text_length))
        package.read("content.xml", content)
    return content.facts()


class _Locks:
    """Whether the manifest speaks of encryption (ODF 1.2 part 3, 4.4)."""

    def __init__(self) -> None:
        self.found = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found = self.found or name == "encryption-data"

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Content:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._links: dict[str, None] = {}
        self._pictures = 0
        self._unseen = 0

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures, self._links)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
            return
        match name:
            case "p" | "h":
                self._layout.open_paragraph()
            case "table":
                self._layout.open_table()
            case "table-row":
                self._layout.open_row()
            case "table-cell" | "covered-table-cell":
                self._layout.open_cell()
                repeated = attributes.get("number-columns-repeated", "")
                if repeated.isdecimal() and len(repeated) < 9:
                    # The last cell of a sheet's row repeats to its edge.
                    self._layout.widen_cell(min(int(repeated), WIDEST_SPAN))
            case "a":
                self._links.update({target: None for target in [attributes.get("href", "")] if "://" in target})
            case "image":
                self._pictures += 1
            case _ if name in _SPACING:
                self._layout.add(_SPACING[name])

    def data(self, text: str) -> None:
        if not self._unseen:
            self._layout.add(text)

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name in ("p", "h"):
            self._layout.close_paragraph()
        elif name == "table":
            self._layout.close_table()
