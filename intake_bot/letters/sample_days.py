"""A bureau's busy day and an empty one, for the sample digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from intake_bot.letters.digest import (
    Answered,
    DigestContext,
    HeldLine,
    HeldLink,
    ItemLine,
    NoteLine,
    Sum,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.missing import MissingRow, QuotaRow
from intake_bot.letters.sample_notice import DAY, UNITS, at
from intake_bot.letters.withheld import WithheldLetter, withheld_letter

DUE = at("2023-05-17 16:00:00")
_RECEIPT = """\
濮阳县教育局老师，您好：
您报送的材料已经收下，谢谢。

回执编号：1000-3
照片（5月17日）：12 个文件，按时
"""


def accepted_line(number: int, unit: str, material: str = "照片", received: str = "2023-05-17 15:02:11") -> ItemLine:
    return ItemLine(unit, material, DAY, f"{1000 + number}-3", at(received), "a@example.edu.cn", 12, DUE)


DIGEST_BUSY = DigestContext(
    bureau="濮阳市教育局",
    day=DAY,
    now=at("2023-05-17 17:30:00"),
    sum=Sum(mails=19, accepted=7, rejected=3, held=2, other=7),
    missing=(
        MissingRow("文字材料", DAY, DUE, UNITS[3:8], 10),
        MissingRow("照片", DAY, DUE, UNITS[2:8], 10),
        MissingRow("视频", DAY, DUE, (), 10),
        MissingRow("图片新闻", DAY, DUE, UNITS, 10),
        MissingRow("工作总结", None, at("2023-05-24 00:00:00"), UNITS[1:], 10),
    ),
    accepted=(
        *(accepted_line(n, unit) for n, unit in enumerate(UNITS[:2])),
        *(accepted_line(10 + n, unit, "文字材料") for n, unit in enumerate(UNITS[:3])),
        replace(accepted_line(20, UNITS[8], received="2023-05-17 16:00:01"), late=True),
        replace(accepted_line(21, UNITS[9], received="2023-05-17 17:12:05"), late=True),
    ),
    rejected=(
        ItemLine(
            "台前县教育局",
            "照片",
            DAY,
            "1043-5",
            at("2023-05-17 14:20:00"),
            "tq_jyj@163.com",
            13,
            DUE,
            answered=Answered.UNDELIVERED,
            reasons=("12 张照片没有放进压缩包", "4 张照片不到 2000 像素", "没有文字说明"),
        ),
        ItemLine(
            "",
            "",
            None,
            "1044-3",
            at("2023-05-17 15:58:41"),
            "1234567@qq.com",
            1,
            answered=Answered.WITHHELD,
            reasons=("主题里的“濮阳县职业技术学院”不在报送名册里",),
        ),
    ),
    held=(
        HeldLine(
            "1012-5",
            "濮阳县教育局",
            "活动周濮阳县教育局工作总结",
            "jyj@126.com",
            at("2023-05-17 16:30:00"),
            "工作总结.rar 收件程序还打不开，请下载后看一看",
        ),
        HeldLine(
            "1013-4",
            "",
            "",
            "x@qq.com",
            at("2023-05-17 16:41:00"),
            "邮件里有超大附件，要由工作人员下载查看",
            (
                HeldLink("开幕式全程.mp4", "180.2M，2023年6月1日到期", "https://u.163.com/x"),
                HeldLink("花絮.mp4", "", "https://u.163.com/y"),
            ),
        ),
    ),
    held_before=("1002-4", "1006-2"),
    waiting=(
        WaitingLine("清丰县教育局", "活动周清丰县教育局照片（1/3）", "qf@163.com", at("2023-05-17 17:05:00"), "1070-3"),
    ),
    notes=(NoteLine("1000-3", "濮阳县教育局", "发件邮箱 someone@qq.com 不在“濮阳县教育局”登记的邮箱里"),),
    trouble=(
        TroubleLine(
            "有一封信没有送到 tq_jyj@163.com：对方邮箱已满",
            at("2023-05-17 14:25:00"),
            "请打电话告诉台前县教育局（回执 1043-5）。",
        ),
    ),
    withheld=(
        withheld_letter("jyj@126.com", "【已收】活动周濮阳县教育局照片（回执编号 1000-3）", _RECEIPT),
        WithheldLetter("zzx@qq.com", "【请补正】活动周濮阳市职业中等专业学校照片（回执编号 1030-1）"),
    ),
    quotas=(QuotaRow("濮阳县教育局", "宣传材料", 1, 2), QuotaRow("清丰县教育局", "宣传材料", 2, 2)),
)

DIGEST_EMPTY = DigestContext(
    bureau="濮阳市教育局",
    day=date(2023, 5, 13),
    now=at("2023-05-13 17:30:00"),
    sum=Sum(0, 0, 0, 0, 0),
    missing=(
        MissingRow("照片", date(2023, 5, 14), at("2023-05-14 16:00:00"), UNITS, 10),
        MissingRow("工作总结", None, at("2023-05-24 00:00:00"), UNITS, 10),
    ),
)

DIGEST_BAD = replace(
    DIGEST_EMPTY,
    day=DAY,
    now=at("2023-05-17 17:30:00"),
    sum=Sum(1, 0, 0, 0, 0),
    missing=(MissingRow("照片", DAY, DUE, UNITS, 10),),
    rejected=(
        ItemLine(
            "台前县教育局",
            "照片",
            DAY,
            "1043-5",
            at("2023-05-17 14:20:00"),
            "tq_jyj@163.com",
            13,
            DUE,
            reasons=("没有文字说明",),
        ),
    ),
)
"""Nobody reported well, and one mail is lost from the count."""
