"""Which picture of a film is measured, and films that are sound only, encrypted, a fragment, or broken off."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, Trouble, VideoFacts
from intake_bot.files.limits import FileLimits
from intake_bot.files.measure import Measurement, measure
from intake_bot.files.media.movie import find_movie_trouble
from intake_bot.files.media.video import Probe, find_film, measure_video
from intake_bot.files.media.video import Track as ProbedTrack
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.media import iso
from tests.files.media.iso import FRAME, Film, Track, fragment, initial_segment, media_segment
from tests.marking import slow
from tests.work import within_lines

FILM = Track(8, 1280, 720, (FRAME,) * 80)
SOUND = Track(8, handler=b"soun", kind=b"mp4a")
LONG_SOUND = replace(SOUND, seconds=600)
SUBTITLES = Track(600, handler=b"sbtl", kind=b"tx3g", frames=(FRAME,) * 2)
PREVIEW = Track(0.04, 320, 180, (FRAME,), kind=b"jpeg", enabled=False)
COVER = replace(PREVIEW, width=3000, height=3000)
MEASURED = VideoFacts(1280, 720, 8.0, "avc1")


def measured(tmp_path: Path, content: bytes) -> tuple[Kind, VideoFacts | None, Trouble | None]:
    path = samples.put(tmp_path, "x.mp4", content)
    kind = sniff(path)
    return kind, *measure_video(path, kind)


PICTURES = {
    "film alone": ([FILM], MEASURED),
    "sound before": ([SOUND, FILM], MEASURED),
    "longer sound": ([FILM, LONG_SOUND], MEASURED),
    "longer sound before": ([LONG_SOUND, FILM], MEASURED),
    "longer subtitles": ([FILM, SOUND, SUBTITLES], MEASURED),
    "shorter sound": ([FILM, replace(SOUND, seconds=2)], MEASURED),
    "time code": ([FILM, Track(600, handler=b"tmcd", kind=b"tmcd")], MEASURED),
    "small preview before": ([PREVIEW, FILM], MEASURED),
    "large cover before": ([COVER, FILM, SOUND], MEASURED),
    "large cover behind": ([FILM, COVER], MEASURED),
    "moving preview": ([replace(COVER, seconds=600, frames=(FRAME,) * 20), FILM], MEASURED),
    "small film before": ([replace(FILM, width=320, height=240, seconds=90), FILM], MEASURED),
    "large film switched off": ([replace(FILM, width=320, height=240), replace(FILM, enabled=False)], MEASURED),
    "equally large and shorter": ([replace(FILM, seconds=2), FILM], MEASURED),
    "large still of the film's kind": ([replace(COVER, kind=b"avc1"), FILM], MEASURED),
    "edit list": ([replace(FILM, from_second=3)], MEASURED),
    "held upright": ([replace(FILM, turned=90)], MEASURED),
    "upside down": ([replace(FILM, turned=180)], MEASURED),
    "portrait": ([replace(FILM, width=1080, height=1920)], VideoFacts(1080, 1920, 8.0, "avc1")),
    "one picture for long": ([replace(FILM, frames=(FRAME,))], MEASURED),
    "an old camera's": ([replace(FILM, kind=b"jpeg")], replace(MEASURED, codec="jpeg")),
}  # fmt: skip


@pytest.mark.parametrize(("tracks", "facts"), PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("brand", [b"isom", b"qt  "])
@pytest.mark.parametrize("tables_first", [True, False])
def test_measure_video_gives_the_largest_film(
    tmp_path: Path, tracks: list[Track], facts: VideoFacts, brand: bytes, tables_first: bool
) -> None:
    content = bytes(Film(tuple(tracks), brand, tables_first))
    assert measured(tmp_path, content) == (Kind.MOV if brand == b"qt  " else Kind.MP4, facts, None)


@pytest.mark.parametrize(
    "tracks", [[SOUND], [SOUND, PREVIEW], [COVER, SOUND], [SOUND, SUBTITLES]], ids=["sound", "preview", "cover", "text"]
)
def test_sound_without_a_film_has_no_picture(tmp_path: Path, tracks: list[Track]) -> None:
    assert measured(tmp_path, bytes(Film(tuple(tracks)))) == (Kind.MP4, None, Trouble.NO_PICTURE)


def test_film_without_sides_is_damaged_though_its_sound_is_there(tmp_path: Path) -> None:
    content = bytes(Film((replace(FILM, width=0, height=0), SOUND)))
    assert measured(tmp_path, content) == (Kind.MP4, None, Trouble.DAMAGED)


def test_sound_that_broke_off_is_truncated(tmp_path: Path) -> None:
    content = bytes(Film((SOUND,)))
    assert measured(tmp_path, content[:-20])[2] is Trouble.TRUNCATED


def probed(*tracks: ProbedTrack, seconds: float = 20) -> Probe:
    return Probe((ProbedTrack("General", 0, 0, seconds, ""), *tracks), truncated=False)


@pytest.mark.parametrize("format_of_cover", ["JPEG", "V_MJPEG", "PNG", "GIF"])
def test_find_film_passes_over_the_cover_of_any_kind_of_file(format_of_cover: str) -> None:
    """Matroska and others keep it as a track, of one frame."""
    cover = ProbedTrack("Video", 3000, 3000, 0.04, "", format_of_cover, frames=1)
    film = ProbedTrack("Video", 640, 480, 8, "", "AVC", frames=200)
    assert find_film(probed(cover, film)) == film
    assert find_film(probed(cover)) is None


# ---- encrypted, and fragments ----------------------------------------------------------------------------------------

LOCKED = replace(FILM, entry=iso.encrypted_entry(1280, 720))
APPLE = replace(FILM, entry=iso.visual_entry(b"drmi", 1280, 720))


@pytest.mark.parametrize("track", [LOCKED, APPLE], ids=["cenc", "fairplay"])
@pytest.mark.parametrize("beside", [[], [SOUND], [PREVIEW]], ids=["alone", "sound", "preview"])
def test_film_under_a_key_is_encrypted(tmp_path: Path, track: Track, beside: list[Track]) -> None:
    kind, facts, trouble = measured(tmp_path, bytes(Film((*beside, track))))
    assert (kind, trouble) == (Kind.MP4, Trouble.ENCRYPTED)
    assert facts is None or (facts.width, facts.height, facts.seconds) == (1280, 720, 8.0)


def test_fragmented_film_under_a_key_is_encrypted(tmp_path: Path) -> None:
    content = initial_segment(LOCKED) + fragment(1, LOCKED)
    assert measured(tmp_path, content)[2] is Trouble.ENCRYPTED


def test_film_of_another_kind_under_a_key_is_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As MediaInfo reports it of Matroska and Windows Media."""
    film = ProbedTrack("Video", 640, 480, 8, "V_MPEG4", "AVC", frames=200, encrypted=True)
    monkeypatch.setattr("intake_bot.files.media.video.probe", lambda path: probed(film))
    assert measure_video(tmp_path, Kind.MKV) == (VideoFacts(640, 480, 8, "V_MPEG4"), Trouble.ENCRYPTED)


