"""Judging with history: what is taken over, what belongs together, what came before, who sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble
from intake_bot.judging.duplicates import LOOK_DISTANCE, KnownFile, Twin, about_twins, find_twin
from intake_bot.judging.pieces import Piece, about_pieces, are_complete, wait_until
from intake_bot.judging.sender import Sender, about_sender
from intake_bot.judging.supplement import (
    Earlier,
    EarlierItem,
    combine,
    complete,
    find_rejected,
    may_supplement,
    same_unit_at_least,
    says_nothing_new,
)
from intake_bot.judging.verdict import Decision
from intake_bot.mail.cloud import CloudLink
from intake_bot.notices.notice import Material
from intake_bot.notices.roster import Unit
from intake_bot.notices.subject import SubjectReading, read_subject
from tests.judging.cases import CAPTION, SETTINGS, ZONE, archive, form, moment, news, notice, photo, word

DAY = date(2023, 5, 17)
UNIT = "濮阳县教育局"
PUYANG = notice("puyang-2023")
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
) -> EarlierItem:
    return EarlierItem(name, day, decision, superseded)


def earlier(*items: EarlierItem, unit: str | None = UNIT, wants_subject: bool = False) -> Earlier:
    return Earlier("1001-9", unit, items or (item(),), wants_subject)


@pytest.mark.parametrize(
    ("subject", "of", "may"),
    [
        ("回复：【请补正】活动周濮阳县教育局照片（回执编号 1001-9）", earlier(), True),
        ("补充材料", earlier(), True),
        ("活动周范县教育局照片", earlier(), False),
        ("活动周范县教育局照片", earlier(unit=None), True),
        ("活动周濮阳县教育居照片", earlier(), False),
        ("活动周濮阳县教育局、范县教育局照片", earlier(), False),
        ("活动周xx单位xx材料", earlier(), False),
        ("活动周濮阳县教育局视频", earlier(), False),
        ("活动周濮阳县教育局照片、视频", earlier(), True),
        ("补充材料", earlier(item(decision=Decision.ACCEPTED)), False),
        ("补充材料", earlier(item(decision=Decision.HELD)), True),
        ("补充材料", earlier(item(superseded=True)), False),
        ("补充材料", earlier(replace(item(), turned_away=True)), False),
        ("补充材料", replace(earlier(), items=(), wants_subject=True), True),
        ("补充材料", replace(earlier(), items=()), False),
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
def test_who_may_supplement(subject: str, of: Earlier, may: bool) -> None:
    assert may_supplement(reading(subject), of) is may


PARTIAL = earlier(item("文字材料", Decision.ACCEPTED), item(), item("视频"))


@pytest.mark.parametrize(
    ("subject", "of", "unit", "materials"),
    [
        ("补充材料", earlier(), UNIT, ("照片",)),
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
        ("活动周濮阳县教育局照片、图片新闻", earlier(), UNIT, ("照片", "图片新闻")),
        ("活动周濮阳县教育局", earlier(unit=None), UNIT, ("照片",)),
        ("补充照片", earlier(unit=None), None, ("照片",)),
    ],
)
def test_what_the_answered_submission_says_need_not_be_said_again(
    subject: str, of: Earlier, unit: str | None, materials: tuple[str, ...]
) -> None:
    found = complete(reading(subject), of, ROSTER)
    assert (found.unit.name if found.unit else None, found.materials) == (unit, materials)
    assert (found.fault is None, found.keyword, found.in_order) == (unit is not None, True, True)


def test_an_answer_about_something_else_still_says_who_writes() -> None:
    accepted = earlier(item(decision=Decision.ACCEPTED))
    found = same_unit_at_least(reading("今天的照片"), accepted, ROSTER)
    assert (found.unit and found.unit.name, found.fault, found.materials) == (UNIT, None, ("照片",))
    assert same_unit_at_least(reading("活动周范县教育局照片"), accepted, ROSTER) == reading("活动周范县教育局照片")


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
def test_a_new_mail_mends_the_newest_rejection_of_its_slot(slots: dict[str, date | None], receipt: str | None) -> None:
    before = [
        replace(earlier(), receipt="1002-4"),
        replace(earlier(), receipt="1003-5"),
        replace(earlier(item("工作总结", day=None)), receipt="1004-3"),
        replace(earlier(item(decision=Decision.HELD)), receipt="1005-6"),
        replace(earlier(item(superseded=True)), receipt="1006-8"),
    ]
    found = find_rejected(slots, before)
    assert (found and found.receipt) == receipt


@pytest.mark.parametrize(
    ("facts", "of", "nothing"),
    [
        (MailFacts((), TextFacts("谢谢老师！", 5)), earlier(), True),
        (MailFacts((), TextFacts(CAPTION, 30)), earlier(), False),
        (MailFacts((), TextFacts(CAPTION, 30)), earlier(item(decision=Decision.ACCEPTED)), True),
        (MailFacts((), TextFacts("", 0)), earlier(wants_subject=True), False),
        (MailFacts((word(),), TextFacts("", 0)), earlier(item(decision=Decision.ACCEPTED)), False),
        (MailFacts((), TextFacts("", 0), (CloudLink("a", "https://x", "", ""),)), earlier(), False),
    ],
    ids=["thanks", "a caption", "words on what is settled", "only the subject was wrong", "a file", "a link"],
)
def test_an_answer_with_nothing_new(facts: MailFacts, of: Earlier, nothing: bool) -> None:
    assert says_nothing_new(facts, of) is nothing


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
def test_what_is_taken_over(new: MailFacts, old: MailFacts, taken: tuple[str, ...]) -> None:
    together = combine(new, old, [material("照片")])
    assert together.taken_over == taken
    kept = [file for name in taken for file in old.files if file.shown_name == name]
    assert together.facts.files == (*kept, *new.files)
    assert together.facts.body == (old.body if "邮件正文" in taken else new.body)


def test_a_new_text_without_fault_replaces_the_old_one() -> None:
    old = facts(news("旧稿.docx"), archive(), photo("好.jpg"))
    asked = [material("图片新闻")]
    assert combine(facts(news("新稿.docx")), old, asked).taken_over == ("照片.zip/好.jpg",)
    # A caption that serves no better than nothing replaces nothing.
    assert combine(facts(word("图片说明.docx", words=30)), old, asked).taken_over == ("旧稿.docx", "照片.zip/好.jpg")


def test_a_new_form_replaces_the_old_one_and_leaves_the_other() -> None:
    asked = [material("日报", "hefei-2023")]
    old = facts(form("活动情况日报表", "旧1.docx"), form("媒体宣传情况日报表", "旧2.docx"))
    assert combine(facts(form("活动情况日报表", "新1.docx")), old, asked).taken_over == ("旧2.docx",)


PIECE = Piece("puyang-2023", UNIT, ("照片",), DAY, 1, 3)


@pytest.mark.parametrize(
    ("other", "belongs"),
    [
        (replace(PIECE, number=2), True),
        (replace(PIECE, materials=("照片",)), True),
        (replace(PIECE, total=2), False),
        (replace(PIECE, unit="范县教育局"), False),
        (replace(PIECE, materials=("视频",)), False),
        (replace(PIECE, day=None), False),
        (replace(PIECE, notice="puyang-2024"), False),
    ],
)
def test_which_pieces_belong_together(other: Piece, belongs: bool) -> None:
    assert PIECE.belongs_to(other) is other.belongs_to(PIECE) is belongs


def test_pieces_are_complete_when_every_number_is_there() -> None:
    pieces = [replace(PIECE, number=number) for number in (3, 1, 1, 2)]
    assert [are_complete(pieces[:count]) for count in range(5)] == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("first", "until"),
    [
        ("2023-05-17T10:00:00", "2023-05-17T12:00:00"),
        ("2023-05-17T13:59:59", "2023-05-17T15:59:59"),
        ("2023-05-17T14:00:00", "2023-05-17T16:00:00"),
        ("2023-05-17T14:00:01", "2023-05-17T16:00:00"),
        ("2023-05-17T15:59:59", "2023-05-17T16:00:00"),
        ("2023-05-17T16:00:00", "2023-05-17T18:00:00"),
        ("2023-05-17T16:00:01", "2023-05-17T18:00:01"),
    ],
)
def test_pieces_wait_two_hours_and_not_beyond_a_deadline(first: str, until: str) -> None:
    assert wait_until(PIECE, moment(first), PUYANG, ZONE) == moment(until)


@pytest.mark.parametrize(
    ("piece", "judged", "missing"),
    [
        (None, frozenset(), None),
        ((1, 1), frozenset(), None),
        ((2, 3), frozenset(), "第1、3封没有收到"),
        ((2, 3), frozenset({1, 2}), "第3封没有收到"),
        ((2, 3), frozenset({1, 2, 3}), None),
    ],
)
def test_a_remark_on_pieces_that_did_not_come(
    piece: tuple[int, int] | None, judged: frozenset[int], missing: str | None
) -> None:
    found = [finding.found for finding in about_pieces(piece, judged)]
    assert found == ([] if missing is None else [f"主题写明分3封发送，{missing}，先按收到的查看"])


LOOK = 0xF0F0_1234_5678_9ABC
KNOWN = (
    KnownFile("1001-9", UNIT, "照片.zip/一.jpg", "aa", LOOK),
    KnownFile("1002-4", "范县教育局", "照片.zip/二.jpg", "bb", LOOK ^ 0b11),
    KnownFile("1003-5", None, "说明.docx", "cc"),
)


def seen(sha256: str, look: int | None) -> FileFacts:
    return photo("新.jpg", sha256=sha256, photo=PhotoFacts(4000, 3000, look))


@pytest.mark.parametrize(
    ("file", "twin"),
    [
        (seen("aa", None), Twin(KNOWN[0], exact=True)),
        (seen("bb", LOOK), Twin(KNOWN[1], exact=True)),
        (seen("zz", LOOK), Twin(KNOWN[0], exact=False)),
        (seen("zz", LOOK ^ (1 << LOOK_DISTANCE) - 1), Twin(KNOWN[0], exact=False)),
        (seen("zz", LOOK ^ ((1 << LOOK_DISTANCE + 3) - 1) << 8), None),
        (seen("zz", None), None),
        (word("说明.docx", sha256="cc"), Twin(KNOWN[2], exact=True)),
        (replace(archive(), sha256="aa"), None),
        (FileFacts("空.jpg", Kind.EMPTY, 0, "aa"), None),
    ],
    ids=["bytes", "bytes before looks", "look", "last bit", "too far", "no look", "a text", "archive", "empty"],
)
def test_what_a_file_is_the_same_as(file: FileFacts, twin: Twin | None) -> None:
    assert find_twin(file, KNOWN) == twin


def test_the_school_learns_the_number_and_the_clerk_the_unit() -> None:
    shown, private = about_twins([seen("bb", None)], KNOWN, UNIT)
    assert (shown.found, shown.private) == ("与此前收到的文件相同（回执编号 1002-4）", False)
    clerks = f"“{UNIT}”的文件与“范县教育局”报送的“照片.zip/二.jpg”相同（回执编号 1002-4）"
    assert (private.found, private.private) == (clerks, True)
    for content, unit, receipt in (("aa", UNIT, "1001-9"), ("cc", UNIT, "1003-5"), ("bb", None, "1002-4")):
        found = [(one.found, one.private) for one in about_twins([seen(content, None)], KNOWN, unit)]
        assert found == [(f"与此前收到的文件相同（回执编号 {receipt}）", False)]


COUNTY = Unit(UNIT, addresses=("one@county.example", "@county.edu.example"))


@pytest.mark.parametrize(
    ("sender", "unit", "codes"),
    [
        (Sender("One@county.example"), COUNTY, []),
        (Sender("any@county.edu.example"), COUNTY, []),
        (Sender("x@qq.com"), COUNTY, ["sender.unknown"]),
        (Sender("", None), COUNTY, ["sender.unknown"]),
        (Sender("x@qq.com"), Unit(UNIT), []),
        (Sender("x@qq.com"), None, []),
        (Sender("one@county.example", UNIT, doubtful=True), COUNTY, ["sender.unauthenticated"]),
        (Sender("x@qq.com", "范县教育局", doubtful=True), COUNTY, ["sender.unknown", "sender.unauthenticated"]),
    ],
)
def test_who_sends(sender: Sender, unit: Unit | None, codes: list[str]) -> None:
    found = about_sender(sender, unit)
    assert [finding.code for finding in found] == codes
    assert all(finding.private for finding in found)


def test_the_owner_of_a_known_address_is_named_to_the_clerk() -> None:
    (finding,) = about_sender(Sender("x@fan.example", "范县教育局"), COUNTY)
    assert finding.found == "发件邮箱 x@fan.example 登记在“范县教育局”名下"
