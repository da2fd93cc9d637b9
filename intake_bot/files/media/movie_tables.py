"""Reads the tables of a film in an ISO or QuickTime file (`moov`): its tracks, and where their samples lie.

A sample of a picture track is one frame.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.media.boxes import Box, BoxReader, find_box, read_boxes, read_cut_boxes

_SAMPLES = 2_000_000
"""Maximum samples of a track whose places are read: nine hours of 60 frames per second."""
_CONTAINERS = frozenset({b"trak", b"edts", b"mdia", b"minf", b"stbl", b"traf"})
_COUNTED = frozenset({b"stts", b"elst", b"subs", b"trun"})
"""Tables that begin with a count of their entries, behind version and flags."""
_GROUPS = frozenset({b"sbgp", b"sgpd"})
"""Tables with one number before the count, and another one from version 1 on."""
_MATRIX_ENTRY = 4
_ENTRY_HEAD = 8
"""Bytes at the start of every sample entry, whatever its kind."""
_ENCRYPTED_ENTRIES = frozenset({b"encv", b"enca", b"drmi", b"drms"})


@dataclass(frozen=True)
class SampleEntry:
    """How a track's samples are encoded."""

    kind: bytes
    """`avc1`, `hvc1`, `mp4a` and others."""
    width: int
    height: int

    @property
    def encrypted(self) -> bool:
        """The samples are encrypted (ISO/IEC 23001-7, or Apple's FairPlay)."""
        return self.kind in _ENCRYPTED_ENTRIES


@dataclass(frozen=True)
class MovieTrack:
    """One track."""

    handler: bytes
    """`vide`, `soun`, `pict` (a sequence of pictures), `sbtl` and others."""
    entries: tuple[SampleEntry, ...]
    shown_size: tuple[int, int]
    """Width and height in pixels after rotation."""
    samples: int
    """Number of samples in the tables, without those of fragments."""
    _tables: bytes
    _sample_table: Box
    _in_this_file: bool

    def places(self, maximum: int) -> Iterator[tuple[int, int]]:
        """Yields place in the file and size in bytes of up to `maximum` samples, spread evenly over the track.

        Yields none for a track whose samples lie in another file or are too many. Raises Unreadable for broken tables.
        """
        if not self._in_this_file or not 0 < self.samples <= _SAMPLES:
            return
        sizes = _read_sizes(self._tables, self._sample_table)
        ends = array("Q", accumulate(sizes))
        runs = _ChunkRuns(self._tables, self._sample_table)
        wanted = min(maximum, self.samples)
        for number in range(wanted):
            sample = number * self.samples // wanted
            chunk, first = runs.chunk_of(sample)
            before = ends[sample] - sizes[sample] - (ends[first - 1] if first else 0)
            yield runs.place(chunk) + before, sizes[sample]


def read_tracks(movie: bytes) -> list[MovieTrack]:
    """Returns the tracks in the content of a `moov`. Raises Unreadable for broken tables."""
    return [_read_track(movie, box) for box in read_boxes(movie) if box.kind == b"trak"]


def has_endless_table(content: bytes) -> bool:
    """Returns whether a table in a `moov` or `moof`, which may be damaged, declares more entries than it has bytes and
    than the longest film has frames. MediaInfo 24.12 counts to the end of each such table, for minutes."""
    ranges = [(0, len(content))]
    while ranges:
        for box in read_cut_boxes(content, *ranges.pop()):
            if box.kind in _CONTAINERS:
                ranges.append((box.start, box.end))
            elif _count_entries(content, box) > max(_SAMPLES, box.size):
                return True
    return False


def _count_entries(content: bytes, box: Box) -> int:
    """Returns how many entries a table declares; 0 for other boxes, and where the count itself is cut off."""
    if box.kind not in _COUNTED | _GROUPS:
        return 0
    reader = BoxReader(content, box)
    try:
        version, _ = reader.version_and_flags()
        if box.kind in _GROUPS:
            reader.take(8 if version else 4)
        return reader.number(4)
    except Unreadable:
        return 0


def _read_track(movie: bytes, trak: Box) -> MovieTrack:
    header = _require(movie, trak, b"tkhd")
    media = _require(movie, trak, b"mdia")
    handler = BoxReader(movie, _require(movie, media, b"hdlr"))
    handler.take(8)
    information = _require(movie, media, b"minf")
    table = _require(movie, information, b"stbl")
    entries = tuple(_read_entries(movie, find_box(movie, [b"stsd"], table.start, table.end)))
    coded = next(((entry.width, entry.height) for entry in entries), (0, 0))
    return MovieTrack(
        handler=handler.take(4),
        entries=entries,
        shown_size=_read_shown_size(movie, header, coded),
        samples=_count_samples(movie, table),
        _tables=movie,
        _sample_table=table,
        _in_this_file=_is_in_this_file(movie, information),
    )


