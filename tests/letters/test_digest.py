from __future__ import annotations

import re
from dataclasses import replace

import pytest

from intake_bot.letters.digest import (
    MAXIMUM_BYTES,
    Digest,
    compose_digest,
    compose_digest_page,
    list_receipts,
    wrap_names,
)
from intake_bot.letters.digest_lines import (
    ContactLine,
    HeldLink,
    MailTotals,
    Matrix,
    MatrixColumn,
    MatrixRow,
    MediaLine,
    OpenItem,
    OpenKind,
    Owing,
    OwingUnit,
    ReplyStatus,
    ReturnedLine,
    TroubleLine,
)
from tests.letters.sample_digests import BOTH, DIGEST_BUSY, DIGEST_EMPTY, accepted_line, contact
from tests.letters.samples import DAY, DUE, TEMPLATES, at

MANY = tuple(f"濮阳市第{n}职业中等专业学校" for n in range(300))
WEEK = tuple(at(f"2023-05-{day} 00:00:00").date() for day in range(14, 21))


def _digest_of_many(units: tuple[str, ...], lacks: tuple[str, ...]) -> Digest:
    """Every unit lacks something, and has a contact; the worst day of a large bureau."""
    owing = tuple(
        OwingUnit(unit, lacks[n % len(lacks)], "", contact("欧阳建国", "0393-1234567", f"138{n:08}"))
        for n, unit in enumerate(units)
    )
    columns = (
        MatrixColumn("文字材料", WEEK, 0, 300),
        MatrixColumn("照片", WEEK, 0, 300),
        MatrixColumn("工作总结", (), 0, 300),
    )
    return replace(
        DIGEST_BUSY,
        owing=Owing(nothing=owing, missing_units=len(units)),
        group_text=(f"还没报照片的：{'、'.join(units)}",),
        matrix=Matrix(columns, tuple(MatrixRow(unit, ("收收迟退－－－", "收收迟退－－－", "－")) for unit in units)),
        accepted=tuple(accepted_line(n, unit) for n, unit in enumerate(units)),
    )


def test_digest_of_300_units_names_each_missing_unit_and_is_not_cut_by_mail_programs() -> None:
    letter = compose_digest(_digest_of_many(MANY, (BOTH, "照片（5月17日）")), TEMPLATES)
    assert letter.subject == "未报300·退回0·待办4｜5月17日16:30 职教活动周濮阳"
    assert [unit for unit in MANY if unit not in letter.text or unit not in letter.html] == []
    assert len(letter.html.encode()) <= MAXIMUM_BYTES
    assert "这封信里放不下了" not in letter.html


def test_digest_that_is_too_long_is_cut_and_says_how_much() -> None:
    units = tuple(f"濮阳市第{n}职业中等专业学校" for n in range(2000))
    letter = compose_digest(replace(_digest_of_many(units, (BOTH,)), group_text=(), matrix=Matrix()), TEMPLATES)
    assert len(letter.html.encode()) <= MAXIMUM_BYTES
    cut = [int(found) for found in re.findall(r"另有 (\d+) 条，这封信里放不下了", letter.html)]
    assert cut == [2000 - letter.html.count("欧阳建国")]
    assert letter.text.count("放不下了") == 1


def test_whom_to_telephone_is_cut_after_what_may_be_looked_up() -> None:
    returned = tuple(
        ReturnedLine(unit, "照片（5月17日）", f"{n}-1", "a@qq.com", DUE, ("3 张照片像素不够：最大 1280 像素",))
        for n, unit in enumerate(MANY)
    )
    many = replace(_digest_of_many(MANY, (BOTH, "照片（5月17日）")), returned=returned)
    letter = compose_digest(many, TEMPLATES)
    assert len(letter.html.encode()) <= MAXIMUM_BYTES
    for said in (letter.text, letter.html):
        before, after = said.split("④ ")
        assert before.count("欧阳建国") == 300
        assert re.findall(r"另有 (\d+) 条，这封信里放不下了，台账里有", said) == [str(300 - after.count("像素不够"))]


def test_page_on_disk_cuts_nothing_and_lists_what_was_accepted() -> None:
    page = compose_digest_page(_digest_of_many(MANY, (BOTH,)), TEMPLATES)
    assert "放不下了" not in page
    assert "收下的：300 项" in page
    assert "收下的：" not in compose_digest(DIGEST_BUSY, TEMPLATES).html


def test_sections_stand_in_one_order_in_text_and_html() -> None:
    letter = compose_digest(DIGEST_BUSY, TEMPLATES)
    for said in (letter.text, letter.html):
        assert re.findall("[①-⑧] ", said) == [f"{mark} " for mark in "①②③④⑤⑥⑦⑧"]


