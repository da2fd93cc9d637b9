"""The cells of an .xls or .et (MS-XLS, and its older forms), through xlrd.

xlrd keeps only cells that are there, so that a stray blank in the last row of a sheet costs nothing, and knows where
links point to; calamine does neither. Its own reader of compound files runs in circles on damaged ones, so it is
given the workbook's stream alone.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.ole import Compound
from intake_bot.files.sheets import Sheets, date_words, number_words
from intake_bot.files.zips import Unreadable

_BAD_BYTES = (
    xlrd.XLRDError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    struct.error,
)
"""What xlrd is known to raise on damaged workbooks, found by fuzzing. UnicodeDecodeError is a ValueError."""


def read_xls(path: Path, limits: FileLimits) -> TextFacts:
    """Sheet names and cells in order, as `read_xlsx` gives them. Raises Unreadable."""
    with Compound(path) as compound:
        stream = compound.stream("Workbook" if compound.has("Workbook") else "Book")
    sheets = Sheets(limits.text_length)
    try:
        with xlrd.open_workbook(file_contents=stream, logfile=_Silence(), ragged_rows=True) as book:
            for sheet in book.sheets():
                sheets.open(sheet.name)
                for number in range(sheet.nrows):
                    sheets.row(_cells(sheet, number, book.datemode))
                sheets.link(link.url_or_path for link in sheet.hyperlink_list if isinstance(link.url_or_path, str))
    except xlrd.XLRDError as error:
        # Of a workbook with a password, xlrd says so in a text only.
        locked = re.search("encrypt|password", str(error), re.I) is not None
        raise Unreadable(Trouble.PROTECTED if locked else Trouble.DAMAGED) from error
    except _BAD_BYTES as error:
        raise Unreadable(Trouble.DAMAGED) from error
    return sheets.facts()


def _cells(sheet: xlrd.sheet.Sheet, row: int, datemode: int) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(sheet.row(row)):
        match cell.ctype:
            case xlrd.XL_CELL_TEXT:
                yield column, cell.value
            case xlrd.XL_CELL_NUMBER:
                yield column, number_words(cell.value)
            case xlrd.XL_CELL_DATE:
                yield column, date_words(cell.value, datemode == 1)
            case xlrd.XL_CELL_BOOLEAN:
                yield column, "TRUE" if cell.value else "FALSE"
            case xlrd.XL_CELL_ERROR:
                yield column, xlrd.error_text_from_code.get(cell.value, "#N/A")


class _Silence(io.StringIO):
    """xlrd prints what it thinks of a file."""

    def write(self, text: str) -> int:
        return len(text)
