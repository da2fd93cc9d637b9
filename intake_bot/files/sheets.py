"""The sheets of a workbook, as text: each a table of the texts of its cells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Table
from intake_bot.files.words import text_facts
from intake_bot.files.zips import Unreadable

_MOST_COLUMNS = 256
"""What lies further right is no form (and was the end of the sheet until Excel 2007)."""


class Sheets:
    """Collects sheets. Gaps come as empty cells, so that columns stay in line; empty rows are dropped, and empty cells
    at the end of a row. Takes in at most `most_characters`, a cell counting as one more; then raises Unreadable.
    """

    def __init__(self, most_characters: int) -> None:
        self._characters_left = most_characters
        self._lines: list[str] = []
        self._tables: list[list[tuple[str, ...]]] = []
        self._links: dict[str, None] = {}

    def open(self, name: str) -> None:
        self._lines.append(name)
        self._tables.append([])

    def row(self, cells: Iterable[tuple[int, str]]) -> None:
        """A row of the sheet opened last: columns, counted from 0, and their texts."""
        row: list[str] = []
        for column, raw in cells:
            text = raw.strip()
            if not text or column >= _MOST_COLUMNS:
                continue
            row.extend("" for _ in range(column - len(row)))
            row.append(text)
            self._characters_left -= len(text)
        self._characters_left -= len(row)
        if self._characters_left < 0:
            raise Unreadable(Trouble.UNSUPPORTED)
        if row:
            self._tables[-1].append(tuple(row))
            self._lines.append("\t".join(row))

    def link(self, targets: Iterable[str]) -> None:
        """Links of cells."""
        self._links.update(dict.fromkeys(target for target in targets if target))

    def facts(self) -> TextFacts:
        tables: tuple[Table, ...] = tuple(tuple(table) for table in self._tables if table)
        return text_facts("\n".join(self._lines), links=tuple(self._links), tables=tables)


def number_words(number: float) -> str:
    """A number as a person would type it: 300, 0.5; phone numbers whole, and never as 1.38E+10."""
    if abs(number) < 1e15 and number == int(number):
        return str(int(number))
    return f"{number:.15g}"


def date_words(days: float, since_1904: bool) -> str:
    """A count of days as 2023-05-17, with the time as 2023-05-17 10:30, or the time alone as 10:30.

    Excel counts from 1900 and takes that year for a leap year, which matters in its January and February only. What is
    before its first day or behind the year 9999 stays a number.
    """
    if not days >= 0:  # nor is it "not a number"
        return number_words(days)
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone
    try:
        moment = start + timedelta(minutes=round(days * 24 * 60))
    except OverflowError:
        return number_words(days)
    if days < 1 and not since_1904:
        return f"{moment:%H:%M}"
    return moment.date().isoformat() + (f" {moment:%H:%M}" if days % 1 else "")
