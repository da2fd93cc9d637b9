"""A bureau's busy day, an empty one and a bad one, for the sample digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from intake_bot.letters.digest import Digest
from intake_bot.letters.digest_lines import (
    AcceptedLine,
    ContactLine,
    HeldLink,
    ItemTotals,
    MailTotals,
    Matrix,
    MatrixColumn,
    MatrixRow,
    MediaLine,
    NoteLine,
    OpenItem,
    OpenKind,
    Owing,
    OwingUnit,
    Phone,
    PhotoLine,
    QuotaGroup,
    QuotaSummary,
    ReadyAnswer,
    ReplyStatus,
    ReturnedLine,
    SumLine,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.withheld import WithheldLetter, make_withheld_letter
from tests.letters.sample_notice import DAY, UNITS, at

DUE = at("2023-05-17 16:00:00")
NOW = at("2023-05-17 16:30:00")
_RECEIPT = """\
濮阳县教育局老师，您好：
您报送的材料已经收下，谢谢。

回执编号：1000-3
照片（5月17日）：12 个文件，按时
"""
_MAIL = "mailto:py8991718@126.com?subject=%E6%94%B6&body="


def accepted_line(
    number: int, unit: str, material: str = "照片", received: str = "2023-05-17 15:02:11"
) -> AcceptedLine:
    return AcceptedLine(unit, material, DAY, f"{1000 + number}-3", at(received), 12)


def answer(line: str) -> ReadyAnswer:
    return ReadyAnswer(line, f"{_MAIL}{line.replace(' ', '%20')}")


def contact(name: str, *numbers: str) -> ContactLine:
    return ContactLine(name, tuple(Phone(number, number.replace("-", "")) for number in numbers))


NOBODY = ContactLine()


def owing_unit(number: int, missing: str = "", returned: str = "", named: ContactLine = NOBODY) -> OwingUnit:
    return OwingUnit(UNITS[number], missing, returned, named)


BOTH = "文字材料、照片（5月17日）"
DIGEST_BUSY = Digest(
    bureau="濮阳市教育局",
    event="职教活动周濮阳",
    since=at("2023-05-16 17:30:00"),
    now=NOW,
    mails=MailTotals(mails=19, accepted=7, rejected=3, held=2, other=7),
    items=ItemTotals(accepted=9, late=2, rejected=3, held=2),
    open_items=(
        OpenItem(
            OpenKind.HELD,
            "1012-5",
            "濮阳县教育局",
            "活动周濮阳县教育局工作总结",
            "jyj@126.com",
            at("2023-05-16 16:30:00"),
            "工作总结.rar 收件程序还打不开，请下载后看一看",
            contact=contact("张敏", "0393-3221718"),
            ready_answers=(answer("收 1012-5"), answer("退 1012-5 请换成 zip 再发")),
        ),
        OpenItem(
            OpenKind.LINK,
            "1013-4",
            "",
            "",
            "x@qq.com",
            at("2023-05-17 15:41:00"),
            "",
            (
                HeldLink(
                    "开幕式全程.mp4",
                    "180.2M",
                    "https://u.163.com/x",
                    left="还能下载 15 天（到 6月1日 23:59）",
                ),
                HeldLink("花絮.mp4", "", "https://u.163.com/y"),
            ),
            ready_answers=(answer("收 1013-4"), answer("退 1013-4 链接打不开")),
        ),
        OpenItem(
            OpenKind.CONTESTED,
            "1050-2",
            "清丰县教育局",
            "活动周清丰县教育局照片",
            "other@163.com",
            at("2023-05-17 15:50:00"),
            "“清丰县教育局”的照片（5月17日）已收下的来自 qf@163.com（回执编号 1049-7），这一封来自 other@163.com，"
            "请核实以哪一封为准",
            ready_answers=(answer("收 1050-2"), answer("退 1050-2 以原来的为准")),
        ),
        OpenItem(
            OpenKind.BOUNCED,
            "1043-5",
            "台前县教育局",
            "【请补正】活动周台前县教育局照片（回执编号 1043-5）",
            "tq_jyj@163.com",
            at("2023-05-17 14:25:00"),
            "回信被退回：对方邮箱已满。请电话告知对方，并核对邮箱地址",
            contact=contact("李建国", "13800000000"),
        ),
    ),
    owing=Owing(
        nothing=(
            owing_unit(3, BOTH, named=contact("王芳", "0393-7261718", "13900000000")),
            owing_unit(5, BOTH),
            owing_unit(7, BOTH, named=contact("赵强", "13700000000")),
        ),
        unmended=(owing_unit(4, "文字材料（5月17日）", "照片（5月17日）", contact("李建国", "13800000000")),),
        partly=(owing_unit(2, "照片（5月17日）"), owing_unit(6, "照片（5月14—16日）")),
        missing_units=6,
        returned_units=1,
    ),
    group_text=(
        "各位老师好，职教活动周的材料，到5月17日16:30还缺这些：",
        "还没报文字材料、照片（5月17日）的（3 个单位）：范县教育局、华龙区教育局、濮阳县职业技术学校",
        "还没报照片（5月17日）的（1 个单位）：南乐县教育局",
        "照片（5月17日）退回后还没改好的（1 个单位）：台前县教育局",
        "请尽快发到 py8991718@126.com；已经发了没收到回信的，请打电话告诉我们。谢谢！",
    ),
    next_due=("文字材料、照片（5月18日），5月18日16:00前，还有 10 个单位没报",),
    matrix=Matrix(
        (
            MatrixColumn("文字材料", tuple(date(2023, 5, day) for day in range(14, 18)), 5, 10, "截止 16:00"),
            MatrixColumn("照片", tuple(date(2023, 5, day) for day in range(14, 18)), 4, 10, "截止 16:00"),
            MatrixColumn("工作总结", (), 1, 10, "截止 5月23日24:00"),
        ),
        (
            MatrixRow("濮阳县", ("收收收收", "收收收收", "待")),
            MatrixRow("清丰县", ("收迟收收", "收收收收", "・")),
            MatrixRow("南乐县", ("收收收迟", "收收收－", "・")),
            MatrixRow("范县", ("收收收－", "收收收－", "・")),
            MatrixRow("台前县", ("收收收－", "收收收退", "・")),
            MatrixRow("濮阳市职业中等专业学校", ("收收收收", "－－－收", "・")),
        ),
    ),
    returned=(
        ReturnedLine(
            "台前县教育局",
            "照片（5月17日）",
            "1043-5",
            "tq_jyj@163.com",
            at("2023-05-17 14:20:00"),
            ("12 张照片像素不够：最大 1440 像素", "没有找到图片的文字说明"),
            ReplyStatus.BOUNCED,
        ),
        ReturnedLine(
            "",
            "材料",
            "1044-3",
            "1234567@qq.com",
            at("2023-05-17 15:58:41"),
            ("主题里的“濮阳县职业技术学院”不在报送名册里",),
            ReplyStatus.WITHHELD,
        ),
    ),
    quotas=(QuotaSummary("宣传材料", (QuotaGroup("一篇没报", UNITS[2:5]), QuotaGroup("差 1 篇", UNITS[:1])), 2, 6),),
    sums=(
        SumLine("活动情况统计表", "参与人数", "1,240", 7),
        SumLine("活动情况统计表", "填写行数", "12", 7),
    ),
    media=(
        MediaLine("濮阳县教育局", "大河网", "技能点亮人生 匠心成就梦想", "https://www.example.cn/news/1.html"),
        MediaLine("清丰县教育局", "清丰融媒", "职教活动周启动", ""),
    ),
    photos=(
        PhotoLine("p1.1000-3@intake", "濮阳县教育局", "开幕式现场", "4000×3000", "1000-3", 1),
        PhotoLine("p2.1001-3@intake", "清丰县教育局", "技能展示", "3024×4032", "1001-3", 2),
    ),
    accepted=(
        *(accepted_line(n, unit) for n, unit in enumerate(UNITS[:2])),
        replace(accepted_line(20, UNITS[8], received="2023-05-17 16:00:01"), lateness="迟报 1 秒"),
    ),
    waiting=(
        WaitingLine("清丰县教育局", "活动周清丰县教育局照片（1/3）", "qf@163.com", at("2023-05-17 16:05:00"), "1070-3"),
    ),
    notes=(
        NoteLine(
            "1000-3",
            "濮阳县教育局",
            "发件邮箱 someone@qq.com 不在“濮阳县教育局”登记的邮箱里",
            ("someone@qq.com",),
        ),
    ),
    first_addresses=(
        NoteLine("1000-3", "濮阳县教育局", "someone@qq.com"),
        NoteLine("1010-3", "清丰县教育局", "qfx_zjs@126.com"),
    ),
    contacts=(NoteLine("1002-4", "范县教育局", "名册 王红 0393-7260000 → 联络员信息表 王芳 13900000000"),),
    trouble=(
        TroubleLine(
            "给 zzx@qq.com 的信还没有送达：对方服务器暂时不收",
            at("2023-05-17 14:25:00"),
            "如地址有误，请电话告知对方",
            ("zzx@qq.com",),
        ),
    ),
    withheld=(
        make_withheld_letter("jyj@126.com", "【已收】活动周濮阳县教育局照片（回执编号 1000-3）", _RECEIPT),
        WithheldLetter("zzx@qq.com", "【请补正】活动周濮阳市职业中等专业学校照片（回执编号 1030-1）"),
    ),
)

DIGEST_EMPTY = Digest(
    bureau="濮阳市教育局",
    event="职教活动周濮阳",
    since=None,
    now=at("2023-05-13 17:30:00"),
    mails=MailTotals(0, 0, 0, 0, 0),
)

DIGEST_BAD = replace(
    DIGEST_EMPTY,
    since=at("2023-05-16 17:30:00"),
    now=at("2023-05-17 17:30:00"),
    mails=MailTotals(1, 0, 0, 0, 0),
    expects=False,
    returned=(
        ReturnedLine(
            "台前县教育局", "照片（5月17日）", "1043-5", "tq_jyj@163.com", at("2023-05-17 14:20:00"), ("没有文字说明",)
        ),
    ),
)
"""The roster is empty, and one mail is lost from the count."""
