"""Files assigned to parts of materials."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble
from intake_bot.judging.assignment import MINIMUM_INLINE_BYTES, MINIMUM_INLINE_SIDE, assign_files, is_decoration
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.prose.reader import ProseReader
from tests.judging.cases import CAPTION, archive, case, errors, form, news, notice, photo, remarks, video, word

_NOTICE = notice("puyang-2023")


@pytest.mark.parametrize(
    ("file", "kind", "trouble"),
    [
        pytest.param(
            FileFacts("现场.jpg", Kind.UNKNOWN, 9, "s", "照片.zip", "5月17日", Trouble.UNSUPPORTED),
            Kind.JPEG,
            Trouble.DAMAGED,
            id="shapeless",
        ),
        pytest.param(
            FileFacts("现场.jpg", Kind.UNKNOWN, 9, "s", "照片.zip", "5月17日", Trouble.TRUNCATED),
            Kind.JPEG,
            Trouble.TRUNCATED,
            id="cut-off-in-the-archive",
        ),
        pytest.param(
            FileFacts("现场.jpg", Kind.TEXT, 9, "s", "照片.zip", "5月17日", text=TextFacts("x", 1)),
            Kind.JPEG,
            Trouble.DAMAGED,
            id="text",
        ),
    ],
)
def test_file_of_unknown_content_is_damaged_file_of_its_suffix(file: FileFacts, kind: Kind, trouble: Trouble) -> None:
    material = _NOTICE.material("照片")
    assert material is not None
    found = assign_files(MailFacts((file,), TextFacts("", 0)), [material], ProseReader.of(_NOTICE)).assignments[0].files
    assert [(one.kind, one.trouble, one.text, one.shown_name) for one in found] == [
        (kind, trouble, None, "照片.zip/5月17日/现场.jpg")
    ]


TWO_PARTS = "活动周濮阳县教育局"
DAILY = "活动周合肥工业学校日报"
FORMS = (form("活动情况日报表"), form("媒体宣传情况日报表", "附件2.docx"))
ONE_FILE_ONE_PART = {
    "a text is not two materials": (
        case("puyang-2023", f"{TWO_PARTS}文字材料、工作总结", news(), body=""),
        [("文字材料", "rejected"), ("工作总结", "accepted")],
    ),
    "two texts are two materials": (
        case("hefei-2023", "活动周合肥工业学校文字材料、典型案例", word("一.docx"), word("二.docx")),
        [("文字材料", "accepted"), ("宣传材料", "accepted")],
    ),
    "a mail body is not two materials": (
        case("hefei-2023", "活动周合肥工业学校文字材料、典型案例", body=CAPTION * 5),
        [("文字材料", "accepted"), ("宣传材料", "rejected")],
    ),
    "a video is not two materials": (
        case("puyang-2023", "活动周濮阳县职校视频、我的一天", video(), body=CAPTION),
        [("视频", "accepted"), ("我的一天", "rejected")],
    ),
    "an optional part leaves the only text to the material that needs it": (
        case("hefei-2023", f"{DAILY}、文字材料", *FORMS, word(), photo(archive=None), video()),
        [("日报", "accepted"), ("文字材料", "accepted")],
    ),
    "a caption is no part": (
        case("puyang-2023", f"{TWO_PARTS}文字材料、照片、视频", word("说明.docx"), archive(), photo(), video()),
        [("文字材料", "accepted"), ("照片", "accepted"), ("视频", "accepted")],
    ),
    "pictures in the news are none of the summary": (
        case("puyang-2023", f"{TWO_PARTS}图片新闻、工作总结", news(), word("总结.docx"), archive()),
        [("图片新闻", "rejected"), ("工作总结", "rejected")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "decisions"), ONE_FILE_ONE_PART.values(), ids=ONE_FILE_ONE_PART)
def test_one_file_serves_one_part(mail: Case, decisions: list[tuple[str, str]]) -> None:
    assert [(item.material, item.decision.value) for item in judge(mail).items] == decisions


def test_copies_count_once_towards_the_minimum() -> None:
    mail = case("puyang-2023", PHOTO, archive(), photo("1.jpg"), photo("2.jpg", sha256="sha-1.jpg"), body=CAPTION)
    part = {"at_least": 2}
    material = mail.notice.materials[1]
    asking = material.model_copy(update={"parts": (material.parts[0].model_copy(update=part),)})
    of = replace(mail, notice=mail.notice.model_copy(update={"materials": (asking,)}))
    verdict = judge(of)
    assert (errors(verdict), remarks(verdict)) == (["part.too_few"], ["file.duplicate"])
    assert verdict.items[0].files == ("照片.zip/1.jpg",)


def test_copy_outside_the_archive_does_no_harm() -> None:
    verdict = judge(case("puyang-2023", PHOTO, photo(archive=None), archive(), photo(), body=CAPTION))
    assert (errors(verdict), remarks(verdict)) == ([], ["file.duplicate"])


PHOTO, VIDEO, TEXT = (f"活动周濮阳县教育局{name}" for name in ("照片材料", "视频材料", "文字材料"))
JPEG = photo("短片.mp4", archive=None)
WRONG_KINDS = {
    "a picture named like a video": (case("puyang-2023", VIDEO, JPEG, body=CAPTION), ["video.not_mp4"]),
    "a document named like a video": (
        case("puyang-2023", VIDEO, word("短片.mp4"), body=CAPTION), ["video.not_mp4"],
    ),
    "a document named like a picture": (
        case("puyang-2023", PHOTO, archive(), photo(), word("合影.jpg", archive="照片.zip")), ["photo.not_jpeg"],
    ),
    "a video named like a picture": (
        case("puyang-2023", PHOTO, archive(), video("合影.jpg", archive="照片.zip"), body=CAPTION), ["photo.not_jpeg"],
    ),
    "a HEIC named like a JPEG": (
        case("puyang-2023", PHOTO, archive(), photo("活动.jpg", kind=Kind.HEIC), body=CAPTION), ["photo.not_jpeg"],
    ),
    "a picture named like a document": (
        case("puyang-2023", TEXT, photo("活动情况.docx", archive=None)), ["document.not_word"],
    ),
    "a picture named like a document beside the text": (
        case("puyang-2023", TEXT, word(), photo("活动情况2.docx", archive=None)), [],
    ),
    "a picture of the form": (
        case("hefei-2023", DAILY, FORMS[0], photo("媒体宣传情况日报表.jpg", archive=None)),
        ["form.not_table"],
    ),
    "a video beside a picture named like a video": (
        case("puyang-2023", VIDEO, video(), JPEG, body=CAPTION), ["video.not_mp4"],
    ),
    "a picture named like a video where a video is optional": (
        case("hefei-2023", DAILY, *FORMS, word(), photo(archive=None), JPEG),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "codes"), WRONG_KINDS.values(), ids=WRONG_KINDS)
def test_file_of_another_kind_than_its_name_gets_its_own_finding(mail: Case, codes: list[str]) -> None:
    assert errors(judge(mail)) == codes


def test_wrong_video_is_a_remark_where_a_video_is_optional() -> None:
    mail, _ = WRONG_KINDS["a picture named like a video where a video is optional"]
    assert [(f.code, f.file) for f in judge(mail).all_findings] == [("video.not_mp4", "短片.mp4")]


@pytest.mark.parametrize(("lines", "accepted"), [(1, False), (2, True)])
def test_file_with_two_forms_needs_two_titles(lines: int, accepted: bool) -> None:
    titles = ["活动情况日报表", "媒体宣传情况日报表"]
    text = "\n".join(titles if lines == 2 else ["、".join(titles)])
    both = TextFacts(text, 30, tables=((("单位", "合肥工业学校"),),))
    verdict = judge(case("hefei-2023", DAILY, replace(word("日报表.docx"), text=both)))
    assert (verdict.disposition.value == "accepted") is accepted


@pytest.mark.parametrize(("side", "is_small"), [(MINIMUM_INLINE_SIDE - 1, True), (MINIMUM_INLINE_SIDE, False)])
def test_inline_picture_below_minimum_side_is_decoration(side: int, is_small: bool) -> None:
    picture = FileFacts(
        "logo.png", Kind.PNG, MINIMUM_INLINE_BYTES - 1, "sha", inline=True, photo=PhotoFacts(side, MINIMUM_INLINE_SIDE)
    )
    assert is_decoration(picture) is is_small
