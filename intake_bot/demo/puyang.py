"""濮阳's mailbox on Wednesday, 17 May 2023: the day's material was due at 16:00."""

from __future__ import annotations

from collections.abc import Mapping

from intake_bot.demo.clients import FOXMAIL, IPHONE, NETEASE, OUTLOOK, OUTLOOK_EXPRESS, QQ
from intake_bot.demo.mailbox import DemoMailbox, Person
from intake_bot.demo.material import album, article, clip, photo, small_photo
from intake_bot.demo.media import chinese_text, docx, landscape, mp4, png, zip_of
from intake_bot.demo.rar import rar_of
from intake_bot.judging.verdict import Disposition

_BOX = DemoMailbox("puyang", "py8991718@126.com")
_ACCEPTED, _REJECTED = Disposition.ACCEPTED, Disposition.REJECTED
_PARTIAL, _HELD, _IGNORED = Disposition.PARTIAL, Disposition.HELD, Disposition.IGNORED

_BIG_ATTACHMENT = """<div>各位老师好，视频文件较大，用超大附件发送。</div><br>
<div id="QQMailBigAttach"><div>从QQ邮箱发来的超大附件</div>
<div><span class="qqmailbgattach" expiretime="1686751200">
<a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=5f3a0000demo&amp;code=0000demo" target="_blank">
我的一天.mp4</a> (186.42M, 2023年06月14日 22:00 到期)</span></div></div>"""


def _opening_album() -> Mapping[str, bytes]:
    photos = {"启动仪式现场.jpg": photo(1), "学生展示茶艺.jpg": photo(2)}
    captions = ["图1：5月17日，濮阳县职业教育活动周启动仪式现场。", "图2：旅游专业学生展示茶艺。"]
    return {"濮阳县教育局照片.zip": album(photos, captions)}


def _picture_news() -> Mapping[str, bytes]:
    word = article("巧手绘非遗", 260, pictures=1, notes=["图片来源：濮阳职业技术学院 孙晓 摄"])
    return {"图片新闻：巧手绘非遗.docx": word, "图片.zip": zip_of({"巧手绘非遗.jpg": landscape(1600, 1200, seed=5)})}


def _media_report() -> Mapping[str, bytes]:
    word = article(
        "濮阳日报：华龙区职教活动周启动", 420, pictures=1, links=["https://news.example.cn/20230517/hualong.html"]
    )
    return {"媒体报道.docx": word, "报道图片.zip": zip_of({"报道配图.jpg": landscape(1600, 1200, seed=6)}, gbk=True)}


def _three_materials() -> Mapping[str, bytes]:
    return {
        "文字材料.docx": article("石化学子的开放日", 980),
        "化工实训室参观现场.jpg": small_photo(61),
        "实训室.mp4": clip(30),
    }


_OPEN_DAY = _BOX.mail(
    "文字材料，GBK标成gb2312，用单位简称",
    _ACCEPTED,
    "2023-05-17T09:30:41",
    Person("陈镕", "chenrong@foxmail.example", FOXMAIL),
    "活动周濮职中文字材料——校园开放日",
    "老师您好，附件是我校文字材料，请查收。",
    lambda: {"文字材料——校园开放日（陈镕）.docx": article("校园开放日侧记", 1100)},
)

