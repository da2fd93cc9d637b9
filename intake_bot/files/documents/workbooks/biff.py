"""Reads the stream of a workbook of Excel 95 to 2003 (BIFF5 and BIFF8, MS-XLS), for files that xlrd refuses.

Excel opens workbooks whose counts are wrong, or whose names and formulas make no sense, because it needs neither to
show the cells. So does this reader: it looks at nothing but the records of cells, texts, formats and sheets.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.word.characters import decode_western_or_chinese
from intake_bot.files.documents.workbooks.formats import is_built_in_date, is_date_format
from intake_bot.files.documents.workbooks.sheets import Sheets, format_date, format_number
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.text.decoding import GB18030

_BIFF8 = 0x0600
_WORKSHEET = 0x0010


class _Number(IntEnum):
    """Numbers of records (MS-XLS 2.3.1)."""

    FORMULA = 0x0006
    EOF = 0x000A
    DATEMODE = 0x0022
    FILEPASS = 0x002F
    CODEPAGE = 0x0042
    BOUNDSHEET = 0x0085
    MULRK = 0x00BD
    RSTRING = 0x00D6
    XF = 0x00E0
    SST = 0x00FC
    LABELSST = 0x00FD
    HLINK = 0x01B8
    NUMBER = 0x0203
    LABEL = 0x0204
    BOOLERR = 0x0205
    STRING = 0x0207
    RK = 0x027E
    FORMAT = 0x041E
    BOF = 0x0809


_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!"}
_URL = re.compile(rb"\xe0\xc9\xea\x79\xf9\xba\xce\x11\x8c\x82\x00\xaa\x00\x4b\xa9\x0b")
"""The identifier of a link to an address (MS-OSHARED 2.3.7.6)."""
_WIDE, _WITH_PHONETICS, _WITH_RUNS = 0x01, 0x04, 0x08


@dataclass
class _Record:
    """A record with the records that continue it."""

    number: int
    chunks: list[bytes]
    offset: int

    @property
    def content(self) -> bytes:
        return self.chunks[0]


@dataclass
class _Book:
    """What the records before the first sheet say about all of them."""

    version: int
    codec: str = ""
    since_1904: bool = False
    names: dict[int, str] = field(default_factory=dict)
    """Names of the sheets by the offset of their first record."""
    strings: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    """Number of the format of each style."""

    def shows_date(self, style: int) -> bool:
        if style >= len(self.styles):
            return False
        number = self.styles[style]
        return is_date_format(self.formats[number]) if number in self.formats else is_built_in_date(number)


def read_biff(stream: bytes, maximum_characters: int) -> TextFacts:
    """Returns the names and cells of the sheets. Raises Unreadable: DAMAGED for a stream that is cut off."""
    sheets = Sheets(maximum_characters)
    try:
        records = _read_records(stream)
        first = next(records, None)
        if first is None or first.number != _Number.BOF:
            raise Unreadable(Trouble.DAMAGED)
        book = _Book(struct.unpack_from("<H", first.content)[0])
        _read_globals(book, records)
        unnamed = iter(list(book.names.values()))
        for record in records:
            if record.number == _Number.BOF:
                name = book.names.get(record.offset) or next(unnamed, "")
                is_sheet = struct.unpack_from("<H", record.content, 2)[0] == _WORKSHEET
                sheet = _Sheet(book, maximum_characters)
                _read_substream(records, sheet)
                if is_sheet:
                    sheet.add_to(sheets, name)
    except (struct.error, IndexError, OverflowError) as error:
        raise Unreadable(Trouble.DAMAGED) from error
    return sheets.facts()


def _read_records(stream: bytes) -> Iterator[_Record]:
    """Yields the records. Raises struct.error when the stream ends within one."""
    at = 0
    while at < len(stream) and stream[at : at + 4].strip(b"\0"):
        start = at
        number, length = struct.unpack_from("<2H", stream, at)
        chunks = [_take(stream, at + 4, length)]
        at += 4 + length
        while stream[at : at + 2] == b"\x3c\0":
            (length,) = struct.unpack_from("<H", stream, at + 2)
            chunks.append(_take(stream, at + 4, length))
            at += 4 + length
        yield _Record(number, chunks, start)


def _take(stream: bytes, at: int, length: int) -> bytes:
    if at + length > len(stream):
        raise struct.error("a record beyond the end")
    return stream[at : at + length]


def _read_globals(book: _Book, records: Iterator[_Record]) -> None:
    """Reads up to the end of the first substream. Raises Unreadable: PROTECTED for an encrypted workbook."""
    for record in records:
        content = record.content
        match record.number:
            case _Number.EOF:
                return
            case _Number.FILEPASS:
                raise Unreadable(Trouble.PROTECTED)
            case _Number.CODEPAGE:
                book.codec = _CODECS.get(int.from_bytes(content[:2], "little"), "")
            case _Number.DATEMODE:
                book.since_1904 = content[:1] == b"\1"
            case _Number.BOUNDSHEET:
                (offset,) = struct.unpack_from("<L", content)
                book.names[offset] = _read_text(book, content, 6, "<B")
            case _Number.FORMAT if len(content) > 1:
                (number,) = struct.unpack_from("<H", content)
                book.formats[number] = _read_text(book, content, 2, "<H" if book.version == _BIFF8 else "<B")
            case _Number.XF:
                book.styles.append(int.from_bytes(content[2:4], "little"))
            case _Number.SST:
                book.strings = list(_read_strings(record.chunks))
    raise Unreadable(Trouble.DAMAGED)


def _read_substream(records: Iterator[_Record], sheet: _Sheet) -> None:
    """Reads a sheet with the charts in it. Raises Unreadable: DAMAGED when its end is missing."""
    depth = 1
    for record in records:
        if record.number == _Number.BOF:
            depth += 1
        elif record.number == _Number.EOF:
            depth -= 1
            if not depth:
                return
        elif depth == 1:
            sheet.read(record)
    raise Unreadable(Trouble.DAMAGED)


# ---- cells -----------------------------------------------------------------------------------------------------------


class _Sheet:
    """Collects the cells of one sheet."""

    def __init__(self, book: _Book, maximum_characters: int) -> None:
        self._book = book
        self._budget = CharacterBudget(maximum_characters)
        self._rows: dict[int, dict[int, str]] = {}
        self._links: list[str] = []
        self._formula: tuple[int, int] | None = None
        """The cell whose text the next record gives."""

    def add_to(self, sheets: Sheets, name: str) -> None:
        sheets.open_sheet(name)
        for _, row in sorted(self._rows.items()):
            sheets.add_row(sorted(row.items()))
        sheets.add_links(self._links)

    def read(self, record: _Record) -> None:
        """Reads one record. Raises struct.error when it is too short, Unreadable for a text that is not there."""
        content = record.content
        match record.number:
            case _Number.LABELSST:
                row, column, _, index = struct.unpack_from("<3HL", content)
                if index >= len(self._book.strings):
                    raise Unreadable(Trouble.DAMAGED)
                self._add(row, column, self._book.strings[index])
            case _Number.LABEL | _Number.RSTRING:
                row, column = struct.unpack_from("<2H", content)
                self._add(row, column, _read_text(self._book, content, 6, "<H"))
            case _Number.NUMBER:
                row, column, style, number = struct.unpack_from("<3Hd", content)
                self._add(row, column, self._format(number, style))
            case _Number.RK:
                row, column, style, packed = struct.unpack_from("<3HL", content)
                self._add(row, column, self._format(_unpack_number(packed), style))
            case _Number.MULRK:
                self._read_numbers(content)
            case _Number.FORMULA:
                self._read_formula(content)
            case _Number.STRING if self._formula is not None:
                self._add(*self._formula, _read_text(self._book, content, 0, "<H"))
                self._formula = None
            case _Number.BOOLERR:
                row, column = struct.unpack_from("<2H", content)
                self._add(row, column, _format_truth(content[6], content[7] == 1))
            case _Number.HLINK:
                self._links.extend(_read_links(b"".join(record.chunks)))

    def _read_numbers(self, content: bytes) -> None:
        """Reads several numbers of a row (2.4.175), whose number shows in the length alone."""
        row, column = struct.unpack_from("<2H", content)
        for number, (style, packed) in enumerate(
            struct.iter_unpack("<HL", content[4 : 4 + (len(content) - 6) // 6 * 6])
        ):
            self._add(row, column + number, self._format(_unpack_number(packed), style))

    def _read_formula(self, content: bytes) -> None:
        """Reads the last result of a formula (2.5.133)."""
        row, column, style = struct.unpack_from("<3H", content)
        result = content[6:14]
        if result[6:8] != b"\xff\xff":
            self._add(row, column, self._format(struct.unpack("<d", result)[0], style))
        elif result[0] == 0:
            self._formula = row, column
        elif result[0] in (1, 2):
            self._add(row, column, _format_truth(result[2], result[0] == 2))

    def _add(self, row: int, column: int, text: str) -> None:
        self._budget.spend(len(text) + 1)
        self._rows.setdefault(row, {})[column] = text

    def _format(self, number: float, style: int) -> str:
        if not abs(number) < 1e300:
            return str(number)
        return format_date(number, self._book.since_1904) if self._book.shows_date(style) else format_number(number)


def _format_truth(value: int, is_error: bool) -> str:
    return _ERRORS.get(value, "#N/A") if is_error else "TRUE" if value else "FALSE"


def _unpack_number(packed: int) -> float:
    """Unpacks an RK number (2.5.122): an integer of 30 bits or the upper half of a float, perhaps times a hundred."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return number / 100 if packed & 1 else number


