"""Collects the lines and tables of a document, for the readers of all formats."""

from __future__ import annotations

from collections.abc import Iterable

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.words import make_text_facts
from intake_bot.files.facts import TextFacts

Table = tuple[tuple[str, ...], ...]

WIDEST_SPAN = 64
"""Maximum columns that one cell covers. No form has more, and hostile files claim millions."""


class Layout:
    """Collects paragraphs and tables, also tables in tables. Elements may stay open, and stray ends are ignored.

    Raises Unreadable beyond `maximum_characters`, of which each cell takes one more.
    """

    def __init__(self, maximum_characters: int) -> None:
        self._lines: list[str] = []
        self._tables: list[Table] = []
        self._budget = CharacterBudget(maximum_characters)
        # A text box is a paragraph within a paragraph, a cell may hold a table.
        self._paragraphs: list[list[str]] = []
        self._open: list[_OpenTable] = []

    def open_paragraph(self) -> None:
        self._paragraphs.append([])

    def add_text(self, text: str) -> None:
        """Adds text to the innermost open paragraph. Text outside of paragraphs is ignored."""
        if self._paragraphs:
            self._budget.spend(len(text))
            self._paragraphs[-1].append(text)

    def close_paragraph(self) -> None:
        if self._paragraphs:
            self._add_line("".join(self._paragraphs.pop()))

    def add_paragraph(self, text: str) -> None:
        """Adds a complete paragraph."""
        self._budget.spend(len(text))
        self._add_line(text)

    def open_table(self) -> None:
        self._open.append(_OpenTable())

    def open_row(self) -> None:
        if self._open:
            self._open[-1].open_row()

    def open_cell(self) -> None:
        if self._open:
            self._budget.spend(1)
            self._open[-1].open_cell()

    def widen_cell(self, columns: int) -> None:
        """Makes the open cell cover this number of columns, with empty cells for the others to keep columns aligned."""
        if self._open and 1 < columns <= WIDEST_SPAN:
            self._budget.spend(columns)
            self._open[-1].covered = columns - 1

    def close_table(self) -> None:
        if self._open:
            self._tables.append(self._open.pop().close())

    def facts(self, pictures: int, links: Iterable[str] = ()) -> TextFacts:
        """Returns the facts of the document, with the pictures and links that its reader found besides."""
        while self._paragraphs:
            self.close_paragraph()
        while self._open:
            self.close_table()
        return make_text_facts(
            "\n".join(self._lines), pictures=pictures, links=tuple(links), tables=tuple(self._tables)
        )

    def _add_line(self, line: str) -> None:
        if line := line.strip():
            self._lines.append(line)
            if self._open:
                self._open[-1].add_line(line)


class _OpenTable:
    def __init__(self) -> None:
        self.covered = 0
        """Columns that the last cell covers in addition to its own."""
        self._rows: list[list[list[str]]] = []

    def open_row(self) -> None:
        self._add_covered_cells()
        self._rows.append([])

    def open_cell(self) -> None:
        self._add_covered_cells()
        if not self._rows:
            self._rows.append([])
        self._rows[-1].append([])

    def add_line(self, line: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(line)

    def close(self) -> Table:
        self._add_covered_cells()
        return tuple(tuple("\n".join(cell) for cell in row) for row in self._rows)

    def _add_covered_cells(self) -> None:
        if self.covered:
            self._rows[-1].extend([] for _ in range(self.covered))
            self.covered = 0
