"""A notice, its mails and a bureau's day: what the golden letters speak of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from intake_bot.files.facts import FileFacts, Kind
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.letters.digest import (
    Answered,
    DigestContext,
    HeldLine,
    ItemLine,
    MissingRow,
    QuotaLine,
    Sum,
    TroubleLine,
    WithheldLetter,
)
from intake_bot.letters.reply import AnswerContext
from intake_bot.letters.templates import Templates
from intake_bot.notices.notice import Notice, Severity

ZONE = timezone(timedelta(hours=8))
TEMPLATES = Templates([Path(__file__).parents[2] / "templates"])

PUYANG = Notice.model_validate(
    {
        "id": "puyang-2023",
        "bureau": "puyang",
        "number": "濮教工委〔2023〕8号",
        "title": "关于做好2023年濮阳市职业教育活动周相关工作的通知",
        "week": {"first": "2023-05-14", "last": "2023-05-20"},
        "subject": {"form": "活动周xx单位xx材料"},
        "materials": [
            {"name": name, "due": due, "late": late, "clause": "四（三）", "quote": "及时报送材料"}
            for name, due, late in (
                ("文字材料", "每天16:00前", "mark"),
                ("照片", "每天16:00前", "mark"),
                ("视频", "每天16:00前", "mark"),
                ("工作总结", "活动周结束后3日内", "mark"),
                ("招生宣传短视频", "活动周期间", "reject"),
            )
        ],
    }
)
MOE = Notice.model_validate(
    {
        "id": "moe-2023",
        "bureau": "moe",
        "number": "教职成函〔2023〕5号",
        "title": "关于做好2023年职业教育活动周相关工作的通知",
        "week": {"first": "2023-05-14", "last": "2023-05-20"},
        "subject": {"form": "活动周xx单位xx材料"},
        "online": {
            "name": "职业教育活动周网上报送系统",
            "address": "https://zjhdz.example.cn",
            "clause": "五（四）",
            "quote": "活动周期间，各地要及时通过网上系统报送典型案例、稿件、照片、视频等资料",
        },
        "materials": [
            {
                "name": "典型案例",
                "due": "活动周期间",
                "channel": "online",
                "clause": "五（四）",
                "quote": "通过网上系统报送",
            },
            {"name": "总结", "due": "活动周结束后一周内", "clause": "五（四）", "quote": "活动周结束后一周内"},
        ],
    }
)

PHOTO_CLAUSE = "四（三）2"
PHOTO_QUOTE = "格式为JPG文件，不低于2000像素、2M，配文字说明，以压缩包形式报送"


def at(text: str) -> datetime:
    """`2023-05-17 15:58:41` in the bureau's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def file(name: str, number: int, kind: Kind = Kind.JPEG, archive: str | None = None) -> FileFacts:
    return FileFacts(name, kind, 1_180_000 + 97_531 * number, f"{number:02x}9f86d0" * 8, archive=archive)


def error(code: str, found: str, asked: str = "", todo: str = "", file: str | None = None) -> Finding:
    return Finding(code, Severity.ERROR, found, asked, todo, file, PHOTO_CLAUSE, PHOTO_QUOTE)


DAY = date(2023, 5, 17)
DUE = at("2023-05-17 16:00:00")
ZIP = file("濮阳县5月17日照片.zip", 1, Kind.ZIP)
ZIPPED = tuple(
    file(name, 2 + n, Kind.JPEG, ZIP.name) for n, name in enumerate(("启动仪式全景.jpg", "学生展示汽车维修.jpg"))
)
CAPTIONS = file("照片说明.docx", 9, Kind.DOCX, ZIP.name)

ACCEPTED = AnswerContext(
    bureau="濮阳市教育局",
    notice=PUYANG,
    contact="职成科 0393-8991718",
    receipt="1042-7",
    received=at("2023-05-17 15:58:41"),
    subject="活动周濮阳县教育局照片",
    sender="濮阳县教育局 职教股",
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.ACCEPTED,
        "濮阳县教育局",
        (
            ItemVerdict(
                "照片",
                DAY,
                DUE,
                False,
                Decision.ACCEPTED,
                (
                    Finding(
                        "photo.no_caption",
                        Severity.REMARK,
                        "文字说明较短，只有12个字",
                        "配文字说明",
                        "下次可以写上时间、地点和活动内容",
                        CAPTIONS.shown_name,
                        PHOTO_CLAUSE,
                    ),
                ),
                (*(photo.shown_name for photo in ZIPPED), CAPTIONS.shown_name),
            ),
        ),
    ),
    files=(ZIP, *ZIPPED, CAPTIONS),
    now=at("2023-05-17 15:59:10"),
    quota_lines=("宣传材料已收 1 篇，通知要求不少于 2 篇，还差 1 篇。",),
)

