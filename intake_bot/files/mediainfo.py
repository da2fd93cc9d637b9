"""The only place that knows pymediainfo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymediainfo import MediaInfo


@dataclass(frozen=True)
class Track:
    """One track of a file. Zero and "" stand for what the file does not say."""

    kind: str
    """General, Video, Image, Audio, ..."""
    width: int
    height: int
    seconds: float
    codec: str


@dataclass(frozen=True)
class Probe:
    """All that MediaInfo tells of a file. The first track is the file as a whole."""

    tracks: tuple[Track, ...]
    truncated: bool
    """The file is shorter than its own tables say."""

    def first(self, kind: str) -> Track | None:
        return next((track for track in self.tracks if track.kind == kind), None)


def probe(path: Path) -> Probe | None:
    """Asks MediaInfo; None when it cannot say anything. It reads tables and samples, never the whole of a long file."""
    # An open file and not its path: under LC_ALL=C the library cannot open Chinese paths.
    with path.open("rb") as file:
        try:
            media = json.loads(MediaInfo.parse(file, full=False, output="JSON")).get("media") or {}
        except (RuntimeError, ValueError):  # the library gave up, or its JSON is broken by what the file holds
            return None
    tracks = [track for track in media.get("track", ()) if isinstance(track, dict)]
    truncated = any(_extra(track).get("IsTruncated") == "Yes" for track in tracks)
    return Probe(tuple(_track(track) for track in tracks), truncated)


def _extra(track: dict[str, Any]) -> dict[str, Any]:
    extra = track.get("extra")
    return extra if isinstance(extra, dict) else {}


def _track(track: dict[str, Any]) -> Track:
    return Track(
        kind=str(track.get("@type", "")),
        width=int(_number(track.get("Width"))),
        height=int(_number(track.get("Height"))),
        seconds=_number(track.get("Duration")),
        codec=str(track.get("CodecID") or track.get("Format") or ""),
    )


def _number(value: object) -> float:
    """MediaInfo writes numbers as text, and of several values the joined text: `1280 / 640`."""
    try:
        number = float(str(value).partition("/")[0])
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0
