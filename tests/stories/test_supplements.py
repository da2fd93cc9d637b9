"""补件: what a school sends to complete a rejected submission, through mailbox, ledger and letters."""

from __future__ import annotations

import pytest

from intake_bot.demo.material import activity_form, media_form
from intake_bot.demo.media import chinese_text, docx, jpeg, mp4, zip_of
from tests.marking import slow
from tests.stories.office import Office
from tests.stories.photos import (
    ACCEPTED,
    BAD_NAME,
    GOOD,
    GOOD_NAME,
    REJECTED,
    SECOND,
    SUBJECT,
    SUPPLEMENT,
    file_names,
    send_rejected_photos,
)


@pytest.mark.parametrize(
    ("subject", "text", "threaded"),
    [
        pytest.param("回复：{}", "", True, id="reply"),
        slow("补充材料", "", True, id="reply with another subject"),
        slow("补交", "回执编号：1001-9，重新拍了一张。", False, id="receipt in the words"),
        pytest.param("补交照片（回执编号 1001-9）", "", False, id="receipt in the subject"),
    ],
)
def test_supplement_is_judged_with_the_good_files(puyang: Office, subject: str, text: str, threaded: bool) -> None:
    first = send_rejected_photos(puyang)
    answers = first if threaded else None
    puyang.receive("2023-05-17 11:00", subject.format(first.subject), SUPPLEMENT, text=text, answers=answers)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    item = puyang.items()[1]
    assert (item.unit, str(item.day), file_names(item)) == ("濮阳县教育局", "2023-05-17", ["照片.zip", "补发.zip"])
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"
    assert f"接着用的文件（回执编号 1001-9 的邮件里合格的）：{GOOD_NAME}" in letter.text.splitlines()
    assert puyang.mails()[1].files[0].path == puyang.mails()[0].files[0].path


def test_new_mail_that_is_whole_is_judged_alone(puyang: Office) -> None:
    send_rejected_photos(puyang)
    puyang.receive("2023-05-17 11:00", SUBJECT, SUPPLEMENT)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    assert file_names(puyang.items()[1]) == ["补发.zip"]
    assert "1001-9" not in letter.text


def test_new_mail_takes_over_what_it_lacks_part_by_part(hefei: Office) -> None:
    """The photos come again and take the place of the earlier ones; the text does not, and counts along."""
    story, third = docx([chinese_text(900)]), jpeg(2400, 1800, seed=9)
    first_files = {"活动情况.docx": story, "一.jpg": GOOD, "二.jpg": SECOND}
    hefei.receive("2023-05-18 09:00", "活动周合肥工业学校日报", first_files)
    (first,) = hefei.poll("2023-05-18 09:01")
    assert "【请补正】" in first.subject
    hefei.receive("2023-05-18 09:30", "活动周合肥工业学校日报", {"三.jpg": third})
    (second,) = hefei.poll("2023-05-18 09:31")
    assert file_names(hefei.items()[1]) == ["活动情况.docx", "三.jpg"]
    assert "不要用这些文件的话，请把全部文件重新发来，正文写“重新报送”。" in second.text.splitlines()


@pytest.mark.parametrize("text", [slow("重新报送"), "老师好，这次是重新报送，以这次为准。"])
def test_fresh_start_takes_no_prior_file_over(puyang: Office, text: str) -> None:
    first = send_rejected_photos(puyang)
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", SUPPLEMENT, text=text, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    assert file_names(puyang.items()[1]) == ["补发.zip"]