def _read_links(content: bytes) -> Iterator[str]:
    for found in _URL.finditer(content):
        length = int.from_bytes(content[found.end() : found.end() + 4], "little")
        target = content[found.end() + 4 : found.end() + 4 + min(length, 4200)]
        yield target.decode("utf-16-le", "ignore").partition("\0")[0]


# ---- texts -----------------------------------------------------------------------------------------------------------

_CODECS = {936: GB18030, 950: "big5", 932: "cp932", 949: "cp949", 1200: "utf-16-le"}


def _read_text(book: _Book, content: bytes, at: int, length_format: str) -> str:
    """Reads a text with its length before it: bytes in BIFF5, characters of one or two bytes in BIFF8 (2.5.293)."""
    (length,) = struct.unpack_from(length_format, content, at)
    at += struct.calcsize(length_format)
    if book.version != _BIFF8:
        raw = content[at : at + length]
        return raw.decode(book.codec, "replace") if book.codec else decode_western_or_chinese(raw)
    flags = content[at]
    at += 1 + (2 if flags & _WITH_RUNS else 0) + (4 if flags & _WITH_PHONETICS else 0)
    if flags & _WIDE:
        return content[at : at + 2 * length].decode("utf-16-le", "replace")
    return decode_western_or_chinese(content[at : at + length])


