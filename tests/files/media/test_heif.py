"""Sizes of HEIC and AVIF pictures as they are seen. The files are made from bytes; no decoder could show them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from intake_bot.files.facts import Kind, PhotoFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.measure import Measurement, measure
from intake_bot.files.media.heif import measure_heif
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.media import iso
from tests.files.media.iso import Item, Layout, clap, ftyp, grid, heif, imir, irot, ispe
from tests.marking import slow
from tests.work import within_lines

PHOTO = Item(1, properties=(ispe(4032, 3024),))
THUMBNAIL = Item(9, properties=(ispe(320, 240),), thumbnail_of=1)


def tiles(count: int, first: int = 100) -> list[Item]:
    return [
        Item(number, properties=(ispe(512, 512),), hidden=True, data=b"tile") for number in range(first, first + count)
    ]


def of_tiles(count: int, *properties: bytes, data: bytes = b"", in_idat: bool = True) -> tuple[Item, ...]:
    parts = tiles(count)
    made_of = tuple(part.number for part in parts)
    return (*parts, Item(1, b"grid", properties, data or grid(4032, 3024), made_of, in_idat=in_idat))


SEEN = {
    "one picture": (heif(1, PHOTO), (4032, 3024)),
    "turned by a quarter": (heif(1, Item(1, properties=(ispe(4032, 3024), irot(1)))), (3024, 4032)),
    "turned by half": (heif(1, Item(1, properties=(ispe(4032, 3024), irot(2)))), (4032, 3024)),
    "turned by three quarters": (heif(1, Item(1, properties=(ispe(4032, 3024), irot(3)))), (3024, 4032)),
    "mirrored": (heif(1, Item(1, properties=(ispe(4032, 3024), imir()))), (4032, 3024)),
    "cut out": (heif(1, Item(1, properties=(ispe(64, 102), clap(29, 101)))), (29, 101)),
    "cut out, in fractions": (heif(1, Item(1, properties=(ispe(64, 102), clap(29, 101, divisor=3)))), (29, 101)),
    "cut out, then turned": (heif(1, Item(1, properties=(ispe(64, 102), clap(29, 101), irot(1)))), (101, 29)),
    "turned, then cut out": (heif(1, Item(1, properties=(ispe(64, 102), irot(1), clap(101, 29)))), (101, 29)),
    "cut out by nothing": (heif(1, Item(1, properties=(ispe(64, 102), clap(0, 0)))), (64, 102)),
    "cut out beyond its sides": (heif(1, Item(1, properties=(ispe(64, 102), clap(640, 1020)))), (64, 102)),
    "thumbnail behind": (heif(1, PHOTO, THUMBNAIL), (4032, 3024)),
    "thumbnail before": (heif(1, THUMBNAIL, PHOTO), (4032, 3024)),
    "a larger picture beside it": (heif(1, PHOTO, Item(2, properties=(ispe(8000, 6000),))), (4032, 3024)),
    "the second one is shown": (heif(2, PHOTO, Item(2, properties=(ispe(800, 600),))), (800, 600)),
    "512 tiles": (heif(1, *of_tiles(512, ispe(16384, 8192))), (16384, 8192)),
    "tiles, turned": (heif(1, *of_tiles(48, ispe(4032, 3024), irot(3))), (3024, 4032)),
    "tiles, stated in idat only": (heif(1, *of_tiles(48)), (4032, 3024)),
    "tiles, stated in mdat only": (heif(1, *of_tiles(48, in_idat=False)), (4032, 3024)),
    "tiles, stated in 32 bits": (heif(1, *of_tiles(4, data=grid(100_000, 70_000, wide=True))), (100_000, 70_000)),
    "tile cut smaller than it is coded": (
        heif(2, Item(1, properties=(ispe(64, 102),)), Item(2, b"grid", (ispe(29, 101),), grid(29, 101), (1,))),
        (29, 101),
    ),
    "overlay": (heif(2, PHOTO, Item(2, b"iovl", (), iso.overlay(900, 700), (1,))), (900, 700)),
    "another view of a picture": (heif(2, PHOTO, Item(2, b"iden", (irot(1),), b"", (1,))), (3024, 4032)),
    "tone map of a picture": (heif(2, PHOTO, Item(2, b"tmap", (), b"map", (1,))), (4032, 3024)),
    "numbers of 32 bits": (heif(70_000, Item(70_000, properties=(ispe(64, 48),)), layout=Layout(wide=True)), (64, 48)),
    "more than 127 properties": (heif(1, PHOTO, layout=Layout(wide=True, fillers=300)), (4032, 3024)),
    "data before the tables": (heif(1, PHOTO, THUMBNAIL, layout=Layout(data_first=True)), (4032, 3024)),
    "data of a 64-bit size": (heif(1, PHOTO, layout=Layout(data_first=True, large_data=True)), (4032, 3024)),
    "data to the end": (heif(1, PHOTO, layout=Layout(endless_data=True)), (4032, 3024)),
    "uuid before the tables": (heif(1, PHOTO, layout=Layout(extra=(iso.box("uuid", bytes(40)),))), (4032, 3024)),
    "film behind": (heif(1, PHOTO, layout=Layout(behind=iso.box("mpvd", bytes(900)))), (4032, 3024)),
    "zeros behind": (heif(1, PHOTO, layout=Layout(behind=bytes(5000))), (4032, 3024)),
    "text behind": (heif(1, PHOTO, layout=Layout(behind=b'vivo{"image":1}')), (4032, 3024)),
    "no primary picture": (heif(1, THUMBNAIL, *of_tiles(4, ispe(64, 48)), layout=Layout(primary=False)), (64, 48)),
    "the shown picture is hidden": (heif(1, Item(1, properties=(ispe(64, 48),), hidden=True)), (64, 48)),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sides"), SEEN.values(), ids=SEEN)
def test_measure_heif_gives_the_size_that_is_seen(tmp_path: Path, content: bytes, sides: tuple[int, int]) -> None:
    path = samples.put(tmp_path, "x.heic", content)
    assert sniff(path) is Kind.HEIC
    assert measure_heif(path) == (PhotoFacts(*sides), None)


@pytest.mark.parametrize(
    "brand",
    [
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"mif1",
        b"mif2",
        b"msf1",
        b"avif",
        b"avis",
        b"miaf",
        b"MiHE",
    ],
)
def test_measure_heif_of_every_brand(tmp_path: Path, brand: bytes) -> None:
    """Apple writes heic, Canon's .HIF heix, AVIF encoders avif; MIAF profiles name themselves first, mif1 behind."""
    path = samples.put(tmp_path, "x", heif(1, PHOTO, layout=Layout(brand=brand)))
    assert sniff(path) is Kind.HEIC
    assert measure_heif(path) == (PhotoFacts(4032, 3024), None)


