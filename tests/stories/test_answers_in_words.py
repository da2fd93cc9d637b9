"""Replies without files: thanks, a forgotten attachment, a question, a request."""

from __future__ import annotations

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg, zip_of
from intake_bot.ledger.values.states import MessageState
from tests.marking import slow
from tests.stories.office import Office

PHOTO = "活动周濮阳县教育局照片"
NAME = "学生技能展示现场.jpg"
GOOD = {"照片.zip": zip_of({NAME: jpeg(2400, 1800, seed=1)})}
SMALL = {"照片.zip": zip_of({NAME: jpeg(900, 600, seed=3)})}
HELD = "【您的问题已转经办老师】"


@pytest.mark.parametrize(
    ("files", "words", "letters"),
    [
        pytest.param(GOOD, "附件已收到，谢谢老师", [], id="settled: thanks"),
        pytest.param(GOOD, "发错了，请撤回", [HELD], id="settled: a request"),
        slow(GOOD, "昨天的照片里有学生不同意公开，请把那张删掉", [HELD], id="settled: a request about files"),
        pytest.param(GOOD, "补充照片见附件", [HELD], id="settled: a forgotten attachment"),
        pytest.param(SMALL, "好的，我们会尽快修改后重新发送，谢谢！", [], id="open: a promise"),
        slow(SMALL, "附件已补上，请查收", ["【请补正】"], id="open: a forgotten attachment"),
        pytest.param(SMALL, "", ["【请补正】"], id="open: nothing at all"),
        pytest.param(SMALL, "原图没有了，只有微信群里发过的", [HELD], id="open: an explanation"),
        slow(SMALL, "照片没有原图了怎么办", [HELD], id="open: a question without its mark"),
    ],
)
def test_reply_without_files_is_answered_by_its_words(
    puyang: Office, files: dict[str, bytes], words: str, letters: list[str]
) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, files)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    assert [letter.subject.partition("】")[0] + "】" for letter in puyang.poll("2023-05-17 11:01")] == letters
    if letters == [HELD]:
        assert puyang.mails()[1].unit == "濮阳县教育局"
        assert f"来信说：“{words}”" in puyang.digest("2023-05-17 11:02")


MIXED = {"照片.zip": zip_of({NAME: jpeg(2400, 1800, seed=1), "另一张.jpg": jpeg(900, 600, seed=3)})}


@pytest.mark.parametrize(
    "words",
    [
        "发错了，请撤回",
        slow("我们明天再拍一张重新发"),
        slow("小的那张修改后再报"),
        "附件已补上，请查收",
        slow("图片说明：五月十七日，我校汽修专业学生在实训室向家长展示发动机拆装。"),
    ],
)
def test_words_alone_do_not_replace_a_faulty_photo(puyang: Office, words: str) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MIXED)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert letter.subject.startswith(HELD)
    assert puyang.decisions() == [("照片", "rejected", False)]


def test_absence_notice_that_answers_our_letter_gets_no_letter_and_mends_nothing(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MIXED)
    (first,) = puyang.poll("2023-05-17 10:01")
    words = "我正在外地休假，下周回来再看，如有急事请联系办公室值班同志。"
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    assert puyang.poll("2023-05-17 11:01") == []
    assert puyang.decisions() == [("照片", "rejected", False)]


@pytest.mark.parametrize("words", ["谢谢，请撤回", slow("收到，发错了")])
def test_request_after_thanks_is_held(puyang: Office, words: str) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert letter.subject.startswith(HELD)


@pytest.mark.parametrize(
    "words", ["我们是濮阳县职业技术学校", slow("濮阳县职业技术学校"), slow("谢谢老师，单位是濮阳县职业技术学校")]
)
def test_unit_named_in_an_answer_to_a_letter_that_asks_for_it_reaches_a_person(puyang: Office, words: str) -> None:
    puyang.receive("2023-05-17 10:00", "活动周照片", GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert letter.subject.startswith(HELD)
    assert f"来信说：“{words}”" in puyang.digest("2023-05-17 11:02")


@pytest.mark.parametrize(
    ("words", "is_held"), [("照片", True), slow("是照片材料", True), ("照片已补上，请查收", False), slow("好的", False)]
)
def test_material_named_in_an_answer_reaches_a_person(puyang: Office, words: str, is_held: bool) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局", GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    assert any(letter.subject.startswith(HELD) for letter in puyang.poll("2023-05-17 11:01")) is is_held


def test_question_in_between_does_not_break_the_thread(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, MIXED)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text="请问照片一定要两张吗？", answers=first)
    (second,) = puyang.poll("2023-05-17 11:01")
    assert second.subject.startswith(HELD)
    better = {"补.zip": zip_of({"另一张学生合影.jpg": jpeg(2400, 1800, seed=2)})}
    both = {"References": f"{first.message_id} {second.message_id}"}
    puyang.receive("2023-05-17 12:00", f"回复：{second.subject}", better, answers=second, headers=both)
    (third,) = puyang.poll("2023-05-17 12:01")
    assert third.subject.startswith("【已收】")


def test_corrected_subject_is_judged(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育居照片", GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", PHOTO, answers=first, text="收到，主题已改")
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"


def test_new_subject_without_files_is_rejected(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", PHOTO, GOOD)
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-18 10:00", PHOTO, answers=first, text="请老师查收")
    (letter,) = puyang.poll("2023-05-18 10:01")
    assert "1. 邮件里没有附件，没有找到照片" in letter.text.splitlines()


STORY = docx([chinese_text(900)])


@pytest.mark.parametrize(
    ("subject", "name", "named"),
    [
        ("", "濮阳县教育局文字材料.docx", True),
        slow("材料", "活动周情况.docx", True),
        ("回执编号 1001-8 照片", "材料.docx", True),
        ("材料", "材料.docx", False),
        slow("关于端午节放假的通知", "通知.docx", False),
    ],
)
def test_mail_that_resembles_a_submission_is_in_the_digest(
    puyang: Office, subject: str, name: str, named: bool
) -> None:
    puyang.receive("2023-05-17 10:00", subject, {name: STORY})
    assert puyang.poll("2023-05-17 10:01") == []
    assert [mail.state for mail in puyang.mails()] == [MessageState.IGNORED]
    digest = puyang.digest("2023-05-17 16:30")
    assert (f"发来的“{subject or '（没有主题）'}”像是报送材料" in digest) is named
