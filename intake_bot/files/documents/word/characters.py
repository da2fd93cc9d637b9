"""Decodes the characters of a .doc of Word 97 and later (MS-DOC) from the streams of its compound file.

The FIB at the beginning of the main stream gives the place of everything else. The piece table maps characters to
bytes. The pages of properties mark deleted characters and the ends of table rows. Reading beyond the end of a stream
raises struct.error or IndexError.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.word.marked_text import CELL_PARAGRAPH, ROW_END, Edges
from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.text.decoding import GB18030

_PAGE_BYTES = 512

_MARKS_OF_WORD = frozenset({0xA5, 0xA6})
"""High bytes of the marks of all versions: A59B, A5DB, A5DC, A5EC, and A697 to A699 of Word 6 and 95 in East Asia."""

_DELETED = 0x0800  # sprmCFRMarkDel
_IN_TABLE, _ENDS_ROW, _CELLS = 0x2416, 0x2417, 0xD608  # sprmPFInTable, sprmPFTtp, sprmTDefTable
_ELSEWHERE = frozenset({0x6645, 0x6646})  # sprmPHugePapx: the properties are in the data stream


@dataclass(frozen=True)
class Fib:
    """The fields that are used of the file information block (MS-DOC 2.5). Pairs are offset and length in bytes."""

    second_table: bool
    stories: tuple[tuple[int, int], ...]
    """First character and end of each story that is read."""
    pieces: tuple[int, int]
    character_pages: tuple[int, int]
    paragraph_pages: tuple[int, int]

    @classmethod
    def read(cls, main: bytes) -> Fib:
        """Reads the block. Raises Unreadable, and IndexError or struct.error for a truncated one."""
        mark, version = struct.unpack_from("<2H", main, 0)
        if mark != 0xA5EC or version < 0xC0:
            raise Unreadable(Trouble.UNSUPPORTED if mark >> 8 in _MARKS_OF_WORD else Trouble.DAMAGED)
        (flags,) = struct.unpack_from("<H", main, 0x0A)
        if flags & 0x0100:
            raise Unreadable(Trouble.PROTECTED)
        at = 0x20 + 2 + 2 * struct.unpack_from("<H", main, 0x20)[0]
        text, notes, headers, macros, comments, endnotes, boxes = struct.unpack_from("<7L", main, at + 2 + 12)
        places = at + 2 + 4 * struct.unpack_from("<H", main, at)[0] + 2

        ends = [0]
        for length in (text, notes, headers, macros, comments, endnotes, boxes):
            ends.append(ends[-1] + length)
        return cls(
            second_table=bool(flags & 0x0200),
            stories=tuple((ends[story], ends[story + 1]) for story in (0, 1, 5, 6)),
            pieces=struct.unpack_from("<2L", main, places + 8 * 33),
            character_pages=struct.unpack_from("<2L", main, places + 8 * 12),
            paragraph_pages=struct.unpack_from("<2L", main, places + 8 * 13),
        )


@dataclass(frozen=True)
class _Piece:
    """A range of characters of the document whose bytes are contiguous in the main stream (MS-DOC 2.9.177)."""

    start: int
    end: int
    offset: int
    """Of the first byte in the main stream."""
    width: int
    """Bytes per character: 1 in a compressed piece, else 2."""
    deleted: bool


@dataclass(frozen=True)
class _TableEnd:
    """The end of a paragraph in a table. `row` is None for a paragraph that does not end a row."""

    offset: int
    """Of the byte behind the paragraph in the main stream."""
    row: Edges | None


def _offset(end: _TableEnd) -> int:
    return end.offset


class Characters:
    """The characters of the document by position. Raises Unreadable after `maximum_characters`."""

    def __init__(self, main: bytes, table: bytes, data: bytes, fib: Fib, maximum_characters: int) -> None:
        self._main = main
        self._budget = CharacterBudget(maximum_characters)
        self._pieces = tuple(_read_pieces(_slice(table, fib.pieces)))
        self._deleted = sorted(_find_deleted_ranges(main, _slice(table, fib.character_pages)))
        self._table_ends = sorted(_find_table_ends(main, _slice(table, fib.paragraph_pages), data), key=_offset)
        self.rows: list[Edges] = []
        """The edges of each row whose end was read so far."""

    def read(self, start: int, end: int) -> str:
        return "".join(
            text
            for piece in self._pieces
            if piece.start < end and start < piece.end and not piece.deleted
            for text in self._read_piece(piece, max(start, piece.start), min(end, piece.end))
        )

    def _read_piece(self, piece: _Piece, start: int, end: int) -> Iterator[str]:
        first, last = (piece.offset + (one - piece.start) * piece.width for one in (start, end))
        if last > len(self._main):
            raise Unreadable(Trouble.DAMAGED)
        self._budget.spend(end - start)
        for kept_from, kept_to in self._find_kept_ranges(first, last):
            yield self._decode(kept_from, kept_to, piece.width)

    def _find_kept_ranges(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yields the ranges of bytes between deleted ones."""
        at = max(bisect_right(self._deleted, (first, first)) - 1, 0)
        while at < len(self._deleted) and self._deleted[at][0] < last:
            start, end = self._deleted[at]
            if start > first:
                yield first, start
            first = max(first, end)
            at += 1
        if first < last:
            yield first, last

    def _decode(self, first: int, last: int, width: int) -> str:
        content = bytearray(self._main[first:last])
        number = bisect_right(self._table_ends, first, key=_offset)
        while number < len(self._table_ends) and self._table_ends[number].offset <= last:
            end = self._table_ends[number]
            number += 1
            at = end.offset - first - width
            if at >= 0 and content[at : at + width] == b"\r\0"[:width]:
                content[at] = ord(CELL_PARAGRAPH)
            elif at >= 0 and end.row is not None and content[at : at + width] == b"\x07\0"[:width]:
                content[at] = ord(ROW_END)
                self.rows.append(end.row)
        return content.decode("utf-16-le", "replace") if width == 2 else decode_western_or_chinese(bytes(content))


