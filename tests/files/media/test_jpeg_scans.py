"""JPEGs that broke off, and JPEGs of very many scans. Pictures are painted, then damaged as copies are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from intake_bot.demo import media
from intake_bot.files.facts import Kind, PhotoFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.measure import measure
from intake_bot.files.media.jpeg_scans import JpegStructure, read_jpeg_structure
from intake_bot.files.media.photo import measure_photo
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.media import iso
from tests.work import assert_grows_linearly, within_lines

SIDES = PhotoFacts(900, 600)
END = b"\xff\xd9"


def painted(**options: object) -> bytes:
    """A photo with as much detail as a real one."""
    noise = Image.effect_noise((900, 600), 60)
    coloured = Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise))
    return saved(coloured, **options)


def saved(image: Image.Image, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", **options)
    return target.getvalue()


def with_thumbnail(thumbnail: bytes) -> bytes:
    """A photo whose EXIF holds a whole small JPEG, end marker included."""
    segment = b"Exif\0\0" + thumbnail
    return KINDS["baseline"][:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + KINDS["baseline"][2:]


KINDS = {
    "baseline": painted(),
    "best quality": painted(quality=100, subsampling=0),
    "own tables": painted(optimize=True),
    "progressive": painted(progressive=True),
    "grey": saved(Image.effect_noise((900, 600), 60)),
    "four colours": saved(Image.effect_noise((900, 600), 60).convert("CMYK")),
    "restart markers": painted(restart_marker_rows=1),
    "many restart markers, own tables": painted(restart_marker_blocks=3, optimize=True),
}
PLAIN = {
    f"{colour}, {name}": saved(Image.new("RGB", (3000, 2000), colour), **options)
    for colour in ("white", "black")
    for name, options in {
        "baseline": {},
        "own tables": {"optimize": True},
        "progressive": {"progressive": True},
    }.items()
}


def tails(whole: bytes) -> dict[str, bytes]:
    """A whole photo, and what cameras, phones and programs put behind its end."""
    return {
        "nothing": whole,
        "zeros": whole + bytes(200_000),
        "one zero": whole + b"\0",
        "fill bytes": whole + b"\xff" * 900,
        "a film": whole + bytes(iso.Film((iso.Track(3, 1920, 1080),))),
        "a second picture": whole + whole,
        "half a second picture": whole + whole[: len(whole) // 2],
        "Samsung's trailer": whole + b"\0\0\1\x0aImage_UTC_Data1684300000000SEFHk\0\0\0SEFT",
        "a text": whole + b'vivo{"image":1}',
        "fill bytes before the end": whole[:-2] + b"\xff\xff\xff" + END,
        "a few zeros before the end": whole[:-2] + bytes(500) + END,
    }


def broken(whole: bytes) -> dict[str, bytes]:
    """A photo as a copy leaves it that broke off."""
    half = len(whole) // 2
    rest = len(whole) - half
    return {
        "cut": whole[:half],
        "cut, then zeros": whole[:half] + bytes(rest),
        "cut, then zeros for long": whole[:half] + bytes(10 * rest),
        "cut, then zeros, then an end": whole[:half] + bytes(rest - 2) + END,
        "cut, then fill bytes": whole[:half] + b"\xff" * rest,
        "a hole in the middle": whole[:half] + bytes(rest // 2) + whole[half + rest // 2 :],
        "cut, then another picture": whole[:half] + whole,
        "no end": whole[:-2],
        "half an end": whole[:-1],
        "no end, then zeros": whole[:-2] + bytes(5000),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", tails(bytes(9)))
def test_whole_jpeg_with_a_tail_is_readable(tmp_path: Path, kind: str, tail: str) -> None:
    path = samples.put(tmp_path, "x.jpg", tails(KINDS[kind])[tail])
    assert measure_photo(path, Kind.JPEG, FileLimits()) == (SIDES, None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", broken(bytes(9)))
def test_broken_off_jpeg_is_truncated(tmp_path: Path, kind: str, damage: str) -> None:
    path = samples.put(tmp_path, "x.jpg", broken(KINDS[kind])[damage])
    assert measure_photo(path, Kind.JPEG, FileLimits()) == (SIDES, Trouble.TRUNCATED)


@pytest.mark.parametrize("whole", PLAIN.values(), ids=PLAIN)
def test_plain_picture_is_readable_though_its_data_are_zeros(tmp_path: Path, whole: bytes) -> None:
    """A blank page saved with tables of its own is little else than zeros."""
    path = samples.put(tmp_path, "x.jpg", whole)
    assert measure_photo(path, Kind.JPEG, FileLimits()) == (PhotoFacts(3000, 2000), None)


@pytest.mark.parametrize("thumbnail", [KINDS["progressive"][:20_000] + END, saved(Image.new("RGB", (160, 120)))])
def test_jpeg_with_a_thumbnail_is_judged_by_its_own_end(tmp_path: Path, thumbnail: bytes) -> None:
    whole = with_thumbnail(thumbnail)
    assert read_jpeg_structure(samples.put(tmp_path, "a", whole), 100) == JpegStructure(1, complete=True)
    cut = samples.put(tmp_path, "b", whole[: len(thumbnail) + 30_000])
    assert measure_photo(cut, Kind.JPEG, FileLimits()) == (SIDES, Trouble.TRUNCATED)


def test_mpo_is_judged_by_its_first_picture(tmp_path: Path) -> None:
    path = samples.put(tmp_path, "x.jpg", samples.mpo())
    assert read_jpeg_structure(path, 100) == JpegStructure(1, complete=True)


# ---- many scans ------------------------------------------------------------------------------------------------------


def with_scans(count: int, whole: bytes = KINDS["progressive"]) -> bytes:
    """A progressive picture whose last scan stands there again and again."""
    last = whole[whole.rindex(b"\xff\xda") : -2]
    scans = whole.count(b"\xff\xda")
    return whole[:-2] + last * (count - scans) + END


@pytest.mark.parametrize(
    ("scans", "trouble"), [(10, None), (20, None), (100, None), (101, Trouble.UNSUPPORTED), (400, Trouble.UNSUPPORTED)]
)
def test_jpeg_of_many_scans_is_not_decoded(tmp_path: Path, scans: int, trouble: Trouble | None) -> None:
    """Its header was read, and its size stays known."""
    path = samples.put(tmp_path, "x.jpg", with_scans(scans))
    assert measure_photo(path, Kind.JPEG, FileLimits()) == (SIDES, trouble)
    assert read_jpeg_structure(path, 1000).scans == scans


def test_large_jpeg_of_fewer_scans_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """50 million pixels 60 times over cost as much as 8 million 400 times over."""
    large = saved(Image.new("L", (10_000, 5_000), 200), progressive=True)
    path = samples.put(tmp_path, "x.jpg", with_scans(60, large))
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it is decoded"))
    assert measure_photo(path, Kind.JPEG, FileLimits()) == (PhotoFacts(10_000, 5_000), Trouble.UNSUPPORTED)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff\xfe\0\2" * 3_000_000,
        b"\xff\xd8" + b"\xff\xdb\0\2" * 3_000_000 + KINDS["baseline"][2:],
    ],
    ids=["comments", "tables"],
)
def test_jpeg_of_millions_of_segments_is_not_opened(tmp_path: Path, content: bytes) -> None:
    path = samples.put(tmp_path, "x.jpg", content)
    measured = within_lines(1_000_000, lambda: measure_photo(path, Kind.JPEG, FileLimits()))
    assert measured == (None, Trouble.UNSUPPORTED)


@pytest.mark.slow
@pytest.mark.parametrize("pair", [b"\xff\0", b"\xff\xd0", b"\xff\xff", b"\0\0", b"\xff\x02"])
def test_any_data_of_a_jpeg_is_read_in_linear_time(tmp_path: Path, pair: bytes) -> None:
    start = KINDS["baseline"].index(b"\xff\xda") + 14

    def read(size: int) -> None:
        path = samples.put(tmp_path, "x.jpg", KINDS["baseline"][:start] + pair * size)
        assert read_jpeg_structure(path, 100).complete is False

    assert_grows_linearly(read, 4_000_000)


def test_jpeg_is_measured_by_the_worker(tmp_path: Path, worker: Worker) -> None:
    path = samples.put(tmp_path, "x.jpg", broken(KINDS["baseline"])["cut, then zeros, then an end"])
    assert worker.ask(measure, path, Kind.JPEG, FileLimits()).trouble is Trouble.TRUNCATED
    path = samples.put(tmp_path, "y.jpg", media.jpeg(640, 480, min_bytes=3_000_000))
    assert worker.ask(measure, path, Kind.JPEG, FileLimits()).trouble is None
