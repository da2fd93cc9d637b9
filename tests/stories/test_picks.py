"""A clerk picks photos by the numbers on her digest, and the week report shows them."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import docx
import pytest

from intake_bot import cli
from intake_bot.demo.media import jpeg, zip_of
from intake_bot.digests.week import photos
from tests.marking import slow
from tests.stories.clerk import CLERK, COLLEAGUE, PHOTO, button, digest_of, order, to, undo_line
from tests.stories.office import Letter, Office, at, letter_of
from tests.stories.photos import GOOD, SECOND

OPENING, CONTEST, THIRD = "开幕式现场.jpg", "技能比武现场.jpg", "成果展示现场.jpg"
OTHER = "活动周范县教育局照片材料"
FANXIAN = "fanxian@school.example"


def sends(office: Office, now: str, name: str, content: bytes, subject: str = PHOTO, sender: str = FANXIAN) -> None:
    office.receive(now, subject, {"照片.zip": zip_of({name: content})}, sender=sender)
    office.poll(now)


def week_photos(office: Office, now: str = "2023-05-17 20:00") -> tuple[str, list[str]]:
    """The heading of the photos in the week report, and what stands below each."""
    with redirect_stdout(io.StringIO()):
        assert cli.run(["week", "--home", str(office.home), "--now", at(now).isoformat()]) == 0
    document = docx.Document(str(office.home / "exports" / "濮阳市教育局周报.docx"))
    words = [one.text for one in document.paragraphs if one.text]
    place = next(n for n, one in enumerate(words) if one in ("优秀照片", "活动照片"))
    assert len(document.inline_shapes) == len(words[place + 1 :])
    return words[place], words[place + 1 :]


def week_words(office: Office) -> str:
    with redirect_stdout(io.StringIO()) as said:
        cli.run(["week", "--home", str(office.home), "--now", at("2023-05-17 20:00").isoformat()])
    return said.getvalue()


def two_photos(office: Office) -> Letter:
    """The digest shows 范县's photo as number 1, which came later, and 濮阳县's as number 2."""
    sends(office, "2023-05-17 10:00", OPENING, GOOD, sender="teacher@school.example")
    sends(office, "2023-05-17 11:00", CONTEST, SECOND, OTHER)
    return digest_of(office)


def test_picked_photos_are_named_shown_in_the_week_report_and_picked_no_more_after_an_undo(office: Office) -> None:
    digest = two_photos(office)
    assert "写上“选”和照片的号，如：选 1" in digest.text
    assert week_photos(office) == ("活动照片", ["范县教育局：技能比武现场", "濮阳县教育局：开幕式现场"])
    (letter,) = order(office, "选 2", digest, "2023-05-17 17:40")
    assert letter.subject == "【已办】选 2"
    assert "2 号　濮阳县教育局：开幕式现场" in letter.text
    assert "一共选了 1 张" in letter.text
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])
    (undone,) = order(office, undo_line(letter), letter, "2023-05-17 17:50")
    assert "2 号　濮阳县教育局：开幕式现场" in undone.text
    assert week_photos(office)[0] == "活动照片"


def test_numbers_are_those_of_the_digest_that_is_answered(office: Office) -> None:
    sends(office, "2023-05-17 10:00", OPENING, GOOD, sender="teacher@school.example")
    first = digest_of(office, "2023-05-17 12:00")
    sends(office, "2023-05-17 13:00", CONTEST, SECOND, OTHER)
    second = digest_of(office)
    (letter,) = order(office, "选 1", first, "2023-05-17 17:40")
    assert "1 号　濮阳县教育局：开幕式现场" in letter.text
    (letter,) = order(office, "选 1、2", second, "2023-05-17 17:45")
    assert "1 号　范县教育局：技能比武现场" in letter.text
    assert "以前选过了（第 1 号命令）：2 号　濮阳县教育局：开幕式现场" in letter.text
    assert "一共选了 2 张" in letter.text
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场", "范县教育局：技能比武现场"])


def test_answer_to_our_answer_picks_from_the_same_digest(office: Office) -> None:
    sends(office, "2023-05-17 10:00", OPENING, GOOD, sender="teacher@school.example")
    first = digest_of(office, "2023-05-17 12:00")
    sends(office, "2023-05-17 13:00", CONTEST, SECOND, OTHER)
    digest_of(office)
    (told,) = order(office, "谁没报", first, "2023-05-17 17:40")
    (letter,) = order(office, "选 1", told, "2023-05-17 17:45")
    assert "1 号　濮阳县教育局：开幕式现场" in letter.text


def test_number_that_is_not_there_is_told_and_the_others_are_picked(office: Office) -> None:
    digest = two_photos(office)
    (letter,) = order(office, "选 1、9", digest, "2023-05-17 17:40")
    assert "1 号　范县教育局：技能比武现场" in letter.text
    assert "没有 9 号：5月17日 17:31 那封汇总的照片是 1–2 号" in letter.text
    (letter,) = order(office, "选 8、9", digest, "2023-05-17 17:45")
    assert letter.subject == "【没有办】选 8、9"
    assert week_photos(office) == ("优秀照片", ["范县教育局：技能比武现场"])


def test_same_mail_twice_picks_once_and_the_second_clerk_is_told(office: Office) -> None:
    digest = two_photos(office)
    own = [letter_of(one.raw) for one in office.smtp.letters if COLLEAGUE.encode() in one.raw][-1]
    order(office, "选 1", digest, "2023-05-17 17:40")
    office.sent -= 1  # the same Message-ID
    assert order(office, "选 1", digest, "2023-05-17 17:42") == []
    (letter,) = order(office, "选 1", own, "2023-05-17 17:45", sender=COLLEAGUE)
    assert letter.to == COLLEAGUE
    assert "以前选过了（第 1 号命令）：1 号　范县教育局：技能比武现场" in letter.text
    assert "撤销" not in letter.text


@pytest.mark.parametrize("words", ["选 2", slow("2"), slow("第2张"), "选2号，谢谢"])
def test_button_picks_without_the_thread(office: Office, words: str) -> None:
    digest = two_photos(office)
    subject, body = button(office, digest, "subject=选〔")
    assert body == "选 "
    office.receive("2023-05-17 17:40", subject, text=words, sender=CLERK)
    (letter,) = office.poll("2023-05-17 17:41")
    assert "2 号　濮阳县教育局：开幕式现场" in letter.text


def test_digest_without_photos_says_so(office: Office) -> None:
    (letter,) = order(office, "选 1", digest_of(office), "2023-05-17 17:40")
    assert "您回复的这封信里没有照片" in letter.text


def test_photo_that_is_accepted_no_more_is_not_shown_and_named(office: Office) -> None:
    digest = two_photos(office)
    order(office, "选 1、2", digest, "2023-05-17 17:40")
    letters = order(office, "退 1002-4 照片不是今年的", digest, "2023-05-17 17:45")
    assert f"已写信告诉 {FANXIAN}" in to(letters, CLERK).text
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])
    assert "现在没有收下，或者打不开，没有放进去（1 张）：范县教育局“技能比武现场”" in week_words(office)


def test_photo_that_a_later_mail_brought_again_is_still_shown(office: Office) -> None:
    order(office, "选 2", two_photos(office), "2023-05-17 17:40")
    again = zip_of({THIRD: jpeg(2400, 1800, seed=7), OPENING: GOOD})
    office.receive("2023-05-17 18:00", f"{PHOTO}5月17日", {"照片新.zip": again})
    office.poll("2023-05-17 18:01")
    assert [one.superseded for one in office.items()] == [True, False, False]
    assert week_photos(office) == ("优秀照片", ["濮阳县教育局：开幕式现场"])


def test_more_photos_than_the_report_holds_are_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAXIMUM_PICKED", 1)
    order(office, "选 1-2", two_photos(office), "2023-05-17 17:40")
    assert week_photos(office) == ("优秀照片", ["范县教育局：技能比武现场"])
    assert "周报里最多放 1 张照片，后选的没有放进去（1 张）：濮阳县教育局“开幕式现场”。" in week_words(office)


def test_photos_are_picked_on_this_machine_from_the_last_digest_or_that_of_a_day(office: Office) -> None:
    sends(office, "2023-05-16 10:00", OPENING, GOOD, sender="teacher@school.example")
    digest_of(office, "2023-05-16 17:31")
    sends(office, "2023-05-17 10:00", CONTEST, SECOND, OTHER)
    digest_of(office)

    def desk(*words: str) -> str:
        with redirect_stdout(io.StringIO()) as said:
            cli.run(["desk", *words, "--home", str(office.home), "--now", at("2023-05-17 18:00").isoformat()])
        return said.getvalue()

    assert "1 号　范县教育局：技能比武现场" in desk("选", "1")
    assert "1 号　濮阳县教育局：开幕式现场" in desk("选", "1", "--date", "2023-05-16")
    assert "没有照片" in desk("选", "1", "--date", "2023-05-16", "--at", "17:00")
    assert "1 号　濮阳县教育局：开幕式现场" in desk("撤销", "2")
