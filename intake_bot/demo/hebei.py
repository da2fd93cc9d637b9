"""河北's mailbox on Sunday, 28 May 2023: the summaries were due the evening before."""

from __future__ import annotations

from intake_bot.demo.clients import FOXMAIL, IPHONE, NETEASE, OUTLOOK, OUTLOOK_EXPRESS, QQ
from intake_bot.demo.mailbox import DemoMailbox, Person
from intake_bot.demo.material import article, small_photo, summary
from intake_bot.judging.verdict import Disposition

_BOX = DemoMailbox("hebei", "hbsjytzcc@163.com")
_ACCEPTED, _REJECTED, _IGNORED = Disposition.ACCEPTED, Disposition.REJECTED, Disposition.IGNORED

HEBEI_MAILS = (
    _BOX.mail(
        "照片，手机直接发",
        _ACCEPTED,
        "2023-05-17T15:26:40",
        Person("河北交院团委", "hbjt@mobile.example", IPHONE),
        "活动周河北交通职业技术学院照片材料",
        "桥梁专业学生在实训基地展示无人机巡检，5月17日。",
        lambda: {"无人机巡检展示.jpg": small_photo(81), "桥梁模型制作.jpg": small_photo(82)},
    ),
    _BOX.mail(
        "典型案例",
        _ACCEPTED,
        "2023-05-18T10:11:12",
        Person("雄安新区公共服务局", "xaggfw@office.example", OUTLOOK),
        "活动周雄安新区典型案例材料",
        "附件是我区典型案例，请查收。",
        lambda: {"典型案例.docx": article("新区建设者的夜校", 1200)},
    ),
    _BOX.mail(
        "QQ邮箱的退信",
        _IGNORED,
        "2023-05-18T17:40:02",
        Person("PostMaster", "PostMaster@qq.example", QQ),
        "来自qq.com的退信",
        "无法发送到 xaggfw@qq.example\n退信原因：收件人邮件地址不存在\n解决方案：请核对收件人邮箱地址",
    ),
    _BOX.mail(
        "订阅的简报",
        _IGNORED,
        "2023-05-22T08:00:00",
        Person("职教参考", "weekly@news.example", FOXMAIL),
        "职教参考：2023年职业教育活动周回顾",
        "本期目录：一、各地活动周综述；二、政策解读。",
        extra=(("List-Id", "<weekly.news.example>"), ("Precedence", "bulk")),
    ),
    _BOX.mail(
        "总结，文中有图",
        _ACCEPTED,
        "2023-05-24T16:05:18",
        Person("唐山市教育局职教科", "tszjk@163.example", NETEASE),
        "2023年职业教育活动周唐山市教育局总结",
        "附件是我市总结，请查收。",
        lambda: {"唐山市2023年职业教育活动周总结.docx": summary("唐山市2023年职业教育活动周总结")},
    ),
    _BOX.mail(
        "总结没有图片，也没提亮点和案例",
        _REJECTED,
        "2023-05-25T09:33:09",
        Person("衡水市教育局", "hssjyj@office.example", OUTLOOK_EXPRESS),
        "活动周衡水市教育局总结材料",
        "附件是我市总结，请查收。",
        lambda: {"总结.docx": article("活动周开展情况", 900)},
    ),
    _BOX.mail(
        "一个主题写了两个单位",
        _REJECTED,
        "2023-05-26T11:20:00",
        Person("张伟", "zhangwei@qq.example", QQ),
        "活动周石家庄市教育局、保定市教育局总结",
        "附件是两市总结，请查收。",
        lambda: {"石家庄总结.docx": summary("石家庄市总结", 1), "保定总结.docx": summary("保定市总结", 1)},
    ),
    _BOX.mail(
        "总结迟到一夜",
        _ACCEPTED,
        "2023-05-28T08:31:54",
        Person("定州市教育局", "dzsjyj@foxmail.example", FOXMAIL),
        "活动周定州市总结材料",
        "附件是我市总结，请查收。",
        lambda: {"定州市总结.docx": summary("定州市总结")},
    ),
)
"""In the order of arrival."""
