"""Measures HEIC, AVIF and other HEIF pictures by their boxes (ISO/IEC 23008-12), without a decoder.

The size is that of the primary picture as a viewer shows it: cut out (`clap`) and rotated (`irot`). Thumbnails, depth
maps and the tiles of a grid do not count. In a file without a primary picture, which is a sequence, it is the track's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from intake_bot.files.facts import PhotoFacts, Trouble, Unreadable
from intake_bot.files.media.boxes import Box, TopBoxes, read_top_boxes
from intake_bot.files.media.heif_tables import HeifTables
from intake_bot.files.media.movie_tables import read_tracks

_TABLE_BYTES = 8_000_000
"""Maximum size of the tables (`meta` or `moov`). Those of a photo of 512 tiles take 30,000 bytes."""
_DERIVATIONS = 8
"""Maximum depth of pictures that are made of other pictures."""
_MAXIMUM_SIDE = 1_000_000
"""Maximum pixels of a side. A longer side is forged."""
_LAYOUT_BYTES = 64
"""Bytes of the data of a grid or an overlay that hold its size."""

Size = tuple[int, int]


def measure_heif(path: Path) -> tuple[PhotoFacts | None, Trouble | None]:
    """Returns the size of the primary picture as a viewer shows it, and its trouble. A truncated file may have both."""
    size = path.stat().st_size
    with path.open("rb") as file:
        cut = False
        try:
            top = read_top_boxes(file, size)
            cut = top.cut
            (width, height), whole = _measure(file, top, size)
            if not (0 < width <= _MAXIMUM_SIDE and 0 < height <= _MAXIMUM_SIDE):
                raise Unreadable(Trouble.DAMAGED)
        except Unreadable as fault:
            return None, Trouble.TRUNCATED if cut and fault.trouble is Trouble.DAMAGED else fault.trouble
    return PhotoFacts(width, height), None if whole and not cut else Trouble.TRUNCATED


def _measure(file: BinaryIO, top: TopBoxes, size: int) -> tuple[Size, bool]:
    """Returns the size as a viewer shows it, and whether all data of the picture lie within the file."""
    meta, movie = top.first(b"meta"), top.first(b"moov")
    if meta is not None:
        tables = HeifTables.read(_content(file, meta))
        if tables.primary is not None:
            picture = _Picture(file, tables)
            return picture.seen_size(tables.primary), _is_within(picture, tables.primary, size)
    if movie is None:
        # The tables of a very small file may be packed into one box, which is not read here.
        raise Unreadable(Trouble.UNSUPPORTED if top.first(b"mini") is not None else Trouble.DAMAGED)
    return _size_of_sequence(_content(file, movie)), True


def _content(file: BinaryIO, box: Box) -> bytes:
    if box.size > _TABLE_BYTES:
        raise Unreadable(Trouble.UNSUPPORTED)
    file.seek(box.start)
    return file.read(box.size)


def _size_of_sequence(movie: bytes) -> Size:
    """Returns the size of the largest picture track as it is shown. Depth maps have another handler (`auxv`)."""
    sizes = [track.shown_size for track in read_tracks(movie) if track.handler in (b"pict", b"vide")]
    if not sizes:
        raise Unreadable(Trouble.DAMAGED)
    return max(sizes, key=lambda size: size[0] * size[1])


def _is_within(picture: _Picture, item: int, size: int) -> bool:
    """Returns whether the data of a picture, and of all that it is made of, lie within a file of `size` bytes."""
    return all(end <= size for part in picture.parts(item) for end in picture.tables.ends_in_file(part))


class _Picture:
    """Measures the pictures of one file, which are named by the number of their item."""

    def __init__(self, file: BinaryIO, tables: HeifTables) -> None:
        self.tables = tables
        self._file = file

    def parts(self, item: int) -> Iterator[int]:
        """Yields a picture and all that it is made of, each once."""
        found, waiting = {item}, [item]
        while waiting:
            one = waiting.pop()
            yield one
            new = set(self.tables.made_of(one)) - found
            found |= new
            waiting += new

    def seen_size(self, item: int, depth: int = 0) -> Size:
        """Returns width and height after cutting out and rotating, in the order of the properties."""
        if depth > _DERIVATIONS:
            raise Unreadable(Trouble.DAMAGED)
        properties = self.tables.properties(item)
        stated = next((self.tables.stated_size(one) for one in properties if one.kind == b"ispe"), None)
        width, height = stated or self._derived_size(item, depth)
        for one in properties:
            if one.kind == b"clap":
                width, height = self.tables.clip(one, (width, height))
            elif one.kind == b"irot" and self.tables.turns(one) % 2:
                width, height = height, width
        return width, height

    def _derived_size(self, item: int, depth: int) -> Size:
        """Returns the size of a picture without an `ispe`: it is in its data, or it is that of what it is made of."""
        kind = self.tables.kind(item)
        if kind in (b"grid", b"iovl"):
            return self.tables.size_of_layout(kind, self._data(item))
        sources = self.tables.made_of(item) if kind in (b"iden", b"tmap") else ()
        if not sources:
            raise Unreadable(Trouble.DAMAGED)
        return self.seen_size(sources[0], depth + 1)

    def _data(self, item: int) -> bytes:
        """Returns the first bytes of the data of an item."""
        method, start, length = self.tables.first_extent(item)
        length = min(length or _LAYOUT_BYTES, _LAYOUT_BYTES)
        if method == 1:
            return self.tables.item_data(start, length)
        self._file.seek(start)
        return self._file.read(length)
