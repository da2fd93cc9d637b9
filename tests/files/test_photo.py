from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, PhotoFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.photo import measure_photo
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
def test_measure_photo(
    tmp_path: Path, content: bytes, kind: Kind, measured: tuple[PhotoFacts | None, Trouble | None]
) -> None:
    assert measure_photo(samples.put(tmp_path, "x", content), kind, FileLimits()) == measured


@pytest.mark.parametrize(
    ("content", "kind", "known"),
    [
        pytest.param(_JPEG, Kind.JPEG, PhotoFacts(640, 480), id="jpeg"),
        pytest.param(_PNG, Kind.PNG, PhotoFacts(640, 480), id="png"),
        pytest.param(media.png(1000, 1000), Kind.PNG, None, id="so-large-that-pillow-refuses-it"),
    ],
)
def test_measure_photo_refuses_pixel_bombs_before_decoding(
    tmp_path: Path, content: bytes, kind: Kind, known: PhotoFacts | None
) -> None:
    limits = FileLimits(jpeg_pixels=300_000, pixels=300_000)
    assert measure_photo(samples.put(tmp_path, "x", content), kind, limits) == (known, Trouble.BOMB)
