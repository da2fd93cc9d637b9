"""The hash by which a picture is known again. How well it does is measured in tests/benchmarks/looks.py."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from intake_bot.demo.media import jpeg
from intake_bot.files.facts import Kind
from intake_bot.files.limits import FileLimits
from intake_bot.files.photo import look_of, measure_photo
from intake_bot.judging.duplicates import LOOK_DISTANCE, distance


def picture(seed: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(1200, 900, seed=seed)))


def saved(image: Image.Image, **options: object) -> Image.Image:
    target = io.BytesIO()
    image.save(target, "JPEG", **options)
    return Image.open(io.BytesIO(target.getvalue()))


def look(image: Image.Image) -> int:
    found = look_of(image)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "changed",
    [
        saved(picture(), quality=30),
        saved(picture().resize((400, 300))),
        saved(ImageEnhance.Brightness(picture()).enhance(1.2)),
        picture().convert("L"),
        picture().quantize(64),
        picture().convert("RGBA"),
    ],
    ids=["quality", "size", "light", "grey", "palette", "alpha"],
)
def test_the_same_picture_saved_anew_is_known(changed: Image.Image) -> None:
    assert distance(look(picture()), look(changed)) <= LOOK_DISTANCE


def test_another_picture_is_another() -> None:
    assert min(distance(look(picture(1)), look(picture(seed))) for seed in range(2, 12)) > 2 * LOOK_DISTANCE


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_is_known_however_it_is_stored(orientation: int) -> None:
    """EXIF says how to turn it back (CIPA DC-008, 4.6.5)."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = picture().transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert distance(look(picture()), look(saved(stored, exif=exif.tobytes(), quality=95))) <= LOOK_DISTANCE


@pytest.mark.parametrize("colour", ["white", "black", (120, 120, 124)])
def test_a_blank_picture_is_like_no_other(colour: str | tuple[int, int, int]) -> None:
    assert look_of(Image.new("RGB", (800, 600), colour)) is None


def test_the_look_is_measured_with_the_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(1200, 900, seed=1))
    facts, trouble = measure_photo(path, Kind.JPEG, FileLimits())
    assert trouble is None
    assert facts is not None
    assert facts.look is not None
    assert distance(facts.look, look(picture())) <= LOOK_DISTANCE
