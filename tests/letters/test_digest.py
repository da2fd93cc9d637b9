from __future__ import annotations

import re
from dataclasses import replace

import pytest

from intake_bot.letters.digest import (
    Answered,
    DigestContext,
    HeldLine,
    ItemLine,
    Sum,
    TroubleLine,
    compose_digest,
    lines_of_units,
    some_receipts,
)
from intake_bot.letters.missing import MissingRow
from intake_bot.letters.sample_days import DIGEST_BUSY, DIGEST_EMPTY, accepted_line
from intake_bot.letters.sample_notice import UNITS
from tests.letters.samples import DAY, DUE, TEMPLATES, at

MANY = tuple(f"濮阳市第{n}职业中等专业学校" for n in range(480))


def test_digest_of_480_units_names_each_missing_one_and_stays_readable() -> None:
    letter = compose_digest(
        DigestContext(
            "濮阳市教育局",
            DAY,
            at("2023-05-17 17:30:00"),
            Sum(480, 400, 40, 20, 20),
            missing=(MissingRow("照片", DAY, DUE, MANY[:479], 480), MissingRow("视频", DAY, DUE, MANY[100:400], 480)),
            accepted=tuple(accepted_line(n, unit) for n, unit in enumerate(MANY)),
        ),
        TEMPLATES,
    )
    assert letter.subject == "【活动周每日汇总】濮阳市教育局 5月17日：未报 479，已收 480，待人工 0"
    assert [unit for unit in MANY[:479] if unit not in letter.text or unit not in letter.html] == []
    assert max(len(line) for line in letter.text.splitlines()) <= 80
    assert len(letter.html) < 500_000


def test_units_wrap_between_names() -> None:
    assert lines_of_units(("甲" * 20, "乙" * 20, "丙")) == ("甲" * 20 + "、", "乙" * 20 + "、丙")
    assert lines_of_units(("甲" * 50,)) == ("甲" * 50,)


def test_ten_receipt_numbers_stand_in_a_line() -> None:
    ten = [f"{number}-1" for number in range(10)]
    assert some_receipts(ten) == "0-1、1-1、2-1、3-1、4-1、5-1、6-1、7-1、8-1、9-1"
    assert some_receipts([*ten, "10-1"]) == "0-1、1-1、2-1、3-1、4-1、5-1、6-1、7-1、8-1、9-1 等"


def test_material_that_nobody_reported_is_said_in_one_line_beside_others() -> None:
    text = compose_digest(DIGEST_BUSY, TEMPLATES).text
    assert "图片新闻（5月17日，截止 16:00）：10 个单位都没有报\n\n按单位看" in text


def test_material_that_nobody_reported_lists_the_units_when_alone() -> None:
    alone = replace(DIGEST_BUSY, missing=(MissingRow("照片", DAY, DUE, UNITS[:2], 2),))
    assert "2 个单位都没有报\n  濮阳县教育局、清丰县教育局\n" in compose_digest(alone, TEMPLATES).text


def test_material_not_yet_due_is_progress_and_not_missing() -> None:
    letter = compose_digest(replace(DIGEST_BUSY, now=DUE), TEMPLATES)
    assert "一、未报：没有" in letter.text
    assert "照片（5月17日，截止 16:00）：已报 4/10，未到截止时间" in letter.text


def test_mails_that_the_sum_does_not_explain_are_pointed_out() -> None:
    letter = compose_digest(replace(DIGEST_BUSY, sum=Sum(20, 7, 3, 2, 7)), TEMPLATES)
    assert "还有 1 封对不上" in letter.text
    assert "还有 1 封对不上" in letter.html


def test_days_are_named_where_missing_rows_differ_in_day() -> None:
    rows = (MissingRow("照片", DAY, DUE, ("甲校",), 2), MissingRow("工作总结", None, DUE, ("甲校", "乙校"), 3))
    text = compose_digest(replace(DIGEST_BUSY, missing=rows), TEMPLATES).text
    assert "缺照片（5月17日）、工作总结（1 个单位）\n  甲校\n" in text


