"""The text of a .docx as its reader sees it.

An own reader, because the ready-made one loses tables, text boxes and inserted text.
"""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.office import Package, Relation
from intake_bot.files.words import field_link
from intake_bot.files.zips import Unreadable

_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "rt", "pPr", "sectPr", "tblPr", "trPr"})
"""Deleted text; the second rendering of what mc:Choice already shows; readings above characters; properties."""
_SPACING = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = frozenset({"blip", "imagedata"})


def read_docx(path: Path, limits: FileLimits) -> TextFacts:
    """Body, tables, text boxes, footnotes and endnotes; no headers and footers, as in Word's own count.

    Raises Unreadable.
    """
    with Package(path, limits.document_bytes) as package:
        main = package.main_part()
        relations = package.relations(main)
        story = Story(Layout(limits.text_length), relations)
        package.read(main, story)
        for notes in sorted({r.target for r in relations if r.kind in ("footnotes", "endnotes")}):
            package.read(notes, story)
    return story.facts()


class Story:
    """Collects lines, tables, pictures and links from the events of WordprocessingML (ECMA-376 part 1, 17).

    The text on slides (part 1, 21.1.2) has the same names for the same things, and is read with it too.
    """

    def __init__(self, layout: Layout, relations: tuple[Relation, ...]) -> None:
        self._layout = layout
        self._links: dict[str, None] = {}
        self._pictures = 0
        self._unseen = 0
        self._in_text = False
        self._in_field_code = False
        self._field_code: list[str] = []
        self.points_to(relations)

    def points_to(self, relations: tuple[Relation, ...]) -> None:
        """What the part that is read next points to."""
        self._targets = {relation.id: relation.target for relation in relations if relation.kind == "hyperlink"}

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures, self._links)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
            return
        match name:
            case "t":
                self._in_text = True
            case "p":
                self._layout.open_paragraph()
            case "tbl":
                self._layout.open_table()
            case "tr":
                self._layout.open_row()
            case "tc":
                self._layout.open_cell()
            case "gridSpan":
                self._widen(attributes.get("val", ""))
            case "hyperlink" | "hlinkClick":
                self._link(self._targets.get(attributes.get("id", ""), ""))
            case "instrText":
                self._in_field_code = True
            case "fldSimple":
                self._link(field_link(attributes.get("instr", "")))
            case "altChunk":  # a whole document of another format, embedded: there is text that we do not see
                raise Unreadable(Trouble.UNSUPPORTED)
            case _ if name in _PICTURES:
                self._pictures += 1
            case _ if name in _SPACING:
                self._layout.add(_SPACING[name])

    def data(self, text: str) -> None:
        if self._unseen:
            return
        if self._in_text:
            self._layout.add(text)
        elif self._in_field_code:
            self._field_code.append(text)

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
            return
        match name:
            case "t":
                self._in_text = False
            case "p":
                self._layout.close_paragraph()
            case "tbl":
                self._layout.close_table()
            case "instrText":
                self._in_field_code = False
            case "fldChar":
                self._link(field_link("".join(self._field_code)))
                self._field_code.clear()

    def _widen(self, columns: str) -> None:
        if columns.isdecimal() and len(columns) < 4:
            self._layout.widen_cell(int(columns))

    def _link(self, target: str) -> None:
        if target:
            self._links[target] = None
