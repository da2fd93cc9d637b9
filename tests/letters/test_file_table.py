from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.letters.file_table import FileState, list_files
from intake_bot.notices.notice import Severity
from tests.letters.samples import DAY, DUE, error, file


def verdict_of(*findings: Finding, decision: Decision = Decision.REJECTED, files: tuple[str, ...] = ()) -> Verdict:
    """A mail with one item, 照片 of 5月17日."""
    item = ItemVerdict("照片", DAY, DUE, False, decision, findings, files)
    return Verdict(MailKind.SUBMISSION, Disposition.REJECTED, "濮阳县教育局", (item,))


HOLD = Finding("document.unreadable", Severity.REMARK, "打不开", file="a.jpg", holds=True)
CASES = {
    "serves an accepted item": (verdict_of(decision=Decision.ACCEPTED, files=("a.jpg",)), FileState.GOOD),
    "is well, the item lacks a caption": (
        verdict_of(error("photo.no_caption", "没有"), files=("a.jpg",)),
        FileState.GOOD,
    ),
    "has an error": (verdict_of(error("photo.unreadable", "打不开", file="a.jpg"), files=("a.jpg",)), FileState.MEND),
    "has an error and a hold": (verdict_of(HOLD, error("x", "y", file="a.jpg"), files=("a.jpg",)), FileState.MEND),
    "has a hold": (verdict_of(HOLD, decision=Decision.HELD, files=("a.jpg",)), FileState.HELD),
    "is beside one with a hold": (
        verdict_of(replace(HOLD, file="b.jpg"), decision=Decision.HELD, files=("a.jpg",)),
        FileState.GOOD,
    ),
    "serves an item held as a whole": (verdict_of(decision=Decision.HELD, files=("a.jpg",)), FileState.HELD),
    "serves nothing": (verdict_of(decision=Decision.ACCEPTED), FileState.UNUSED),
    "came too late": (verdict_of(error("deadline.closed", "已过"), files=("a.jpg",)), FileState.UNUSED),
    "came too late and is damaged": (
        verdict_of(error("deadline.closed", "已过"), error("x", "y", file="a.jpg"), files=("a.jpg",)),
        FileState.UNUSED,
    ),
    "was taken in late by a person": (
        verdict_of(error("deadline.late", "已过"), decision=Decision.ACCEPTED, files=("a.jpg",)),
        FileState.GOOD,
    ),
    "was looked at and sent back": (verdict_of(error("clerk.rejected", "没有声音"), files=("a.jpg",)), FileState.MEND),
    "came by the wrong channel": (verdict_of(error("channel.online", "网上"), files=("a.jpg",)), FileState.UNUSED),
}


@pytest.mark.parametrize(("verdict", "state"), CASES.values(), ids=CASES)
def test_file_state_for_a_file_that(verdict: Verdict, state: FileState) -> None:
    shown = [category.state for category in list_files((file("a.jpg", 1),), verdict).categories]
    assert shown == ([] if state is FileState.MEND else [state])  # a letter names those to correct elsewhere


def test_text_outside_every_item_is_not_good() -> None:
    """Slides in the place of a text: the letter asks for a text, and nothing about the slides is wrong."""
    table = list_files((file("汇报.pptx", 1),), verdict_of(error("part.missing", "没有找到文字")))
    assert [category.state for category in table.categories] == [FileState.UNUSED]


def test_files_of_unknown_material_are_kept() -> None:
    nameless = replace(verdict_of(), items=(), findings=(error("subject.no_material", "没有写"),))
    assert list_files((file("a.jpg", 1),), nameless).categories[0].state is FileState.KEPT
    held = replace(nameless, disposition=Disposition.HELD)
    assert list_files((file("a.jpg", 1),), held).categories[0].state is FileState.HELD


def test_categories_leave_out_files_to_correct_and_opened_archives() -> None:
    verdict = verdict_of(
        error("photo.unreadable", "打不开", file="外.zip/b.jpg"), files=("外.zip/内.zip/a.jpg", "外.zip/b.jpg")
    )
    table = list_files((*_nested(), file("歌.mp3", 5)), verdict)
    assert [(category.state, category.names) for category in table.categories] == [
        (FileState.GOOD, ("a.jpg",)),
        (FileState.UNUSED, ("歌.mp3",)),
    ]
    assert table.good == 1


def _nested() -> tuple[FileFacts, ...]:
    return (
        file("外.zip", 1),
        file("内.zip", 2, "外.zip"),
        file("a.jpg", 3, archive="外.zip/内.zip"),
        file("b.jpg", 4, archive="外.zip"),
    )


def test_archive_that_was_not_opened_is_listed_with_its_state() -> None:
    table = list_files((file("照片.rar", 1),), verdict_of(replace(HOLD, file="照片.rar"), decision=Decision.HELD))
    assert [(category.state, category.names) for category in table.categories] == [(FileState.HELD, ("照片.rar",))]


def test_category_of_many_files_names_eight_and_counts_all() -> None:
    files = tuple(file(f"{n}.jpg", n) for n in range(1, 13))
    (category,) = list_files(files, verdict_of()).categories
    assert category.shown == "1.jpg、2.jpg、3.jpg、4.jpg、5.jpg、6.jpg、7.jpg、8.jpg 等 12 个"
