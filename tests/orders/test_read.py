"""What a clerk's lines are read as."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.orders.order import (
    Accept,
    Answer,
    Ask,
    Close,
    Correct,
    Extend,
    NamedSlot,
    Order,
    Package,
    Pick,
    Reject,
    Remind,
    Supply,
    Undo,
    Verb,
    write_order,
)
from intake_bot.orders.read import Known, Misread, Remark, Understood, read_orders

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2023, 5, 17, 16, 35, tzinfo=CHINA)
N, M = "1017-6", "1018-4"


@pytest.fixture(scope="module")
def known() -> Known:
    settings = load(defaults_dir())
    bureau = settings.bureau("puyang")
    assert bureau is not None
    notice = settings.notice_for("puyang", NOW)
    assert notice is not None
    return Known(notice, bureau.roster, NOW, (N, M))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=CHINA)


FAN, PHOTO, TEXT = "范县教育局", "照片", "文字材料"

UNDERSTOOD: list[tuple[str, tuple[Order, ...]]] = [
    # 收
    ("收 1017-6", (Accept(N),)),
    ("收1017-6", (Accept(N),)),
    ("收下 1017-6", (Accept(N),)),
    ("收：1017-6。", (Accept(N),)),
    ("收【1017-6】", (Accept(N),)),
    ("收 [1017-6]", (Accept(N),)),
    ("收（1017-6）", (Accept(N),)),
    ("收 回执编号1017-6", (Accept(N),)),
    ("收 编号：1017-6", (Accept(N),)),
    ("【收 1017-6】", (Accept(N),)),
    ("“收 1017-6”", (Accept(N),)),
    ("１．收　１０１７－６", (Accept(N),)),
    ("1、收 1017-6", (Accept(N),)),
    ("1. 收 1017-6", (Accept(N),)),
    ("(1) 收 1017-6", (Accept(N),)),
    ("① 收 1017-6", (Accept(N),)),
    ("- 收 1017-6", (Accept(N),)),
    ("收 1017—6", (Accept(N),)),
    ("收 1017 6", (Accept(N),)),
    ("收 1017_6", (Accept(N),)),
    ("1017-6 收下", (Accept(N),)),
    ("1017-6收", (Accept(N),)),
    ("【1017-6】收下吧，谢谢", (Accept(N),)),
    ("1017-6号收下", (Accept(N),)),
    ("请收下1017-6", (Accept(N),)),
    ("麻烦把1017-6收下", (Accept(N),)),
    ("您好，请收 1017-6！", (Accept(N),)),
    ("收 1017-6、1018-4", (Accept(N), Accept(M))),
    ("收 1017-6 1018-4", (Accept(N), Accept(M))),
    ("收 1017-6和1018-4", (Accept(N), Accept(M))),
    ("1017-6，1018-4 收下", (Accept(N), Accept(M))),
    ("收 1017-6 1017-6", (Accept(N),)),
    ("收 1017-6 范县 照片 5月17日", (Accept(N, NamedSlot(FAN, (PHOTO,), date(2023, 5, 17))),)),
    ("收 1017-6 范县教育局的照片", (Accept(N, NamedSlot(FAN, (PHOTO,))),)),
    ("收 1017-6 照片、视频", (Accept(N, NamedSlot("", (PHOTO, "视频"))),)),
    # 退
    ("退 1017-6 照片模糊，请换原图", (Reject(N, "照片模糊，请换原图"),)),
    ("退回1017-6：照片模糊", (Reject(N, "照片模糊"),)),
    ("退 1017-6 原因：照片模糊（第2张）", (Reject(N, "照片模糊（第2张）"),)),
    ("1017-6 退回，链接打不开", (Reject(N, "链接打不开"),)),
    ("退 1017-6、1018-4 两封一样", (Reject(N, "两封一样"), Reject(M, "两封一样"))),
    ("不收 1017-6 不是我市的", (Reject(N, "不是我市的"),)),
    ("打回 1017-6 Word文件是空的", (Reject(N, "Word文件是空的"),)),
    # 改
    ("改 1017-6 范县教育局 文字材料", (Correct(N, NamedSlot(FAN, (TEXT,))),)),
    ("改1017-6 范县 文字", (Correct(N, NamedSlot(FAN, (TEXT,))),)),
    ("1017-6 改为范县教育局照片", (Correct(N, NamedSlot(FAN, (PHOTO,))),)),
    ("更正 1017-6 5月16日", (Correct(N, NamedSlot("", (), date(2023, 5, 16))),)),
    ("改 1017-6 范縣教育局", (Correct(N, NamedSlot(FAN)),)),
    ("改 1017-6 单位：范县教育局 材料：照片", (Correct(N, NamedSlot(FAN, (PHOTO,))),)),
    # 延
    ("延 范县 照片 5月18日12:00", (Extend(FAN, at("05-18T12:00"), PHOTO),)),
    ("延期 范县教育局 照片 到5月18日12点", (Extend(FAN, at("05-18T12:00"), PHOTO),)),
    ("延 范县教育局 5月18日", (Extend(FAN, at("05-19T00:00")),)),
    ("延 范县 照片 明天12:00前", (Extend(FAN, at("05-18T12:00"), PHOTO),)),
    ("延 范县 照片 明天下午4点半", (Extend(FAN, at("05-18T16:30"), PHOTO),)),
    ("延 范县 照片 今晚8点", (Extend(FAN, at("05-17T20:00"), PHOTO),)),
    ("延 范县 照片 今晚12点", (Extend(FAN, at("05-18T00:00"), PHOTO),)),
    ("延 范县 照片 今天中午12点", (Extend(FAN, at("05-17T12:00"), PHOTO),)),
    ("延 范县 照片 18:00", (Extend(FAN, at("05-17T18:00"), PHOTO),)),
    ("延 范县 照片 5.18 12：00", (Extend(FAN, at("05-18T12:00"), PHOTO),)),
    ("延 范县 照片 周五中午", (Extend(FAN, at("05-19T12:00"), PHOTO),)),
    ("延 范县 照片 下周一", (Extend(FAN, at("05-23T00:00"), PHOTO),)),
    ("延 范县 照片 十八号", (Extend(FAN, at("05-19T00:00"), PHOTO),)),
    (
        "延 范县 照片 5月16日 5月18日12:00",
        (Extend(FAN, at("05-18T12:00"), PHOTO, date(2023, 5, 16)),),
    ),
    ("请延范县的照片到明天12点", (Extend(FAN, at("05-18T12:00"), PHOTO),)),
    # 答, 关
    ("答 1017-6 可以明天上午交", (Answer(N, "可以明天上午交"),)),
    ("答复1017-6：可以，请发“原图”（JPG）。", (Answer(N, "可以，请发“原图”（JPG）。"),)),
    ("1017-6 答：收到，谢谢", (Answer(N, "收到，谢谢"),)),
    ("回复 1017-6 3、7 两张重发", (Answer(N, "3、7 两张重发"),)),
    ("关 1017-6", (Close(N),)),
    ("1017-6 结案", (Close(N),)),
    # 催, 打包, 选, 撤销
    ("催", (Remind(),)),
    ("催一下", (Remind(),)),
    ("催报 全部", (Remind(),)),
    ("催 照片", (Remind("", PHOTO),)),
    ("催 范县", (Remind(FAN),)),
    ("催范县教育局的照片", (Remind(FAN, PHOTO),)),
    ("打包", (Package(),)),
    ("打包 照片 5月17日", (Package(PHOTO, date(2023, 5, 17)),)),
    ("打包全部", (Package(),)),
    ("选 3、7、12", (Pick((3, 7, 12)),)),
    ("选 3 7,12", (Pick((3, 7, 12)),)),
    ("选第3张和第7张", (Pick((3, 7)),)),
    ("选 3、7，谢谢！", (Pick((3, 7)),)),
    ("选 3-6", (Pick((3, 4, 5, 6)),)),
    ("撤销 7", (Undo(7),)),
    ("撤销第7号命令", (Undo(7),)),
    ("撤消 12", (Undo(12),)),
    # alone
    ("谁没报", (Ask(Verb.MISSING),)),
    ("还有谁没报", (Ask(Verb.MISSING),)),
    ("誰沒報", (Ask(Verb.MISSING),)),
    ("哪些单位还没有报", (Ask(Verb.MISSING),)),
    ("台账", (Ask(Verb.WORKBOOK),)),
    ("给我台帐", (Ask(Verb.WORKBOOK),)),
    ("台账发我一份，谢谢", (Ask(Verb.WORKBOOK),)),
    ("周报", (Ask(Verb.WEEK_REPORT),)),
    ("帮助", (Ask(Verb.HELP),)),
    ("HELP", (Ask(Verb.HELP),)),
    ("好", (Ask(Verb.CONFIRM),)),
    ("好的。", (Ask(Verb.CONFIRM),)),
    ("OK", (Ask(Verb.CONFIRM),)),
]


@pytest.mark.parametrize(("line", "orders"), UNDERSTOOD, ids=[line for line, _ in UNDERSTOOD])
def test_line_is_read_as_orders(known: Known, line: str, orders: tuple[Order, ...]) -> None:
    assert read_orders(line, known) == tuple(Understood(line, order) for order in orders)


MISREAD = [
    ("收 1017-5", "收 1017-6", "没有“1017-5”这个编号"),
    ("收 1017", "收 1017-6", "编号不完整"),
    ("收到 1017-6", "收 1017-6", ""),
    ("受 1017-6", "收 1017-6", ""),
    ("1017-6 手下", "收 1017-6", ""),
    ("先别收 1017-6", "收 1017-6", ""),
    ("1017-6 先不要收下", "收 1017-6", ""),
    ("收 1017-6 但是照片要换", "收 1017-6", "没有看懂"),
    ("收 1017-6 吗？", "收 1017-6", "没有看懂"),
    ("1017-6", "收 1017-6", ""),
    ("收", "收 1017-6", "要写明编号"),
    ("退 1017-6", "退 1017-6 原因", "退回要写原因"),
    ("腿 1017-6 模糊", "退 1017-6 原因", ""),
    ("答 1017-6", "答 1017-6 要回给学校的话", "答复要写内容"),
    ("关 1017-6 范县", "关 1017-6", "“范县”没有看懂"),
    ("改 1017-6", "改 1017-6 单位 材料", "要写明改成"),
    ("改 1017-6 濮阳县第一中学 照片", "改 1017-6 单位 材料", "“第一中学”没有看懂"),
    ("改 1017-6 范县 清丰县 照片", "改 1017-6 单位 材料", "一行只能写一个单位"),
    ("改 1017-6、1018-4 范县", "改 1017-6 单位 材料", "只能写一个编号"),
    ("改 1017-6 5月30日", "改 1017-6 单位 材料", "不在活动周内"),
    ("延 范县 照片", "延 单位 材料 日期和钟点", "要写明延到什么时候"),
    ("延 照片 明天", "延 单位 材料 日期和钟点", "要写明给哪个单位延期"),
    ("延 范县 照片 5月38日", "延 单位 材料 日期和钟点", "要写明延到什么时候"),
    ("催 赵县", "催 照片", "“赵县”没有看懂"),
    ("打包 范县", "打包 照片 5月17日", "不能写单位"),
    ("选 好看的", "选 3、7、12", "要写照片下面的号"),
    ("撤销 1017-6", "撤销 命令的号", "不是邮件的编号"),
    ("撤销", "撤销 命令的号", "撤销后面写命令的号"),
    ("谁没报照片", "谁没报", "“照片”没有看懂"),
    ("崔一下", "催 照片", ""),
    ("随便写一句看看有什么反应呢", "帮助", ""),
]


@pytest.mark.parametrize(("line", "nearest", "why"), MISREAD, ids=[line for line, _, _ in MISREAD])
def test_line_that_is_no_order_has_the_nearest_one(known: Known, line: str, nearest: str, why: str) -> None:
    (reading,) = read_orders(line, known)
    assert isinstance(reading, Misread)
    assert (reading.line, reading.nearest) == (line, nearest)
    assert why in reading.why


@pytest.mark.parametrize("line", ["交 1017-6", "1017-6", "【1017-6】", "附件是1017-6的", "1017-6 补交", "请交1017-6"])
def test_number_beside_files_says_whose_they_are(known: Known, line: str) -> None:
    assert read_orders(line, replace(known, has_files=True)) == (Understood(line, Supply(N)),)


def test_number_with_files_and_words_that_are_no_order_supplies_nothing(known: Known) -> None:
    (reading,) = read_orders("1017-6 先不要动", replace(known, has_files=True))
    assert isinstance(reading, Misread)


def test_files_are_demanded_and_for_one_mail_only(known: Known) -> None:
    (without,) = read_orders("交 1017-6", known)
    (several,) = read_orders("交 1017-6 1018-4", replace(known, has_files=True))
    assert isinstance(without, Misread)
    assert "附在这封信里" in without.why
    assert isinstance(several, Misread)


@pytest.mark.parametrize("words", ["", "\n \n", "收到，谢谢！", "好的，辛苦了", "谢谢老师", "老师好"])
def test_thanks_are_no_order(known: Known, words: str) -> None:
    assert read_orders(words, known) == ()


def test_lines_are_read_one_by_one_and_a_signature_is_no_order(known: Known) -> None:
    words = (
        "您好：\n收 1017-6\n\n退 1018-4 照片模糊，请换原图\n催 照片\n谢谢！\n张老师\n职成科 0393-8991718 13912345678"
    )
    assert read_orders(words, known) == (
        Understood("收 1017-6", Accept(N)),
        Understood("退 1018-4 照片模糊，请换原图", Reject(M, "照片模糊，请换原图")),
        Understood("催 照片", Remind("", PHOTO)),
        Remark("张老师"),
        Remark("职成科 0393-8991718 13912345678"),
    )


def test_one_misread_line_leaves_the_others(known: Known) -> None:
    first, second = read_orders("收 1017-5\n收 1018-4", known)
    assert isinstance(first, Misread)
    assert second == Understood("收 1018-4", Accept(M))


def test_second_line_of_an_answer_is_not_sent(known: Known) -> None:
    assert read_orders("答 1017-6 可以明天交\n照片也补上", known) == (
        Understood("答 1017-6 可以明天交", Answer(N, "可以明天交")),
        Remark("照片也补上"),
    )


@pytest.mark.parametrize("line", ["收", "收 1001-8", "延 范县", "撤销"])
def test_suggestion_without_open_numbers_orders_nothing_when_it_is_copied(known: Known, line: str) -> None:
    nobody_waits = replace(known, open_numbers=())
    (reading,) = read_orders(line, nobody_waits)
    assert isinstance(reading, Misread)
    assert not any(isinstance(one, Understood) for one in read_orders(reading.nearest, nobody_waits))


def test_lines_beyond_the_maximum_are_not_read(known: Known) -> None:
    assert len(read_orders("收 1017-6\n" * 5000, known)) == 200


@pytest.mark.parametrize("order", [order for _, orders in UNDERSTOOD for order in orders], ids=write_order)
def test_written_order_is_read_as_itself(known: Known, order: Order) -> None:
    (reading,) = read_orders(write_order(order), known)
    assert isinstance(reading, Understood)
    assert reading.order == order


HOSTILE = [
    "收 " + "1017-6 " * 3000,
    "\x00收 1017-6",
    "收 \ud800 1017-6",
    "答 1017-6 " + "长" * 100_000,
    "-" * 50_000,
    "(" * 9999,
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_line_is_read_without_an_error(known: Known, line: str) -> None:
    assert read_orders(line, known) is not None
