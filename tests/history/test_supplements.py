"""补件: what a school sends to mend a rejection, through mailbox, ledger and letters."""

from __future__ import annotations

import re

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg, zip_of
from intake_bot.ledger.records import LedgerItem
from tests.history.office import Letter, Office

PHOTO = "活动周濮阳县教育局照片"
GOOD = jpeg(2400, 1800, min_bytes=2_000_000, seed=1)
SECOND = jpeg(2400, 1800, min_bytes=2_000_000, seed=2)
SMALL = jpeg(900, 600, seed=3)
GOOD_NAME, BAD_NAME = "学生技能展示现场.jpg", "启动仪式领导讲话.jpg"
MENDED = {"补发.zip": zip_of({BAD_NAME: SECOND})}
REJECTED, MENDING = ("照片", "rejected", True), ("照片", "accepted", False)


def rejected(office: Office, subject: str = PHOTO) -> Letter:
    """One good photo and one that is too small."""
    office.receive("2023-05-17 10:00", subject, {"照片.zip": zip_of({GOOD_NAME: GOOD, BAD_NAME: SMALL})})
    (letter,) = office.poll("2023-05-17 10:01")
    assert letter.subject == "【请补正】活动周濮阳县教育局照片（回执编号 1001-9）"
    return letter


def names(item: LedgerItem) -> list[str]:
    return [file.name for file in item.files]


@pytest.mark.parametrize(
    ("subject", "text", "threaded"),
    [
        ("回复：{}", "", True),
        ("补充材料", "", True),
        ("补交", "回执编号：1001-9，重新拍了一张。", False),
        ("补交照片（回执编号 1001-9）", "", False),
        (PHOTO, "", False),
    ],
    ids=["reply", "reply with another subject", "receipt in the words", "receipt in the subject", "a new mail"],
)
def test_mended_files_are_judged_with_the_good_ones(puyang: Office, subject: str, text: str, threaded: bool) -> None:
    first = rejected(puyang)
    answers = first if threaded else None
    puyang.receive("2023-05-17 11:00", subject.format(first.subject), MENDED, text=text, answers=answers)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, MENDING]
    item = puyang.items()[1]
    assert (item.unit, str(item.day), names(item)) == ("濮阳县教育局", "2023-05-17", ["照片.zip", "补发.zip"])
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"
    assert f"接着用的文件（回执编号 1001-9 的邮件里合格的）：{GOOD_NAME}" in letter.text.splitlines()
    assert puyang.mails()[1].files[0].path == puyang.mails()[0].files[0].path


def test_a_supplement_that_is_still_wrong_keeps_what_is_good(puyang: Office) -> None:
    first = rejected(puyang)
    still = {"补发.zip": zip_of({"领导讲话.jpg": jpeg(800, 600, seed=4)})}
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", still, answers=first)
    (second,) = puyang.poll("2023-05-17 11:01")
    assert second.subject == "【请补正】活动周濮阳县教育局照片（回执编号 1002-4）"
    # The answer goes to the first letter again, and the good photo is remembered through the second mail.
    puyang.receive("2023-05-17 12:00", f"回复：{first.subject}", MENDED, answers=first)
    puyang.poll("2023-05-17 12:01")
    assert puyang.decisions() == [REJECTED, REJECTED, MENDING]
    assert names(puyang.items()[2]) == ["照片.zip", "补发.zip"]


def test_another_unit_in_the_subject_wins(puyang: Office) -> None:
    rejected(puyang)
    puyang.receive("2023-05-17 11:00", "活动周范县教育局照片（回执编号 1001-9）", MENDED)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("照片", "accepted", False)]
    assert [(item.unit, names(item)) for item in puyang.items()][1] == ("范县教育局", ["补发.zip"])


def test_another_material_stands_for_itself(puyang: Office) -> None:
    first = rejected(puyang)
    story = {"活动情况.docx": docx([chinese_text(900)])}
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局文字材料", story, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("文字材料", "accepted", False)]


def test_another_day_stands_for_itself(puyang: Office) -> None:
    rejected(puyang)
    puyang.receive("2023-05-18 11:00", PHOTO, MENDED)
    puyang.poll("2023-05-18 11:01")
    assert puyang.decisions() == [("照片", "rejected", False), ("照片", "accepted", False)]
    assert names(puyang.items()[1]) == ["补发.zip"]


def test_an_answer_on_the_next_day_is_about_the_day_it_answers(puyang: Office) -> None:
    first = rejected(puyang)
    puyang.receive("2023-05-18 11:00", f"回复：{first.subject}", MENDED, answers=first)
    puyang.poll("2023-05-18 11:01")
    item = puyang.items()[1]
    assert (str(item.day), item.late, item.decision.value) == ("2023-05-17", True, "accepted")


