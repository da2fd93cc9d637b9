from __future__ import annotations

import pytest

from intake_bot.judging.verdict import Finding
from intake_bot.letters.finding_groups import (
    AffectedFile,
    FindingGroup,
    find_corrections,
    find_held_findings,
    find_remarks,
)
from tests.letters.sample_letters import PARTIAL, REJECTED
from tests.letters.samples import PHOTO_CLAUSE, PHOTO_QUOTE, error
from tests.letters.test_file_table import verdict_of


def test_fault_shared_by_all_files_is_one_group() -> None:
    loose = tuple(error("photo.not_in_archive", "图片没有放进压缩包", "打包", "请打包", f"{n}.jpg") for n in range(12))
    assert find_corrections(verdict_of(*loose)) == (
        FindingGroup(
            code="photo.not_in_archive",
            material="",
            found="12 张图片没有放进压缩包",
            places=tuple(AffectedFile(f"{n}.jpg", "") for n in range(8)),
            count=12,
            asked="打包",
            clause=PHOTO_CLAUSE,
            quote=PHOTO_QUOTE,
            todo="请打包",
        ),
    )


def small(name: str, pixels: str = "", size: str = "") -> tuple[Finding, ...]:
    """What the rules say of a photo that is too small."""
    found = [("photo.too_few_pixels", pixels, "2000 像素以上"), ("photo.too_small", size, "2M 以上")]
    return tuple(error(code, f"照片太小：{value}", asked, "请发原图", name) for code, value, asked in found if value)


SMALL = {
    "one with both": (
        small("a.jpg", "长边 1280 像素", "82 KB"),
        "照片太小：长边 1280 像素、82 KB；要求 2000 像素以上、2M 以上",
        "a.jpg",
    ),
    "two alike": (
        small("a.jpg", "长边 1280 像素", "82 KB") + small("b.jpg", "长边 1280 像素", "82 KB"),
        "2 张照片太小：长边 1280 像素、82 KB；要求 2000 像素以上、2M 以上",
        "a.jpg、b.jpg",
    ),
    "each with a measure of its own": (
        small("a.jpg", "长边 1280 像素") + small("b.jpg", "长边 1080 像素", "82 KB"),
        "2 张照片太小，要求 2000 像素以上、2M 以上",
        "a.jpg（长边 1280 像素）、b.jpg（长边 1080 像素、82 KB）",
    ),
    "nine of them": (
        tuple(one for n in range(9) for one in small(f"{n}.jpg", size="82 KB")),
        "9 张照片太小：82 KB；要求 2M 以上",
        "0.jpg、1.jpg、2.jpg、3.jpg、4.jpg、5.jpg、6.jpg、7.jpg 等 9 个",
    ),
}


@pytest.mark.parametrize(("findings", "found", "names"), SMALL.values(), ids=SMALL)
def test_small_photos_are_one_entry_with_verdict_and_values(
    findings: tuple[Finding, ...], found: str, names: str
) -> None:
    (entry,) = find_corrections(verdict_of(*findings))
    assert (entry.found, entry.names, entry.todo, entry.code) == (found, names, "请发原图", "photo.too_small")


def test_texts_of_different_length_name_each_with_its_own() -> None:
    short = (
        error("text.too_short", "正文只有 304 字", "800–1500 字左右", "请补充", "a.docx"),
        error("text.too_short", "正文只有 210 字", "800–1500 字左右", "请补充", "b.docx"),
    )
    (one,) = find_corrections(verdict_of(short[0]))
    assert (one.found, one.names) == ("正文只有 304 字，要求 800–1500 字左右", "a.docx")
    (both,) = find_corrections(verdict_of(*short))
    assert both.found == "2 个文件不合要求，要求 800–1500 字左右"
    assert both.names == "a.docx（正文只有 304 字）、b.docx（正文只有 210 字）"


def test_faults_without_a_file_are_separate_groups() -> None:
    missing = (error("part.missing", "没有找到照片"), error("part.missing", "没有找到视频"))
    assert [entry.found for entry in find_corrections(verdict_of(*missing))] == ["没有找到照片", "没有找到视频"]


def test_two_things_found_in_one_file_are_both_said() -> None:
    copies = tuple(error("file.duplicate", f"与此前的相同（{n}）", file="a.jpg") for n in (1, 2))
    (entry,) = find_corrections(verdict_of(*copies))
    assert (entry.found, entry.names) == ("与此前的相同（1）；与此前的相同（2）", "a.jpg")


def test_group_names_its_item_only_beside_others() -> None:
    assert [entry.material for entry in find_corrections(PARTIAL.verdict)] == ["视频（5月17日）"]
    assert {entry.material for entry in find_corrections(REJECTED.verdict)} == {""}


def test_finding_is_in_one_list_only() -> None:
    assert [entry.places[0].name for entry in find_held_findings(PARTIAL.verdict)] == ["工作总结.docx"]
    assert find_remarks(PARTIAL.verdict) == ()
    assert [entry.places[0].name for entry in find_remarks(REJECTED.verdict)] == ["启动仪式.mp3"]
    assert find_held_findings(REJECTED.verdict) == ()
