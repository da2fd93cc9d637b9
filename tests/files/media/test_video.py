from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import Kind, Trouble, VideoFacts
from intake_bot.files.media.video import measure_video
from intake_bot.files.sniff import sniff
from tests.files import samples

_MP4 = media.mp4(1280, 720, 80)


@pytest.mark.parametrize(
    ("content", "kind", "measured"),
    [
        pytest.param(_MP4, Kind.MP4, (VideoFacts(1280, 720, 80.0, "avc1"), None), id="mp4"),
        pytest.param(
            media.mp4(1080, 1920, 12.5, codec="hvc1", brand="qt  "),
            Kind.MOV,
            (VideoFacts(1080, 1920, 12.5, "hvc1"), None),
            id="mov-held-upright",
        ),
        pytest.param(samples.avi(640, 480, 50), Kind.AVI, (VideoFacts(640, 480, 2.0, "XVID"), None), id="avi"),
        pytest.param(
            _MP4[: len(_MP4) // 2], Kind.MP4, (VideoFacts(1280, 720, 80.0, "avc1"), Trouble.TRUNCATED), id="half-an-mp4"
        ),
        pytest.param(_MP4[:20], Kind.MP4, (None, Trouble.DAMAGED), id="mp4-of-a-head"),
        pytest.param(media.mp4(1280, 720, 0), Kind.MP4, (None, Trouble.DAMAGED), id="no-length"),
        pytest.param(media.mp4(0, 0, 5), Kind.MP4, (None, Trouble.DAMAGED), id="no-sides"),
        pytest.param(bytes(5000), Kind.MP4, (None, Trouble.DAMAGED), id="zeros"),
    ],
)
def test_video_has_sides_and_length(
    tmp_path: Path, content: bytes, kind: Kind, measured: tuple[VideoFacts | None, Trouble | None]
) -> None:
    assert measure_video(samples.put(tmp_path, "视频①.bin", content), kind) == measured


@pytest.mark.parametrize(
    ("name", "kind", "measured"),
    [
        ("ffmpeg.wmv", Kind.WMV, (VideoFacts(128, 96, 1.0, "WMV2"), None)),
        ("ffmpeg.mkv", Kind.MKV, (VideoFacts(128, 96, 1.0, "V_MPEG4/ISO/AVC"), None)),
        ("ffmpeg.flv", Kind.FLV, (VideoFacts(128, 96, 1.0, "2"), None)),
        ("ffmpeg.mpg", Kind.MPEG, (VideoFacts(128, 96, 2.0, "MPEG Video"), None)),
        ("ffmpeg.ts", Kind.MPEG, (VideoFacts(128, 96, 0.945454545, "27"), None)),
        ("ffmpeg.mov", Kind.MOV, (VideoFacts(128, 96, 1.0, "hev1"), None)),
        ("ffmpeg.3gp", Kind.MP4, (VideoFacts(176, 144, 1.0, "s263"), None)),
        ("ffmpeg.webm", Kind.MKV, (None, Trouble.UNSUPPORTED)),  # as browsers record: without its length
    ],
)
def test_video_of_each_kind_is_measured(
    tmp_path: Path, name: str, kind: Kind, measured: tuple[VideoFacts | None, Trouble | None]
) -> None:
    path = samples.put(tmp_path, name, samples.recorded(name))
    assert (sniff(path), measure_video(path, kind)) == (kind, measured)