ACCEPTED_LATE = replace(
    ACCEPTED,
    received=at("2023-05-17 17:12:05"),
    now=at("2023-05-17 17:13:00"),
    quota_lines=(),
    verdict=replace(
        ACCEPTED.verdict,
        items=(
            replace(
                ACCEPTED.verdict.items[0],
                late=True,
                findings=(Finding("deadline.late", Severity.REMARK, "比截止时间晚了1小时12分"),),
            ),
        ),
    ),
)

LOOSE = tuple(file(f"IMG_20230517_{n:04}.jpg", n) for n in range(1, 13))
VIDEO = file("启动仪式.mov", 20, Kind.MOV)
REJECTED = replace(
    ACCEPTED,
    receipt="1043-5",
    subject="濮阳县教育局活动周图片",
    received=at("2023-05-17 14:20:00"),
    now=at("2023-05-17 14:21:00"),
    quota_lines=(),
    files=(*LOOSE, VIDEO),
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.REJECTED,
        "濮阳县教育局",
        (
            ItemVerdict(
                "照片",
                DAY,
                DUE,
                False,
                Decision.REJECTED,
                (
                    *(
                        error(
                            "photo.not_in_archive",
                            "没有放进压缩包",
                            "以压缩包形式报送",
                            "把照片和文字说明一起打成一个 zip 压缩包再发",
                            photo.name,
                        )
                        for photo in LOOSE
                    ),
                    *(
                        error(
                            "photo.too_few_pixels",
                            f"长边 {pixels} 像素",
                            "长边不低于 2000 像素",
                            "请用相机或手机里的原图；用微信传的时候勾选“原图”",
                            photo.name,
                        )
                        for photo, pixels in zip(LOOSE, (1280, 1280, 1080, 1706), strict=False)
                    ),
                    error(
                        "photo.no_caption",
                        "没有找到文字说明",
                        "配文字说明",
                        "请在压缩包里放一个 Word 文件，写明每张照片的内容",
                    ),
                    Finding(
                        "file.unexpected",
                        Severity.REMARK,
                        "不是照片，没有使用",
                        todo="视频请另发一封，主题写“视频”",
                        file=VIDEO.name,
                    ),
                ),
                tuple(photo.name for photo in LOOSE),
            ),
        ),
    ),
)

UNKNOWN_UNIT = replace(
    ACCEPTED,
    receipt="1044-3",
    subject="活动周濮阳县职业技术学院文字材料",
    sender="教务处李老师",
    quota_lines=(),
    files=(file("5月17日活动情况.docx", 31, Kind.DOCX),),
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.REJECTED,
        None,
        (),
        (
            Finding(
                "subject.unknown_unit",
                Severity.ERROR,
                "主题里的“濮阳县职业技术学院”不在报送单位名单里",
                "",
                "名单里相近的单位有：濮阳县职业技术学校、濮阳职业技术学院。请写名单里的全称；都不是的话，请打电话告诉我们",
            ),
        ),
        "活动周濮阳县职业技术学校文字材料",
    ),
)

_TEXT = file("5月17日活动情况.docx", 41, Kind.DOCX)
_CLIP = file("技能展示.mp4", 42, Kind.MP4)
_OLD = file("启动仪式.wps", 43, Kind.OLE)
_ODD = file("工作总结.rar", 44, Kind.RAR)
PARTIAL = replace(
    ACCEPTED,
    receipt="1045-1",
    subject="活动周濮阳县教育局文字材料、视频、工作总结",
    received=at("2023-05-17 16:30:00"),
    now=at("2023-05-17 16:31:00"),
    quota_lines=(),
    files=(_TEXT, _CLIP, _OLD, _ODD),
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.PARTIAL,
        "濮阳县教育局",
        (
            ItemVerdict("文字材料", DAY, DUE, True, Decision.ACCEPTED, (), (_TEXT.name,)),
            ItemVerdict(
                "视频",
                DAY,
                DUE,
                True,
                Decision.REJECTED,
                (
                    Finding(
                        "video.too_large",
                        Severity.ERROR,
                        "大小 231.4 MB",
                        "200M 以内",
                        "请压缩一下，或剪短一些再发",
                        _CLIP.name,
                        "四（三）3",
                        "200M以内，分辨率标清以上",
                    ),
                ),
                (_CLIP.name,),
            ),
            ItemVerdict(
                "工作总结",
                None,
                at("2023-05-24 00:00:00"),
                False,
                Decision.HELD,
                (
                    Finding(
                        "archive.unreadable",
                        Severity.REMARK,
                        "程序还打不开这种压缩包，要请工作人员看",
                        file=_ODD.name,
                        holds=True,
                    ),
                ),
                (_ODD.name,),
            ),
        ),
    ),
)

