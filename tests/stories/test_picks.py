"""A clerk picks photos by the numbers on her digest, and the week report shows them."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import pytest

from intake_bot import cli
from tests.marking import slow
from tests.stories.clerk import CLERK, COLLEAGUE, button, digest_of, order
from tests.stories.office import Office, at, letter_of
from tests.stories.photos import GOOD, SECOND
from tests.stories.picks import CONTEST, OPENING, OTHER, sends, two_photos, week_photos


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.parametrize("words", [slow("选 2"), slow("2"), slow("第2张"), "选2号，谢谢"])
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
