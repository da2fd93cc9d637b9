"""Reads a workbook back, cell by cell, as the file itself says it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def local(text: str) -> datetime:
    """A time without a zone, as a spreadsheet has it."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class ReadCell:
    """`kind` is s for text and n for a number; `format` is the number format, empty for General."""

    kind: str
    value: str
    format: str = ""


@dataclass(frozen=True)
class ReadSheet:
    name: str
    rows: list[list[ReadCell | None]]
    xml: str

    def texts(self) -> list[list[str]]:
        return [[cell.value if cell else "" for cell in row] for row in self.rows]


def read_workbook(content: bytes) -> dict[str, ReadSheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [one.get("name", "") for one in _tree(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
        shared = [
            "".join(text.text or "" for text in one.iter(f"{_MAIN}t"))
            for one in _tree(archive, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
        ]
        formats = _formats(_tree(archive, "xl/styles.xml"))
        return {
            name: _sheet(name, archive.read(f"xl/worksheets/sheet{number}.xml").decode(), shared, formats)
            for number, name in enumerate(names, 1)
        }


def _tree(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(name))


def _formats(styles: ElementTree.Element) -> list[str]:
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{_MAIN}numFmt")}
    cells = styles.find(f"{_MAIN}cellXfs")
    assert cells is not None
    return [own.get(one.get("numFmtId"), "") for one in cells]


def _sheet(name: str, xml: str, shared: list[str], formats: list[str]) -> ReadSheet:
    rows: list[list[ReadCell | None]] = []
    for row in ElementTree.fromstring(xml).iter(f"{_MAIN}row"):
        cells: list[ReadCell | None] = []
        for cell in row.iter(f"{_MAIN}c"):
            column = _column(re.sub(r"\d", "", cell.get("r", "")))
            cells += [None] * (column - len(cells))
            value = cell.findtext(f"{_MAIN}v") or ""
            kind = cell.get("t", "n")
            shown = formats[int(cell.get("s", "0"))]
            cells.append(ReadCell(kind, shared[int(value)] if kind == "s" else value, shown))
        rows.append(cells)
    return ReadSheet(name, rows, xml)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
