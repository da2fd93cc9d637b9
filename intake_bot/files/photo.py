"""What a photo measures. The only place that knows Pillow, apart from the demo that paints photos."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from intake_bot.files.facts import Kind, PhotoFacts, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.mediainfo import probe

logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what it logs of bad pictures is a fact here, and not an event

_FORMATS = {
    Kind.JPEG: "JPEG",  # and MPO, the JPEG with a second picture behind it: Pillow opens it through this plugin
    Kind.PNG: "PNG",
    Kind.GIF: "GIF",
    Kind.BMP: "BMP",
    Kind.WEBP: "WEBP",
    Kind.TIFF: "TIFF",
}
_ORIENTATION = 0x0112
_LYING = frozenset({5, 6, 7, 8})
"""EXIF orientations that turn a picture by a quarter (CIPA DC-008, 4.6.5)."""
_TURNS: Mapping[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to show a picture of that orientation. Pillow turns TIFF by itself, and no other format."""
_LOOK_SIDE = 72
"""A multiple of 9 and of 8: the orientation is applied to a picture of so many pixels squared."""
_GRAIN = 2
"""Neighbours that differ by no more (of 255) are the same sky; otherwise its grain would decide their bits."""
_LEAST_STEP = 4
_LEAST_STEPS = 24
"""So many of the 64 neighbours must differ by so much (of 255), else the picture says too little."""


def measure_photo(path: Path, kind: Kind, limits: FileLimits) -> tuple[PhotoFacts | None, Trouble | None]:
    """Pixels after EXIF rotation, and whether the whole picture is there. Damage may still leave the pixels known."""
    if kind is Kind.HEIC:
        return _measure_heic(path)
    most_pixels = limits.jpeg_pixels if kind is Kind.JPEG else limits.pixels
    with _quiet_pillow(most_pixels):
        return _measure(path, kind, most_pixels)


@contextmanager
def _quiet_pillow(most_pixels: int) -> Iterator[None]:
    """Pillow raises beyond twice its limit, for frames within a picture too. Its warnings are looked at by us."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _measure(path: Path, kind: Kind, most_pixels: int) -> tuple[PhotoFacts | None, Trouble | None]:
    facts = None
    try:
        with Image.open(path, formats=[_FORMATS[kind]]) as image:
            facts = _as_seen(image, kind)
            if image.width * image.height > most_pixels:
                return facts, Trouble.BOMB
            # An eighth of a JPEG is decoded from all of its bytes, at a sixth of the memory.
            image.draft(None, (max(image.width // 8, 1), max(image.height // 8, 1)))
            image.load()
            if facts is not None:
                facts = replace(facts, look=look_of(image))
    except Image.DecompressionBombError:
        return facts, Trouble.BOMB
    except UnidentifiedImageError:
        return facts, Trouble.DAMAGED
    except MemoryError:  # not the file's word, but our limit's
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's plugins raise anything at all on bad bytes
        return facts, Trouble.TRUNCATED if "truncated" in str(error) else Trouble.DAMAGED
    return facts, None


def look_of(image: Image.Image) -> int | None:
    """The difference hash (dHash) of a decoded picture: is a field (of 9 × 8, grey) darker than its right neighbour?

    Saving anew, scaling and some light change few of the 64 bits; `judging.duplicates.LOOK_DISTANCE` says how few were
    measured. None for a picture that is nearly flat (a blank page, a dark room): noise would decide its bits.
    """
    grey = image.convert("L") if image.mode in ("1", "P", "PA") else image
    grey = grey.resize((_LOOK_SIDE, _LOOK_SIDE), Image.Resampling.BOX).convert("L")
    if image.format != "TIFF" and (turn := _TURNS.get(_orientation(image))) is not None:
        grey = grey.transpose(turn)
    fields = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    rows = [fields[start : start + 9] for start in range(0, len(fields), 9)]
    steps = [right - left for row in rows for left, right in pairwise(row)]
    if sum(abs(step) >= _LEAST_STEP for step in steps) < _LEAST_STEPS:
        return None
    return sum(1 << bit for bit, step in enumerate(steps) if step > _GRAIN)


def _as_seen(image: Image.Image, kind: Kind) -> PhotoFacts:
    """Pillow turns TIFF by itself, and no other format."""
    if kind is not Kind.TIFF and _orientation(image) in _LYING:
        return PhotoFacts(image.height, image.width)
    return PhotoFacts(image.width, image.height)


def _orientation(image: Image.Image) -> object:
    """Broken EXIF does not make a broken picture: it then counts as upright."""
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - as above: the EXIF reader raises anything at all on bad bytes
        return None


def _measure_heic(path: Path) -> tuple[PhotoFacts | None, Trouble | None]:
    """HEIF pictures are measured and not decoded: the notices ask for JPG, and the decoder is large."""
    found = probe(path)
    if found is None:
        return None, Trouble.DAMAGED
    pictures = [track for track in found.tracks if track.kind in ("Image", "Video") and track.width and track.height]
    if not pictures:
        return None, Trouble.TRUNCATED if found.truncated else Trouble.DAMAGED
    # A telephone's photo is a grid of tiles, and all of them stand before it in the list; previews are smaller too.
    picture = max(pictures, key=lambda track: track.width * track.height)
    return PhotoFacts(picture.width, picture.height), Trouble.TRUNCATED if found.truncated else None