def _require(movie: bytes, parent: Box, kind: bytes) -> Box:
    box = find_box(movie, [kind], parent.start, parent.end)
    if box is None:
        raise Unreadable(Trouble.DAMAGED)
    return box


def _read_shown_size(movie: bytes, header: Box, coded: tuple[int, int]) -> tuple[int, int]:
    """Returns width and height of the track header, or of the samples, rotated as the header says."""
    reader = BoxReader(movie, header)
    version, _ = reader.version_and_flags()
    reader.take((32 if version else 20) + 16)  # times, number, length; layer, group, volume
    matrix = [reader.number(_MATRIX_ENTRY) for _ in range(9)]
    width, height = (reader.number(4) >> 16 for _ in range(2))
    if not (width and height):
        width, height = coded
    return (height, width) if matrix[0] == 0 and matrix[1] else (width, height)


def _read_entries(movie: bytes, box: Box | None) -> Iterator[SampleEntry]:
    if box is None:
        return
    reader = BoxReader(movie, box)
    reader.version_and_flags()
    reader.number(4)
    for entry in read_boxes(movie, reader.position, box.end):
        reader = BoxReader(movie, entry)
        if reader.left < _ENTRY_HEAD + 20:
            yield SampleEntry(entry.kind, 0, 0)
            continue
        reader.take(_ENTRY_HEAD + 16)  # in the entry of a picture, its width and height follow
        yield SampleEntry(entry.kind, reader.number(2), reader.number(2))


def _is_in_this_file(movie: bytes, information: Box) -> bool:
    """Returns whether the samples lie in this file. Those of a QuickTime reference film lie in another one."""
    references = find_box(movie, [b"dinf", b"dref"], information.start, information.end)
    if references is None:
        return True
    reader = BoxReader(movie, references)
    reader.take(8)
    flags = (BoxReader(movie, box).version_and_flags()[1] for box in read_boxes(movie, reader.position, references.end))
    return all(flag & 1 for flag in flags)


def _count_samples(movie: bytes, table: Box) -> int:
    box = find_box(movie, [b"stsz"], table.start, table.end)
    if box is None:
        return 0
    reader = BoxReader(movie, box)
    reader.take(8)
    return reader.number(4)


def _read_sizes(movie: bytes, table: Box) -> array[int]:
    """Returns the size of every sample in bytes."""
    box = find_box(movie, [b"stsz"], table.start, table.end)
    if box is None:
        raise Unreadable(Trouble.DAMAGED)
    reader = BoxReader(movie, box)
    reader.version_and_flags()
    size = reader.number(4)
    if size:
        return array("Q", [size]) * reader.number(4)
    return array("Q", reader.numbers(reader.count(4, 4), 4))


class _ChunkRuns:
    """Which samples lie in which chunk, and where each chunk lies (`stsc`, `stco`, `co64`). Numbers start at 0."""

    def __init__(self, movie: bytes, table: Box) -> None:
        chunks = find_box(movie, [b"stco"], table.start, table.end)
        self._width = 4 if chunks is not None else 8
        chunks = chunks or find_box(movie, [b"co64"], table.start, table.end)
        runs = find_box(movie, [b"stsc"], table.start, table.end)
        if chunks is None or runs is None:
            raise Unreadable(Trouble.DAMAGED)
        reader = BoxReader(movie, chunks)
        reader.version_and_flags()
        self._count = reader.count(4, self._width)
        self._places, self._movie = reader.position, movie
        reader = BoxReader(movie, runs)
        reader.version_and_flags()
        numbers = reader.numbers(3 * reader.count(4, 12), 4)
        self._first_chunks = [number - 1 for number in numbers[::3]]
        self._lengths = numbers[1::3]
        if not self._first_chunks or self._first_chunks[0] or not all(self._lengths):
            raise Unreadable(Trouble.DAMAGED)
        self._first_samples = [0]
        for index, length in enumerate(self._lengths[:-1]):
            chunks_in_run = self._first_chunks[index + 1] - self._first_chunks[index]
            if chunks_in_run <= 0:
                raise Unreadable(Trouble.DAMAGED)
            self._first_samples.append(self._first_samples[-1] + chunks_in_run * length)

    def chunk_of(self, sample: int) -> tuple[int, int]:
        """Returns the chunk that holds a sample, and the first sample of that chunk."""
        run = bisect_right(self._first_samples, sample) - 1
        chunks, _ = divmod(sample - self._first_samples[run], self._lengths[run])
        return self._first_chunks[run] + chunks, self._first_samples[run] + chunks * self._lengths[run]

    def place(self, chunk: int) -> int:
        """Returns where a chunk lies in the file."""
        if chunk >= self._count:
            raise Unreadable(Trouble.DAMAGED)
        start = self._places + chunk * self._width
        return int.from_bytes(self._movie[start : start + self._width], "big")