def decode_western_or_chinese(content: bytes) -> str:
    """Decodes bytes that should be Windows-1252 (MS-DOC 2.9.73), but are GBK from some Chinese programs.

    The format knows no UTF-8, so that is not tried.
    """
    if _CHINESE.fullmatch(content):
        return content.decode(GB18030, "replace")
    return content.decode("cp1252", "replace")


_CHINESE = re.compile(rb"[\x00-\x7f]*(?:[\xa1-\xf7][\xa1-\xfe][\x00-\x7f]*)+")
"""GB2312 with two high bytes per character: Western text rarely has accented letters in pairs."""


def _slice(table: bytes, place: tuple[int, int]) -> bytes:
    start, length = place
    return table[start : start + length]


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _read_pieces(clx: bytes) -> Iterator[_Piece]:
    """Yields the pieces of the piece table (MS-DOC 2.9.38). Raises Unreadable when there is none."""
    at = 0
    changes: list[bytes] = []
    while clx[at] == 1:  # lists of properties that pieces refer to
        (length,) = struct.unpack_from("<H", clx, at + 1)
        changes.append(clx[at + 3 : at + 3 + length])
        at += 3 + length
    if clx[at] != 2:
        raise Unreadable(Trouble.DAMAGED)
    (length,) = struct.unpack_from("<L", clx, at + 1)
    table = clx[at + 5 : at + 5 + length]
    count = (len(table) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}L", table, 0)
    for number in range(count):
        start, end = bounds[number], bounds[number + 1]
        place, change = struct.unpack_from("<LH", table, 4 * (count + 1) + 8 * number + 2)
        if end < start:
            raise Unreadable(Trouble.DAMAGED)
        compressed = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        deleted = _is_deleting(change, changes)
        yield _Piece(start, end, place // 2 if compressed else place, 1 if compressed else 2, deleted)


def _is_deleting(change: int, changes: list[bytes]) -> bool:
    """True when a piece marks all its characters as deleted, by one property or by a list of them (MS-DOC 2.9.214)."""
    if not change & 1:
        return change >> 1 & 0x7F == 0x41 and change >> 8 == 1
    number = change >> 1
    return number < len(changes) and (_DELETED, b"\1") in _read_properties(changes[number])


# ---- properties ------------------------------------------------------------------------------------------------------


def _find_deleted_ranges(main: bytes, bin_table: bytes) -> Iterator[tuple[int, int]]:
    """Yields the ranges of bytes in the main stream whose characters are marked as deleted."""
    for page in _read_pages(main, bin_table):
        runs = page[-1]
        bounds = struct.unpack_from(f"<{runs + 1}L", page, 0)
        for run in range(runs):
            at = 2 * page[4 * (runs + 1) + run]
            if at and (_DELETED, b"\1") in _read_properties(page[at + 1 : at + 1 + page[at]]):
                yield bounds[run], bounds[run + 1]


def _find_table_ends(main: bytes, bin_table: bytes, data: bytes) -> Iterator[_TableEnd]:
    for page in _read_pages(main, bin_table):
        paragraphs = page[-1]
        bounds = struct.unpack_from(f"<{paragraphs + 1}L", page, 0)
        for number in range(paragraphs):
            at = 2 * page[4 * (paragraphs + 1) + 13 * number]
            properties = dict(_read_paragraph_properties(page, at, data))
            if properties.get(_ENDS_ROW) == b"\1":
                yield _TableEnd(bounds[number + 1], _read_edges(properties.get(_CELLS, b"")))
            elif properties.get(_IN_TABLE) == b"\1":
                yield _TableEnd(bounds[number + 1], None)


def _read_edges(cells: bytes) -> Edges:
    """Reads the edges from sprmTDefTable (MS-DOC 2.9.324): the number of cells, then one more edge than cells."""
    if not cells or len(cells) < 1 + 2 * (cells[0] + 1):
        return ()
    return struct.unpack_from(f"<{cells[0] + 1}h", cells, 1)


def _read_paragraph_properties(page: bytes, at: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the properties of a paragraph (MS-DOC 2.9.175). Their length counts words; two bytes hold a long one."""
    if not at:
        return
    length = 2 * page[at] - 1
    at += 1
    if length < 0:
        length = 2 * page[at]
        at += 1
    for code, value in _read_properties(page[at + 2 : at + length]):
        yield code, value
        if code in _ELSEWHERE:
            place = int.from_bytes(value, "little")
            yield from _read_properties(data[place + 2 : place + 2 + int.from_bytes(data[place : place + 2], "little")])


def _read_pages(main: bytes, bin_table: bytes) -> Iterator[bytes]:
    """Yields the pages of properties that a bin table lists (MS-DOC 2.8.5), each once."""
    count = max(len(bin_table) - 4, 0) // 8
    numbers = struct.unpack_from(f"<{count}L", bin_table, 4 * (count + 1)) if count else ()
    for number in dict.fromkeys(number & 0x3FFFFF for number in numbers):
        page = main[number * _PAGE_BYTES : (number + 1) * _PAGE_BYTES]
        if len(page) == _PAGE_BYTES:
            yield page


_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, None, 3)


def _read_properties(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields code and operand of each property (MS-DOC 2.6.1)."""
    at = 0
    while at + 3 <= len(content):
        (code,) = struct.unpack_from("<H", content, at)
        at += 2
        length = _OPERAND_BYTES[code >> 13]
        if code == _CELLS:
            length = int.from_bytes(content[at : at + 2], "little") - 1
            at += 2
        elif length is None:
            length = content[at]
            at += 1
        yield code, content[at : at + max(length, 0)]
        at += max(length, 0)
