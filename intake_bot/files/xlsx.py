"""The text of an .xlsx: every sheet a table of its cells' texts.

An own reader: the fast ready-made one takes memory for every cell up to the last one that is filled, and a stray
blank at XFD1048576 is enough.
"""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.office import Package
from intake_bot.files.sheets import Sheets, date_words, number_words
from intake_bot.files.zips import Unreadable

_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""Built-in number formats that show a date or a time (ECMA-376 part 1, 18.8.30; 27 to 58 are those of East Asia)."""

_NOT_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|G/通用格式', re.I)
_DATE_LETTERS = re.compile(r"[ymdhs]|上午|下午", re.I)
_COLUMN = re.compile(r"([A-Z]{1,3})\d")


def read_xlsx(path: Path, limits: FileLimits) -> TextFacts:
    """Sheet names and cells in order; dates as 2023-05-17. Raises Unreadable."""
    with Package(path, limits.document_bytes) as package:
        main = package.main_part()
        relations = package.relations(main)
        book, strings, styles = _Book(), _Strings(), _Styles()
        package.read(main, book)
        for relation in relations:
            if relation.kind == "sharedStrings":
                package.read(relation.target, strings)
            elif relation.kind == "styles" and package.has(relation.target):
                package.read(relation.target, styles)
        parts = {relation.id: relation.target for relation in relations if relation.kind == "worksheet"}
        sheets = Sheets(limits.text_length)
        for name, relation_id in book.sheets:
            sheets.open(name)
            part = parts.pop(relation_id, None)
            if part is None:  # a sheet that is a chart
                continue
            package.read(part, _Sheet(sheets, strings.strings, styles.are_dates, book.since_1904))
            sheets.link(r.target for r in package.relations(part) if r.kind == "hyperlink")
    return sheets.facts()


class _Book:
    """Names of the sheets, with the ids of the parts that hold them (ECMA-376 part 1, 18.2.19)."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")

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


class _Styles:
    """Which styles of cells show a date (18.8.10 and 18.8.31)."""

    def __init__(self) -> None:
        self.are_dates: list[bool] = []
        self._formats: dict[str, bool] = {}
        self._in_cell_styles = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            code = _NOT_DATE_LETTERS.sub("", attributes.get("formatCode", "")[:500])
            self._formats[attributes.get("numFmtId", "")] = _DATE_LETTERS.search(code) is not None
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            number = attributes.get("numFmtId", "")
            built_in = number.isdecimal() and len(number) < 4 and int(number) in _DATE_FORMATS
            self.are_dates.append(self._formats.get(number, built_in))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cell_styles = False

    def data(self, text: str) -> None: ...


class _Sheet:
    """Sends the rows of one sheet (18.3.1.73) to `sheets`."""

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
            self._column = _number(place[1]) if place else self._column + 1
            self._pieces = []
        self._in_value = name in ("v", "t")

    def data(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c" and self._pieces:
            self._row.append((self._column, self._words("".join(self._pieces).strip())))
        elif name == "row":
            self._sheets.row(self._row)
            self._row = []

    def _words(self, value: str) -> str:
        match self._kind:
            case "s":
                return self._shared(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "n":
                return self._number_words(value)
            case _:
                return value

    def _number_words(self, value: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not abs(number) < 1e300:
            return value
        is_date = self._style.isdecimal() and self._style_is_date(self._style)
        return date_words(number, self._since_1904) if is_date else number_words(number)

    def _style_is_date(self, style: str) -> bool:
        return len(style) < 7 and int(style) < len(self._are_dates) and self._are_dates[int(style)]

    def _shared(self, index: str) -> str:
        """Raises Unreadable when there is no such string."""
        if not index.isdecimal() or len(index) > 9 or int(index) >= len(self._strings):
            raise Unreadable(Trouble.DAMAGED)
        return self._strings[int(index)]


def _number(letters: str) -> int:
    """A column's letters as a number from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
