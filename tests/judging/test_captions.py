"""Captions of photos and videos."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.judging.captions import is_descriptive_name, picture_name
from intake_bot.judging.judge import Case, judge
from tests.judging.cases import CAPTION, archive, case, errors, photo, video, word

UNITS = ("濮阳县职业教育培训中心", "濮阳县职教中心", "濮阳县", "范县")
PHOTOS = "活动周濮阳县教育局照片材料"
VIDEOS = "活动周濮阳县教育局视频材料"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("学生技能展示现场.jpg", True),
        ("5月17日启动仪式1.jpg", True),
        ("濮阳县职教中心学生展示茶艺.jpg", True),
        ("濮陽縣職教中心學生展示茶藝.jpg", True),
        ("DSC_0001.jpg", False),
        ("IMG_20230517_101010.jpg", False),
        ("mmexport1684300000000.jpg", False),
        ("微信图片_20230517101010.jpg", False),
        ("微信视频2023-05-17_101010_123.mp4", False),
        ("职业教育活动周照片1.jpg", False),
        ("濮阳县职教中心3.jpg", False),
        ("濮阳县职业教育培训中心（2）.jpg", False),
        ("濮阳县 职教中心 活动周照片 03.jpg", False),
        ("范县照片１２.JPG", False),
        ("照片①.jpg", False),
        ("1.jpg", False),
        ("", False),
    ],
)
def test_is_descriptive_name_needs_four_characters_of_content(name: str, says: bool) -> None:
    assert is_descriptive_name(name, UNITS) == says


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("DSC_0001.txt", "DSC_0001.JPG"),
        ("DSC_0001说明.docx", "DSC_0001.jpg"),
        ("照片1-文字说明.docx", "照片1.jpg"),
        ("图片 1.docx", "图片1.jpg"),
        ("５月/IMG1.txt", "img1.jpeg"),
    ],
)
def test_picture_name_of_text_equals_name_of_picture(text: str, picture: str) -> None:
    assert picture_name(text) == picture_name(picture)


def test_picture_name_of_bare_description_is_itself() -> None:
    assert picture_name("说明.docx") == "说明"


EMPTY_TEXT = replace(word("图片说明.docx"), text=TextFacts("", 0, pictures=1))
BROKEN_TEXT = replace(word("图片说明.docx"), text=None, trouble=Trouble.DAMAGED)
TWO = (archive(), photo("DSC_1.jpg"), photo("DSC_2.jpg"))
NO_CAPTION = ["photo.no_caption"]
NO_TEXT = ["video.no_text"]
CASES = {
    "names of the unit with a number": (
        case("puyang-2023", PHOTOS, archive(), photo("濮阳县教育局1.jpg"), photo("濮阳县教育局2.jpg")), NO_CAPTION,
    ),
    "a short name of another unit with a number": (
        case("puyang-2023", PHOTOS, archive(), photo("濮阳县职教中心1.jpg")), NO_CAPTION,
    ),
    "one name of two says something": (
        case("puyang-2023", PHOTOS, archive(), photo("DSC_1.jpg"), photo("学生展示茶艺.jpg")), NO_CAPTION,
    ),
    "a text inside the archive": (case("puyang-2023", PHOTOS, *TWO, word("图片说明.docx", archive="照片.zip")), []),
    "a text beside the archive": (case("puyang-2023", PHOTOS, *TWO, word("介绍.docx")), []),
    "a text for each photo": (
        case("puyang-2023", PHOTOS, *TWO, word("DSC_1.txt"), word("DSC_2.docx", archive="照片.zip")), [],
    ),
    "a text for one photo of two": (case("puyang-2023", PHOTOS, *TWO, word("DSC_1.txt")), NO_CAPTION),
    "a text for one, the mail for all": (case("puyang-2023", PHOTOS, *TWO, word("DSC_1.txt"), body=CAPTION), []),
    "a text without a word": (
        case("puyang-2023", PHOTOS, *TWO, EMPTY_TEXT), NO_CAPTION,
    ),
    "a text with a greeting and no more": (
        case("puyang-2023", PHOTOS, *TWO, word("说明.txt", "老师好，请查收，谢谢", 8)), NO_CAPTION,
    ),
    "a text with the name of a unit and no more": (
        case("puyang-2023", PHOTOS, *TWO, word("说明.txt", "濮阳石油化工职业技术学院 石化学院", 16)), NO_CAPTION,
    ),
    "a short text on an event": (case("puyang-2023", PHOTOS, *TWO, word("说明.txt", "茶艺表演", 4)), []),
    "a short text with pictures": (
        case("puyang-2023", PHOTOS, *TWO, replace(word("说明.docx"), text=TextFacts("如下", 2, pictures=1))), [],
    ),
    "a text that cannot be opened is not called missing": (
        case("puyang-2023", PHOTOS, *TWO, BROKEN_TEXT), ["document.unreadable"],
    ),
    "video with a name only": (case("puyang-2023", VIDEOS, video("学生展示茶艺.mp4")), NO_TEXT),
    "video with a text of its name": (case("puyang-2023", VIDEOS, video("VID_1.mp4"), word("VID_1.txt")), []),
    "two videos with a text for one": (
        case("puyang-2023", VIDEOS, video("VID_1.mp4"), video("VID_2.mp4"), word("VID_1.txt")), NO_TEXT,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "codes"), CASES.values(), ids=CASES.keys())
def test_pictures_without_caption_are_rejected(of: Case, codes: list[str]) -> None:
    assert errors(judge(of)) == codes


def test_finding_names_photos_without_caption_only() -> None:
    verdict = judge(case("puyang-2023", PHOTOS, *TWO, word("DSC_1.txt")))
    assert [f.found for f in verdict.all_findings] == ["1 张图片没有文字说明：DSC_2.jpg"]
    verdict = judge(case("puyang-2023", PHOTOS, *TWO))
    assert [f.found for f in verdict.all_findings] == ["没有找到图片的文字说明"]


def test_text_named_like_photo_is_not_text_material() -> None:
    of = case(
        "puyang-2023",
        "活动周濮阳县教育局文字材料、照片",
        archive(),
        photo("DSC_1.jpg"),
        word("DSC_1.txt", words=20),
        word(),
    )
    verdict = judge(of)
    assert [item.files for item in verdict.items] == [("材料.docx",), ("照片.zip/DSC_1.jpg", "DSC_1.txt")]
    assert errors(verdict) == []
