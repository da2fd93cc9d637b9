"""Limits that no notice names, at, just below and just above each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts, Trouble
from intake_bot.judging.duplicates import KnownFile, find_twin
from intake_bot.judging.forms import form_rows, is_form
from intake_bot.judging.judge import judge
from intake_bot.judging.rules.text import text_has_length
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import FormPart, Length, TextPart, WeekModel
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


TITLE = "活动情况日报表"
PART = FormPart(kind="form", name=TITLE, clause="四", quote="日报", title=TITLE)


def sheet(text: str, *tables: tuple[tuple[str, ...], ...]) -> FileFacts:
    return replace(form(TITLE), text=TextFacts(text, 9, tables=tables or ((("单位", "甲校"),),)))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TITLE + "甲" * 30, True),
        (TITLE + "甲" * 31, False),
        (TITLE.ljust(299) + "。", True),
        (TITLE.ljust(300) + "。", False),
        ("\n" * 4999 + TITLE, True),
        ("\n" * 5000 + TITLE, False),
    ],
    ids=["30 signs beside", "31 signs beside", "line of 300", "line of 301", "line 5000", "line 5001"],
)
def test_how_far_a_title_is_looked_for(text: str, is_one: bool) -> None:
    assert is_form(PART, sheet(text)) is is_one


def test_most_rows_columns_and_tables_of_a_form() -> None:
    rows = tuple((f"项目{n}", "有") for n in range(2001))
    assert read(rows)[0].keys() == {label for label, _ in rows[:2000]}
    columns = tuple(f"项目{n // 2}" if n % 2 == 0 else "有" for n in range(102))
    assert read((columns[:100],))[0] == read((columns,))[0]
    assert len(read((columns[:98],))[0]) == 49
    assert len(read((columns,))[0]) == 50
    assert len(read((("", *columns[:100]),))[0]) == 49
    tables = tuple(((f"项目{n}", "有"),) for n in range(51))
    assert len(read(*tables)) == 50


def read(*tables: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, str], ...]:
    text = sheet("", *tables).text
    assert text is not None
    return form_rows(PART, text)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("联络员", "姓" + " " * 38 + "名", "张三"), {"姓名": "张三"}),
        (("联络员", "姓" + " " * 39 + "名", "张三"), {"联络员": "姓" + " " * 39 + "名"}),
        (("姓名：张三".ljust(299) + "，", "李四"), {"姓名": "张三" + " " * 294 + "，"}),
        (("姓名：张三".ljust(300) + "，", "李四"), {("姓名：张三，"): "李四"}),
        (("姓名", "电话"), {"姓名": "电话"}),
    ],
    ids=["label of 40", "label of 41", "pair in 300", "pair in 301", "two labels alone"],
)
def test_longest_labels_and_pairs(row: tuple[str, ...], said: dict[str, str]) -> None:
    assert read((row,)) == (said,)


DAILY = "活动周合肥工业学校日报材料"


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ((("日期", "5月18日".ljust(29) + "。"),), "2023-05-18"),
        ((("日期", "5月18日".ljust(30) + "。"),), "2023-05-19"),
        ((("单位",), ("甲校", "5月18日")), "2023-05-18"),
    ],
    ids=["30 signs", "31 signs", "a row longer than the first"],
)
def test_longest_cell_that_names_the_day(table: tuple[tuple[str, ...], ...], day: str) -> None:
    mail = case("hefei-2023", DAILY, sheet(f"2023年职业教育活动周{TITLE}", table), received="2023-05-20T09:00:00")
    assert str(judge(mail).items[0].day) == day


@pytest.mark.parametrize(
    ("limits", "words", "asked", "todo"),
    [
        ({"at_least": 800}, 799, "字数不少于800字", "请补充内容，不少于800字"),
        ({"at_most": 800}, 801, "字数不超过800字", "请精简到800字以内"),
        ({"at_least": 800, "at_most": 900}, 901, "字数在800-900字", "请精简到900字以内"),
        ({"at_least": 800, "tolerance": 0.1}, 719, "字数不少于800字左右", "请补充内容，不少于800字"),
    ],
    ids=["at least", "at most", "both", "about"],
)
def test_a_length_is_asked_for_as_the_notice_has_it(
    limits: dict[str, float], words: int, asked: str, todo: str
) -> None:
    length = Length.model_validate({"clause": "四", "quote": "字数", **limits})
    part = TextPart(kind="text", name="文字", clause="四", quote="文字", length=length)
    found = text_has_length(part, word(words=words))
    assert found is not None
    assert (found.found, found.asked, found.todo) == (f"正文为{words}字", asked, todo)
