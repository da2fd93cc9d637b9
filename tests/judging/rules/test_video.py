"""Rules for videos: each limit just kept and just missed."""

from __future__ import annotations

import pytest

from intake_bot.files.facts import FileFacts, Kind, Trouble, VideoFacts
from intake_bot.judging.rules.video import check_video
from intake_bot.notices.notice import VideoPart
from tests.judging.cases import video

RULE = {"clause": "四（三）3", "quote": "不超过200M，标清以上"}
PART = VideoPart.model_validate(
    {
        "kind": "video",
        "name": "视频",
        **RULE,
        "mp4": RULE,
        "size": {**RULE, "at_most": 200 * 1024**2},
        "resolution": {**RULE, "long_side": 640, "short_side": 480},
        "duration": {**RULE, "at_most": 120},
    }
)


def codes(file: FileFacts) -> list[str]:
    return [finding.code for finding in check_video(PART, file)]


@pytest.mark.parametrize(("size", "found"), [(200 * 1024**2, []), (200 * 1024**2 + 1, ["video.too_large"])])
def test_video_size_is_compared_with_maximum_bytes(size: int, found: list[str]) -> None:
    assert codes(video(bytes=size)) == found


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        ((640, 480), []),
        ((480, 640), []),
        ((639, 480), ["video.low_resolution"]),
        ((1920, 479), ["video.low_resolution"]),
    ],
)
def test_video_sides_are_compared_in_either_direction(sides: tuple[int, int], found: list[str]) -> None:
    assert codes(video(video=VideoFacts(*sides, 60.0, "AVC"))) == found


@pytest.mark.parametrize(("seconds", "found"), [(120.99, []), (121.0, ["video.too_long"])])
def test_video_duration_is_compared_in_whole_seconds(seconds: float, found: list[str]) -> None:
    assert codes(video(video=VideoFacts(1280, 720, seconds, "AVC"))) == found


def test_video_of_a_phone_in_quicktime_named_mp4_is_accepted() -> None:
    assert codes(video("短片.mp4", kind=Kind.MOV)) == []
    assert codes(video("短片.mov", kind=Kind.MOV)) == ["video.not_mp4"]


@pytest.mark.parametrize(
    ("trouble", "found"),
    [
        (Trouble.DAMAGED, "video.unreadable"),
        (Trouble.TRUNCATED, "video.unreadable"),
        (Trouble.NO_PICTURE, "video.no_picture"),
        (Trouble.ENCRYPTED, "file.unmeasured"),
        (Trouble.FRAGMENT, "file.unmeasured"),
    ],
)
def test_video_that_cannot_be_measured_is_called_what_it_is(trouble: Trouble, found: str) -> None:
    assert codes(video(video=None, trouble=trouble)) == [found]