def _read_strings(chunks: Sequence[bytes]) -> Iterator[str]:
    """Yields the shared strings (2.4.265), as many as there are; their declared number may be wrong.

    A record that continues another may begin within a text, and then repeats whether its characters have two bytes.
    """
    source = _Chunks(chunks)
    source.take(8)
    while not source.is_at_end:
        head = source.take(3)
        if len(head) < 3:
            return
        length, flags = struct.unpack("<HB", head)
        runs = int.from_bytes(source.take(2), "little") if flags & _WITH_RUNS else 0
        phonetics = int.from_bytes(source.take(4), "little") if flags & _WITH_PHONETICS else 0
        yield source.take_text(length, wide=bool(flags & _WIDE))
        source.take(4 * runs + phonetics)


class _Chunks:
    """The contents of a record and of those that continue it, read from their beginning to their end."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = chunks
        self._number = 0
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        self._skip_empty()
        return self._number >= len(self._chunks)

    def take(self, count: int) -> bytes:
        """Returns the next bytes; fewer at the end."""
        taken = bytearray()
        while len(taken) < count and not self.is_at_end:
            chunk = self._chunks[self._number]
            part = chunk[self._at : self._at + count - len(taken)]
            self._at += len(part)
            taken += part
        return bytes(taken)

    def take_text(self, length: int, *, wide: bool) -> str:
        """Returns the next characters; fewer at the end."""
        texts: list[str] = []
        while length and not self.is_at_end:
            if texts and not self._at:
                wide = bool(self.take(1)[0] & _WIDE)
            chunk = self._chunks[self._number]
            width = 2 if wide else 1
            raw = chunk[self._at : self._at + length * width]
            self._at += len(raw)
            length -= max(len(raw) // width, 1)
            texts.append(raw.decode("utf-16-le", "replace") if wide else decode_western_or_chinese(raw))
        return "".join(texts)

    def _skip_empty(self) -> None:
        while self._number < len(self._chunks) and self._at >= len(self._chunks[self._number]):
            self._number += 1
            self._at = 0
