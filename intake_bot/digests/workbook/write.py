"""Sheets as the bytes of an .xlsx file. The only module that knows xlsxwriter."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from intake_bot.digests.workbook.sheet import Cell, Sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAXIMUM_CHARACTERS = 32_000
"""Of one cell; Excel takes 32,767, and calls a file with more damaged."""
MAXIMUM_ROWS = 1_000_000
"""Of one sheet; Excel takes 1,048,576."""
_MINIMUM_WIDTH, _MAXIMUM_WIDTH = 6, 48
"""Of a column, in characters."""
_MEASURED_ROWS = 500
"""Rows by which the width of a column is chosen."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE = frozenset("WF")
_DATE, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_WIDTH_OF_A_TIME = 16


def write_workbook(sheets: Sequence[Sheet], created: datetime) -> bytes:
    """The workbook; the same sheets and time always give the same bytes. `created` is the bureau's own time."""
    # Imported here, since the service writes one a day, and mail is taken in without it.
    import xlsxwriter

    file = io.BytesIO()
    # What a school wrote into a cell must be no formula and no link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        workbook.set_properties({"created": created.replace(tzinfo=None), "title": "台账"})
        head = workbook.add_format({"bold": True, "bg_color": "#E3E8ED", "border": 1, "valign": "vcenter"})
        formats = {
            date: workbook.add_format({"num_format": _DATE, "align": "left", "valign": "top"}),
            datetime: workbook.add_format({"num_format": _TIME, "align": "left", "valign": "top"}),
            str: workbook.add_format({"valign": "top"}),
        }
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, head, formats)
    return file.getvalue()


def _write_sheet(page: Worksheet, sheet: Sheet, head: Format, formats: dict[type, Format]) -> None:
    rows = sheet.rows[:MAXIMUM_ROWS]
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, name, head)
        cells = [name, *(row[column] for row in islice(rows, _MEASURED_ROWS))]
        page.set_column(column, column, min(_MAXIMUM_WIDTH, max(_MINIMUM_WIDTH, *map(_width, cells)) + 2))
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write_cell(page, number, column, cell, formats)
    page.freeze_panes(1, sheet.fixed_columns)
    if sheet.header:
        page.autofilter(0, 0, max(1, len(rows)), len(sheet.header) - 1)


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, formats: dict[type, Format]) -> None:
    match cell:
        case None | "":
            return
        case str():
            page.write_string(row, column, clean_text(cell), formats[str])
        case date():  # a datetime too
            page.write_datetime(row, column, cell, formats[type(cell)])
        case int() | float():
            page.write_number(row, column, cell)


def clean_text(text: str) -> str:
    """The text without what XML cannot hold: control characters, and half a surrogate pair of a broken mail."""
    return _UNWRITABLE.sub("", text)[:MAXIMUM_CHARACTERS]


def _width(cell: Cell) -> int:
    """Columns that a cell takes; Chinese characters take two."""
    if isinstance(cell, date):
        return _WIDTH_OF_A_TIME if isinstance(cell, datetime) else len(_DATE)
    return sum(2 if unicodedata.east_asian_width(one) in _WIDE else 1 for one in str(cell or "")[:_MAXIMUM_WIDTH])