@pytest.mark.parametrize(
    "content",
    [
        media_segment(FILM),
        fragment(7, FILM),
        media_segment(FILM)[:-900],
        media_segment(LOCKED),
        iso.full_box("sidx", bytes(28)) + fragment(1, FILM),
        initial_segment(FILM),
    ],
    ids=["segment", "fragment", "cut segment", "encrypted segment", "with an index", "tables alone"],
)
def test_piece_of_a_streamed_film_is_a_fragment(tmp_path: Path, content: bytes) -> None:
    assert measured(tmp_path, content) == (Kind.MP4, None, Trouble.FRAGMENT)


@pytest.mark.parametrize("brand", [b"iso5", b"iso6", b"dash", b"mp42", b"isom"])
def test_whole_fragmented_film_is_measured(tmp_path: Path, brand: bytes) -> None:
    content = initial_segment(FILM, brand) + fragment(1, FILM) + fragment(2, FILM) + fragment(3, FILM)
    assert measured(tmp_path, content) == (Kind.MP4, replace(MEASURED, seconds=24.0), None)


def test_fragmented_film_that_broke_off_is_truncated(tmp_path: Path) -> None:
    content = initial_segment(FILM) + fragment(1, FILM) + fragment(2, FILM)
    assert measured(tmp_path, content[:-900])[2] is Trouble.TRUNCATED
    assert measured(tmp_path, initial_segment(FILM) + fragment(1, FILM) + bytes(20_000))[2] is Trouble.TRUNCATED


