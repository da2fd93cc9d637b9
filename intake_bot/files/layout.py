"""Lines and tables in the order of reading: what every reader of documents makes of its format."""

from __future__ import annotations

from collections.abc import Iterable

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.words import text_facts
from intake_bot.files.zips import Unreadable

Table = tuple[tuple[str, ...], ...]

WIDEST_SPAN = 64
"""A cell is never made wider than this: no form has more columns, and a hostile file claims millions."""


class Layout:
    """Collects paragraphs, and tables within tables. Markup that does not close what it opened does no harm.

    Takes in at most `most_characters` (an empty cell counts as one); beyond that it raises Unreadable.
    """

    def __init__(self, most_characters: int) -> None:
        self._lines: list[str] = []
        self._tables: list[Table] = []
        self._characters_left = most_characters
        # A text box is a paragraph within a paragraph, a cell may hold a table.
        self._paragraphs: list[list[str]] = []
        self._open: list[_OpenTable] = []

    def open_paragraph(self) -> None:
        self._paragraphs.append([])

    def add(self, text: str) -> None:
        """Text of the innermost paragraph; outside of all of them nothing is seen."""
        if self._paragraphs:
            self._spend(len(text))
            self._paragraphs[-1].append(text)

    def close_paragraph(self) -> None:
        if self._paragraphs:
            self._line("".join(self._paragraphs.pop()))

    def paragraph(self, text: str) -> None:
        """A whole paragraph at once."""
        self._spend(len(text))
        self._line(text)

    def open_table(self) -> None:
        self._open.append(_OpenTable())

    def open_row(self) -> None:
        if self._open:
            self._open[-1].open_row()

    def open_cell(self) -> None:
        if self._open:
            self._spend(1)
            self._open[-1].open_cell()

    def widen_cell(self, columns: int) -> None:
        """The open cell takes so many columns. The covered ones come as empty cells: columns stay in line."""
        if self._open and 1 < columns <= WIDEST_SPAN:
            self._spend(columns)
            self._open[-1].covered = columns - 1

    def close_table(self) -> None:
        if self._open:
            self._tables.append(self._open.pop().finished())

    def facts(self, pictures: int, links: Iterable[str] = ()) -> TextFacts:
        """All of it, whatever is still open, with the pictures counted and the links found beside it."""
        while self._paragraphs:
            self.close_paragraph()
        while self._open:
            self.close_table()
        return text_facts("\n".join(self._lines), pictures=pictures, links=tuple(links), tables=tuple(self._tables))

    def _line(self, line: str) -> None:
        if line := line.strip():
            self._lines.append(line)
            if self._open:
                self._open[-1].line(line)

    def _spend(self, characters: int) -> None:
        self._characters_left -= characters
        if self._characters_left < 0:
            raise Unreadable(Trouble.UNSUPPORTED)


class _OpenTable:
    def __init__(self) -> None:
        self.covered = 0
        """Columns that the last cell covers besides its own."""
        self._rows: list[list[list[str]]] = []

    def open_row(self) -> None:
        self._fill()
        self._rows.append([])

    def open_cell(self) -> None:
        self._fill()
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append([])

    def line(self, line: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(line)

    def finished(self) -> Table:
        self._fill()
        return tuple(tuple("\n".join(cell) for cell in row) for row in self._rows)

    def _fill(self) -> None:
        if self.covered:
            self._rows[-1].extend([] for _ in range(self.covered))
            self.covered = 0
