"""Mail that may be forged, mail that is held because of its sender, and how often schools are told of either."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text, docx
from tests.stories.authors import (
    AGAIN,
    FAULTY,
    FOREIGN,
    FORGED,
    MINE,
    PHOTO,
    SCHOOL,
    STRANGER,
    THEIRS,
    UNIT,
    first_accepted,
    held,
    photos,
    settled,
)
from tests.stories.office import Office, at


def test_doubtful_mail_leaves_its_unit_missing(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender=SCHOOL, headers=FORGED)
    puyang.poll("2023-05-17 10:01")
    lines = puyang.digest("2023-05-17 16:30").splitlines()
    assert f"    {UNIT}（有来信，发件人还没核实，先看①）" in lines
    held(puyang, "accept", "1001-9", "--now", at("2023-05-17 16:40").isoformat())
    digest = puyang.digest("2023-05-17 16:45")
    assert "还没核实" not in digest
    assert "照片（5月17日）　截止 16:00　已报 1/" in digest


@pytest.mark.parametrize("files", [MINE, FAULTY], ids=["good", "faulty"])
def test_doubtful_mail_waits_for_a_person_and_is_never_answered(puyang: Office, files: dict[str, bytes]) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, files, sender=SCHOOL, headers=FORGED)
    assert puyang.poll("2023-05-17 10:01") == []
    assert settled(puyang) == [(SCHOOL, "held", False)]
    assert "不是能回信的地址" not in puyang.digest("2023-05-17 10:05")
    held(puyang, "accept", "1001-9", "--now", at("2023-05-17 10:30").isoformat())
    assert [letter.to for letter in puyang.poll("2023-05-17 10:31")] == []


def test_doubtful_mail_takes_nobody_s_place(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=SCHOOL, headers=FORGED)
    assert [letter.subject[:5] for letter in puyang.poll("2023-05-17 11:01")] == ["【请核实】"]
    assert settled(puyang) == [(SCHOOL, "accepted", False), (SCHOOL, "held", False)]


def test_another_server_s_results_are_no_doubt(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender=SCHOOL, headers=FOREIGN)
    puyang.poll("2023-05-17 10:01")
    assert settled(puyang) == [(SCHOOL, "accepted", False)]


def test_stranger_s_accepted_mail_removes_no_held_mail(puyang: Office) -> None:
    """A link waits for the clerk; that somebody else fills the place settles nothing."""
    link = '<a href="https://mail.163.com/large-attachment-download/index.html?file=abc">学校.zip</a> 文件大小：60M'
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender=SCHOOL, headers=FORGED)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=STRANGER, text=link)
    puyang.poll("2023-05-17 11:01")
    assert settled(puyang)[0] == (SCHOOL, "held", False)
    assert "1001-9" in held(puyang, "list")


def test_author_s_own_later_mail_settles_his_held_mail(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 11:00", PHOTO, MINE, sender=SCHOOL)
    puyang.poll("2023-05-17 11:01")
    puyang.receive("2023-05-17 12:00", PHOTO, AGAIN, sender=STRANGER)
    puyang.poll("2023-05-17 12:01")
    assert settled(puyang)[1:] == [(SCHOOL, "held", False), (STRANGER, "accepted", False)]


def test_letters_about_contests_use_up_no_answers_of_the_school(puyang: Office) -> None:
    puyang.edit("intake.yaml", "answers_per_hour: 12", "answers_per_hour: 3")
    text = {"活动情况.docx": docx([chinese_text(900)])}
    puyang.receive("2023-05-17 10:00", f"活动周{UNIT}照片、文字材料", {**MINE, **text}, sender=SCHOOL)
    puyang.receive("2023-05-17 10:10", f"活动周{UNIT}照片、文字材料", {**THEIRS, **text}, sender=STRANGER)
    puyang.poll("2023-05-17 10:11")
    for minute in (20, 30):
        puyang.receive(f"2023-05-17 10:{minute}", PHOTO, photos(f"更正{minute}", minute), sender=SCHOOL)
        assert [letter.to for letter in puyang.poll(f"2023-05-17 10:{minute + 1}")] == [SCHOOL]


def test_first_author_is_told_once_a_day_of_an_item_that_he_mends(puyang: Office) -> None:
    first_accepted(puyang)
    puyang.receive("2023-05-17 11:00", PHOTO, THEIRS, sender=STRANGER)
    puyang.receive("2023-05-17 11:10", PHOTO, AGAIN, sender=SCHOOL)
    puyang.receive("2023-05-17 11:20", PHOTO, photos("又一封", 8), sender=STRANGER)
    told = [letter for letter in puyang.poll("2023-05-17 11:21") if letter.subject.startswith("【请核实】")]
    assert [letter.to for letter in told] == [SCHOOL]