PUYANG_MAILS = (
    _BOX.mail(
        "照片，压缩包里的文件名是GBK",
        _ACCEPTED,
        "2023-05-17T09:12:15",
        Person("濮阳县教体局职成科", "pyxzck@163.example", NETEASE),
        "活动周濮阳县教育局照片材料",
        "市局职成科：\n\n附件是我县活动周启动仪式的照片，请查收。\n\n濮阳县教育局",
        _opening_album,
    ),
    _OPEN_DAY,
    _BOX.duplicate(_OPEN_DAY, "同一封信又到一次", minutes=4),
    _BOX.mail(
        "照片单独附着、格式不对、太小、没有说明",
        _REJECTED,
        "2023-05-17T10:05:02",
        Person("刘洋", "liuyang@mobile.example", IPHONE),
        "活动周濮阳技师学院图片材料",
        "发自我的iPhone",
        lambda: {"mmexport1684288888888.jpg": small_photo(11), "微信图片_20230517.png": png(1080, 720, seed=12)},
    ),
    _BOX.mail(
        "视频，另附文字说明",
        _ACCEPTED,
        "2023-05-17T10:20:33",
        Person("清丰职校团委", "qfzx@qq.example", QQ),
        "【活动周】清丰县职业技术学校视频",
        "老师您好，附件是我校视频和文字说明，请查收。",
        lambda: {"技能展示.mp4": clip(45), "视频文字说明.docx": docx([chinese_text(120)])},
    ),
    _BOX.mail(
        "图片新闻，Word文件和图片压缩包",
        _ACCEPTED,
        "2023-05-17T10:44:09",
        Person("宣传部 孙老师", "xcb@college.example", OUTLOOK),
        "活动周——濮阳职业技术学院——图片新闻",
        "附件为我院图片新闻，请审阅。",
        _picture_news,
    ),
    _BOX.mail(
        "媒体报道，文中有链接",
        _ACCEPTED,
        "2023-05-17T11:02:50",
        Person("华龙区教育局", "hlqjyj@163.example", NETEASE),
        "活动周-华龙区教育局-媒体报道",
        "现将媒体报道情况报上，请查收。",
        _media_report,
    ),
    _BOX.mail(
        "文字写在正文里，略少，邮件头是裸GBK",
        _ACCEPTED,
        "2023-05-17T11:31:27",
        Person("南乐县教育局办公室", "nlxjyj@office.example", OUTLOOK_EXPRESS),
        "活动周南乐县教育局活动情况",
        f"市教育局职成科：\n\n{chinese_text(740)}\n\n南乐县教育局\n2023年5月17日",
    ),
    _BOX.mail(
        "文字材料只有三百字",
        _REJECTED,
        "2023-05-17T13:08:44",
        Person("台前县教育局", "tqxjyj@qq.example", QQ),
        "活动周台前县教育局文字材料",
        "附件是我县文字材料，请查收。",
        lambda: {"活动情况.docx": article("活动情况", 300)},
    ),
    _BOX.mail(
        "单位名称写错一个字",
        _REJECTED,
        "2023-05-17T13:40:18",
        Person("王芳", "wangfang@163.example", NETEASE),
        "活动周濮阳县职业技木学校文字材料",
        "附件是我校文字材料，请查收。",
        lambda: {"文字材料.docx": article("匠心筑梦", 1000)},
    ),
    _BOX.mail(
        "主题没写单位",
        _REJECTED,
        "2023-05-17T14:02:36",
        Person("李强", "liqiang@qq.example", QQ),
        "活动周我校图片材料",
        "附件是我校照片，请查收。",
        lambda: {"活动周照片.zip": album({"实训室开放日参观现场.jpg": photo(21)}, ["学生家长参观数控实训室。"])},
    ),
    _BOX.mail(
        "主题照抄样板",
        _REJECTED,
        "2023-05-17T14:15:00",
        Person("范县教育局", "fxjyj@office.example", OUTLOOK_EXPRESS),
        "活动周xx单位xx材料",
        "附件是我县文字材料，请查收。",
        lambda: {"文字材料.docx": article("职教活动周在范县", 1000)},
    ),
    _BOX.mail(
        "补正后的照片",
        _ACCEPTED,
        "2023-05-17T14:38:55",
        Person("刘洋", "liuyang@163.example", NETEASE),
        "回复：活动周濮阳技师学院图片材料",
        "老师您好，照片已换成原图并打包，请查收。",
        lambda: {"濮阳技师学院.zip": album({"焊接技能比赛现场.jpg": photo(31)}, ["焊接专业学生在技能比赛中。"])},
    ),
    _BOX.mail(
        "视频是mov、分辨率低、没有说明",
        _REJECTED,
        "2023-05-17T15:01:12",
        Person("团委值班", "tuanwei@mobile.example", IPHONE),
        "活动周濮阳医专视频材料",
        "请查收。\n\n发自我的iPhone",
        lambda: {"IMG_0517.mov": mp4(480, 272, 20, brand="qt  ")},
    ),
    _BOX.mail(
        "三种材料，只有照片不合格",
        _PARTIAL,
        "2023-05-17T15:22:47",
        Person("石化学院宣传部", "shxcb@college.example", OUTLOOK),
        "活动周濮阳石油化工职业技术学院文字图片视频材料",
        "附件是我院文字、图片、视频材料，请查收。",
        _three_materials,
    ),
    _BOX.mail(
        "照片是rar压缩包",
        _ACCEPTED,
        "2023-05-17T15:35:20",
        Person("清丰县教育局", "qfxjyj@foxmail.example", FOXMAIL),
        "活动周清丰县教育局照片",
        "附件是5月17日我县活动周开幕式的照片，学生正在展示无人机操作。",
        lambda: {"清丰县教育局照片.rar": rar_of({"开幕式.jpg": landscape(2400, 1600, min_bytes=2_100_000, seed=41)})},
    ),
    _BOX.mail(
        "视频用超大附件",
        _HELD,
        "2023-05-17T15:48:03",
        Person("科技学院招就处", "kjxy@qq.example", QQ),
        "活动周濮阳科技职业学院我的一天",
        "各位老师好，视频文件较大，用超大附件发送。",
        page=_BIG_ATTACHMENT,
    ),
    _BOX.mail(
        "照片迟到七分钟",
        _ACCEPTED,
        "2023-05-17T16:07:23",
        Person("范县职校教务处", "fxzxjwc@qq.example", QQ),
        "活动周范县职业技术学校照片",
        "附件是我校今天的照片，请查收。",
        lambda: {"照片.zip": album({"社区便民服务现场.jpg": photo(51)}, ["电子专业学生为居民检修家电。"])},
    ),
    _BOX.mail(
        "QQ邮箱的自动回复",
        _IGNORED,
        "2023-05-17T16:10:00",
        Person("清丰职校团委", "qfzx@qq.example", QQ),
        "自动回复: 【已收】活动周清丰县职业技术学校视频",
        "您好，您的邮件已收到，我会尽快回复。",
        extra=(("X-QQ-AUTO-REPLY", "true"),),
    ),
    _BOX.mail(
        "126邮箱的系统退信",
        _IGNORED,
        "2023-05-17T16:20:31",
        Person("Postmaster", "Postmaster@126.example", NETEASE),
        "系统退信",
        "抱歉，您的邮件被退回来了……\n原邮件信息\n主　题：【请补正】活动周材料\n退信原因：收件人不存在",
    ),
    _BOX.mail(
        "同事的私信",
        _IGNORED,
        "2023-05-17T16:41:09",
        Person("老赵", "laozhao@qq.example", QQ),
        "周六爬山还去吗？",
        "周六早上七点老地方集合，记得带水。",
    ),
)
"""In the order of arrival."""
