"""What one file measures, whatever it is. Runs in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.files.facts import PHOTOS, TEXTS, VIDEOS, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.files.limits import FileLimits


@dataclass(frozen=True)
class Measured:
    """The facts that go with the file's kind. Facts and trouble together: what could be told of a broken file."""

    trouble: Trouble | None = None
    photo: PhotoFacts | None = None
    video: VideoFacts | None = None
    text: TextFacts | None = None


def measure(path: Path, kind: Kind, limits: FileLimits) -> Measured:
    """Measures a photo, a video or a document; of any other kind nothing is measured."""
    # Imported here: who merely asks the worker for this has no need of the libraries behind it.
    if kind in PHOTOS:
        from intake_bot.files.photo import measure_photo

        photo, trouble = measure_photo(path, kind, limits)
        return Measured(trouble, photo=photo)
    if kind in VIDEOS:
        from intake_bot.files.video import measure_video

        video, trouble = measure_video(path, kind)
        return Measured(trouble, video=video)
    if kind in TEXTS:
        from intake_bot.files.document import measure_document

        text, trouble = measure_document(path, kind, limits)
        return Measured(trouble, text=text)
    return Measured()
