"""Reads Excel 2003 XML, which systems of schools also export, under the name .xls or .xml."""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.files.documents.workbooks.sheets import Sheets, format_number
from intake_bot.files.documents.xml_events import Reader, parse_file
from intake_bot.files.facts import TextFacts
from intake_bot.files.limits import FileLimits

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z?")


def read_spreadsheetml(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the names and cells of the sheets, as `read_xlsx` does. Raises Unreadable."""
    book = _Book(Sheets(limits.text_length))
    parse_file(book, path, limits.document_bytes)
    return book.sheets.facts()


class _Book(Reader):
    """Adds the rows of all worksheets ("XML Spreadsheet Reference", 2002) to `sheets`."""

    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self._in_sheet = False
        self._row: list[tuple[int, str]] = []
        self._column = 0
        """The column of the open cell, or of the next one."""
        self._wide = 0
        """Columns that the open cell covers in addition to its own."""
        self._kind = ""
        self._pieces: list[str] | None = None
        self._comment_depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._comment_depth or name == "Comment":
            self._comment_depth += 1
            return
        match name:
            case "Worksheet":
                self._in_sheet = True
                self.sheets.open_sheet(attributes.get("Name", ""))
            case "Row":
                self._row, self._column = [], 0
            case "Cell":
                self._column = _to_number(attributes.get("Index", ""), self._column + 1) - 1
                self._wide = _to_number(attributes.get("MergeAcross", ""), 0)
                self.sheets.add_links([attributes.get("HRef", "")])
            case "Data":
                self._kind = attributes.get("Type", "String")
                self._pieces = []

    def data(self, text: str) -> None:
        if self._pieces is not None and not self._comment_depth:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if self._comment_depth:
            self._comment_depth -= 1
            return
        match name:
            case "Data" if self._pieces is not None:
                self._row.append((self._column, self._format("".join(self._pieces))))
                self._pieces = None
            case "Cell":
                self._column += 1 + self._wide
            case "Row" if self._in_sheet:
                self.sheets.add_row(self._row)
                self._row = []

    def _format(self, value: str) -> str:
        match self._kind:
            case "Number":
                return _format_number(value)
            case "Boolean":
                return "TRUE" if value.strip() == "1" else "FALSE"
            case "DateTime" if found := _DATE.fullmatch(value.strip()):
                return found[1] if found[2] == "00:00" else f"{found[1]} {found[2]}"
        return value


def _format_number(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    return format_number(number) if abs(number) < 1e300 else value


def _to_number(text: str, default: int) -> int:
    """Returns a positive number of at most six digits, else the default."""
    return int(text) if text.isdecimal() and len(text) < 7 and int(text) else default
