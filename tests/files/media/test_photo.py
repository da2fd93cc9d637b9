from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from intake_bot.demo import media
from intake_bot.files.facts import Kind, PhotoFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.media.photo import hash_look, measure_photo
from intake_bot.judging.prior_mail.duplicate_files import MAXIMUM_LOOK_DISTANCE, count_differing_bits
from tests.files import samples

_JPEG = media.jpeg(640, 480, seed=3)
_PNG = media.png(640, 480, seed=3)
_SMALL = PhotoFacts(64, 48)


@pytest.mark.parametrize(
    ("content", "kind", "measured"),
    [
        pytest.param(_JPEG, Kind.JPEG, (PhotoFacts(640, 480), None), id="jpeg"),
        pytest.param(media.jpeg(64, 48, min_bytes=200_000), Kind.JPEG, (_SMALL, None), id="jpeg-padded"),
        pytest.param(_JPEG + b"an mp4 may follow", Kind.JPEG, (PhotoFacts(640, 480), None), id="motion-photo"),
        pytest.param(samples.mpo(), Kind.JPEG, (_SMALL, None), id="mpo"),
        pytest.param(samples.rotated_jpeg(3), Kind.JPEG, (_SMALL, None), id="upside-down"),
        pytest.param(samples.rotated_jpeg(5), Kind.JPEG, (PhotoFacts(48, 64), None), id="mirrored-and-lying"),
        pytest.param(samples.rotated_jpeg(6), Kind.JPEG, (PhotoFacts(48, 64), None), id="lying"),
        pytest.param(samples.rotated_jpeg(8), Kind.JPEG, (PhotoFacts(48, 64), None), id="lying-on-the-other-side"),
        pytest.param(samples.rotated_jpeg(99), Kind.JPEG, (_SMALL, None), id="orientation-that-is-none"),
        pytest.param(_PNG, Kind.PNG, (PhotoFacts(640, 480), None), id="png"),
        pytest.param(samples.picture("GIF"), Kind.GIF, (_SMALL, None), id="gif"),
        pytest.param(samples.picture("BMP"), Kind.BMP, (_SMALL, None), id="bmp"),
        pytest.param(samples.picture("WEBP"), Kind.WEBP, (_SMALL, None), id="webp"),
        pytest.param(samples.picture("TIFF"), Kind.TIFF, (_SMALL, None), id="tiff"),
        pytest.param(samples.heic(4032, 3024), Kind.HEIC, (PhotoFacts(4032, 3024), None), id="heic"),
        pytest.param(samples.heic_in_tiles(4032, 3024, 48), Kind.HEIC, (PhotoFacts(4032, 3024), None), id="heic-grid"),
        pytest.param(samples.recorded("libheif.heic"), Kind.HEIC, (PhotoFacts(128, 96), None), id="heic-of-libheif"),
        pytest.param(samples.recorded("libheif.avif"), Kind.HEIC, (PhotoFacts(128, 96), None), id="avif-of-libheif"),
        pytest.param(samples.heic(4032, 3024)[:40], Kind.HEIC, (None, Trouble.TRUNCATED), id="heic-cut-off"),
        pytest.param(_JPEG[: len(_JPEG) // 2], Kind.JPEG, (PhotoFacts(640, 480), Trouble.TRUNCATED), id="half-a-jpeg"),
        pytest.param(_JPEG[:-2], Kind.JPEG, (PhotoFacts(640, 480), Trouble.TRUNCATED), id="jpeg-without-its-end"),
        pytest.param(_JPEG[:20], Kind.JPEG, (None, Trouble.DAMAGED), id="jpeg-of-a-head"),
        pytest.param(_PNG[: len(_PNG) // 2], Kind.PNG, (PhotoFacts(640, 480), Trouble.TRUNCATED), id="half-a-png"),
        pytest.param(b"\xff\xd8\xff" + bytes(500), Kind.JPEG, (None, Trouble.DAMAGED), id="magic-and-zeros"),
    ],
)
def test_photo_has_pixels_after_rotation(
    tmp_path: Path, content: bytes, kind: Kind, measured: tuple[PhotoFacts | None, Trouble | None]
) -> None:
    assert measure_photo(samples.put(tmp_path, "x", content), kind, FileLimits()) == measured


@pytest.mark.parametrize(
    ("content", "kind", "known"),
    [
        pytest.param(_JPEG, Kind.JPEG, PhotoFacts(640, 480), id="jpeg"),
        pytest.param(_PNG, Kind.PNG, PhotoFacts(640, 480), id="png"),
        pytest.param(media.png(1000, 1000), Kind.PNG, None, id="too-large-for-pillow"),
    ],
)
def test_photo_beyond_maximum_pixels_is_bomb(
    tmp_path: Path, content: bytes, kind: Kind, known: PhotoFacts | None
) -> None:
    limits = FileLimits(jpeg_pixels=300_000, pixels=300_000)
    assert measure_photo(samples.put(tmp_path, "x", content), kind, limits) == (known, Trouble.BOMB)


# ---- the hash, whose accuracy tests/benchmarks/looks.py measures ----------------------------------------------------


def _picture(seed: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(media.jpeg(1200, 900, seed=seed)))


def _saved(image: Image.Image, **options: object) -> Image.Image:
    target = io.BytesIO()
    image.save(target, "JPEG", **options)
    return Image.open(io.BytesIO(target.getvalue()))


def _hash(image: Image.Image) -> int:
    found = hash_look(image)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda: _saved(_picture(), quality=30),
        lambda: _saved(_picture().resize((400, 300))),
        lambda: _saved(ImageEnhance.Brightness(_picture()).enhance(1.2)),
        lambda: _picture().convert("L"),
        lambda: _picture().quantize(64),
        lambda: _picture().convert("RGBA"),
    ],
    ids=["quality", "size", "light", "grey", "palette", "alpha"],
)
def test_hash_of_changed_picture_is_near(change: Callable[[], Image.Image]) -> None:
    assert count_differing_bits(_hash(_picture()), _hash(change())) <= MAXIMUM_LOOK_DISTANCE


def test_hash_of_other_picture_is_far() -> None:
    assert (
        min(count_differing_bits(_hash(_picture(1)), _hash(_picture(seed))) for seed in range(2, 12))
        > 2 * MAXIMUM_LOOK_DISTANCE
    )


@pytest.mark.parametrize("orientation", range(2, 9))
def test_hash_of_picture_in_each_orientation_is_near(orientation: int) -> None:
    """A viewer undoes the orientation in EXIF (CIPA DC-008, 4.6.5)."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = _picture().transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert (
        count_differing_bits(_hash(_picture()), _hash(_saved(stored, exif=exif.tobytes(), quality=95)))
        <= MAXIMUM_LOOK_DISTANCE
    )


@pytest.mark.parametrize("colour", ["white", "black", (120, 120, 124)])
def test_blank_picture_has_no_hash(colour: str | tuple[int, int, int]) -> None:
    assert hash_look(Image.new("RGB", (800, 600), colour)) is None


def test_measured_photo_has_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(media.jpeg(1200, 900, seed=1))
    facts, trouble = measure_photo(path, Kind.JPEG, FileLimits())
    assert trouble is None
    assert facts is not None
    assert facts.look is not None
    assert count_differing_bits(facts.look, _hash(_picture())) <= MAXIMUM_LOOK_DISTANCE