@pytest.mark.slow
def test_photo_that_comes_again_smaller_replaces_the_old_one(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    again = {"补发.zip": zip_of({"改了名的合影.jpg": jpeg(2040, 1530, seed=1), BAD_NAME: SECOND})}
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", again, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert file_names(puyang.items()[1]) == ["补发.zip"]


def test_supplement_that_is_rejected_keeps_the_good_files(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    still = {"补发.zip": zip_of({"领导讲话.jpg": jpeg(800, 600, seed=4)})}
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", still, answers=first)
    (second,) = puyang.poll("2023-05-17 11:01")
    assert second.subject == "【请补正】活动周濮阳县教育局照片（回执编号 1002-4）"
    # The answer goes to the first letter again, and the good photo is remembered through the second mail.
    puyang.receive("2023-05-17 12:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    puyang.poll("2023-05-17 12:01")
    assert puyang.decisions() == [REJECTED, REJECTED, ACCEPTED]
    assert file_names(puyang.items()[2]) == ["照片.zip", "补发.zip"]


def test_corrected_unit_is_judged_with_the_files_sent_before(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育居照片", {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", "活动周濮阳县教育局照片材料", answers=first, text="")
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    assert (puyang.items()[1].unit, file_names(puyang.items()[1])) == ("濮阳县教育局", ["照片.zip"])
    assert letter.subject == "【已收】活动周濮阳县教育局照片（回执编号 1002-4）"


@pytest.mark.slow
def test_caption_in_the_reply_completes_a_photo_without_one(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", SUBJECT, {"照片.zip": zip_of({"DSC_0001.jpg": GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    words = "图片说明：五月十七日，我校汽修专业学生在实训室向家长展示发动机拆装。"
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=words, answers=first)
    puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]


@pytest.mark.parametrize("text", ["谢谢老师，收到！", slow("好的"), ""])
def test_thanks_are_not_answered(puyang: Office, text: str) -> None:
    puyang.receive("2023-05-17 10:00", SUBJECT, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", text=text, answers=first)
    assert puyang.poll("2023-05-17 11:01") == []
    assert puyang.decisions() == [ACCEPTED]
    assert puyang.mails()[1].reason == ("thanks" if text else "nothing new")


def test_file_of_the_same_name_replaces_the_old_one(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    again = {"照片.zip": zip_of({GOOD_NAME: SECOND, BAD_NAME: GOOD})}
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", again, answers=first)
    (letter,) = puyang.poll("2023-05-17 11:01")
    assert puyang.decisions() == [REJECTED, ACCEPTED]
    assert len(puyang.items()[1].files) == 1
    assert "1001-9" not in letter.text.partition("收到的文件")[2]


DAILY, DAILY_DAY = "活动周合肥工业学校日报材料", "2023-05-18"
FORMS = {"附件2.xlsx": activity_form("合肥工业学校"), "附件3.xlsx": media_form("合肥工业学校")}
REST = {"活动情况.docx": docx([chinese_text(500)]), "现场.jpg": jpeg(900, 600, seed=4), "实训.mp4": mp4(1280, 720, 5)}


@pytest.mark.parametrize(("text", "kept"), [("更正两张表，请查收。", set(REST)), ("重新报送", set())])
def test_new_mail_takes_over_what_it_lacks_of_the_accepted_one(hefei: Office, text: str, kept: set[str]) -> None:
    hefei.receive(f"{DAILY_DAY} 09:00", DAILY, {**FORMS, **REST})
    hefei.receive(f"{DAILY_DAY} 09:10", DAILY, FORMS, text=text)
    (letter,) = [one for one in hefei.poll(f"{DAILY_DAY} 09:11") if "1002-4" in one.subject]
    assert hefei.decisions() == [("日报", "accepted", True), ("日报", "accepted", False)]
    assert set(file_names(hefei.items()[1])) == {*FORMS, *kept}
    assert ("接着用的文件（回执编号 1001-9 的邮件里合格的）" in letter.text) is bool(kept)


def test_new_mail_of_somebody_else_takes_over_nothing(hefei: Office) -> None:
    hefei.receive(f"{DAILY_DAY} 09:00", DAILY, {**FORMS, **REST})
    hefei.receive(f"{DAILY_DAY} 09:10", DAILY, FORMS, sender="20002@qq.com")
    hefei.poll(f"{DAILY_DAY} 09:11")
    assert hefei.decisions() == [("日报", "accepted", False), ("日报", "held", False)]
    assert set(file_names(hefei.items()[1])) == set(FORMS)


def test_new_mail_without_files_takes_over_nothing(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", SUBJECT, {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    puyang.receive("2023-05-17 11:00", SUBJECT, text="照片见附件")
    assert {letter.subject[:5] for letter in puyang.poll("2023-05-17 11:01")} == {"【已收】活", "【请补正】"}
    assert puyang.decisions() == [("照片", "accepted", False), ("照片", "rejected", False)]