def test_materials_that_the_same_units_miss_share_one_list() -> None:
    units = ("甲校", "乙校")
    rows = (MissingRow("照片", DAY, DUE, units, 3), MissingRow("视频", DAY, DUE, units, 2))
    letter = compose_digest(replace(DIGEST_BUSY, missing=rows), TEMPLATES)
    assert (
        "\n照片（5月17日，截止 16:00）：未报 2 个单位（已报 1/3）\n"
        "视频（5月17日，截止 16:00）：2 个单位都没有报\n"
        "  甲校、乙校\n"
    ) in letter.text
    assert [text.count("甲校") for text in (letter.text, letter.html)] == [1, 1]
    assert "按单位看" not in letter.text + letter.html


NOTHING_CAME = {
    "no mail": (DIGEST_EMPTY, True),
    "one that waits for others": (replace(DIGEST_EMPTY, waiting=DIGEST_BUSY.waiting), False),
    "a mailbox that could not be read": (replace(DIGEST_EMPTY, trouble=(TroubleLine("邮箱连不上"),)), False),
}


@pytest.mark.parametrize(("context", "said"), NOTHING_CAME.values(), ids=NOTHING_CAME)
def test_digest_says_that_nothing_came_only_where_nothing_did(context: DigestContext, said: bool) -> None:
    letter = compose_digest(context, TEMPLATES)
    assert ["没有收到邮件" in written for written in (letter.text, letter.html)] == [said, said]


ANSWERED = {
    "all": ((Answered.YES, Answered.YES), "四、退回补正：2 项（已回信，写明要改什么）", ()),
    "shadow": ((Answered.WITHHELD, Answered.WITHHELD), "四、退回补正：2 项（试运行，回信没有寄出）", ()),
    "none": ((Answered.NO, Answered.NO), "四、退回补正：2 项（没有回信）", ()),
    "one of two": ((Answered.YES, Answered.NO), "四、退回补正：2 项", ("已回信，写明要改什么", "没有回信")),
}


@pytest.mark.parametrize(("answered", "heading", "beside"), ANSWERED.values(), ids=ANSWERED)
def test_digest_says_whether_the_school_was_told(
    answered: tuple[Answered, ...], heading: str, beside: tuple[str, ...]
) -> None:
    lines = [
        ItemLine("甲校", "照片", DAY, f"{n}-1", DUE, "a@qq.com", 1, DUE, answered=one) for n, one in enumerate(answered)
    ]
    letter = compose_digest(replace(DIGEST_BUSY, rejected=tuple(lines)), TEMPLATES)
    written = letter.text.splitlines()
    at_heading = written.index(heading)
    ends = tuple(line.partition("a@qq.com")[2].strip("　") for line in written[at_heading + 1 : at_heading + 3])
    assert ends == (beside or ("", ""))
    assert [word in letter.html for word in Answered] == [word in answered for word in Answered]


@pytest.mark.parametrize("answered", Answered)
def test_a_school_that_was_not_told_stands_out(answered: Answered) -> None:
    line = ItemLine("甲校", "照片", DAY, "1-1", DUE, "a@qq.com", 1, DUE, answered=answered)
    alone = compose_digest(replace(DIGEST_BUSY, rejected=(line,)), TEMPLATES).html
    beside = compose_digest(replace(DIGEST_BUSY, rejected=(line, *DIGEST_BUSY.rejected)), TEMPLATES).html
    told = answered in (Answered.YES, Answered.WITHHELD)
    bold = r'<(?:p|span)[^>]+class="late"[^>]*>' + answered
    assert [re.search(bold, html) is None for html in (alone, beside)] == [told, told]


def test_hostile_lines_stay_on_their_line() -> None:
    bad = "</table><script>x</script>\r\n合计：\u202e邮箱 0 封 http://evil.example"
    hostile = replace(
        DIGEST_BUSY,
        rejected=(ItemLine("", "", None, "1-1", DUE, bad, 1, reasons=(bad,)),),
        held=(HeldLine("1", "", bad, bad, DUE, bad),),
    )
    letter = compose_digest(hostile, TEMPLATES)
    assert [line for line in letter.text.splitlines() if line.startswith("合计")] == [
        "合计：邮箱 19 封 = 收 7 + 退 3 + 待人工 2 + 非报送 7"
    ]
    assert "<script" not in letter.html
    assert "http://" not in letter.text
