"""Reads .xls and .et (MS-XLS and its older versions) with xlrd.

xlrd keeps only the cells that exist, so that a stray blank in the last row of a sheet takes no memory, and it knows the
targets of links; the library calamine does neither. Its reader of compound files loops on damaged ones, so it gets only
the stream of the workbook. Where xlrd is stricter than Excel, our own reader of the cells takes its place.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd
from xlrd.formula import FormulaError

from intake_bot.files.documents.compound import CompoundFile, is_compound
from intake_bot.files.documents.workbooks.biff import read_biff
from intake_bot.files.documents.workbooks.sheets import Sheets, format_date, format_number
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.text.decoding import GB18030

_BAD_BYTES = (
    xlrd.XLRDError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    struct.error,
    FormulaError,
)
"""Errors that xlrd raises on damaged workbooks, found by fuzzing. UnicodeDecodeError is a ValueError."""

_CODEPAGE = 0x0042


def read_xls(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the names and cells of the sheets, as `read_xlsx` does. Raises Unreadable."""
    stream = _read_stream(path, limits)
    try:
        return _read_with_xlrd(stream, limits.text_length)
    except xlrd.XLRDError as error:
        # Only the text of the error shows that a workbook has a password.
        if re.search("encrypt|password", str(error), re.I):
            raise Unreadable(Trouble.PROTECTED) from error
    except _BAD_BYTES:
        pass
    return read_biff(stream, limits.text_length)


def _read_stream(path: Path, limits: FileLimits) -> bytes:
    """Returns the stream of the workbook, which is the whole file when old systems export it without a container."""
    if not is_compound(path):
        if path.stat().st_size > limits.document_bytes:
            raise Unreadable(Trouble.BOMB)
        return path.read_bytes()
    with CompoundFile(path) as compound:
        return compound.read_stream("Workbook" if compound.has("Workbook") else "Book")


def _read_with_xlrd(stream: bytes, maximum_characters: int) -> TextFacts:
    sheets = Sheets(maximum_characters)
    with xlrd.open_workbook(
        file_contents=stream, logfile=_NullLog(), ragged_rows=True, encoding_override=_find_codec(stream)
    ) as book:
        for sheet in book.sheets():
            sheets.open_sheet(sheet.name)
            for number in range(sheet.nrows):
                sheets.add_row(_read_cells(sheet, number, book.datemode))
            sheets.add_links(link.url_or_path for link in sheet.hyperlink_list if isinstance(link.url_or_path, str))
    return sheets.facts()


def _find_codec(stream: bytes) -> str | None:
    """Returns GB18030 for a workbook of Excel 95 or older that names no code page; None where it or xlrd knows."""
    at = 0
    is_unicode = stream[:2] == b"\x09\x08" and stream[4:6] == b"\0\x06"
    while not is_unicode and at + 4 <= len(stream):
        number, length = struct.unpack_from("<2H", stream, at)
        if number == _CODEPAGE:
            return None
        at += 4 + length
    return None if is_unicode else GB18030


def _read_cells(sheet: xlrd.sheet.Sheet, row: int, datemode: int) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(sheet.row(row)):
        match cell.ctype:
            case xlrd.XL_CELL_TEXT:
                yield column, cell.value
            case xlrd.XL_CELL_NUMBER:
                yield column, format_number(cell.value)
            case xlrd.XL_CELL_DATE:
                yield column, format_date(cell.value, datemode == 1)
            case xlrd.XL_CELL_BOOLEAN:
                yield column, "TRUE" if cell.value else "FALSE"
            case xlrd.XL_CELL_ERROR:
                yield column, xlrd.error_text_from_code.get(cell.value, "#N/A")


class _NullLog(io.StringIO):
    """Discards the remarks that xlrd prints on a file."""

    def write(self, text: str) -> int:
        return len(text)
