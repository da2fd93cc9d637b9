"""教育部's mailbox on Wednesday, 24 May 2023: summaries come by mail, all else through the online system."""

from __future__ import annotations

from intake_bot.demo.clients import FOXMAIL, NETEASE, OUTLOOK, QQ
from intake_bot.demo.mailbox import DemoMailbox, Person
from intake_bot.demo.material import article, small_photo, summary
from intake_bot.judging.verdict import Disposition

_BOX = DemoMailbox("moe", "zcs@moe.edu.cn")
_ACCEPTED, _IGNORED = Disposition.ACCEPTED, Disposition.IGNORED

MOE_MAILS = (
    _BOX.mail(
        "典型案例应走网上系统",
        Disposition.REJECTED,
        "2023-05-16T10:02:33",
        Person("北京市教委职成处", "bjzcc@office.example", OUTLOOK),
        "活动周北京市教育委员会典型案例材料",
        "附件是我市典型案例，请查收。",
        lambda: {"典型案例.docx": article("胡同里的老手艺", 1200)},
    ),
    _BOX.mail(
        "行指委的总结",
        _ACCEPTED,
        "2023-05-23T14:48:21",
        Person("机械行指委秘书处", "jxhzw@163.example", NETEASE),
        "活动周全国机械职业教育教学指导委员会总结",
        "附件是我委总结，请查收。",
        lambda: {"机械行指委活动周总结.docx": summary("机械行指委活动周总结")},
    ),
    _BOX.mail(
        "总结和照片，照片应走网上系统",
        Disposition.PARTIAL,
        "2023-05-24T09:15:00",
        Person("浙江省教育厅", "zjjyt@foxmail.example", FOXMAIL),
        "活动周浙江省教育厅总结、照片",
        "附件是我省总结和照片，请查收。",
        lambda: {"浙江省总结.docx": summary("浙江省总结"), "西湖边的职教市集.jpg": small_photo(91)},
    ),
    _BOX.mail(
        "省厅的总结",
        _ACCEPTED,
        "2023-05-24T10:30:12",
        Person("河北省教育厅职成处", "hbzcc@163.example", NETEASE),
        "转发：活动周河北省教育厅总结材料",
        "附件是我省总结，请查收。",
        lambda: {"河北省总结.docx": summary("河北省总结", 3)},
    ),
    _BOX.mail(
        "与活动周无关的来信",
        _IGNORED,
        "2023-05-24T16:00:00",
        Person("某出版社", "editor@press.example", QQ),
        "约稿函",
        "尊敬的老师：我社拟出版职业教育丛书，诚邀赐稿。",
    ),
)
"""In the order of arrival."""
