"""Damaged pictures and films of every kind that we read ourselves: no reader raises anything, and none takes long."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.media.heif import measure_heif
from intake_bot.files.media.jpeg_scans import read_jpeg_structure
from intake_bot.files.media.movie import find_movie_trouble
from intake_bot.files.media.photo import measure_photo
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.files.media import iso
from tests.files.media.iso import Film, Item, Layout, Track, heif, ispe
from tests.work import shortest_seconds

_SECONDS = 2
"""More than any of these readers has ever needed for damage of this kind, by a factor of ten."""

_WIDE = Layout(wide=True, data_first=True)
_TILES = tuple(Item(number, properties=(ispe(512, 512),), data=b"tile") for number in range(2, 6))
_PICTURES = {
    "heif": heif(1, Item(1, properties=(ispe(64, 102), iso.clap(29, 101), iso.irot(1)))),
    "heif-grid": heif(1, Item(1, b"grid", (), iso.grid(900, 800), (2, 3, 4, 5), in_idat=True), *_TILES),
    "heif-wide": heif(1, *_TILES, Item(1, b"iovl", (), iso.overlay(9, 8), (2,)), layout=_WIDE),
    "heif-nested": heif(1, Item(1, b"iden", (), b"", (2,)), Item(2, b"tmap", (), b"", (3,)), *_TILES),
    "heif-sequence": bytes(Film((Track(1, 64, 48, handler=b"pict"),), b"msf1")),
}  # fmt: skip
_FILMS = {
    "film": bytes(Film((Track(8, 64, 48, (iso.FRAME,) * 30), Track(8, handler=b"soun", kind=b"mp4a")))),
    "film-large-offsets": bytes(Film((Track(8, 64, 48),), tables_first=False, large_offsets=True)),
    "film-encrypted": bytes(Film((Track(8, 64, 48, entry=iso.encrypted_entry(64, 48)),))),
    "film-fragmented": iso.initial_segment(Track(8, 64, 48)) + iso.fragment(1, Track(8, 64, 48)),
    "film-segment": iso.media_segment(Track(8, 64, 48)),
}
_JPEGS = {"jpeg": samples.picture("JPEG"), "jpeg-turned": samples.rotated_jpeg(6), "mpo": samples.mpo()}


def _read_heif(path: Path) -> None:
    facts, trouble = measure_heif(path)
    assert facts is not None or trouble is not None
    assert facts is None or trouble in (None, Trouble.TRUNCATED)


def _read_movie(path: Path) -> None:
    troubles = (Trouble.TRUNCATED, Trouble.DAMAGED, Trouble.ENCRYPTED, Trouble.FRAGMENT)
    assert find_movie_trouble(path) in (None, *troubles)


def _read_jpeg(path: Path) -> None:
    if path.stat().st_size:
        assert read_jpeg_structure(path, 100).scans <= 101
    facts, trouble = measure_photo(path, Kind.JPEG, FileLimits())
    assert facts is not None or trouble is not None


_READERS: list[tuple[str, Callable[[Path], None], bytes]] = [
    *((name, _read_heif, seed) for name, seed in _PICTURES.items()),
    *((name, _read_movie, seed) for name, seed in _FILMS.items()),
    *((name, _read_jpeg, seed) for name, seed in _JPEGS.items()),
]
_BYTES = st.one_of(st.sampled_from([0, 1, 0x7F, 0x80, 0xFE, 0xFF]), st.integers(0, 255))
_DAMAGE = st.lists(st.tuples(st.integers(0, 1 << 20), _BYTES, st.integers(1, 8)), max_size=10)


def _damaged(seed: bytes, damage: list[tuple[int, int, int]], keep: int | None, doubled: int | None) -> bytes:
    """Bytes changed in short runs, the end cut off, and a piece that stands there twice."""
    content = bytearray(seed)
    for place, value, length in damage:
        place %= len(content)
        content[place : place + length] = bytes([value]) * len(content[place : place + length])
    if doubled is not None:
        place = doubled % len(content)
        content[place:place] = content[place : place + 1 + doubled % 97]
    return bytes(content if keep is None else content[: keep % (len(content) + 1)])


_MAYBE = st.one_of(st.none(), st.none(), st.integers(0, 1 << 20))
_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _check_damage(
    read: Callable[[Path], None], seed: bytes, damage: list[tuple[int, int, int]], keep: int | None, doubled: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(_damaged(seed, damage, keep, doubled))
        sniff(path)
        read(path)


@pytest.mark.parametrize(("read", "seed"), [pytest.param(*rest, id=name) for name, *rest in _READERS])
@settings(max_examples=20, deadline=None, suppress_health_check=_QUIET)
@given(damage=_DAMAGE, keep=_MAYBE, doubled=_MAYBE)
def test_media_reader_survives_damage(
    read: Callable[[Path], None], seed: bytes, damage: list[tuple[int, int, int]], keep: int | None, doubled: int | None
) -> None:
    _check_damage(read, seed, damage, keep, doubled)


@pytest.mark.slow
@pytest.mark.parametrize(("read", "seed"), [pytest.param(*rest, id=name) for name, *rest in _READERS])
@settings(max_examples=2000, deadline=None, suppress_health_check=_QUIET)
@given(damage=_DAMAGE, keep=_MAYBE, doubled=_MAYBE)
def test_media_reader_survives_much_damage(
    read: Callable[[Path], None], seed: bytes, damage: list[tuple[int, int, int]], keep: int | None, doubled: int | None
) -> None:
    assert shortest_seconds(lambda: _check_damage(read, seed, damage, keep, doubled), _SECONDS) < _SECONDS


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=600))
def test_media_readers_survive_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        for read in (_read_heif, _read_movie, _read_jpeg):
            read(path)
