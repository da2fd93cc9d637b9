"""Finds MP4 and QuickTime films that are encrypted, a fragment or a broken copy, which MediaInfo does not report, and
those whose damage keeps it busy for minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from intake_bot.files.facts import Trouble, Unreadable
from intake_bot.files.media.boxes import TopBoxes, read_top_boxes
from intake_bot.files.media.movie_tables import MovieTrack, has_endless_table, read_tracks

_TABLE_BYTES = 64_000_000
"""Maximum size of the tables (`moov`). Those of a film of three hours take about 10 MB."""
_SAMPLES = 200
"""Maximum frames that are read, spread over the film."""
_FRAME_HEAD = 64
"""Bytes that are read of a frame."""
_MINIMUM_FRAME = 16
"""Minimum bytes of a frame that is read. A frame that repeats the one before may be shorter, or empty."""
_ZERO_SHARE = 0.05
"""A copy broke off when this share of its frames, and at least two of them, start with zeros."""
_COMPRESSED = frozenset(
    {
        *(b"avc1", b"avc2", b"avc3", b"avc4", b"hvc1", b"hev1", b"hvc2", b"hev2", b"dvh1", b"dvhe", b"dva1", b"dvav"),
        *(b"mp4v", b"s263", b"h263", b"av01", b"vp08", b"vp09", b"vvc1", b"vvi1", b"jpeg", b"mjpa", b"mjpb"),
    }
)
"""Encodings in which no frame starts with zeros. In raw video, zeros are black."""


def find_movie_trouble(path: Path) -> Trouble | None:
    """Returns FRAGMENT, ENCRYPTED, TRUNCATED, DAMAGED or None. Broken tables are left to MediaInfo but where it does
    not end with them, and then they are DAMAGED."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            top = read_top_boxes(file, size)
            if any(has_endless_table(tables) for tables in _read_tables(file, top)):
                return Trouble.DAMAGED
            tracks = _read_tracks(file, top)
        except Unreadable:
            return None
        kinds = {box.kind for box in top.boxes}
        if _is_fragment(top, kinds, tracks):
            return Trouble.FRAGMENT
        pictures = [track for track in tracks or () if track.handler == b"vide"]
        if any(entry.encrypted for track in pictures for entry in track.entries):
            return Trouble.ENCRYPTED
        if b"moof" in kinds and top.rest * 2 > size:  # its tables do not list frames
            return Trouble.TRUNCATED
        return Trouble.TRUNCATED if any(_is_broken_off(file, track, size) for track in pictures) else None


def _read_tables(file: BinaryIO, top: TopBoxes) -> Iterator[bytes]:
    """Yields the tables of the film and of its fragments, as far as they are there."""
    for box in top.boxes:
        if box.kind in (b"moov", b"moof"):
            file.seek(box.start)
            yield file.read(min(box.size, _TABLE_BYTES))


def _read_tracks(file: BinaryIO, top: TopBoxes) -> Sequence[MovieTrack] | None:
    """Returns the tracks of the film, or None for a file without `moov`."""
    box = top.first(b"moov")
    if box is None:
        return None
    if box.size > _TABLE_BYTES:
        raise Unreadable(Trouble.UNSUPPORTED)
    file.seek(box.start)
    return read_tracks(file.read(box.size))


def _is_fragment(top: TopBoxes, kinds: set[bytes], tracks: Sequence[MovieTrack] | None) -> bool:
    """Returns whether the file is one piece of a film that a website plays in pieces (DASH, HLS): frames without the
    tables of the film, or its tables without a frame."""
    if tracks is None:
        return not kinds.isdisjoint({b"styp", b"sidx", b"moof"})
    frames = any(track.samples for track in tracks) or not kinds.isdisjoint({b"moof", b"mdat"})
    return bool(tracks) and not frames and not top.cut


def _is_broken_off(file: BinaryIO, track: MovieTrack, size: int) -> bool:
    """Returns whether frames lie beyond the end of the file, or frames of zeros lie between other frames.

    A download in pieces leaves zeros where a piece is missing. A film of zeros alone is no such download, which would
    have at least some frames.
    """
    if not track.entries or any(entry.kind not in _COMPRESSED for entry in track.entries):
        return False
    seen = zeros = 0
    try:
        for place, length in track.places(_SAMPLES):
            if length < _MINIMUM_FRAME:
                continue
            if place + length > size:
                return True
            file.seek(place)
            seen += 1
            zeros += not any(file.read(min(length, _FRAME_HEAD)))
    except Unreadable:
        return False
    return max(2, seen * _ZERO_SHARE) <= zeros < seen
