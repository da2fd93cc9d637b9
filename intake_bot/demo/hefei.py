"""合肥's mailbox on Thursday, 18 May 2023: the first day's 日报 was due at 10:00."""

from __future__ import annotations

from collections.abc import Mapping

from intake_bot.demo.clients import FOXMAIL, IPHONE, NETEASE, OUTLOOK, QQ
from intake_bot.demo.mailbox import DemoMailbox, Person
from intake_bot.demo.material import activity_form, article, clip, contact_form, media_form, small_photo
from intake_bot.judging.verdict import Disposition

_BOX = DemoMailbox("hefei", "hfsjyzcc@163.com")
_ACCEPTED, _REJECTED, _IGNORED = Disposition.ACCEPTED, Disposition.REJECTED, Disposition.IGNORED

_READ_RECEIPT = """\
Received: from office.example (unknown [192.0.2.40]) by mx.example with SMTP; Thu, 18 May 2023 11:02:00 +0800
Date: Thu, 18 May 2023 11:01:58 +0800
From: =?gb2312?B?us+3ysrQvq3Dsw==?= <jingmao@office.example>
To: <hfsjyzcc@163.com>
Subject: =?gb2312?B?0tG2wTog?= =?utf-8?B?5rS75Yqo5ZGo5p2Q5paZ5Zue5omn?=
Message-ID: <read-5a1c@office.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="report"

--report
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

您的邮件已于2023年5月18日11:01阅读。
--report
Content-Type: message/disposition-notification

Reporting-UA: office.example; Outlook
Final-Recipient: rfc822;jingmao@office.example
Disposition: manual-action/MDN-sent-manually; displayed
--report--
"""


def _full_report() -> Mapping[str, bytes]:
    unit = "合肥工业学校"
    return {
        "附件2 活动情况日报表.xlsx": activity_form(unit),
        "附件3 媒体宣传情况日报表.xlsx": media_form(unit),
        "5月17日活动情况.docx": article("5月17日活动情况", 700),
        "校园开放日现场.jpg": small_photo(72),
        "机器人实训室.mp4": clip(20),
    }


HEFEI_MAILS = (
    _BOX.mail(
        "联络员信息表",
        _ACCEPTED,
        "2023-05-10T15:20:11",
        Person("经贸旅游学校 周敏", "zhoumin@school.example", FOXMAIL),
        "活动周合肥市经贸旅游学校联络员信息表",
        "附件是我校联络员信息表，请查收。",
        lambda: {"附件1 联络员信息表.xlsx": contact_form("合肥市经贸旅游学校")},
    ),
    _BOX.mail(
        "走进校园方案过了期限",
        _ACCEPTED,
        "2023-05-13T08:55:30",
        Person("铁路工程学校", "tlgc@school.example", OUTLOOK),
        "活动周合肥铁路工程学校走进校园活动方案",
        "附件是我校方案，请查收。",
        lambda: {"走进校园活动内容及方案.docx": article("走进校园活动内容及方案", 600)},
    ),
    _BOX.mail(
        "日报，两张表和文字、照片、视频齐全",
        _ACCEPTED,
        "2023-05-18T09:20:45",
        Person("合肥工业学校办公室", "hgx@163.example", NETEASE),
        "活动周合肥工业学校日报材料",
        "市教育局职成处：\n\n现报送我校5月17日活动情况，请查收。",
        _full_report,
    ),
    _BOX.mail(
        "日报少一张表",
        _REJECTED,
        "2023-05-18T09:41:07",
        Person("巢湖职教中心", "chzj@qq.example", QQ),
        "活动周巢湖职业教育中心日报",
        "附件是我校日报，请查收。",
        lambda: {"活动情况日报表.xlsx": activity_form("巢湖职业教育中心"), "活动情况.docx": article("活动情况", 500)},
    ),
    _BOX.mail(
        "宣传材料",
        _ACCEPTED,
        "2023-05-18T09:52:26",
        Person("庐江县教体局", "ljxjtj@163.example", NETEASE),
        "[活动周][庐江县教育体育局][典型案例材料]",
        "附件是我县典型案例，请查收。",
        lambda: {"典型案例：一把焊枪走天下.docx": article("一把焊枪走天下", 1300)},
    ),
    _BOX.mail(
        "日报迟到二十四分钟",
        _ACCEPTED,
        "2023-05-18T10:24:00",
        Person("肥东县教体局职成科", "fdzck@foxmail.example", FOXMAIL),
        "活动周肥东县教育体育局日报",
        "附件是我县昨日日报，请查收。",
        lambda: {"附件1.xlsx": activity_form("肥东县教育体育局"), "附件2.xlsx": media_form("肥东县教育体育局")},
    ),
    _BOX.mail(
        "主题没有“活动周”",
        _REJECTED,
        "2023-05-18T10:40:19",
        Person("腾飞职校", "tfzx@mobile.example", IPHONE),
        "合肥腾飞职业学校5月17日照片",
        "附件是我校照片，请查收。",
        lambda: {"非遗剪纸体验课.jpg": small_photo(71)},
    ),
    _BOX.raw("已读回执", "2023-05-18T11:02:00", lambda: _READ_RECEIPT.replace("\n", "\r\n").encode()),
    _BOX.mail(
        "别的处室发来的会议通知",
        _IGNORED,
        "2023-05-18T15:30:00",
        Person("局办公室", "jubangongshi@office.example", OUTLOOK),
        "关于召开安全工作会议的通知",
        "各处室：会议时间见附件，请准时参加。",
        lambda: {"会议通知.docx": article("关于召开安全工作会议的通知", 300)},
    ),
)
"""In the order of arrival."""
