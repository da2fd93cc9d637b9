"""Whose word counts for supplements, pieces and letters: only the author's."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text, docx
from tests.marking import slow
from tests.stories.authors import (
    AGAIN,
    COLLEAGUE,
    FAULTY,
    FORGED,
    MINE,
    PHOTO,
    ROW,
    SCHOOL,
    STRANGER,
    THEIRS,
    first_accepted,
    held,
    photos,
    settled,
)
from tests.stories.office import Letter, Office

# ---- supplements -----------------------------------------------------------------------------------------------------


def rejected(office: Office) -> Letter:
    office.receive("2023-05-17 10:00", PHOTO, FAULTY, sender=SCHOOL)
    (letter,) = office.poll("2023-05-17 10:01")
    assert letter.subject.startswith("【请补正】")
    return letter


@pytest.mark.parametrize("sender", [SCHOOL, slow(COLLEAGUE), STRANGER])
def test_who_answers_our_letter_supplements(puyang: Office, sender: str) -> None:
    letter = rejected(puyang)
    puyang.receive("2023-05-17 11:00", f"回复：{letter.subject}", AGAIN, sender=sender, answers=letter)
    puyang.poll("2023-05-17 11:01")
    assert settled(puyang) == [(SCHOOL, "rejected", True), (sender, "accepted", False)]
    assert [file.name for file in puyang.items()[1].files] == ["学校.zip", "更正.zip"]


@pytest.mark.parametrize("subject", ["补交（回执编号 1001-9）", slow(f"{PHOTO}（回执编号 1001-9）")])
@pytest.mark.parametrize(
    ("sender", "decision"),
    [(SCHOOL, "accepted"), (COLLEAGUE, "held"), (STRANGER, "held"), ("jyj@fan.example", "accepted")],
)
def test_receipt_number_alone_is_no_proof(puyang: Office, subject: str, sender: str, decision: str) -> None:
    puyang.edit("rosters/puyang.csv", ROW, f"{ROW}jyj@fan.example")
    rejected(puyang)
    puyang.receive("2023-05-17 11:00", subject, AGAIN, sender=sender)
    (letter,) = puyang.poll("2023-05-17 11:01")
    newest = puyang.mails()[-1]
    assert newest.disposition is not None and newest.disposition.value == decision
    if decision == "held":
        assert letter.subject.startswith("【待人工查看】")
        assert "学校" not in letter.text and SCHOOL not in letter.text
        assert SCHOOL in held(puyang, "list")


@pytest.mark.parametrize("sender", [slow(SCHOOL), COLLEAGUE])
def test_receipt_number_in_the_words_alone_is_no_silence(puyang: Office, sender: str) -> None:
    rejected(puyang)
    puyang.receive("2023-05-17 11:00", "补充材料", AGAIN, sender=sender, text="回执编号 1001-9 的补充照片")
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert letter.subject.startswith("【已收】" if sender == SCHOOL else "【待人工查看】")


def test_doubtful_answer_supplements_nothing(puyang: Office) -> None:
    letter = rejected(puyang)
    puyang.receive("2023-05-17 11:00", f"回复：{letter.subject}", AGAIN, sender=SCHOOL, answers=letter, headers=FORGED)
    assert puyang.poll("2023-05-17 11:01") == []
    assert settled(puyang)[0] == (SCHOOL, "rejected", False)
    assert "1002-4" in held(puyang, "list")


def test_another_author_s_rejected_mail_is_not_supplemented(puyang: Office) -> None:
    rejected(puyang)
    puyang.receive("2023-05-17 11:00", PHOTO, AGAIN, sender=COLLEAGUE)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert settled(puyang) == [(SCHOOL, "rejected", False), (COLLEAGUE, "accepted", False)]
    assert [file.name for file in puyang.items()[1].files] == ["更正.zip"]
    assert "1001-9" not in letter.text and "学校" not in letter.text


# ---- pieces ----------------------------------------------------------------------------------------------------------


def test_pieces_of_two_authors_stay_apart(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{PHOTO}（1/2）", MINE, sender=SCHOOL)
    puyang.receive("2023-05-17 10:10", f"{PHOTO}（2/2）", THEIRS, sender=STRANGER)
    assert puyang.poll("2023-05-17 10:11") == []
    puyang.receive("2023-05-17 10:20", f"{PHOTO}（2/2）", AGAIN, sender=SCHOOL)
    (letter,) = puyang.poll("2023-05-17 10:21")
    assert letter.to == SCHOOL
    assert [sorted(file.name for file in item.files) for item in puyang.items()] == [["学校.zip", "更正.zip"]]
    assert "1002-4" not in letter.text
    (late,) = [one for one in puyang.poll("2023-05-17 12:30") if one.to == STRANGER]
    assert late.subject.startswith("【待人工查看】")


def test_two_different_pieces_with_one_number_go_to_a_person(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", f"{PHOTO}（1/2）", MINE, sender=SCHOOL)
    puyang.receive("2023-05-17 10:10", f"{PHOTO}（1/2）", AGAIN, sender=SCHOOL)
    puyang.receive("2023-05-17 10:20", f"{PHOTO}（2/2）", photos("其二", 8), sender=SCHOOL)
    (letter,) = puyang.poll("2023-05-17 10:21")
    assert letter.subject.startswith("【待人工查看】")
    assert [item.decision.value for item in puyang.items()] == ["held"]


def test_piece_sent_twice_is_no_conflict(puyang: Office) -> None:
    for minute, number, files in ((0, 1, MINE), (5, 1, MINE), (10, 2, AGAIN)):
        puyang.receive(f"2023-05-17 10:{minute:02}", f"{PHOTO}（{number}/2）", files, sender=SCHOOL)
    (letter,) = puyang.poll("2023-05-17 10:11")
    assert letter.subject.startswith("【已收】")


# ---- letters ---------------------------------------------------------------------------------------------------------


def test_quota_of_others_is_not_told(hefei: Office) -> None:
    subject = "活动周肥东县教育体育局宣传材料"
    for number, sender in ((1, SCHOOL), (2, COLLEAGUE)):
        story = {f"典型案例{number}.docx": docx([chinese_text(900 + number)])}
        hefei.receive(f"2023-05-18 1{number}:00", subject, story, sender=sender)
    first, second = hefei.poll("2023-05-18 12:01")
    assert "宣传材料：本单位已报 1 篇" in first.text
    assert "本单位已报" not in second.text


def test_answer_goes_to_reply_to_only_within_the_author_s_domain(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MINE, sender=STRANGER, headers={"Reply-To": SCHOOL})
    (letter,) = puyang.poll("2023-05-17 10:01")
    assert letter.to == STRANGER


def test_flood_of_strangers_silences_no_school(puyang: Office) -> None:
    puyang.edit("intake.yaml", "bureau_answers_per_hour: 500", "bureau_answers_per_hour: 6")
    first_accepted(puyang)
    for number in range(8):
        puyang.receive(
            "2023-05-17 11:00", "活动周不存在学校照片", photos(f"第{number}", 40), sender=f"s{number}@evil.example"
        )
    assert len(puyang.poll("2023-05-17 11:01")) == 3
    puyang.receive("2023-05-17 11:10", "活动周清丰县教育局照片", photos("清丰", 7), sender="30003@qq.com")
    puyang.receive("2023-05-17 11:11", PHOTO, AGAIN, sender=SCHOOL)
    assert [letter.to for letter in puyang.poll("2023-05-17 11:12")] == ["30003@qq.com", SCHOOL]