# ---- copies that broke off -------------------------------------------------------------------------------------------


def spoiled(first: float, last: float, film: Film) -> bytes:
    """A film whose frames between two of its parts are zeros."""
    content = bytearray(bytes(film))
    frames = film.placed
    start, end = frames[int(first * len(frames))], frames[min(int(last * len(frames)), len(frames) - 1)] + len(FRAME)
    content[start:end] = bytes(end - start)
    return bytes(content)


@pytest.mark.parametrize(("first", "last"), [(0.5, 1), (0.9, 1), (0.2, 0.8), (0, 0.5), (0.02, 1)])
@pytest.mark.parametrize("tables_first", [True, False])
@pytest.mark.parametrize("large_offsets", [True, slow(False)])
@pytest.mark.parametrize(("chunk", "count"), [(1, 50), (4, 80), (1000, 3000)])
def test_film_with_frames_of_zeros_is_truncated(
    tmp_path: Path, first: float, last: float, tables_first: bool, large_offsets: bool, chunk: int, count: int
) -> None:
    """A program that loads pieces in any order leaves zeros where a piece did not come."""
    track = replace(FILM, frames=(FRAME,) * count)
    film = Film((track, SOUND), tables_first=tables_first, large_offsets=large_offsets, chunk=chunk)
    assert measured(tmp_path, spoiled(first, last, film)) == (Kind.MP4, MEASURED, Trouble.TRUNCATED)


EMPTY = bytes(64)
WHOLE = {
    "silence": Film((FILM, replace(SOUND, frames=(bytes(4000),) * 90))),
    "empty frames where nothing moves": Film((replace(FILM, frames=((FRAME, b"", b"", b"") * 20)),)),
    "one frame of zeros": Film((replace(FILM, frames=((FRAME,) * 79 + (EMPTY,))),)),
    "black, not packed": Film((replace(FILM, kind=b"raw ", frames=((FRAME,) * 20 + (EMPTY,) * 60)),), b"qt  "),
    "frames in another file": Film((FILM,), b"qt  ", elsewhere=True),
    "zeros in a cover": Film((FILM, replace(COVER, frames=(EMPTY,)))),
}


@pytest.mark.parametrize("film", WHOLE.values(), ids=WHOLE)
def test_film_with_harmless_zeros_is_no_broken_copy(tmp_path: Path, film: Film) -> None:
    assert find_movie_trouble(samples.put(tmp_path, "x", bytes(film))) is None


@pytest.mark.parametrize("behind", [bytes(100_000), b'vivo{"image":1}', iso.box("free", bytes(900))])
def test_film_with_a_tail_is_whole(tmp_path: Path, behind: bytes) -> None:
    content = bytes(Film((FILM, SOUND), tables_first=False)) + behind
    assert find_movie_trouble(samples.put(tmp_path, "x", content)) is None


def test_film_of_zeros_alone_is_measured_by_its_tables(tmp_path: Path) -> None:
    """No copy breaks off before its first frame and keeps its tables."""
    path = samples.put(tmp_path, "x", media.mp4(1280, 720, 8))
    assert measure_video(path, Kind.MP4) == (MEASURED, None)


@pytest.mark.parametrize("lost", [1, 900, 3000])
def test_film_whose_frames_lie_behind_its_end_is_truncated(tmp_path: Path, lost: int) -> None:
    """With `mdat` to the end of the file no box is cut."""
    film = bytearray(bytes(Film((FILM,))))
    at = film.index(b"mdat") - 4
    film[at : at + 4] = bytes(4)
    assert find_movie_trouble(samples.put(tmp_path, "x", bytes(film[:-lost]))) is Trouble.TRUNCATED


def test_film_cut_behind_its_tables_is_truncated(tmp_path: Path) -> None:
    film = bytes(Film((FILM,)))
    path = samples.put(tmp_path, "x", film[: film.index(b"mdat") - 4])
    assert find_movie_trouble(path) is Trouble.TRUNCATED