def sequence(*tracks: iso.Track, brand: bytes = b"msf1") -> bytes:
    return bytes(iso.Film(tracks, brand))


@pytest.mark.parametrize(
    ("content", "sides"),
    [
        (sequence(iso.Track(1, 640, 480, handler=b"pict", kind=b"hvc1")), (640, 480)),
        (sequence(iso.Track(1, 640, 480, handler=b"pict", kind=b"av01", turned=90), brand=b"avis"), (480, 640)),
        (sequence(iso.Track(1, 900, 900, handler=b"auxv"), iso.Track(1, 640, 480), brand=b"hevc"), (640, 480)),
    ],
    ids=["heif", "avif-turned", "beside-a-depth-map"],
)
def test_measure_heif_of_a_sequence_gives_its_track(tmp_path: Path, content: bytes, sides: tuple[int, int]) -> None:
    assert measure_heif(samples.put(tmp_path, "x", content)) == (PhotoFacts(*sides), None)


def test_measure_heif_prefers_the_picture_to_the_sequence(tmp_path: Path) -> None:
    film = sequence(iso.Track(1, 640, 480, handler=b"pict"))
    content = heif(1, PHOTO) + film[len(ftyp(b"msf1", b"msf1")) :]
    assert measure_heif(samples.put(tmp_path, "x", content)) == (PhotoFacts(4032, 3024), None)


WHOLE = heif(1, *of_tiles(4, ispe(4032, 3024)))
TABLES = len(ftyp(b"heic", b"mif1", b"heic")) + int.from_bytes(WHOLE[24:28], "big")


@pytest.mark.parametrize(
    ("kept", "facts"),
    [(40, None), (TABLES - 1, None), (TABLES + 9, PhotoFacts(4032, 3024)), (len(WHOLE) - 1, PhotoFacts(4032, 3024))],
)
def test_measure_heif_of_a_copy_that_broke_off(tmp_path: Path, kept: int, facts: PhotoFacts | None) -> None:
    assert measure_heif(samples.put(tmp_path, "x", WHOLE[:kept])) == (facts, Trouble.TRUNCATED)


def test_measure_heif_finds_a_tile_behind_the_end(tmp_path: Path) -> None:
    """`mdat` goes on to the end, so that no box is cut."""
    whole = heif(1, *of_tiles(4, ispe(64, 48)), layout=Layout(endless_data=True))
    assert measure_heif(samples.put(tmp_path, "x", whole[:-1])) == (PhotoFacts(64, 48), Trouble.TRUNCATED)


def test_measure_heif_with_the_tables_cut_off_at_the_end(tmp_path: Path) -> None:
    whole = heif(1, PHOTO, layout=Layout(data_first=True))
    assert measure_heif(samples.put(tmp_path, "x", whole[:-200])) == (None, Trouble.TRUNCATED)


