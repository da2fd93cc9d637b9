"""Supplements: what a later mail may add to a prior submission, and the files that are kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble
from intake_bot.judging.prior_mail.supplement import (
    PriorItem,
    PriorVerdict,
    can_supplement,
    complete_reading,
    complete_unit,
    find_rejected,
    has_nothing_new,
    merge_answer,
)
from intake_bot.judging.prose.reader import ProseReader
from intake_bot.judging.verdict import Decision
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.notices.notice import Material
from intake_bot.notices.subject import SubjectReading, read_subject
from tests.judging.cases import CAPTION, SETTINGS, archive, form, news, notice, photo, word

DAY = date(2023, 5, 17)
UNIT = "濮阳县教育局"
PUYANG = notice("puyang-2023")
READER = ProseReader.of(PUYANG)
_bureau = SETTINGS.bureau("puyang")
assert _bureau is not None
ROSTER = _bureau.roster


def material(name: str, notice_id: str = "puyang-2023") -> Material:
    found = notice(notice_id).material(name)
    assert found is not None
    return found


def reading(subject: str) -> SubjectReading:
    return read_subject(subject, PUYANG, ROSTER)


def item(
    name: str = "照片", decision: Decision = Decision.REJECTED, day: date | None = DAY, superseded: bool = False
) -> PriorItem:
    return PriorItem(name, day, decision, superseded)


def prior(*items: PriorItem, unit: str | None = UNIT, has_subject_error: bool = False) -> PriorVerdict:
    return PriorVerdict("1001-9", unit, items or (item(),), has_subject_error)


@pytest.mark.parametrize(
    ("subject", "of", "may"),
    [
        ("回复：【请补正】活动周濮阳县教育局照片（回执编号 1001-9）", prior(), True),
        ("补充材料", prior(), True),
        ("活动周范县教育局照片", prior(), False),
        ("活动周范县教育局照片", prior(unit=None), True),
        ("活动周濮阳县教育居照片", prior(), False),
        ("活动周濮阳县教育局、范县教育局照片", prior(), False),
        ("活动周xx单位xx材料", prior(), False),
        ("活动周濮阳县教育局视频", prior(), False),
        ("活动周濮阳县教育局照片、视频", prior(), True),
        ("补充材料", prior(item(decision=Decision.ACCEPTED)), False),
        ("补充材料", prior(item(decision=Decision.HELD)), True),
        ("补充材料", prior(item(superseded=True)), False),
        ("补充材料", prior(replace(item(), turned_away=True)), False),
        ("补充材料", replace(prior(), items=(), has_subject_error=True), True),
        ("补充材料", replace(prior(), items=()), False),
    ],
    ids=[
        "our own subject",
        "nothing named",
        "another unit",
        "the unit that was missing",
        "an unknown unit",
        "two units",
        "a placeholder",
        "another material",
        "one more material",
        "all accepted",
        "held",
        "mended already",
        "too early or too late",
        "no material was named",
        "nothing was submitted",
    ],
)
def test_can_supplement_only_same_unit_and_open_material(subject: str, of: PriorVerdict, may: bool) -> None:
    assert can_supplement(reading(subject), of) is may


PARTIAL = prior(item("文字材料", Decision.ACCEPTED), item(), item("视频"))


@pytest.mark.parametrize(
    ("subject", "of", "unit", "materials"),
    [
        ("补充材料", prior(), UNIT, ("照片",)),
        ("补充材料", PARTIAL, UNIT, ("照片", "视频")),
        (
            "回复：【部分收下·请补正】活动周濮阳县教育局文字材料、照片、视频（回执编号 1001-9）",
            PARTIAL,
            UNIT,
            ("照片", "视频"),
        ),
        (
            "回复：【部分收下·请补正】活动周濮阳县教育局文字材料等 4 项材料（回执编号 1001-9）",
            PARTIAL,
            UNIT,
            ("照片", "视频"),
        ),
        ("补充照片", PARTIAL, UNIT, ("照片",)),
        ("活动周濮阳县教育局照片、图片新闻", prior(), UNIT, ("照片", "图片新闻")),
        ("活动周濮阳县教育局", prior(unit=None), UNIT, ("照片",)),
        ("补充照片", prior(unit=None), None, ("照片",)),
    ],
)
def test_complete_reading_takes_unit_and_materials_of_prior_submission(
    subject: str, of: PriorVerdict, unit: str | None, materials: tuple[str, ...]
) -> None:
    found = complete_reading(reading(subject), of, ROSTER)
    assert (found.unit.name if found.unit else None, found.materials) == (unit, materials)
    assert (found.fault is None, found.has_keyword, found.is_in_order) == (unit is not None, True, True)


def test_complete_unit_of_answer_about_other_material_takes_unit() -> None:
    accepted = prior(item(decision=Decision.ACCEPTED))
    found = complete_unit(reading("今天的照片"), accepted, ROSTER)
    assert (found.unit and found.unit.name, found.fault, found.materials) == (UNIT, None, ("照片",))
    assert complete_unit(reading("活动周范县教育局照片"), accepted, ROSTER) == reading("活动周范县教育局照片")


@pytest.mark.parametrize(
    ("slots", "receipt"),
    [
        ({"照片": DAY}, "1003-5"),
        ({"照片": DAY + timedelta(1)}, None),
        ({"视频": DAY}, None),
        ({"工作总结": None}, "1004-3"),
        ({}, None),
    ],
)
def test_find_rejected_returns_newest_rejection_of_same_material_and_day(
    slots: dict[str, date | None], receipt: str | None
) -> None:
    before = [
        replace(prior(), receipt="1002-4"),
        replace(prior(), receipt="1003-5"),
        replace(prior(item("工作总结", day=None)), receipt="1004-3"),
        replace(prior(item(decision=Decision.HELD)), receipt="1005-6"),
        replace(prior(item(superseded=True)), receipt="1006-8"),
    ]
    found = find_rejected(slots, before)
    assert (found and found.receipt) == receipt


@pytest.mark.parametrize(
    ("facts", "of", "nothing"),
    [
        (MailFacts((), TextFacts("谢谢老师！", 5)), prior(), True),
        (MailFacts((), TextFacts(CAPTION, 30)), prior(), False),
        (MailFacts((), TextFacts(CAPTION, 30)), prior(item(decision=Decision.ACCEPTED)), True),
        (MailFacts((), TextFacts("", 0)), prior(has_subject_error=True), False),
        (MailFacts((word(),), TextFacts("", 0)), prior(item(decision=Decision.ACCEPTED)), False),
        (MailFacts((), TextFacts("", 0), (CloudLink("a", "https://x", "", ""),)), prior(), False),
    ],
    ids=["thanks", "a caption", "words on what is settled", "only the subject was wrong", "a file", "a link"],
)
def test_answer_without_content_has_nothing_new(facts: MailFacts, of: PriorVerdict, nothing: bool) -> None:
    assert has_nothing_new(facts, of) is nothing


def facts(*files: FileFacts, body: str = "") -> MailFacts:
    return MailFacts(files, TextFacts(body, len(body)))


SMALL = photo("小.jpg", photo=PhotoFacts(800, 600))
TAKEN_OVER = {
    "good photos stay, faulty ones go": (
        facts(archive("补.zip"), photo("新.jpg", archive="补.zip")),
        facts(archive(), photo("好.jpg"), SMALL),
        ("照片.zip/好.jpg",),
    ),
    "a new photo of the same name replaces": (
        facts(archive("补.zip"), photo("好.jpg", archive="补.zip", sha256="new")),
        facts(archive(), photo("好.jpg"), photo("另一张.jpg")),
        ("照片.zip/另一张.jpg",),
    ),
    "the same content replaces": (
        facts(archive("补.zip"), photo("改名.jpg", archive="补.zip", sha256="sha-好.jpg")),
        facts(archive(), photo("好.jpg")),
        (),
    ),
    "the text that went with them stays": (
        facts(archive("补.zip"), photo("新.jpg", archive="补.zip")),
        facts(archive(), SMALL, word("图片说明.docx", words=40)),
        ("图片说明.docx",),
    ),
    "a damaged text does not": (
        facts(archive("补.zip"), photo("新.jpg", archive="补.zip")),
        facts(SMALL, word("图片说明.docx", trouble=Trouble.DAMAGED)),
        (),
    ),
    "a loose photo was faulty": (facts(), facts(photo("好.jpg", archive=None)), ()),
    "archives, programs and empty files do not": (
        facts(),
        facts(archive(trouble=Trouble.ENCRYPTED), FileFacts("a.exe", Kind.EXECUTABLE, 9, "x"), word("空.docx")),
        ("空.docx",),
    ),
    "the mail's own words stay": (facts(photo("新.jpg")), facts(SMALL, body=CAPTION), ("邮件正文",)),
    "new words replace them": (facts(photo("新.jpg"), body="新的" + CAPTION), facts(SMALL, body=CAPTION), ()),
}


@pytest.mark.parametrize(("new", "old", "taken"), TAKEN_OVER.values(), ids=TAKEN_OVER)
def test_merge_keeps_good_prior_files(new: MailFacts, old: MailFacts, taken: tuple[str, ...]) -> None:
    merged = merge_answer(new, old, [material("照片")], READER)
    assert merged.reused_files == taken
    kept = [file for name in taken for file in old.files if file.shown_name == name]
    assert merged.facts.files == (*kept, *new.files)
    assert merged.facts.body == (old.body if "邮件正文" in taken else new.body)


def test_merge_with_new_text_without_fault_replaces_prior_text() -> None:
    old = facts(news("旧稿.docx"), archive(), photo("好.jpg"))
    asked = [material("图片新闻")]
    assert merge_answer(facts(news("新稿.docx")), old, asked, READER).reused_files == ("照片.zip/好.jpg",)
    # A caption that serves no better than nothing replaces nothing.
    assert merge_answer(facts(word("图片说明.docx", words=30)), old, asked, READER).reused_files == (
        "旧稿.docx",
        "照片.zip/好.jpg",
    )


def test_merge_with_new_form_replaces_same_form_only() -> None:
    asked = [material("日报", "hefei-2023")]
    reader = ProseReader.of(notice("hefei-2023"))
    old = facts(form("活动情况日报表", "旧1.docx"), form("媒体宣传情况日报表", "旧2.docx"))
    assert merge_answer(facts(form("活动情况日报表", "新1.docx")), old, asked, reader).reused_files == ("旧2.docx",)