def test_digest_says_from_when_to_when_it_counts() -> None:
    assert "统计从 5月16日 17:30 到 5月17日 16:30" in compose_digest(DIGEST_BUSY, TEMPLATES).text
    assert "统计从第一封来信到 5月13日 17:30" in compose_digest(DIGEST_EMPTY, TEMPLATES).text


def test_digest_holds_no_hash_and_no_command() -> None:
    letter = compose_digest(DIGEST_BUSY, TEMPLATES)
    for said in (letter.text, letter.html):
        assert not re.search(r"[0-9a-f]{32}|intake-bot|data/|SHA|运行 ", said)


def test_telephone_numbers_can_be_tapped_and_are_not_broken() -> None:
    """Their hyphen is one at which no line ends."""
    html = compose_digest(DIGEST_BUSY, TEMPLATES).html
    assert '王芳 <a href="tel:03937261718">0393‑7261718</a> <a href="tel:13900000000">13900000000</a>' in html


def test_ready_answer_is_a_button_and_a_line_to_copy() -> None:
    letter = compose_digest(DIGEST_BUSY, TEMPLATES)
    assert re.search(r'<a class="answer" href="mailto:[^"]+body=收%201012-5"[^>]*>收 1012-5</a>', letter.html)
    assert "    可以回复：收 1012-5\n" in letter.text
    assert "在这条线以上回复" in letter.text.splitlines()[0]


def test_open_items_without_ready_answers_ask_for_no_reply() -> None:
    plain = tuple(replace(item, ready_answers=()) for item in DIGEST_BUSY.open_items)
    letter = compose_digest(replace(DIGEST_BUSY, open_items=plain, photos=()), TEMPLATES)
    assert "回复这封信" not in letter.text + letter.html
    assert "点按钮" not in letter.html


def test_empty_roster_is_said_in_red() -> None:
    letter = compose_digest(replace(DIGEST_EMPTY, expects=False), TEMPLATES)
    assert "名册是空的" in letter.text
    assert re.search(r'class="alarm note"[^>]*color: #b3261e[^>]*>名册是空的', letter.html)
    assert "到期的都收齐了" not in letter.text


def test_units_that_lack_the_same_share_one_line_of_what_they_lack() -> None:
    letter = compose_digest(DIGEST_BUSY, TEMPLATES)
    assert letter.text.count(f"没报：{BOTH}\n") == 1
    assert "\n一份没报：3 个单位\n" in letter.text


def test_matrix_of_many_units_shows_those_that_lack_something() -> None:
    column = MatrixColumn("照片", WEEK[:2], 80, 90)
    rows = tuple(MatrixRow(f"第{n}校", ("收－" if n < 10 else "收收",)) for n in range(90))
    text = compose_digest(replace(DIGEST_BUSY, matrix=Matrix((column,), rows)), TEMPLATES).text
    assert f"  收－　{'、'.join(f'第{n}校' for n in range(10))}\n" in text
    assert "其余 80 个单位到期的都报了" in text


def test_matrix_of_many_materials_has_letters_above_its_marks_so_that_the_units_stand_on_the_screen() -> None:
    names = ("日报", "宣传材料", "联络员信息表", "走进校园方案", "走进社区报名")
    columns = tuple(MatrixColumn(name, WEEK if name == "日报" else (), 1, 2) for name in names)
    matrix = Matrix(columns, (MatrixRow("肥东县", ("收迟－－－－－", "・", "－", "　", "　")),))
    letter = compose_digest(replace(DIGEST_BUSY, matrix=matrix), TEMPLATES)
    head = "　".join(("甲　　　　　　", "乙", "丙", "丁", "戊", "单位"))
    assert f"  {head}\n  收迟－－－－－　・　－　　　　　肥东县\n" in letter.text
    legend = "甲 日报　乙 宣传材料　丙 联络员信息表　丁 走进校园方案　戊 走进社区报名"
    assert [legend in said for said in (letter.text, letter.html)] == [True, True]


def test_mails_missing_from_the_sum_are_reported() -> None:
    letter = compose_digest(replace(DIGEST_BUSY, mails=MailTotals(20, 7, 3, 2, 7)), TEMPLATES)
    assert "还有 1 封对不上" in letter.text
    assert "还有 1 封对不上" in letter.html


def test_wrapped_names_break_between_names_only() -> None:
    assert wrap_names(("甲" * 20, "乙" * 20, "丙")) == ("甲" * 20 + "、", "乙" * 20 + "、丙")
    assert wrap_names(("甲" * 50,)) == ("甲" * 50,)


def test_receipt_list_above_ten_is_cut() -> None:
    ten = [f"{number}-1" for number in range(10)]
    assert list_receipts(ten) == "0-1、1-1、2-1、3-1、4-1、5-1、6-1、7-1、8-1、9-1"
    assert list_receipts([*ten, "10-1"]) == "0-1、1-1、2-1、3-1、4-1、5-1、6-1、7-1、8-1、9-1 等"