HELD = replace(
    PARTIAL,
    receipt="1046-9",
    subject="活动周濮阳县教育局工作总结",
    files=(_ODD,),
    verdict=replace(PARTIAL.verdict, disposition=Disposition.HELD, items=PARTIAL.verdict.items[2:]),
)

ONLINE = AnswerContext(
    bureau="教育部职业教育与成人教育司",
    notice=MOE,
    contact="",
    receipt="2007-4",
    received=at("2023-05-24 10:00:00"),
    subject="活动周机械行指委典型案例材料",
    sender="机械行指委秘书处",
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.REJECTED,
        "全国机械职业教育教学指导委员会",
        (
            ItemVerdict(
                "典型案例",
                None,
                at("2023-05-21 00:00:00"),
                True,
                Decision.REJECTED,
                (
                    Finding(
                        "channel.online",
                        Severity.ERROR,
                        "这项材料不用邮件报送",
                        "通过网上系统报送",
                        "请在网上系统提交",
                    ),
                ),
                ("典型案例.docx",),
            ),
        ),
    ),
    files=(file("典型案例.docx", 51, Kind.DOCX),),
    now=at("2023-05-24 10:01:00"),
)

_SUMMARY = file("总结.docx", 52, Kind.DOCX)
PARTIAL_ONLINE = replace(
    ONLINE,
    receipt="2008-2",
    subject="活动周机械行指委总结、典型案例",
    files=(_SUMMARY, *ONLINE.files),
    verdict=replace(
        ONLINE.verdict,
        disposition=Disposition.PARTIAL,
        items=(
            ItemVerdict("总结", None, at("2023-05-28 00:00:00"), False, Decision.ACCEPTED, files=(_SUMMARY.name,)),
            *ONLINE.verdict.items,
        ),
    ),
)

EARLY = replace(
    REJECTED,
    receipt="1051-0",
    subject="活动周濮阳县教育局照片",
    received=at("2023-05-12 09:00:00"),
    now=at("2023-05-12 09:01:00"),
    files=(ZIP,),
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.REJECTED,
        "濮阳县教育局",
        (
            ItemVerdict(
                "照片",
                date(2023, 5, 14),
                at("2023-05-14 16:00:00"),
                False,
                Decision.REJECTED,
                (
                    Finding(
                        "deadline.closed",
                        Severity.ERROR,
                        "服务器收到时间为5月12日09:00，活动周还没有开始",
                        "每天16:00前报送（5月14日16:00截止）",
                        "请从5月14日起报送",
                    ),
                ),
                (ZIP.name,),
            ),
        ),
    ),
)

CLOSED = replace(
    REJECTED,
    receipt="1050-2",
    subject="活动周濮阳县教育局招生宣传短视频",
    received=at("2023-05-21 09:00:00"),
    now=at("2023-05-21 09:01:00"),
    files=(_CLIP,),
    verdict=Verdict(
        MailKind.SUBMISSION,
        Disposition.REJECTED,
        "濮阳县教育局",
        (
            ItemVerdict(
                "招生宣传短视频",
                None,
                at("2023-05-21 00:00:00"),
                True,
                Decision.REJECTED,
                (Finding("deadline.closed", Severity.ERROR, "已过接收时间", "活动周期间报送"),),
                (_CLIP.name,),
            ),
        ),
    ),
)

COUNTIES = ("濮阳县教育局", "清丰县教育局", "南乐县教育局", "范县教育局", "台前县教育局", "华龙区教育局")
SCHOOLS = ("濮阳市职业中等专业学校", "濮阳县职业技术学校", "濮阳职业技术学院", "濮阳石油化工职业技术学院")
UNITS = COUNTIES + SCHOOLS


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
            reasons=("主题里的“濮阳县职业技术学院”不在报送单位名单里",),
        ),
    ),
    held=(
        HeldLine(
            "12",
            "濮阳县教育局",
            "活动周濮阳县教育局工作总结",
            "jyj@126.com",
            at("2023-05-17 16:30:00"),
            "工作总结.rar 程序还打不开，请下载后看一看",
        ),
        HeldLine("13", "", "", "x@qq.com", at("2023-05-17 16:41:00"), "邮件里只有一个超大附件的下载链接"),
    ),
    trouble=(
        TroubleLine(
            "有一封信没有送到 tq_jyj@163.com：对方邮箱已满",
            at("2023-05-17 14:25:00"),
            "请打电话告诉台前县教育局（回执 1043-5）。",
        ),
    ),
    withheld=(WithheldLetter("jyj@126.com", "【已收】活动周濮阳县教育局照片（回执编号 1000-3）"),),
    quotas=(QuotaLine("濮阳县教育局", "宣传材料", 1, 2), QuotaLine("清丰县教育局", "宣传材料", 2, 2)),
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
