"""Counts the scans of a JPEG and finds missing data, without decoding (ITU-T T.81).

A decoder fills missing data with grey and reports nothing, and it decodes any number of scans.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SEGMENTS = 20_000
"""Maximum segments. A photo has fewer than 100, and 100 MB of comments 1,500."""
_ZERO_RUN = 1024
"""Minimum bytes of a run of zeros that counts. Shorter runs occur in good photos."""
_ZERO_SHARE = 0.05
"""Minimum share of zeros in a scan that makes it incomplete. Some cameras pad a scan to a round number of bytes."""

_SOI, _EOI, _SOS, _DHT = 0xD8, 0xD9, 0xDA, 0xC4
_BASELINE = frozenset({0xC0, 0xC1})
_PROGRESSIVE = 0xC2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xef\xfe]")
"""A marker that ends the data of a scan. Within a scan, 0xFF 0x00 is a byte of data and 0xD0 to 0xD7 are restarts.
Decoders skip markers that are in no standard. More 0xFF may stand before a marker."""


@dataclass(frozen=True)
class JpegStructure:
    """What the markers of a JPEG say about its scans."""

    scans: int
    """Number of scans; reading stops at the first one beyond the maximum."""
    complete: bool
    """The end marker follows the last scan, and no part of a scan is filled with zeros."""
    excessive: bool = False
    """The file has more segments than are read."""


@dataclass
class _Frame:
    """The frame header and the Huffman tables that apply to the next scan."""

    marker: int = 0
    blocks: Mapping[int, int] = field(default_factory=dict)
    """Number of blocks of 8 × 8 pixels of each component."""
    zero_codes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """For each Huffman table, the length in bits and the meaning of the code that has zeros only."""


def read_jpeg_structure(path: Path, maximum_scans: int) -> JpegStructure:
    """Reads the first picture of a file up to its end marker; a second picture or a film after that is not read.

    Raises ValueError for an empty file.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        frame, scans, filled = _Frame(), 0, False
        for number, (marker, start, end) in enumerate(_segments(data)):
            if number == _SEGMENTS:
                return JpegStructure(scans, complete=False, excessive=True)
            if marker == _EOI:
                return JpegStructure(scans, complete=scans > 0 and not filled)
            if marker in _FRAMES:
                frame.marker, frame.blocks = marker, _blocks(data[start:end])
            elif marker == _DHT:
                frame.zero_codes.update(_zero_codes(data[start:end]))
            elif marker == _SOS:
                scans += 1
                if scans > maximum_scans:
                    break
                behind = _MARKER.search(data, end)
                last = behind.start() if behind is not None else len(data)
                zeros = _zeros(data, end, last)
                enough = zeros > _plausible_zeros(frame, data[start:end]) and zeros > _ZERO_SHARE * (last - end)
                filled = filled or enough
    return JpegStructure(scans, complete=False)


def _segments(data: mmap.mmap) -> Iterator[tuple[int, int, int]]:
    """Yields each marker of the first picture with start and end of its content."""
    position = 2
    while (found := _MARKER.search(data, position)) is not None:
        marker = data[found.start() + 1]
        if marker == _SOI:  # another picture starts before this one has ended
            return
        start = found.end() + 2
        end = start if marker == _EOI else found.end() + int.from_bytes(data[found.end() : start], "big")
        if end < start or (end > len(data) and marker != _EOI):
            return
        yield marker, start, end
        position = end


def _blocks(header: bytes) -> dict[int, int]:
    """Returns the number of blocks of each component from a frame header; empty for a broken one."""
    if len(header) < 6 or len(header) < 6 + 3 * header[5]:
        return {}
    height, width = int.from_bytes(header[1:3], "big"), int.from_bytes(header[3:5], "big")
    parts = [header[6 + 3 * number : 9 + 3 * number] for number in range(header[5])]
    factors = {name: (sampling >> 4, sampling & 15) for name, sampling, _ in parts}
    across = max((x for x, _ in factors.values()), default=0) * 8
    down = max((y for _, y in factors.values()), default=0) * 8
    if not across or not down:
        return {}
    units = -(-width // across) * -(-height // down)
    return {name: units * x * y for name, (x, y) in factors.items()}


def _zero_codes(tables: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yields for each Huffman table the code that has zeros only, which is the first of the shortest codes."""
    position = 0
    while position + 17 <= len(tables):
        lengths = tables[position + 1 : position + 17]
        values = tables[position + 17 : position + 17 + sum(lengths)]
        shortest = next((length for length, count in enumerate(lengths, 1) if count), 0)
        if shortest and values:
            yield tables[position], (shortest, values[0])
        position += 17 + sum(lengths)


def _zeros(data: mmap.mmap, start: int, end: int) -> int:
    """Returns the number of bytes between two places that lie in long runs of zeros."""
    total, run = 0, bytes(_ZERO_RUN)
    while (found := data.find(run, start, end)) >= 0:
        start = found + _ZERO_RUN
        while data[start : min(start + _ZERO_RUN, end)] == run:
            start += _ZERO_RUN
        total += start - found
    return total


def _plausible_zeros(frame: _Frame, scan: bytes) -> int:
    """Returns the maximum bytes of zeros in an undamaged scan.

    With some Huffman tables, zeros encode a plain area, and then this is the size of a picture that is plain all over.
    With most tables, zeros encode a pattern that occurs in no picture, and then it is 0.
    """
    if not scan or len(scan) < 4 + 2 * scan[0] or (frame.marker not in _BASELINE and frame.marker != _PROGRESSIVE):
        return 1 << 62  # in arithmetic coding, for example, zeros may be anything
    first, _, refinement = scan[-3:]
    bits = 0
    for number in range(scan[0]):
        name, tables = scan[1 + 2 * number], scan[2 + 2 * number]
        costs = []
        if first == 0:
            costs.append(1 if refinement >> 4 else _plain_bits(frame, tables >> 4, is_first=True))
        if first > 0 or frame.marker in _BASELINE:
            costs.append(_plain_bits(frame, 0x10 | tables & 15, is_first=False))
        if None in costs:
            return 0
        bits += frame.blocks.get(name, 0) * sum(cost or 0 for cost in costs)
    return bits // 8 + _ZERO_RUN


def _plain_bits(frame: _Frame, table: int, *, is_first: bool) -> int | None:
    """Returns the zero bits that encode a block with the mean of the one before, or a block without detail.

    None where zeros encode something else. A missing table is that of the standard, as in frames of old cameras.
    """
    length, meaning = frame.zero_codes.get(table, (2, 0) if is_first else (2, 1))
    if is_first:
        return length if meaning == 0 else None
    run, size = meaning >> 4, meaning & 15
    return length + run if size == 0 and run < 15 else None