def test_a_unit_that_was_written_wrong_is_mended_without_sending_files_again(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育居照片", {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局照片材料", answers=first, text="")
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, MENDING]
    assert (puyang.items()[1].unit, names(puyang.items()[1])) == ("濮阳县教育局", ["照片.zip"])
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"


def test_only_what_is_open_is_judged_again(puyang: Office) -> None:
    story = {"活动情况.docx": docx([chinese_text(900)])}
    photos = {"照片.zip": zip_of({GOOD_NAME: GOOD, BAD_NAME: SMALL})}
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局文字材料、照片", {**story, **photos})
    (first,) = puyang.poll("2023-05-17 10:01")
    assert first.subject == "【部分收下·请补正】活动周濮阳县教育局文字材料、照片（回执编号 1001-9）"
    puyang.receive("2023-05-17 18:00", f"回复：{first.subject}", MENDED, answers=first)
    puyang.poll("2023-05-17 18:01")
    assert puyang.decisions() == [("文字材料", "accepted", False), REJECTED, MENDING]
    assert [item.late for item in puyang.items()] == [False, False, True]


def test_words_alone_mend_a_missing_caption(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, {"照片.zip": zip_of({"DSC_0001.jpg": GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    words = "图片说明：五月十七日，我校汽修专业学生在实训室向家长展示发动机拆装。"
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, MENDING]


@pytest.mark.parametrize("text", ["谢谢老师，收到！", "好的", ""])
def test_thanks_are_left_alone(puyang: Office, text: str) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=text, answers=first)
    assert puyang.poll("2023-05-17 11:01") == []
    assert puyang.decisions() == [MENDING]
    assert puyang.mails()[1].reason == ("thanks" if text else "nothing new")


def test_an_answer_to_a_receipt_with_files_is_a_mail_of_its_own(puyang: Office) -> None:
    """Many schools send the next day's photos by answering yesterday's receipt."""
    puyang.receive("2023-05-17 10:00", PHOTO, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-18 10:00", f"回复：{first.subject}", MENDED, answers=first)
    puyang.poll("2023-05-18 10:01")
    assert [(str(item.day), names(item)) for item in puyang.items()] == [
        ("2023-05-17", ["照片.zip"]),
        ("2023-05-18", ["补发.zip"]),
    ]


def test_a_file_of_the_same_name_replaces_the_old_one(puyang: Office) -> None:
    first = rejected(puyang)
    again = {"照片.zip": zip_of({GOOD_NAME: SECOND, BAD_NAME: GOOD})}
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", again, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, MENDING]
    assert len(puyang.items()[1].files) == 1
    assert "1001-9" not in letter.text.partition("收到的文件")[2]


def test_a_mended_rejection_is_no_longer_open_in_the_digest(puyang: Office) -> None:
    first = rejected(puyang)
    assert "四、退回补正：1 项" in puyang.digest("2023-05-17 10:30")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", MENDED, answers=first)
    puyang.poll("2023-05-17 11:01")
    digest = puyang.digest("2023-05-17 12:00")
    assert "四、退回补正：没有" in digest
    assert "对不上" not in digest


def test_a_mail_without_a_material_is_open_until_it_is_supplemented(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局", {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    assert sent_back(puyang.digest("2023-05-17 10:30")) == ["1001-9"]
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", MENDED, answers=first)
    (second,) = puyang.poll("2023-05-17 11:01")
    assert second.subject == "【请补正】活动周濮阳县教育局材料（回执编号 1002-4）"
    assert sent_back(puyang.digest("2023-05-17 11:30")) == ["1002-4"]
    puyang.receive("2023-05-17 12:00", PHOTO, text="主题改好了，材料同上一封。", answers=second)
    puyang.poll("2023-05-17 12:01")
    assert puyang.decisions() == [MENDING]
    digest = puyang.digest("2023-05-17 12:30").splitlines()
    assert "四、退回补正：没有" in digest
    assert "合计：邮箱 3 封 = 收 1 + 退 2 + 待人工 0 + 非报送 0" in digest


def sent_back(digest: str) -> list[str]:
    """The receipt numbers under 退回补正."""
    return re.findall(r"回执 (\S+)", digest.partition("四、")[2].partition("五、")[0])


def test_what_came_too_early_is_not_added_to_the_first_day(puyang: Office) -> None:
    trial = {"照片.zip": zip_of({"彩排现场学生合影.jpg": SECOND})}
    puyang.receive("2023-05-12 10:00", PHOTO, trial)
    puyang.poll("2023-05-12 10:01")
    puyang.receive("2023-05-14 10:00", PHOTO, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    puyang.poll("2023-05-14 10:01")
    assert [(str(item.day), item.decision.value, len(item.files)) for item in puyang.items()] == [
        ("2023-05-14", "rejected", 1),
        ("2023-05-14", "accepted", 1),
    ]
