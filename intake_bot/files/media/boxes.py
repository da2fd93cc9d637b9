"""Reads the boxes of ISO base media files (ISO/IEC 14496-12): HEIC, AVIF, MP4 and QuickTime.

No size and no count of a file is trusted: every read ends at the bytes that are there. Broken boxes raise Unreadable
with DAMAGED, and boxes beyond a limit raise it with UNSUPPORTED.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from intake_bot.files.facts import Trouble, Unreadable

_TOP_BOXES = 200_000
"""Maximum boxes at the top of a file. A fragmented film of three hours has about 20,000."""
_CHILD_BOXES = 20_000
"""Maximum boxes inside one box."""
_LONGEST_HEADER = 16
_TOP_KINDS = frozenset(
    {
        *(b"ftyp", b"styp", b"meta", b"mdat", b"moov", b"moof", b"sidx", b"mfra", b"idat", b"uuid"),
        *(b"free", b"skip", b"wide", b"pnot", b"pict", b"mpvd", b"sefd"),
    }
)
"""Kinds of box that a broken copy may end in. Another kind that ends beyond the file is text that a phone appended."""


@dataclass(frozen=True)
class Box:
    """One box: its four letters, and where its content starts and ends, in bytes from the start of the file or data."""

    kind: bytes
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of content."""
        return self.end - self.start


@dataclass(frozen=True)
class TopBoxes:
    """The boxes at the top of a file."""

    boxes: tuple[Box, ...]
    cut: bool
    """The last box ends beyond the file."""
    rest: int
    """Bytes after the last box: what a phone or a program appended."""

    def first(self, kind: bytes) -> Box | None:
        """Returns the first complete box of a kind, or None."""
        complete = self.boxes[:-1] if self.cut else self.boxes
        return next((box for box in complete if box.kind == kind), None)


def read_top_boxes(file: BinaryIO, size: int) -> TopBoxes:
    """Reads the headers of the boxes at the top of a file of `size` bytes, up to the first bytes that are no box."""
    boxes: list[Box] = []
    position = 0
    while position + 8 <= size:
        file.seek(position)
        box = _box_at(file.read(_LONGEST_HEADER), position, size)
        if box is None or (box.end > size and box.kind not in _TOP_KINDS):
            break
        boxes.append(box)
        position = box.end
        if len(boxes) > _TOP_BOXES:
            raise Unreadable(Trouble.UNSUPPORTED)
    return TopBoxes(tuple(boxes), cut=position > size, rest=max(size - position, 0))


def read_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yields the boxes of `data` between `start` and `end`, without the boxes inside them."""
    last = len(data) if end is None else end
    position = start
    for _ in range(_CHILD_BOXES):
        if last - position < 8:  # QuickTime ends some lists with four zero bytes
            return
        box = _box_at(data[position : position + _LONGEST_HEADER], position, last)
        if box is None or box.end > last:
            raise Unreadable(Trouble.DAMAGED)
        yield box
        position = box.end
    raise Unreadable(Trouble.UNSUPPORTED)


def read_cut_boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yields the same of damaged data, by their sizes alone: a box that ends beyond `end` is cut off there."""
    position = start
    while end - position >= 8:
        box = _sized_box(data[position : position + _LONGEST_HEADER], position, end)
        if box is None:
            return
        yield Box(box.kind, min(box.start, end), min(box.end, end))
        position = box.end


def find_box(data: bytes, kinds: Sequence[bytes], start: int = 0, end: int | None = None) -> Box | None:
    """Returns the box at the end of a path such as `mdia`, `minf`, `stbl`, or None where one of them is missing."""
    box = None
    for kind in kinds:
        box = next((one for one in read_boxes(data, start, end) if one.kind == kind), None)
        if box is None:
            return None
        start, end = box.start, box.end
    return box


def _box_at(head: bytes, position: int, end: int) -> Box | None:
    """Returns the box at `position` with the header `head`, or None where these bytes are no header."""
    is_kind = all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in head[4:8])
    return _sized_box(head, position, end) if is_kind else None


def _sized_box(head: bytes, position: int, end: int) -> Box | None:
    """Returns the same whatever its kind, or None for a size that no box has."""
    length, header = int.from_bytes(head[:4], "big"), 8
    if length == 1:
        length, header = int.from_bytes(head[8:16], "big"), 16
    elif length == 0:  # to the end of what it lies in
        length = end - position
    return Box(head[4:8], position + header, position + length) if length >= header else None


class BoxReader:
    """Reads the content of one box from its start to its end, and raises Unreadable beyond it."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data = data
        self._end = min(box.end, len(data))
        self.position = box.start

    @property
    def left(self) -> int:
        """Bytes that are not read yet."""
        return self._end - self.position

    def number(self, size: int) -> int:
        """Reads an unsigned number of `size` bytes. A number of 0 bytes is 0."""
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        """Reads the next `size` bytes."""
        if size > self.left:
            raise Unreadable(Trouble.DAMAGED)
        self.position += size
        return self._data[self.position - size : self.position]

    def numbers(self, count: int, size: int) -> list[int]:
        """Reads `count` numbers of `size` bytes each."""
        content = self.take(count * size)
        return [int.from_bytes(content[start : start + size], "big") for start in range(0, len(content), size)]

    def version_and_flags(self) -> tuple[int, int]:
        """Reads the version and the flags that every full box starts with."""
        return self.number(1), self.number(3)

    def count(self, size: int, minimum: int) -> int:
        """Reads the number of the entries that follow, each of which takes at least `minimum` bytes.

        Raises Unreadable for a count that the rest of the box cannot hold.
        """
        count = self.number(size)
        if count * minimum > self.left:
            raise Unreadable(Trouble.DAMAGED)
        return count