NOTHING_CAME = {
    "no mail": (DIGEST_EMPTY, True),
    "one that waits for others": (replace(DIGEST_EMPTY, waiting=DIGEST_BUSY.waiting), False),
    "a mailbox that could not be read": (replace(DIGEST_EMPTY, trouble=(TroubleLine("邮箱连不上"),)), False),
}


@pytest.mark.parametrize(("digest", "said"), NOTHING_CAME.values(), ids=NOTHING_CAME)
def test_digest_without_mail_says_so(digest: Digest, said: bool) -> None:
    letter = compose_digest(digest, TEMPLATES)
    assert ["没有收到邮件" in written for written in (letter.text, letter.html)] == [said, said]


@pytest.mark.parametrize("answered", ReplyStatus)
def test_return_that_the_school_did_not_read_is_marked(answered: ReplyStatus) -> None:
    line = ReturnedLine("甲校", "照片", "1-1", "a@qq.com", DUE, ("太小",), answered)
    letter = compose_digest(replace(DIGEST_BUSY, returned=(line,)), TEMPLATES)
    unheard = answered not in (ReplyStatus.SENT, ReplyStatus.WITHHELD)
    assert [answered in said for said in (letter.text, letter.html)] == [unheard, unheard]


HOSTILE = "</table><script>x</script>\r\n合计：\u202e邮箱 0 封 http://evil.example 电话13800000000"


def test_hostile_text_in_a_digest_stays_on_its_line_and_cannot_be_clicked() -> None:
    hostile = replace(
        DIGEST_BUSY,
        returned=(ReturnedLine("", "材料", "1-1", HOSTILE, DUE, (HOSTILE,)),),
        open_items=(
            OpenItem(OpenKind.HELD, "1", "", HOSTILE, HOSTILE, DUE, HOSTILE, (HeldLink(HOSTILE, HOSTILE, HOSTILE),)),
        ),
        owing=Owing(nothing=(OwingUnit("甲校", "照片", "", ContactLine(HOSTILE)),)),
        media=(MediaLine("甲校", HOSTILE, HOSTILE, f"https://u.163.com/{HOSTILE}"),),
        withheld=(),
    )
    letter = compose_digest(hostile, TEMPLATES)
    assert [line for line in letter.text.splitlines() if line.strip().startswith("合计")] == [
        "合计：邮箱 19 封 = 收 7 + 退 3 + 待人工 2 + 非报送 7"
    ]
    assert ["<script" in letter.html, "://" in letter.text, "电话13800000000" in letter.text] == [False, False, False]
    assert re.findall('href="([a-z]+)', letter.html) == []


LINK = HeldLink("开幕式.mp4", "180.2M，2023年6月1日到期", "https://u.163.com/abc?x=1&y=2", left="还能下载 14 天")


def _held_digest(*links: HeldLink) -> Digest:
    held = OpenItem(OpenKind.LINK, "1001-9", "濮阳县教育局", "活动周", "a@qq.com", DUE, "要看视频", links)
    return replace(DIGEST_EMPTY, open_items=(held,))


def test_held_link_is_shown_with_size_expiry_and_address() -> None:
    letter = compose_digest(_held_digest(LINK), TEMPLATES)
    shown = "    超大附件：开幕式.mp4（180.2M，2023年6月1日到期），还能下载 14 天\n      地址 u.163.com/abc?x=1&y=2\n"
    assert shown in letter.text
    assert "u.163.com/abc?x=1&amp;y=2" in letter.html
    assert ["复制到浏览器" in said for said in (letter.text, letter.html)] == [True, True]


def test_earlier_sender_of_a_contested_item_is_shown_whole_though_not_of_the_day() -> None:
    why = "“范县教育局”的照片已收下的来自 first@qq.com（回执编号 1001-9），这一封来自 x@qq.com；正文写着 www.evil.cn"
    line = OpenItem(
        OpenKind.CONTESTED, "1013-4", "范县教育局", "照片", "x@qq.com", DUE, why, addresses=("first@qq.com",)
    )
    letter = compose_digest(replace(DIGEST_BUSY, open_items=(line,)), TEMPLATES)
    for text in (letter.text, letter.html):
        assert "first@qq.com" in text and "x@qq.com" in text and "www.evil.cn" not in text


def test_digest_without_links_does_not_explain_them() -> None:
    assert "复制到浏览器" not in compose_digest(_held_digest(), TEMPLATES).text


def test_newest_day_of_a_daily_material_is_named_in_the_counts() -> None:
    assert f"照片（5月{DAY.day}日）　截止 16:00　已报 4/10" in compose_digest(DIGEST_BUSY, TEMPLATES).text
