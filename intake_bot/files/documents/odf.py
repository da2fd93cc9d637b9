"""Reads OpenDocument files (ODF 1.2): .odt, .ods and .odp."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.documents.layout import WIDEST_SPAN, Layout
from intake_bot.files.documents.package import Package
from intake_bot.files.documents.xml_events import Reader, parse_file
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_INVISIBLE = frozenset(
    {
        *("tracked-changes", "annotation", "note-citation", "notes", "ruby-text"),
        *("desc", "binary-data", "content-validations", "master-styles", "meta"),
    }
)
"""Elements of deleted text, comments, numbers of footnotes, notes of the speaker and phonetic text above characters; of
descriptions and bytes of pictures, hints of cells, headers and footers, and properties.
"""
_TEXT_ELEMENTS = frozenset({"p", "h", "span", "a"})
_SPACING = {"tab": "\t", "line-break": "\n", "s": " "}


def read_odf(path: Path, limits: FileLimits) -> TextFacts:
    """Returns paragraphs, tables, sheets, notes and text boxes. Raises Unreadable: PROTECTED with a password."""
    content = _Content(Layout(limits.text_length))
    if not _is_zip(path):
        parse_file(content, path, limits.document_bytes)
        return content.facts()
    with Package(path, limits.document_bytes) as package:
        encryption = _Encryption()
        if package.has("META-INF/manifest.xml"):
            package.read("META-INF/manifest.xml", encryption)
        if encryption.found:
            raise Unreadable(Trouble.PROTECTED)
        package.read("content.xml", content)
    return content.facts()


def _is_zip(path: Path) -> bool:
    """False for a flat file (.fodt), which is one XML file (ODF 1.2 part 1, 3.1.2)."""
    with path.open("rb") as file:
        return not file.read(512).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


class _Encryption(Reader):
    """Finds out whether the manifest names an encryption (ODF 1.2 part 3, 4.4)."""

    def __init__(self) -> None:
        self.found = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found = self.found or name == "encryption-data"


class _Content(Reader):
    """Collects text, tables, pictures and links of content.xml."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._links: dict[str, None] = {}
        self._pictures = 0
        self._invisible_depth = 0
        self._parents: list[str] = []

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures, self._links)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._invisible_depth or name in _INVISIBLE or self._is_alternative_text(name):
            self._invisible_depth += 1
            return
        self._parents.append(name)
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
                    # The last cell of a row repeats to the edge of the sheet.
                    self._layout.widen_cell(min(int(repeated), WIDEST_SPAN))
            case "a":
                self._links.update({target: None for target in [attributes.get("href", "")] if "://" in target})
            case "image":
                self._pictures += 1
            case _ if name in _SPACING:
                self._layout.add_text(_SPACING[name])

    def data(self, text: str) -> None:
        if not self._invisible_depth:
            self._layout.add_text(text)

    def end(self, name: str) -> None:
        if self._invisible_depth:
            self._invisible_depth -= 1
            return
        self._parents.pop()
        if name in ("p", "h"):
            self._layout.close_paragraph()
        elif name == "table":
            self._layout.close_table()

    def _is_alternative_text(self, name: str) -> bool:
        """True for the title of a picture or shape. A title within text is a field, which is shown."""
        return name == "title" and not (self._parents and self._parents[-1] in _TEXT_ELEMENTS)
