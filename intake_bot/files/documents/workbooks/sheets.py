"""Collects the sheets of a workbook as text: each sheet is a table of the texts of its cells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.layout import Table
from intake_bot.files.documents.words import make_text_facts
from intake_bot.files.facts import TextFacts

_MAXIMUM_COLUMNS = 256
"""Cells further right are ignored: no form has more columns, nor had any sheet before Excel 2007."""


class Sheets:
    """Collects sheets. Missing cells become empty ones, so that columns stay aligned. Empty rows, and empty cells at
    the end of a row, are left out.

    Raises Unreadable beyond `maximum_characters`, of which each cell takes one more.
    """

    def __init__(self, maximum_characters: int) -> None:
        self._budget = CharacterBudget(maximum_characters)
        self._lines: list[str] = []
        self._tables: list[list[tuple[str, ...]]] = []
        self._links: dict[str, None] = {}

    def open_sheet(self, name: str) -> None:
        self._lines.append(name)
        self._tables.append([])

    def add_row(self, cells: Iterable[tuple[int, str]]) -> None:
        """Adds a row to the last sheet: pairs of a column, counted from 0, and its text."""
        row: list[str] = []
        for column, raw in cells:
            text = raw.strip()
            if not text or column >= _MAXIMUM_COLUMNS:
                continue
            row.extend("" for _ in range(column - len(row)))
            row.append(text)
            self._budget.spend(len(text))
        self._budget.spend(len(row))
        if row:
            self._tables[-1].append(tuple(row))
            self._lines.append("\t".join(row))

    def add_links(self, targets: Iterable[str]) -> None:
        """Adds the targets of links in cells."""
        self._links.update(dict.fromkeys(target for target in targets if target))

    def facts(self) -> TextFacts:
        tables: tuple[Table, ...] = tuple(tuple(table) for table in self._tables if table)
        return make_text_facts("\n".join(self._lines), links=tuple(self._links), tables=tables)


def format_number(number: float) -> str:
    """Formats a number as a person types it: 300, 0.5. Phone numbers keep all digits, as opposed to 1.38E+10."""
    if abs(number) < 1e15 and number == int(number):
        return str(int(number))
    return f"{number:.15g}"


def format_date(days: float, since_1904: bool) -> str:
    """Formats a count of days as 2023-05-17, as 2023-05-17 10:30 with a time, or as 10:30 for a time alone.

    Excel counts from 1900 and takes that year for a leap year, so dates of January and February 1900 are one day off.
    Counts before its first day or after the year 9999 are formatted as numbers.
    """
    if not days >= 0:  # also true for NaN
        return format_number(days)
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone
    try:
        time = start + timedelta(minutes=round(days * 24 * 60))
    except OverflowError:
        return format_number(days)
    if days < 1 and not since_1904:
        return f"{time:%H:%M}"
    return time.date().isoformat() + (f" {time:%H:%M}" if days % 1 else "")
