"""Compound files and .doc files (MS-CFB, MS-DOC), written by the book: as few structures as a reader needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """A compound file of version 3, with empty storages beside its streams. Streams are filled up to 4096 bytes, so
    that none lies in the mini stream.
    """
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    fat: list[int] = []
    sectors: list[bytes] = []

    def put(content: bytes) -> int:
        first = len(sectors)
        count = -(-len(content) // _SECTOR)
        sectors.extend(content[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, count * _SECTOR, _SECTOR))
        fat.extend([*range(first + 1, first + count), _END])
        return first

    places = {name: put(content) for name, content in padded.items()}
    entries = [_entry("Root Entry", 5, 1 if padded else _FREE, _FREE, _END, 0)]
    count = len(padded) + len(storages)
    siblings = iter([*range(2, count + 1), _FREE])
    entries += [_entry(name, 2, _FREE, next(siblings), places[name], len(content)) for name, content in padded.items()]
    entries += [_entry(name, 1, _FREE, next(siblings), 0, 0) for name in storages]
    directory = put(b"".join(entries))
    table_sectors = 1
    while (len(sectors) + table_sectors) * 4 > table_sectors * _SECTOR:
        table_sectors += 1
    table_at = range(len(sectors), len(sectors) + table_sectors)
    fat.extend([_FAT] * table_sectors)
    fat.extend([_FREE] * (table_sectors * _SECTOR // 4 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9L", 0, table_sectors, directory, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109L", *table_at, *[_FREE] * (109 - table_sectors))
    return header + b"".join(sectors) + struct.pack(f"<{len(fat)}L", *fat)


def _entry(name: str, kind: int, child: int, sibling: int, first: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return raw.ljust(64, b"\0") + struct.pack(
        "<HBBLLL16xL8x8xLLL", len(raw), kind, 1, _FREE, sibling, child, 0, first, size, 0
    )


@dataclass(frozen=True)
class Piece:
    """Characters stored together: as UTF-16, or as bytes of an 8-bit code."""

    text: str | bytes
    deleted_by_list: bool = False
    """By a property that the piece itself names."""

    @property
    def raw(self) -> bytes:
        return self.text if isinstance(self.text, bytes) else self.text.encode("utf-16-le")

    @property
    def characters(self) -> int:
        return len(self.text) if isinstance(self.text, bytes) else len(self.raw) // 2


ROW_END = "\x07"


def doc(
    *pieces: Piece | str,
    stories: Sequence[int] | None = None,
    deleted: Sequence[tuple[int, int]] = (),
    cells: Sequence[int] = (),
    rows: Mapping[int, Sequence[int]] | None = None,
    far_away_rows: bool = False,
    pictures: bytes = b"",
    version: int = 0xC1,
    flags: int = 0,
    storages: Sequence[str] = (),
) -> bytes:
    """A .doc of these pieces.

    `stories`: characters of text, footnotes, headers, macros, comments, endnotes, text boxes; all is text if not said.
    `deleted`: stretches of characters. `cells`: numbers of the characters that end paragraphs in a table. `rows`:
    those that end a row, and where its cells begin and end. All counted in characters; pieces with a table or with
    deletions are UTF-16. `far_away_rows` puts the properties of rows into the data stream.
    """
    every = [piece if isinstance(piece, Piece) else Piece(piece) for piece in pieces]
    text_at = 0x800
    body = b"".join(piece.raw for piece in every)
    length = sum(piece.characters for piece in every)
    stories = stories or (length, 0, 0, 0, 0, 0, 0)

    data = pictures
    runs = [(text_at + 2 * a, text_at + 2 * b, struct.pack("<HB", 0x0800, 1)) for a, b in deleted]
    paragraphs: list[tuple[int, int, bytes]] = []
    for number in sorted({*cells, *(rows or {})}):
        properties = struct.pack("<HB", 0x2416, 1)
        if rows and number in rows:
            edges = rows[number]
            cell_table = struct.pack(f"<B{len(edges)}h", len(edges) - 1, *edges)
            properties += struct.pack("<HB", 0x2417, 1) + struct.pack("<HH", 0xD608, len(cell_table) + 1) + cell_table
            if far_away_rows:
                place = len(data)
                data += struct.pack("<H", len(properties)) + properties
                properties = struct.pack("<HL", 0x6646, place)
        paragraphs.append((text_at + 2 * number, text_at + 2 * number + 2, properties))

    pages_at = -(-(text_at + len(body)) // 512)
    main = bytearray(body.rjust(text_at + len(body), b"\0").ljust(512 * pages_at, b"\0"))
    main += _character_page(runs) + _paragraph_page(paragraphs)

    bins = [struct.pack("<LLL", text_at, text_at + len(body), page) for page in (pages_at, pages_at + 1)]
    clx = _pieces(every, text_at)
    table = bins[0] + bins[1] + clx
    struct.pack_into("<2H", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 0x0A, flags)
    struct.pack_into("<H", main, 0x20, 14)
    struct.pack_into("<H", main, 0x3E, 22)
    struct.pack_into("<7L", main, 0x4C, *stories)
    struct.pack_into("<H", main, 0x98, 93)
    for number, place, size in ((12, 0, 12), (13, 12, 12), (33, 24, len(clx))):
        struct.pack_into("<2L", main, 0x9A + 8 * number, place, size)
    streams = {"WordDocument": bytes(main), "1Table" if flags & 0x0200 else "0Table": table}
    return compound({**streams, "Data": data} if data else streams, storages)


def _pieces(every: Sequence[Piece], text_at: int) -> bytes:
    bounds, descriptors, at, number = [0], b"", text_at, 0
    for piece in every:
        compressed = isinstance(piece.text, bytes)
        change = 0x0001 if piece.deleted_by_list else 0
        place = at * 2 | 0x40000000 if compressed else at
        descriptors += struct.pack("<HLH", 0, place, change)
        at += len(piece.raw)
        number += piece.characters
        bounds.append(number)
    table = struct.pack(f"<{len(bounds)}L", *bounds) + descriptors
    return b"\x01" + struct.pack("<HHB", 3, 0x0800, 1) + b"\x02" + struct.pack("<L", len(table)) + table


def _character_page(runs: Sequence[tuple[int, int, bytes]]) -> bytes:
    bounds, offsets, content = [runs[0][0] if runs else 0], b"", bytearray(512)
    at = 510
    for start, end, properties in runs:
        if start > bounds[-1]:
            bounds.append(start)
            offsets += b"\0"
        at -= (len(properties) + 2) // 2 * 2
        content[at : at + 1 + len(properties)] = bytes([len(properties)]) + properties
        bounds.append(end)
        offsets += bytes([at // 2])
    head = struct.pack(f"<{len(bounds)}L", *bounds) + offsets
    content[: len(head)] = head
    content[511] = len(offsets)
    return bytes(content)


def _paragraph_page(paragraphs: Sequence[tuple[int, int, bytes]]) -> bytes:
    bounds, offsets, content = [0], b"", bytearray(512)
    at = 510
    for _, end, properties in paragraphs:
        style = b"\0\0" + properties
        # The length counts words, less a byte, or it counts words in a second byte.
        length = [(len(style) + 1) // 2] if len(style) % 2 else [0, len(style) // 2]
        packed = bytes(length) + style
        at -= (len(packed) + 1) // 2 * 2
        content[at : at + len(packed)] = packed
        bounds.append(end)
        offsets += bytes([at // 2]) + bytes(12)
    head = struct.pack(f"<{len(bounds)}L", *bounds) + offsets
    assert len(head) < at
    content[: len(head)] = head
    content[511] = len(offsets) // 13
    return bytes(content)
