"""What a video measures, as MediaInfo reports it. The only module that uses pymediainfo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymediainfo import MediaInfo

from intake_bot.files.facts import Kind, Trouble, VideoFacts
from intake_bot.files.media.movie import find_movie_trouble

_STILL_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF")
"""Formats of covers and previews. Old cameras record films in JPEG too."""
_TRANSPORT_STREAMS = frozenset({"MPEG-TS", "BDAV"})


def measure_video(path: Path, kind: Kind) -> tuple[VideoFacts | None, Trouble | None]:
    """Returns width, height and length of a video's picture, and its trouble. A truncated video may have all of them.

    Frames are not decoded, so damage to the pictures alone is not noticed unless it is zeros.
    """
    trouble = find_movie_trouble(path) if kind in (Kind.MP4, Kind.MOV) else None
    if trouble in (Trouble.FRAGMENT, Trouble.DAMAGED):
        return None, trouble
    report = probe(path)
    if report is None:
        return None, trouble or Trouble.DAMAGED
    facts, fault = _measure(report, kind)
    return facts, trouble or fault


def _measure(report: Probe, kind: Kind) -> tuple[VideoFacts | None, Trouble | None]:
    fault = Trouble.TRUNCATED if report.truncated else Trouble.DAMAGED
    film = find_film(report)
    if film is None:
        return None, fault if report.truncated or not _is_sound(report) else Trouble.NO_PICTURE
    seconds = _length(report, film)
    if not seconds:
        # An MP4 without a length is unfinished. WebM recorded by a browser has no length and plays well.
        return None, fault if kind in (Kind.MP4, Kind.MOV) else Trouble.UNSUPPORTED
    facts = VideoFacts(film.width, film.height, seconds, film.codec)
    if film.encrypted:
        return facts, Trouble.ENCRYPTED
    return facts, Trouble.TRUNCATED if report.truncated else None


def _length(report: Probe, film: Track) -> float:
    """Returns the length of the picture in seconds. Some kinds of file give only one length, that of the whole file."""
    general = report.first("General")
    seconds = general.seconds if general else 0.0
    # The clock of a transport stream belongs to its picture. MediaInfo misses the last frames of the picture itself.
    is_transport_stream = general is not None and general.format in _TRANSPORT_STREAMS
    return (seconds or film.seconds) if is_transport_stream else (film.seconds or seconds)


def find_film(report: Probe) -> Track | None:
    """Returns the largest moving picture, or None.

    A cover or a preview is a track of its own in many files. It counts only where no other picture moves.
    """
    tracks = [track for track in report.tracks if track.kind == "Video" and track.width and track.height]
    moving = [track for track in tracks if track.frames != 1]
    films = [track for track in moving if not _is_still_format(track)] or moving
    films = films or [track for track in tracks if not _is_still_format(track)]
    return max(films, key=lambda track: (track.width * track.height, track.seconds), default=None)


def _is_sound(report: Probe) -> bool:
    """Returns whether there is sound, and every picture beside it is a cover."""
    pictures = [track for track in report.tracks if track.kind == "Video"]
    return report.first("Audio") is not None and all(track.width and track.height for track in pictures)


def _is_still_format(track: Track) -> bool:
    return any(name in track.format.upper() for name in _STILL_FORMATS)


@dataclass(frozen=True)
class Track:
    """One track of a file. Values that the file does not give are zero or empty."""

    kind: str
    """General, Video, Image, Audio and others, as MediaInfo names them."""
    width: int
    height: int
    seconds: float
    """Length of this track alone."""
    codec: str
    format: str = ""
    """Common name of the encoding: AVC, JPEG and others."""
    frames: int = 0
    encrypted: bool = False


@dataclass(frozen=True)
class Probe:
    """What MediaInfo reports on a file. The first track describes the file as a whole."""

    tracks: tuple[Track, ...]
    truncated: bool
    """The file is shorter than its own tables declare."""

    def first(self, kind: str) -> Track | None:
        return next((track for track in self.tracks if track.kind == kind), None)


def probe(path: Path) -> Probe | None:
    """Returns the report of MediaInfo, or None. It reads tables and samples, never all of a long file."""
    # An open file and no path, because the library cannot open Chinese paths under LC_ALL=C.
    with path.open("rb") as file:
        try:
            media = json.loads(MediaInfo.parse(file, full=False, output="JSON")).get("media") or {}
        except (RuntimeError, ValueError):  # the library failed, or text in the file broke its JSON
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
        format=str(track.get("Format") or ""),
        frames=int(_number(track.get("FrameCount"))),
        encrypted=bool(track.get("Encryption")),
    )


def _number(value: object) -> float:
    """Returns a number that MediaInfo writes as text, the first of several (`1280 / 640`); 0 for what is none."""
    try:
        number = float(str(value).partition("/")[0])
    except ValueError:
        return 0.0
    return number if 0 <= number < 1e9 else 0.0
