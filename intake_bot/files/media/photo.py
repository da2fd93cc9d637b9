"""What a photo measures, read by Pillow. Only the demo, which paints photos, uses Pillow besides."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from intake_bot.files.facts import Kind, PhotoFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits
from intake_bot.files.media.heif import measure_heif
from intake_bot.files.media.jpeg_scans import JpegStructure, read_jpeg_structure

logging.getLogger("PIL").setLevel(logging.CRITICAL)  # a bad picture is a fact here and not an event

_FORMATS = {
    Kind.JPEG: "JPEG",  # and MPO, the JPEG with a second picture behind it: Pillow opens it through this plugin
    Kind.PNG: "PNG",
    Kind.GIF: "GIF",
    Kind.BMP: "BMP",
    Kind.WEBP: "WEBP",
    Kind.TIFF: "TIFF",
}
_ORIENTATION = 0x0112
_QUARTER_TURNS = frozenset({5, 6, 7, 8})
"""EXIF orientations that exchange width and height (CIPA DC-008, 4.6.5)."""
_TRANSPOSITIONS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a viewer shows a picture of each EXIF orientation. Pillow rotates TIFF itself, but no other format."""
_MAXIMUM_SCANS = 100
"""Maximum scans of a JPEG that is decoded. Encoders write one, and up to 20 in progressive pictures."""
_MAXIMUM_SCANNED_PIXELS = 2_000_000_000
"""Maximum pixels times scans of a JPEG that is decoded: ten scans of the largest photos that phones take."""
_LOOK_PIXELS = 72
"""Side in pixels of the square that the orientation is applied to: a multiple of 9 and of 8."""
_THUMBNAIL = (320, 320)
"""Maximum pixels of a small picture: two stand side by side on a telephone."""
_THUMBNAIL_QUALITY = 70
_NOISE = 2
"""Maximum difference (of 255) of neighbours that count as equal, so that noise in a plain sky decides no bit."""
_MINIMUM_STEP = 4
_MINIMUM_STEPS = 24
"""At least 24 of the 64 pairs of neighbours must differ by 4 (of 255); other pictures have too little contrast."""


def measure_photo(path: Path, kind: Kind, limits: FileLimits) -> tuple[PhotoFacts | None, Trouble | None]:
    """Returns the pixels after EXIF rotation, and the trouble of a damaged picture, whose pixels may be known too."""
    if kind is Kind.HEIC:
        return measure_heif(path)
    maximum_pixels = limits.jpeg_pixels if kind is Kind.JPEG else limits.pixels
    with _quiet_pillow(maximum_pixels):
        return _measure(path, kind, maximum_pixels)


def write_thumbnail(path: Path, kind: Kind, target: Path, limits: FileLimits) -> int:
    """Writes a small upright JPEG of a picture to `target` and returns its bytes. Raises Unreadable for a HEIC picture,
    which is not decoded."""
    if kind not in _FORMATS:
        raise Unreadable(Trouble.UNSUPPORTED)
    with (
        _quiet_pillow(limits.jpeg_pixels if kind is Kind.JPEG else limits.pixels),
        Image.open(path, formats=[_FORMATS[kind]]) as image,
    ):
        image.draft("RGB", _THUMBNAIL)
        turn = _TRANSPOSITIONS.get(_orientation(image)) if image.format != "TIFF" else None
        small = image.convert("RGB")
        small.thumbnail(_THUMBNAIL)
        upright = small if turn is None else small.transpose(turn)
        # Pillow would copy a comment of the picture, which may be larger than the thumbnail.
        upright.save(target, "JPEG", quality=_THUMBNAIL_QUALITY, comment=b"")
    return target.stat().st_size


@contextmanager
def _quiet_pillow(maximum_pixels: int) -> Iterator[None]:
    """Makes Pillow raise beyond twice `maximum_pixels`, for each frame of a picture, and suppresses its warnings."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = maximum_pixels
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _measure(path: Path, kind: Kind, maximum_pixels: int) -> tuple[PhotoFacts | None, Trouble | None]:
    facts = structure = None
    try:
        if kind is Kind.JPEG:
            structure = read_jpeg_structure(path, _MAXIMUM_SCANS)
            if structure.excessive:
                return None, Trouble.UNSUPPORTED
        with Image.open(path, formats=[_FORMATS[kind]]) as image:
            facts = _measure_upright(image, kind)
            if image.width * image.height > maximum_pixels:
                return facts, Trouble.BOMB
            if structure and (trouble := _find_jpeg_trouble(structure, image.width * image.height)) is not None:
                return facts, trouble
            # Decoding a JPEG at an eighth of its size reads all of its bytes and takes a sixth of the memory.
            image.draft(None, (max(image.width // 8, 1), max(image.height // 8, 1)))
            image.load()
            if facts is not None:
                facts = replace(facts, look=hash_look(image))
    except Image.DecompressionBombError:
        return facts, Trouble.BOMB
    except UnidentifiedImageError:
        return facts, Trouble.DAMAGED
    except MemoryError:  # our limit on memory and no fault of the file
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's plugins raise anything at all on bad bytes
        return facts, Trouble.TRUNCATED if "truncated" in str(error) else Trouble.DAMAGED
    return facts, None


def _find_jpeg_trouble(structure: JpegStructure, pixels: int) -> Trouble | None:
    """Returns what the decoder does not report: data that break off, or too many scans to decode in a short time."""
    if structure.scans > _MAXIMUM_SCANS or structure.scans * pixels > _MAXIMUM_SCANNED_PIXELS:
        return Trouble.UNSUPPORTED
    return None if structure.complete else Trouble.TRUNCATED


def hash_look(image: Image.Image) -> int | None:
    """Returns the difference hash (dHash) of a decoded picture: each bit says whether a field, of 9 × 8 in grey, is
    darker than its right neighbour.

    Saving again, scaling and some more light change few of the 64 bits; `duplicate_files.MAXIMUM_LOOK_DISTANCE` says
    how many may differ. None for a picture with little contrast (a blank page, a dark room), whose bits are noise.
    """
    grey = image.convert("L") if image.mode in ("1", "P", "PA") else image
    grey = grey.resize((_LOOK_PIXELS, _LOOK_PIXELS), Image.Resampling.BOX).convert("L")
    if image.format != "TIFF" and (turn := _TRANSPOSITIONS.get(_orientation(image))) is not None:
        grey = grey.transpose(turn)
    fields = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    rows = [fields[start : start + 9] for start in range(0, len(fields), 9)]
    steps = [right - left for row in rows for left, right in pairwise(row)]
    if sum(abs(step) >= _MINIMUM_STEP for step in steps) < _MINIMUM_STEPS:
        return None
    return sum(1 << bit for bit, step in enumerate(steps) if step > _NOISE)


def _measure_upright(image: Image.Image, kind: Kind) -> PhotoFacts:
    """Returns width and height after EXIF rotation. Pillow rotates TIFF itself, but no other format."""
    if kind is not Kind.TIFF and _orientation(image) in _QUARTER_TURNS:
        return PhotoFacts(image.height, image.width)
    return PhotoFacts(image.width, image.height)


def _orientation(image: Image.Image) -> object:
    """Returns the EXIF orientation; None without one and for broken EXIF, which does not make a broken picture."""
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - as above: the EXIF reader raises anything at all on bad bytes
        return None
