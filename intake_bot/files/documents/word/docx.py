"""Reads the visible text of .docx.

Our own reader, because the existing libraries lose tables, text boxes and inserted text.
"""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.package import Package, Relation
from intake_bot.files.documents.word.symbols import decode_symbol
from intake_bot.files.documents.words import read_field_link
from intake_bot.files.documents.xml_events import Reader
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_INVISIBLE = frozenset({"del", "moveFrom", "Fallback", "rt", "pPr", "sectPr", "tblPr", "trPr"})
"""Elements of deleted text, alternatives to the content of mc:Choice, phonetic text above characters, properties."""
_HIDING = frozenset({"vanish", "specVanish"})
"""Properties of a run that Word does not show, and does not count."""
_SWITCHED_OFF = frozenset({"0", "false", "off"})
_SPACING = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = frozenset({"blip", "imagedata"})


def read_docx(path: Path, limits: FileLimits) -> TextFacts:
    """Returns body, tables, text boxes, footnotes and endnotes, without headers and footers, as Word counts them.

    Raises Unreadable.
    """
    with Package(path, limits.document_bytes) as package:
        main = package.find_main_part()
        relations = package.read_relations(main)
        story = Story(Layout(limits.text_length), relations)
        package.read(main, story)
        for notes in sorted({r.target for r in relations if r.kind in ("footnotes", "endnotes")}):
            package.read(notes, story)
    return story.facts()


class Story(Reader):
    """Collects lines, tables, pictures and links from the events of WordprocessingML (ECMA-376 part 1, 17).

    Slides (part 1, 21.1.2) use the same names for the same elements, and are read with it too.
    """

    def __init__(self, layout: Layout, relations: tuple[Relation, ...]) -> None:
        self._layout = layout
        self._links: dict[str, None] = {}
        self._pictures = 0
        self._invisible_depth = 0
        self._in_text = False
        self._is_hidden_run = False
        self._in_field_code = False
        self._field_code: list[str] = []
        self.set_relations(relations)

    def set_relations(self, relations: tuple[Relation, ...]) -> None:
        """Sets the relationships of the part that is read next."""
        self._targets = {relation.id: relation.target for relation in relations if relation.kind == "hyperlink"}

    def facts(self) -> TextFacts:
        return self._layout.facts(self._pictures, self._links)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._invisible_depth or name in _INVISIBLE:
            self._invisible_depth += 1
            return
        match name:
            case "r":
                self._is_hidden_run = False
            case "t":
                self._in_text = not self._is_hidden_run
            case _ if name in _HIDING:
                self._is_hidden_run = attributes.get("val", "") not in _SWITCHED_OFF
            case "p":
                self._layout.open_paragraph()
            case "tbl":
                self._layout.open_table()
            case "tr":
                self._layout.open_row()
            case "tc":
                self._layout.open_cell()
            case "gridSpan":
                self._widen_cell(attributes.get("val", ""))
            case "hyperlink" | "hlinkClick":
                self.add_link(self._targets.get(attributes.get("id", ""), ""))
            case "instrText":
                self._in_field_code = True
            case "fldSimple":
                self.add_link(read_field_link(attributes.get("instr", "")))
            case "altChunk":  # an embedded document of another format, whose text is not read
                raise Unreadable(Trouble.UNSUPPORTED)
            case "sym":
                self._layout.add_text(decode_symbol(attributes.get("font", ""), attributes.get("char", "")))
            case _ if name in _PICTURES:
                self._pictures += 1
            case _ if name in _SPACING:
                self._layout.add_text(_SPACING[name])

    def data(self, text: str) -> None:
        if self._invisible_depth:
            return
        if self._in_text:
            self._layout.add_text(text)
        elif self._in_field_code:
            self._field_code.append(text)

    def end(self, name: str) -> None:
        if self._invisible_depth:
            self._invisible_depth -= 1
            return
        match name:
            case "t":
                self._in_text = False
            case "r":
                self._is_hidden_run = False
            case "p":
                self._layout.close_paragraph()
            case "tbl":
                self._layout.close_table()
            case "instrText":
                self._in_field_code = False
            case "fldChar":
                self.add_link(read_field_link("".join(self._field_code)))
                self._field_code.clear()

    def _widen_cell(self, columns: str) -> None:
        if columns.isdecimal() and len(columns) < 4:
            self._layout.widen_cell(int(columns))

    def add_link(self, target: str) -> None:
        """Adds the target of a link, unless it is empty."""
        if target:
            self._links[target] = None
