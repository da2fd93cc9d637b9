"""Limits that no notice names, at, just below and just above each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.duplicates import KnownFile, find_twin
from intake_bot.judging.judge import judge
from intake_bot.judging.pieces import Piece, wait_until
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import Length, WeekModel
from tests.judging.cases import ZONE, case, form, moment, notice, outcome, photo, word


@pytest.mark.parametrize(("bits", "same"), [(3, True), (4, True), (5, False)])
def test_pictures_are_the_same_up_to_four_bits(bits: int, same: bool) -> None:
    seen = photo()
    assert seen.photo is not None
    seen = replace(seen, photo=replace(seen.photo, look=0))
    known = KnownFile("1042-9", None, "旧.jpg", "another", look=(1 << bits) - 1)
    assert (find_twin(seen, [known]) is not None) is same


@pytest.mark.parametrize(("words", "articles"), [(199, 1), (200, 2), (201, 2)])
def test_an_article_has_two_hundred_words(words: int, articles: int) -> None:
    files = word("一.docx", words=900), word("二.docx", words=words)
    mail = case("hefei-2023", "活动周肥东县教育体育局典型案例", *files)
    assert judge(mail).items[0].fills == articles


def test_at_the_very_deadline_the_day_is_meant_though_it_is_filled() -> None:
    mail = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), received="2023-05-17T16:00:00")
    mail = replace(mail, filled_days={"文字材料": {mail.received.date()}})
    assert str(judge(mail).items[0].day) == "2023-05-17"


@pytest.mark.parametrize(
    ("first", "until"),
    [
        ("2023-05-17T13:59:59", "2023-05-17T15:59:59"),
        ("2023-05-17T14:00:01", "2023-05-17T16:00:00"),
        ("2023-05-17T15:59:59", "2023-05-17T16:00:00"),
        ("2023-05-17T16:00:00", "2023-05-17T18:00:00"),
    ],
)
def test_pieces_wait_two_hours_and_not_beyond_a_deadline(first: str, until: str) -> None:
    piece = Piece("puyang-2023", "濮阳县教育局", ("照片",), moment(first).date(), 1, 2)
    assert wait_until(piece, moment(first), notice("puyang-2023"), ZONE) == moment(until)


def test_a_scan_beside_the_form_is_not_used() -> None:
    scan = FileFacts("盖章.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED)
    subject, received = "活动周合肥工业学校联络员信息表", "2023-05-11T12:00:00"
    mail = case("hefei-2023", subject, form("联络员信息表"), scan, received=received)
    assert outcome(mail) == ("accepted", [], ["file.unexpected"])


def test_a_notice_opens_sixty_days_before_its_week() -> None:
    of = notice("puyang-2023")
    assert of.opens(ZONE) == moment("2023-05-14T00:00:00") - timedelta(days=60)


def test_a_week_may_be_one_day_and_a_length_one_number() -> None:
    day = date(2023, 5, 14)
    assert WeekModel(first=day, last=day).first == day
    assert Length(clause="四", quote="800字", at_least=800, at_most=800).at_most == 800


@pytest.mark.parametrize(("words", "says"), [("汽修拆装演", False), ("汽修拆装演练", True)])
def test_six_signs_say_something(words: str, says: bool) -> None:
    assert says_something(f"老师您好，{words}，请查收。") is says
