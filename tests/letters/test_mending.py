from __future__ import annotations

from intake_bot.letters.mending import Entry, Place, to_know, to_look_at, to_mend
from intake_bot.letters.samples import PARTIAL, REJECTED
from tests.letters.samples import PHOTO_CLAUSE, PHOTO_QUOTE, error
from tests.letters.test_file_table import verdict_of


def test_to_mend_says_once_what_is_the_same_for_all_files() -> None:
    loose = tuple(error("photo.not_in_archive", "没有放进压缩包", "打包", "请打包", f"{n}.jpg") for n in range(12))
    assert to_mend(verdict_of(*loose)) == (
        Entry(
            material="",
            found="没有放进压缩包",
            places=tuple(Place(f"{n}.jpg", "") for n in range(12)),
            count=12,
            asked="打包",
            clause=PHOTO_CLAUSE,
            quote=PHOTO_QUOTE,
            todo="请打包",
        ),
    )


def test_to_mend_keeps_each_files_own_measure() -> None:
    small = (
        error("photo.too_few_pixels", "长边 1280 像素", "2000 像素", "", "a.jpg"),
        error("photo.too_few_pixels", "长边 1080 像素。", "2000 像素", "", "b.jpg"),
    )
    (entry,) = to_mend(verdict_of(*small))
    assert (entry.found, entry.places) == ("", (Place("a.jpg", "长边 1280 像素"), Place("b.jpg", "长边 1080 像素")))


def test_to_mend_keeps_faults_without_a_file_apart() -> None:
    missing = (error("part.missing", "没有找到照片"), error("part.missing", "没有找到视频"))
    assert [entry.found for entry in to_mend(verdict_of(*missing))] == ["没有找到照片", "没有找到视频"]


def test_to_mend_names_at_most_thirty_files() -> None:
    many = tuple(error("photo.unreadable", "打不开", file=f"{n}.jpg") for n in range(100))
    (entry,) = to_mend(verdict_of(*many))
    assert (len(entry.places), entry.unnamed) == (30, 70)


def test_entries_name_the_item_only_where_there_are_several() -> None:
    assert [entry.material for entry in to_mend(PARTIAL.verdict)] == ["视频（5月17日）"]
    assert {entry.material for entry in to_mend(REJECTED.verdict)} == {""}


def test_findings_go_to_one_list_each() -> None:
    assert [entry.places[0].name for entry in to_look_at(PARTIAL.verdict)] == ["工作总结.docx"]
    assert to_know(PARTIAL.verdict) == ()
    assert [entry.places[0].name for entry in to_know(REJECTED.verdict)] == ["启动仪式.mp3"]
    assert to_look_at(REJECTED.verdict) == ()
