"""Measures one file of any kind, and makes a photo small. Runs in the worker, and only there loads the libraries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.files.facts import PHOTOS, TEXTS, VIDEOS, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.files.limits import FileLimits


@dataclass(frozen=True)
class Measurement:
    """The facts that belong to the kind of the file. A broken file may have facts and a trouble."""

    trouble: Trouble | None = None
    photo: PhotoFacts | None = None
    video: VideoFacts | None = None
    text: TextFacts | None = None


def measure(path: Path, kind: Kind, limits: FileLimits) -> Measurement:
    """Measures a photo, a video or a document. Files of other kinds have no measurements."""
    # Imported here, because the process that sends these tasks to the worker needs none of these libraries.
    if kind in PHOTOS:
        from intake_bot.files.media.photo import measure_photo

        photo, trouble = measure_photo(path, kind, limits)
        return Measurement(trouble, photo=photo)
    if kind in VIDEOS:
        from intake_bot.files.media.video import measure_video

        video, trouble = measure_video(path, kind)
        return Measurement(trouble, video=video)
    if kind in TEXTS:
        from intake_bot.files.documents.document import measure_document

        text, trouble = measure_document(path, kind, limits)
        return Measurement(trouble, text=text)
    return Measurement()


def write_thumbnail(path: Path, kind: Kind, target: Path, limits: FileLimits) -> int:
    """Writes a small upright JPEG of a picture to `target` and returns its bytes. Raises Unreadable for a HEIC picture,
    which is not decoded."""
    from intake_bot.files.media import photo

    return photo.write_thumbnail(path, kind, target, limits)
