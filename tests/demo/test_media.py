from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from intake_bot.demo import media
from intake_bot.files.documents.word.docx import read_docx
from intake_bot.files.documents.words import count_words
from intake_bot.files.documents.workbooks.xlsx import read_xlsx
from intake_bot.files.facts import Kind, TextFacts, VideoFacts
from intake_bot.files.limits import FileLimits
from intake_bot.files.media.video import measure_video
from intake_bot.files.sniff import sniff
from tests.videos import write_video


@pytest.mark.parametrize("characters", [0, 1, 2, 799, 800, 1500])
def test_chinese_text_has_exactly_the_requested_words(characters: int) -> None:
    assert count_words(media.chinese_text(characters)) == characters


def test_jpeg_is_a_picture_of_the_requested_size() -> None:
    content = media.jpeg(2400, 1800, min_bytes=2_000_000)
    assert 2_000_000 <= len(content) < 2_200_000
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (2400, 1800))


def test_landscape_is_a_photo_of_its_own_for_each_seed() -> None:
    first, same, other = (media.landscape(2400, 1600, min_bytes=2_000_000, seed=seed) for seed in (1, 1, 2))
    assert (first == same, first == other, len(first) >= 2_000_000) == (True, False, True)
    with Image.open(io.BytesIO(first)) as image:
        assert (image.format, image.size) == ("JPEG", (2400, 1600))


def test_jpeg_differs_by_seed_alone() -> None:
    assert media.jpeg(64, 48) == media.jpeg(64, 48)
    assert media.jpeg(64, 48) != media.jpeg(64, 48, seed=1)


def test_png_is_a_picture() -> None:
    with Image.open(io.BytesIO(media.png(64, 48))) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (64, 48))


@pytest.mark.parametrize("gbk", [False, True], ids=["utf8", "gbk"])
def test_zip_of_is_read_by_the_stdlib(gbk: bool) -> None:
    content = media.zip_of({"照片/现场.jpg": b"x" * 500, "b": b""}, gbk=gbk)
    with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="gb18030") as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == {"照片/现场.jpg": b"x" * 500, "b": b""}


@pytest.mark.parametrize(
    ("codec", "brand", "kind"), [("avc1", "isom", Kind.MP4), ("hvc1", "mp42", Kind.MP4), ("hvc1", "qt  ", Kind.MOV)]
)
def test_mp4_measures_as_requested(tmp_path: Path, codec: str, brand: str, kind: Kind) -> None:
    path = tmp_path / "视频.mp4"
    path.write_bytes(media.mp4(1280, 720, 61.24, size=500_000, codec=codec, brand=brand))
    assert path.stat().st_size == 500_000
    assert sniff(path) is kind
    assert measure_video(path, kind) == (VideoFacts(1280, 720, 61.24, codec), None)


def test_written_video_has_the_bytes_of_the_video_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    write_video(path, 3_000_000)
    assert path.read_bytes() == media.mp4(1280, 720, 60, size=3_000_000)


def test_docx_and_xlsx_hold_the_requested_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(media.docx(["甲 & <乙>"], pictures=[media.jpeg(8, 8)], links=["http://a.cn/?b=1&c=2"]))
    assert read_docx(path, FileLimits()) == TextFacts("甲 & <乙>\n报道链接", 9, 1, ("http://a.cn/?b=1&c=2",))
    path.write_bytes(media.xlsx([["甲"]], "表 & 一"))
    assert read_xlsx(path, FileLimits()) == TextFacts("表 & 一\n甲", 4, tables=((("甲",),),))
