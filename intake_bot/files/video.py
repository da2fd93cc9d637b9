"""What a video measures."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.facts import Kind, Trouble, VideoFacts
from intake_bot.files.mediainfo import probe


def measure_video(path: Path, kind: Kind) -> tuple[VideoFacts | None, Trouble | None]:
    """Sides and length of a video. One that is cut off may still tell both; then facts and trouble are given.

    Frames are not decoded: a file whose tables are right and whose pictures are not measures well.
    """
    found = probe(path)
    if found is None:
        return None, Trouble.DAMAGED
    broken = Trouble.TRUNCATED if found.truncated else Trouble.DAMAGED
    picture = found.first("Video")
    if picture is None or not picture.width or not picture.height:
        return None, broken
    whole = found.first("General")
    seconds = (whole.seconds if whole else 0.0) or picture.seconds
    if not seconds:
        # An MP4 without a length was never finished. A browser's recording in WebM plays well without one.
        return None, broken if kind in (Kind.MP4, Kind.MOV) else Trouble.UNSUPPORTED
    facts = VideoFacts(picture.width, picture.height, seconds, picture.codec)
    return facts, Trouble.TRUNCATED if found.truncated else None