def tables(*boxes: bytes) -> bytes:
    return ftyp(b"heic", b"mif1") + iso.full_box("meta", iso.full_box("pitm", b"\0\1"), *boxes)


def forged(kind: str, *content: bytes, version: int = 0) -> bytes:
    return iso.full_box(kind, *content, version=version)


IPCO = iso.box("ipco", ispe(64, 48))
BROKEN = {
    "nothing but a brand": ftyp(b"heic", b"mif1"),
    "no tables": ftyp(b"heic", b"mif1") + iso.box("mdat", bytes(99)),
    "empty tables": tables(),
    "a picture without a size": heif(1, Item(1)),
    "a picture of no size": heif(1, Item(1, properties=(ispe(0, 48),))),
    "a picture of a forged size": heif(1, Item(1, properties=(ispe(0xFFFFFFFF, 48),))),
    "a picture that is not there": heif(5, PHOTO),
    "a picture made of itself": heif(1, Item(1, b"iden", (), b"", (1,))),
    "pictures made of each other": heif(1, Item(1, b"iden", (), b"", (2,)), Item(2, b"iden", (), b"", (1,))),
    "a grid without its size": heif(1, Item(1, b"grid", (), b"", (2,)), Item(2)),
    "4 billion associations": tables(iso.box("iprp", IPCO, forged("ipma", b"\xff\xff\xff\xff\0\1\1\1"))),
    "4 billion associations, 32 bits": tables(
        iso.box("iprp", IPCO, forged("ipma", b"\xff\xff\xff\xff\0\0\0\1\1\1", version=1))
    ),
    "4 billion items": tables(forged("iinf", b"\xff\xff\xff\xff", version=1)),
    "65535 places": tables(forged("iloc", b"\x44\0\xff\xff")),
    "places with 65535 extents": tables(forged("iloc", b"\x44\0\0\1\0\1\0\0\xff\xff")),
    "numbers of 15 bytes": tables(forged("iloc", b"\xff\xf0\0\0")),
    "65535 references": tables(forged("iref", iso.box("dimg", b"\0\1\xff\xff"))),
    "a box longer than its parent": tables(struct.pack(">L4s", 4_000_000_000, b"iprp")),
    "a box shorter than its header": tables(struct.pack(">L4s", 4, b"iprp")),
}  # fmt: skip


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_measure_heif_of_broken_tables_is_damaged_at_once(tmp_path: Path, content: bytes) -> None:
    path = samples.put(tmp_path, "x", content)
    assert within_lines(10_000, lambda: measure_heif(path)) == (None, Trouble.DAMAGED)


LARGE = {
    "100001 items": tables(forged("iinf", struct.pack(">L", 100_001), bytes(800_008), version=1)),
    "65535 empty boxes": tables(iso.box("iprp", iso.box("ipco", iso.box("free") * 65_535))),
    "tables of 9 MB": tables(iso.box("free", bytes(9_000_000))),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_measure_heif_beyond_its_limits_is_left_to_a_person(tmp_path: Path, content: bytes) -> None:
    path = samples.put(tmp_path, "x", content)
    assert within_lines(1_000_000, lambda: measure_heif(path)) == (None, Trouble.UNSUPPORTED)


@pytest.mark.parametrize("count", [6_000, slow(65_535)])
def test_measure_heif_is_not_slowed_by_extents_that_take_no_bytes(tmp_path: Path, count: int) -> None:
    """65,535 places with 65,535 extents each, of fields without a byte: four billion in 400 KB."""
    places = b"".join(struct.pack(">HHH", number, 0, 0xFFFF) for number in range(1, count + 1))
    iprp = iso.box("iprp", IPCO, forged("ipma", struct.pack(">LHBB", 1, 1, 1, 1)))
    content = tables(iprp, forged("iloc", b"\0\0" + struct.pack(">H", count), places))
    path = samples.put(tmp_path, "x", content)
    assert within_lines(80 * count, lambda: measure_heif(path)) == (PhotoFacts(64, 48), None)


def test_measure_heif_of_tables_in_bits_is_left_to_a_person(tmp_path: Path) -> None:
    content = ftyp(b"mif3", b"avif") + iso.box("mini", bytes(40))
    path = samples.put(tmp_path, "x", content)
    assert sniff(path) is Kind.HEIC
    assert measure_heif(path) == (None, Trouble.UNSUPPORTED)


def test_heic_is_measured_by_the_worker(tmp_path: Path, worker: Worker) -> None:
    path = samples.put(tmp_path, "x", heif(1, THUMBNAIL, PHOTO))
    assert worker.ask(measure, path, Kind.HEIC, FileLimits()) == Measurement(None, photo=PhotoFacts(4032, 3024))
