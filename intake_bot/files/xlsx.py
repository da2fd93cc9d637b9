"""The text of an .xlsx: every sheet a table of its cells' texts."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.office import Package
from intake_bot.files.words import text_facts
from intake_bot.files.zips import Unreadable


def read_xlsx(path: Path, most_bytes: int) -> TextFacts:
    """Sheet names and cells in order. Numbers and dates come as stored: a date is a count of days.

    Raises Unreadable.
    """
    with Package(path, most_bytes) as package:
        main = package.main_part()
        relations = package.relations(main)
        book, strings = _Book(), _Strings()
        package.read(main, book)
        for relation in relations:
            if relation.kind == "sharedStrings":
                package.read(relation.target, strings)
        parts = {relation.id: relation.target for relation in relations if relation.kind == "worksheet"}
        lines: list[str] = []
        tables: list[tuple[tuple[str, ...], ...]] = []
        links: list[str] = []
        characters_left = most_bytes
        for name, relation_id in book.sheets:
            lines.append(name)
            part = parts.pop(relation_id, None)
            if part is None:  # a sheet that is a chart
                continue
            sheet = _Sheet(strings.strings, characters_left)
            package.read(part, sheet)
            characters_left = sheet.characters_left
            tables.append(tuple(sheet.rows))
            lines.extend("\t".join(row) for row in sheet.rows)
            links.extend(r.target for r in package.relations(part) if r.kind == "hyperlink")
    return text_facts("\n".join(lines), links=tuple(links), tables=tuple(tables))


class _Book:
    """Names of the sheets, with the ids of the parts that hold them (ECMA-376 part 1, 18.2.19)."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    def end(self, name: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Strings:
    """The shared strings (18.4.8), without the readings above characters."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._in_reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._in_reading = True
        self._in_text = name == "t" and not self._in_reading

    def data(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_reading = False
        elif name == "si":
            self.strings.append("".join(self._pieces))
            self._pieces.clear()


class _Sheet:
    """Rows of cell texts (18.3.1.73). Empty cells at the end of a row are dropped, and so are empty rows.

    One shared string may stand in a million cells, so the characters are counted.
    """

    def __init__(self, strings: list[str], characters_left: int) -> None:
        self.rows: list[tuple[str, ...]] = []
        self.characters_left = characters_left
        self._strings = strings
        self._row: list[str] = []
        self._kind = ""
        self._pieces: list[str] = []
        self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = []
        elif name == "c":
            self._kind = attributes.get("t", "n")
            self._pieces = []
        self._in_value = name in ("v", "t")

    def data(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c":
            self._cell("".join(self._pieces).strip())
        elif name == "row":
            while self._row and not self._row[-1]:
                self._row.pop()
            if self._row:
                self.rows.append(tuple(self._row))

    def _cell(self, value: str) -> None:
        if self._kind == "s" and value:
            value = self._shared(value)
        self.characters_left -= len(value)
        if self.characters_left < 0:
            raise Unreadable(Trouble.BOMB)
        self._row.append(value)

    def _shared(self, index: str) -> str:
        """Raises Unreadable when there is no such string."""
        if not index.isdecimal() or len(index) > 9 or int(index) >= len(self._strings):
            raise Unreadable(Trouble.DAMAGED)
        return self._strings[int(index)].strip()
