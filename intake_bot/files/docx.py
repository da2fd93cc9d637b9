"""The text of a .docx as its reader sees it.

An own reader, because the ready-made one loses tables, text boxes and inserted text.
"""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.office import Package, Relation
from intake_bot.files.words import text_facts
from intake_bot.files.zips import Unreadable

_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "rt", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr"})
"""Deleted text; the second rendering of what mc:Choice already shows; readings above characters; properties."""
_SPACING = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = frozenset({"blip", "imagedata"})
_LINK_FIELD = re.compile(r'HYPERLINK\s+(?:"([^"]+)"|([^\s"\\]+))')


def read_docx(path: Path, most_bytes: int) -> TextFacts:
    """Body, tables, text boxes, footnotes and endnotes; no headers and footers, as in Word's own count.

    Raises Unreadable.
    """
    with Package(path, most_bytes) as package:
        main = package.main_part()
        relations = package.relations(main)
        story = _Story(relations)
        package.read(main, story)
        for notes in sorted({r.target for r in relations if r.kind in ("footnotes", "endnotes")}):
            package.read(notes, story)
    return text_facts(
        "\n".join(story.lines), pictures=story.pictures, links=tuple(story.links), tables=tuple(story.tables)
    )


class _Story:
    """Collects lines, tables, pictures and links from the events of WordprocessingML (ECMA-376 part 1, 17)."""

    def __init__(self, relations: tuple[Relation, ...]) -> None:
        self.lines: list[str] = []
        self.tables: list[tuple[tuple[str, ...], ...]] = []
        self.links: dict[str, None] = {}
        self.pictures = 0
        self._targets = {relation.id: relation.target for relation in relations if relation.kind == "hyperlink"}
        self._unseen = 0
        self._in_text = False
        self._in_field_code = False
        self._field_code: list[str] = []
        # Open paragraphs and tables: a text box is a paragraph within a paragraph, a cell may hold a table.
        self._paragraphs: list[list[str]] = []
        self._tables: list[list[list[list[str]]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
            return
        match name:
            case "t":
                self._in_text = True
            case "p":
                self._paragraphs.append([])
            case "tbl":
                self._tables.append([])
            case "tr" if self._tables:
                self._tables[-1].append([])
            case "tc" if self._tables and self._tables[-1]:
                self._tables[-1][-1].append([])
            case "hyperlink":
                self._link(self._targets.get(attributes.get("id", ""), ""))
            case "instrText":
                self._in_field_code = True
            case "fldSimple":
                self._read_field(attributes.get("instr", ""))
            case "altChunk":  # a whole document of another format, embedded: there is text that we do not see
                raise Unreadable(Trouble.UNSUPPORTED)
            case _ if name in _PICTURES:
                self.pictures += 1
            case _ if name in _SPACING and self._paragraphs:
                self._paragraphs[-1].append(_SPACING[name])

    def data(self, text: str) -> None:
        if self._unseen:
            return
        if self._in_text and self._paragraphs:
            self._paragraphs[-1].append(text)
        elif self._in_field_code:
            self._field_code.append(text)

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        match name:
            case "t":
                self._in_text = False
            case "p" if self._paragraphs:
                self._line("".join(self._paragraphs.pop()).strip())
            case "tbl" if self._tables:
                self._table(self._tables.pop())
            case "instrText":
                self._in_field_code = False
            case "fldChar":
                self._read_field("".join(self._field_code))
                self._field_code.clear()

    def _line(self, line: str) -> None:
        if not line:
            return
        self.lines.append(line)
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            self._tables[-1][-1][-1].append(line)

    def _table(self, rows: list[list[list[str]]]) -> None:
        self.tables.append(tuple(tuple("\n".join(cell) for cell in row) for row in rows))

    def _read_field(self, code: str) -> None:
        if found := _LINK_FIELD.search(code):
            self._link(found[1] or found[2])

    def _link(self, target: str) -> None:
        if target:
            self.links[target] = None