def forged(name: bytes, skip: int, value: bytes, track: Track = FILM) -> bytes:
    """A film with other bytes so far behind the name of a box."""
    film = bytearray(bytes(Film((track,))))
    at = film.index(name) + 4 + skip
    film[at : at + len(value)] = value
    return bytes(film)


@pytest.mark.parametrize(
    "content",
    [
        forged(b"stsz", 8, b"\xff\xff\xff\xff"),
        forged(b"stsz", 4, b"\0\0\0\1\xff\xff\xff\xff"),
        forged(b"stco", 4, b"\xff\xff\xff\xff"),
        forged(b"stsc", 4, b"\xff\xff\xff\xff"),
        forged(b"stsc", 8, b"\0\0\0\2"),
        forged(b"stsc", 12, bytes(4)),
        forged(b"dref", 8, bytes(4)),
        forged(b"moov", 0, b"\xff"),
    ],
    ids=["sizes", "equal sizes", "places", "runs", "late run", "empty run", "references", "box"],
)
def test_find_movie_trouble_of_forged_tables_is_known_at_once(tmp_path: Path, content: bytes) -> None:
    path = samples.put(tmp_path, "x", content)
    assert within_lines(20_000, lambda: find_movie_trouble(path)) in (None, Trouble.TRUNCATED)


_MANY = b"\x80\0\0\1"


def _with_table(kind: str, *content: bytes, version: int = 0) -> bytes:
    return iso.ftyp(b"isom") + iso.box("moov", iso.box("trak", iso.full_box(kind, *content, version=version)))


@pytest.mark.parametrize(
    "content",
    [
        forged(b"stts", 4, _MANY),
        forged(b"stts", 4, _MANY)[:-4000],
        forged(b"stts", 4, _MANY).replace(b"hdlr", b"\xe8dlr"),
        forged(b"elst", 4, _MANY, replace(FILM, from_second=3)),
        initial_segment(FILM) + fragment(1, FILM).replace(b"trun\0\0\3\1\0", b"trun\0\0\3\1\x80"),
        _with_table("subs", _MANY),
        _with_table("sbgp", b"roll", _MANY),
        _with_table("sbgp", b"roll", bytes(4), _MANY, version=1),
        _with_table("sgpd", b"roll", b"\0\0\0\2", _MANY, version=1),
    ],
    ids=[
        *("times", "times of a cut film", "times behind another damage", "edits"),
        *("fragment", "parts", "groups", "groups with a parameter", "kinds"),
    ],
)
def test_film_with_more_entries_than_bytes_is_damaged_at_once(tmp_path: Path, content: bytes) -> None:
    """MediaInfo counts all two thousand million of them, on a file of a few kilobytes."""
    assert measured(tmp_path, content) == (Kind.MP4, None, Trouble.DAMAGED)
    assert within_lines(20_000, lambda: find_movie_trouble(tmp_path / "x.mp4")) is Trouble.DAMAGED


def test_film_with_a_wrong_count_is_left_to_mediainfo(tmp_path: Path) -> None:
    kind, facts, trouble = measured(tmp_path, forged(b"stts", 4, b"\0\0\0\2"))
    assert (kind, trouble, facts is not None) == (Kind.MP4, None, True)


@pytest.mark.parametrize("seconds", [600, slow(10_800)])
def test_find_movie_trouble_of_a_long_film_takes_a_line_for_each_frame(tmp_path: Path, seconds: int) -> None:
    """Up to three hours of 60 frames a second."""
    frames = (os.urandom(20),) * (60 * seconds)
    path = samples.put(tmp_path, "x", bytes(Film((Track(seconds, 1920, 1080, frames),), chunk=15)))
    assert within_lines(93 * seconds, lambda: find_movie_trouble(path)) is None


def test_film_is_measured_by_the_worker(tmp_path: Path, worker: Worker) -> None:
    path = samples.put(tmp_path, "x", bytes(Film((PREVIEW, FILM, LONG_SOUND))))
    assert worker.ask(measure, path, Kind.MP4, FileLimits()) == Measurement(None, video=MEASURED)
    path = samples.put(tmp_path, "y", bytes(Film((SOUND,))))
    assert worker.ask(measure, path, Kind.MP4, FileLimits()) == Measurement(Trouble.NO_PICTURE)
