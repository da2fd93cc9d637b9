"""Reads the tables of a HEIF file (`meta`): its items, their properties, and where their data lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.media.boxes import Box, BoxReader, read_boxes

_ENTRIES = 100_000
"""Maximum entries of one table."""
_HIDDEN = 1
_PICTURES = frozenset(
    {b"hvc1", b"hev1", b"av01", b"avc1", b"vvc1", b"jpeg", b"j2k1", b"unci", b"grid", b"iovl", b"iden"}
)
_OF_THE_FILE, _OF_IDAT = 0, 1
_VERSION_AND_FLAGS = 4


@dataclass(frozen=True)
class _Item:
    kind: bytes
    hidden: bool


@dataclass(frozen=True)
class _Location:
    """Where the data of an item lie. The extents stay packed, because a forged count of them takes few bytes."""

    method: int
    external: bool
    base: int
    extents: bytes
    widths: tuple[int, int, int]
    """Bytes of an extent's index, offset and length."""

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yields start and length of each extent. Extents without any field count as one."""
        index, offset, length = self.widths
        step = index + offset + length
        for start in range(0, len(self.extents), step) if step else (0,):
            behind = start + index + offset
            place = int.from_bytes(self.extents[start + index : behind], "big")
            yield self.base + place, int.from_bytes(self.extents[behind : behind + length], "big")


@dataclass(frozen=True)
class HeifTables:
    """What `meta` says about the items of a file."""

    primary: int | None
    """The item that a viewer shows. None in a file without pictures, which may be a sequence."""
    _meta: bytes
    _items: Mapping[int, _Item]
    _properties: Sequence[Box]
    _associated: Mapping[int, Sequence[int]]
    _made_of: Mapping[int, Sequence[int]]
    _locations: Mapping[int, _Location]
    _idat: Box | None

    @classmethod
    def read(cls, meta: bytes) -> Self:
        """Reads the content of `meta`. Raises Unreadable for broken tables."""
        boxes: dict[bytes, Box] = {}
        for box in read_boxes(meta, _VERSION_AND_FLAGS):
            boxes.setdefault(box.kind, box)
        items = dict(_read_items(meta, boxes.get(b"iinf")))
        references = tuple(_read_references(meta, boxes.get(b"iref")))
        properties, associated = _read_properties(meta, boxes.get(b"iprp"))
        primary = boxes.get(b"pitm")
        return cls(
            _read_primary(meta, primary) if primary is not None else _likely_primary(items, references),
            meta,
            items,
            properties,
            associated,
            {source: targets for kind, source, targets in reversed(references) if kind == b"dimg"},
            dict(_read_locations(meta, boxes.get(b"iloc"))),
            boxes.get(b"idat"),
        )

    def kind(self, item: int) -> bytes:
        """Returns `hvc1`, `grid` and others; empty for an item that is not in the list."""
        return self._items[item].kind if item in self._items else b""

    def properties(self, item: int) -> list[Box]:
        """Returns the properties of an item, in their order."""
        numbers = self._associated.get(item, ())
        return [self._properties[number - 1] for number in numbers if 0 < number <= len(self._properties)]

    def made_of(self, item: int) -> Sequence[int]:
        """Returns the items that a derived item is made of."""
        return self._made_of.get(item, ())

    def stated_size(self, extents: Box) -> tuple[int, int]:
        """Returns width and height of an `ispe`."""
        reader = BoxReader(self._meta, extents)
        reader.version_and_flags()
        return reader.number(4), reader.number(4)

    def clip(self, clap: Box, size: tuple[int, int]) -> tuple[int, int]:
        """Returns the size of the part that is shown. An invalid `clap` cuts nothing off."""
        reader = BoxReader(self._meta, clap)
        fractions = [(reader.number(4), reader.number(4)) for _ in size]
        if not all(top and bottom for top, bottom in fractions):
            return size
        width, height = (max(min(top // bottom, side), 1) for (top, bottom), side in zip(fractions, size, strict=True))
        return width, height

    def turns(self, irot: Box) -> int:
        """Returns the number of quarter turns of an `irot`."""
        return BoxReader(self._meta, irot).number(1) & 3

    def size_of_layout(self, kind: bytes, data: bytes) -> tuple[int, int]:
        """Returns the size in the data of a grid or an overlay."""
        reader = BoxReader(data, Box(kind, 0, len(data)))
        reader.number(1)
        width = 4 if reader.number(1) & 1 else 2
        reader.number(2 if kind == b"grid" else 8)  # rows and columns; the colour of the canvas
        return reader.number(width), reader.number(width)

    def first_extent(self, item: int) -> tuple[int, int, int]:
        """Returns method, start and length. Raises Unreadable when the data are neither in the file nor in `idat`."""
        location = self._locations.get(item)
        if location is None or location.external or location.method not in (_OF_THE_FILE, _OF_IDAT):
            raise Unreadable(Trouble.DAMAGED)
        return next(((location.method, *extent) for extent in location), (location.method, 0, 0))

    def item_data(self, start: int, length: int) -> bytes:
        """Returns bytes of `idat`."""
        if self._idat is None:
            raise Unreadable(Trouble.DAMAGED)
        start = min(self._idat.start + start, self._idat.end)
        return self._meta[start : min(start + length, self._idat.end)]

    def ends_in_file(self, item: int) -> Iterator[int]:
        """Yields the end of each extent of an item that lies in the file."""
        location = self._locations.get(item)
        if location is not None and location.method == _OF_THE_FILE and not location.external:
            yield from (start + length for start, length in location)


def _read_primary(meta: bytes, box: Box) -> int:
    reader = BoxReader(meta, box)
    version, _ = reader.version_and_flags()
    return reader.number(4 if version else 2)


def _likely_primary(items: Mapping[int, _Item], references: Sequence[tuple[bytes, int, Sequence[int]]]) -> int | None:
    """Returns the first picture that is not hidden and belongs to no other, for a file without `pitm`."""
    belonging = {source for kind, source, _ in references if kind in (b"thmb", b"auxl")}
    belonging.update(target for kind, _, targets in references if kind == b"dimg" for target in targets)
    free = (number for number, item in items.items() if item.kind in _PICTURES and not item.hidden)
    return next((number for number in free if number not in belonging), None)


def _read_items(meta: bytes, box: Box | None) -> Iterator[tuple[int, _Item]]:
    if box is None:
        return
    reader = BoxReader(meta, box)
    version, _ = reader.version_and_flags()
    _check_count(reader.count(4 if version else 2, 8))
    for entry in read_boxes(meta, reader.position, box.end):
        if entry.kind != b"infe":
            continue
        reader = BoxReader(meta, entry)
        version, flags = reader.version_and_flags()
        number = reader.number(4 if version >= 3 else 2)
        reader.number(2)  # which protection
        yield number, _Item(reader.take(4) if version >= 2 else b"", bool(flags & _HIDDEN))


def _read_references(meta: bytes, box: Box | None) -> Iterator[tuple[bytes, int, Sequence[int]]]:
    if box is None:
        return
    reader = BoxReader(meta, box)
    width = 4 if reader.version_and_flags()[0] else 2
    for entry in read_boxes(meta, reader.position, box.end):
        reader = BoxReader(meta, entry)
        source = reader.number(width)
        yield entry.kind, source, reader.numbers(_check_count(reader.count(2, width)), width)


def _read_properties(meta: bytes, box: Box | None) -> tuple[Sequence[Box], Mapping[int, Sequence[int]]]:
    """Returns all properties, and for each item the numbers of its properties, from 1."""
    properties: list[Box] = []
    associated: dict[int, Sequence[int]] = {}
    for child in read_boxes(meta, box.start, box.end) if box is not None else ():
        if child.kind == b"ipco" and not properties:
            properties = list(read_boxes(meta, child.start, child.end))
        elif child.kind == b"ipma":
            for item, numbers in _read_associations(meta, child):
                associated.setdefault(item, numbers)
    return properties, associated


def _read_associations(meta: bytes, box: Box) -> Iterator[tuple[int, Sequence[int]]]:
    reader = BoxReader(meta, box)
    version, flags = reader.version_and_flags()
    item_width, wide = 4 if version else 2, bool(flags & 1)
    for _ in range(_check_count(reader.count(4, item_width + 1))):
        item = reader.number(item_width)
        numbers = reader.numbers(reader.count(1, 2 if wide else 1), 2 if wide else 1)
        yield item, [number & (0x7FFF if wide else 0x7F) for number in numbers]


def _read_locations(meta: bytes, box: Box | None) -> Iterator[tuple[int, _Location]]:
    if box is None:
        return
    reader = BoxReader(meta, box)
    version, _ = reader.version_and_flags()
    widths = reader.number(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    index = index if version else 0
    if not {offset, length, base, index} <= {0, 4, 8}:
        raise Unreadable(Trouble.DAMAGED)
    item_width = 4 if version >= 2 else 2
    for _ in range(_check_count(reader.count(item_width, item_width + 4))):
        item = reader.number(item_width)
        method = reader.number(2) & 15 if version else _OF_THE_FILE
        external = bool(reader.number(2))
        start = reader.number(base)
        extents = reader.take(reader.number(2) * (index + offset + length))
        yield item, _Location(method, external, start, extents, (index, offset, length))


def _check_count(count: int) -> int:
    """Returns the count. Raises Unreadable for a count beyond the limit."""
    if count > _ENTRIES:
        raise Unreadable(Trouble.UNSUPPORTED)
    return count
