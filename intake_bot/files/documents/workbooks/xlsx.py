"""Reads .xlsx: every sheet becomes a table of the texts of its cells.

Our own reader, because the library calamine takes memory for every cell up to the last filled one, which may be a
stray blank at XFD1048576.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from intake_bot.files.documents.package import Package, Relation
from intake_bot.files.documents.workbooks.formats import is_built_in_date, is_date_format
from intake_bot.files.documents.workbooks.sheets import Sheets, format_date, format_number
from intake_bot.files.documents.xml_events import Reader
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_COLUMN = re.compile(r"([A-Z]{1,3})\d")


def read_xlsx(path: Path, limits: FileLimits) -> TextFacts:
    """Returns the names and cells of the sheets in order, with dates as 2023-05-17. Raises Unreadable."""
    with Package(path, limits.document_bytes) as package:
        main = package.find_main_part()
        relations = package.read_relations(main)
        book, strings, styles = _Workbook(), _Strings(), _Styles()
        package.read(main, book)
        if part := _find_related(package, relations, "sharedStrings") or package.find_part("sharedstrings+xml"):
            package.read(part, strings)
        if part := _find_related(package, relations, "styles"):
            package.read(part, styles)
        parts = {relation.id: relation.target for relation in relations if relation.kind == "worksheet"}
        sheets = Sheets(limits.text_length)
        for name, relation_id in book.sheets:
            sheets.open_sheet(name)
            part = parts.pop(relation_id, None)
            if part is None:  # a sheet that is a chart
                continue
            package.read(part, _Sheet(sheets, strings.strings, styles.are_dates, book.since_1904))
            sheets.add_links(r.target for r in package.read_relations(part) if r.kind == "hyperlink")
    return sheets.facts()


def _find_related(package: Package, relations: Iterable[Relation], kind: str) -> str | None:
    """Returns the part that the workbook calls its part of this kind; None where it is not there."""
    return next((one.target for one in relations if one.kind == kind and package.has(one.target)), None)


class _Workbook(Reader):
    """Collects the names of the sheets and the relationship ids of their parts (ECMA-376 part 1, 18.2.19)."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((unescape(attributes.get("name", "")), attributes.get("id", "")))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


class _Strings(Reader):
    """Collects the shared strings (18.4.8), without phonetic text above characters."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._in_phonetic = True
        self._in_text = name == "t" and not self._in_phonetic

    def data(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            self.strings.append(unescape("".join(self._pieces)))
            self._pieces.clear()


class _Styles(Reader):
    """Finds the styles of cells that show a date (18.8.10 and 18.8.31)."""

    def __init__(self) -> None:
        self.are_dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[attributes.get("numFmtId", "")] = is_date_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            number = attributes.get("numFmtId", "")
            built_in = number.isdecimal() and len(number) < 4 and is_built_in_date(int(number))
            self.are_dates.append(self._formats.get(number, built_in))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cell_styles = False


class _Sheet(Reader):
    """Adds the rows of one sheet (18.3.1.73) to `sheets`."""

    def __init__(self, sheets: Sheets, strings: list[str], are_dates: list[bool], since_1904: bool) -> None:
        self._sheets = sheets
        self._strings = strings
        self._are_dates = are_dates
        self._since_1904 = since_1904
        self._row: list[tuple[int, str]] = []
        self._column = -1
        self._kind = ""
        self._style = ""
        self._pieces: list[str] = []
        self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = []
            self._column = -1
        elif name == "c":
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            place = _COLUMN.match(attributes.get("r", ""))
            self._column = _column_number(place[1]) if place else self._column + 1
            self._pieces = []
        self._in_value = name in ("v", "t")

    def data(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c" and self._pieces:
            self._row.append((self._column, self._format("".join(self._pieces).strip())))
        elif name == "row":
            self._sheets.add_row(self._row)
            self._row = []

    def _format(self, value: str) -> str:
        match self._kind:
            case "s":
                return self._shared_string(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "n":
                return self._format_number(value)
            case _:
                return unescape(value)

    def _format_number(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not abs(number) < 1e300:
            return value
        is_date = self._style.isdecimal() and self._style_is_date(self._style)
        return format_date(number, self._since_1904) if is_date else format_number(number)

    def _style_is_date(self, style: str) -> bool:
        return len(style) < 7 and int(style) < len(self._are_dates) and self._are_dates[int(style)]

    def _shared_string(self, index: str) -> str:
        """Returns a shared string. Raises Unreadable for an index without a string."""
        if not index.isdecimal() or len(index) > 9 or int(index) >= len(self._strings):
            raise Unreadable(Trouble.DAMAGED)
        return self._strings[int(index)]


_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Decodes characters that are written as _x000D_ (ECMA-376 part 1, 22.9.2.19). Control characters are removed, but
    line feeds and tabs stay, and a carriage return alone becomes a line feed.
    """
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: _decode_units([int(code, 16) for code in _CODE.findall(found[0])]), text)


def _decode_units(units: list[int]) -> str:
    """Decodes code units of UTF-16, of which two may make one character."""
    text = b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "ignore")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def _column_number(letters: str) -> int:
    """Returns the number of a column from its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
