"""Sample values for every letter: what `check` renders the templates with, and what the golden letters speak of.

The verdicts are the judge's own on an invented notice. Taken together the samples reach every place of the shipped
templates; a test sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath

from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.verdict import Decision, Disposition, Finding, Verdict
from intake_bot.letters.alert import AlertContext, MailboxEvent, compose_alert
from intake_bot.letters.digest import compose_digest
from intake_bot.letters.letter import Letter
from intake_bot.letters.reply import AnswerContext, compose_answer
from intake_bot.letters.sample_days import DIGEST_BAD, DIGEST_BUSY, DIGEST_EMPTY
from intake_bot.letters.sample_notice import COUNTY, NOTICE, ROSTER, ZONE, at
from intake_bot.letters.templates import Templates
from intake_bot.mail.cloud import CloudLink
from intake_bot.notices.notice import Severity
from intake_bot.notices.subject import read_subject

CAPTION = "5月17日，濮阳县职业技术学校举行技能展示，学生正在操作无人机。"
_KINDS = {
    ".jpg": Kind.JPEG,
    ".heic": Kind.HEIC,
    ".mp4": Kind.MP4,
    ".docx": Kind.DOCX,
    ".zip": Kind.ZIP,
    ".mp3": Kind.AUDIO,
}


def file(name: str, number: int = 1, archive: str = "", trouble: Trouble | None = None) -> FileFacts:
    """A file as its name says, of about 2 MB; `number` makes size and digest differ."""
    return FileFacts(
        name,
        _KINDS.get(PurePosixPath(name).suffix, Kind.UNKNOWN),
        2_180_000 + 97_531 * number,
        f"{number % 256:02x}9f86d0" * 8,
        archive or None,
        trouble=trouble,
    )


def photo(name: str, number: int = 1, archive: str = "", side: int = 4000) -> FileFacts:
    """A photo with a long side of so many pixels."""
    return replace(file(name, number, archive), photo=PhotoFacts(side, side * 3 // 4))


def text(name: str, number: int = 1, archive: str = "", words: int = 1100) -> FileFacts:
    """A Word file of so many 字."""
    return replace(file(name, number, archive), text=TextFacts("现场情况", words))


def video(name: str, number: int = 1, size: int = 80_000_000) -> FileFacts:
    """A video of one minute and so many bytes."""
    return replace(file(name, number), bytes=size, video=VideoFacts(1280, 720, 60.0))


def judged(
    subject: str, received: str, *files: FileFacts, body: str = "", links: tuple[CloudLink, ...] = ()
) -> Verdict:
    """The verdict on a mail to the sample notice."""
    calendar = Calendar(NOTICE.days, ZONE, timedelta(hours=NOTICE.grace_hours), NOTICE.closes(ZONE))
    facts = MailFacts(files, TextFacts(body, len(body)), links)
    reading = read_subject(subject, NOTICE, ROSTER)
    return judge(Case(notice=NOTICE, calendar=calendar, reading=reading, received=at(received), facts=facts))


def answer(
    receipt: str, subject: str, received: str, *files: FileFacts, body: str = "", links: tuple[CloudLink, ...] = ()
) -> AnswerContext:
    """All that the answer to such a mail speaks of, half a minute after it came."""
    return AnswerContext(
        bureau="濮阳市教育局",
        notice=NOTICE,
        contact="职成科 0393-8991718",
        receipt=receipt,
        received=at(received),
        subject=subject,
        sender="教务处李老师",
        verdict=judged(subject, received, *files, body=body, links=links),
        files=files,
        now=at(received) + timedelta(seconds=30),
    )


# ---- answers -------------------------------------------------------------------------------------------------------

ZIP = file("濮阳县5月17日照片.zip", 1)
ZIPPED = (photo("启动仪式全景.jpg", 2, ZIP.name), photo("学生展示汽车维修.jpg", 3, ZIP.name))
CAPTIONS = text("照片说明.docx", 9, ZIP.name, words=120)
GOOD_PHOTOS = (ZIP, *ZIPPED, CAPTIONS)
PHOTO_SUBJECT = f"活动周{COUNTY}照片"

ACCEPTED = answer("1042-9", PHOTO_SUBJECT, "2023-05-17 15:58:41", *GOOD_PHOTOS)
ACCEPTED_LATE = answer("1043-6", PHOTO_SUBJECT, "2023-05-17 17:12:05", *GOOD_PHOTOS)
ACCEPTED_WITH_REMARKS = replace(
    answer(
        "1044-0",
        f"活动周{COUNTY}文字材料、宣传材料",
        "2023-05-17 10:05:00",
        text("启动仪式.docx", 11, words=790),
        text("宣传材料·工匠进校园.docx", 12),
        file("校歌.mp3", 13),
    ),
    quota_lines=("宣传材料：本单位已报 1 篇，尚需 1 篇（通知要求不少于 2 篇）。",),
)

LOOSE = tuple(
    photo(f"IMG_20230517_{n:04}.jpg", n, side=side) for n, side in enumerate((1280, 1280, 1080, 1706, *[3000] * 8), 1)
)
REJECTED = answer(
    "1045-8", f"活动周{COUNTY}照片", "2023-05-17 14:20:00", *LOOSE, ZIP, ZIPPED[0], file("启动仪式.mp3", 20)
)
REJECTED_ONE = answer(
    "1046-2", PHOTO_SUBJECT, "2023-05-17 14:30:00", ZIP, ZIPPED[0], photo("拔河比赛现场.jpg", 4, ZIP.name, side=1280)
)
REJECTED_LATE = answer("1047-1", f"活动周{COUNTY}文字材料", "2023-05-17 18:30:00", text("简讯.docx", 5, words=312))
EXTENDED = answer(
    "1048-4",
    "活动周台前县教育局照片5月17日",
    "2023-05-18 09:00:00",
    ZIP,
    photo("启动仪式合影.jpg", 7, ZIP.name, side=1920),
)
UNKNOWN_UNIT = answer(
    "1049-5", "活动周濮阳县第二职业学校文字材料", "2023-05-17 15:00:00", text("5月17日活动情况.docx", 31)
)
NO_UNIT = answer("1050-8", "活动周文字材料", "2023-05-17 15:10:00", text("活动情况.docx", 32, words=400))
NO_MATERIAL = answer("1051-3", f"活动周{COUNTY}材料", "2023-05-17 15:10:00", text("活动情况.docx", 32))
MANY_UNITS = answer(
    "1052-7", "活动周清丰县教育局、南乐县教育局文字材料", "2023-05-17 15:10:00", text("活动情况.docx", 33)
)
PLACEHOLDER = answer("1053-1", "活动周xx单位xx材料", "2023-05-17 15:20:00", text("活动情况.docx", 34))

BIG_VIDEO = CloudLink("开幕式全程.mp4", "https://u.163.com/x", "180.2M", "2023年6月1日")
HELD = answer("1054-4", f"活动周{COUNTY}视频", "2023-05-17 15:30:00", body=CAPTION, links=(BIG_VIDEO,))
PARTIAL = answer(
    "1055-5",
    f"活动周{COUNTY}文字材料、视频、工作总结",
    "2023-05-17 16:30:00",
    text("5月17日活动情况.docx", 41),
    video("技能展示.mp4", 42, size=231_400_000),
    video("学生作品.mp4", 43, size=219_800_000),
    text("视频说明.docx", 44, words=80),
    file("工作总结.docx", 45, trouble=Trouble.UNSUPPORTED),
)
ONLINE = replace(
    answer("1056-6", f"活动周{COUNTY}方案材料", "2023-05-12 10:00:00", text("活动周方案.docx", 51)), contact=""
)
PARTIAL_ONLINE = answer(
    "1064-9",
    f"活动周{COUNTY}文字材料、方案",
    "2023-05-17 10:00:00",
    text("活动周方案.docx", 51),
    text("5月17日活动情况.docx", 52),
)
PARTIAL_LATE = answer(
    "1066-3",
    f"活动周{COUNTY}文字材料、照片、招生宣传短视频",
    "2023-05-21 09:00:00",
    text("5月20日活动情况.docx", 62, words=312),
    *GOOD_PHOTOS,
    replace(video("招生宣传.mp4", 61), trouble=Trouble.TRUNCATED),
)
PARTIAL_EARLY = answer(
    "1067-2",
    f"活动周{COUNTY}工作总结、照片",
    "2023-05-10 09:00:00",
    text("工作总结.docx", 65),
    ZIP,
    photo("开幕式彩排.jpg", 6, ZIP.name, side=1280),
)
EARLY = answer("1057-0", PHOTO_SUBJECT, "2023-05-10 09:00:00", ZIP, photo("开幕式彩排.jpg", 6, ZIP.name, side=1280))
EARLY_NO_KEYWORD = answer("1070-6", f"{COUNTY}照片", "2023-05-10 09:00:00", *GOOD_PHOTOS)
CLOSED = answer("1058-2", f"活动周{COUNTY}招生宣传短视频", "2023-05-21 09:00:00", video("招生宣传.mp4", 61))
_MENDED = text("照片说明.docx", 9, words=120)
SUPPLEMENTED = replace(
    answer(
        "1059-7",
        "回复：【请补正】活动周濮阳县教育局照片（回执编号 1046-2）",
        "2023-05-17 15:40:00",
        *GOOD_PHOTOS,
    ),
    verdict=judged(PHOTO_SUBJECT, "2023-05-17 15:40:00", *ZIPPED, _MENDED),
    files=(_MENDED,),
    supplements="1046-2",
    taken_over=(*(one.shown_name for one in ZIPPED), *(f"{ZIP.name}/现场{n}.jpg" for n in range(1, 31))),
)
PIECES = replace(ACCEPTED, receipt="1060-9", subject=f"{PHOTO_SUBJECT}（1/3）", together=("1061-4", "1062-3"))
_SEEN = Finding("clerk.accepted", Severity.REMARK, "工作人员已经查看，予以收下")
_REFUSED = Finding("clerk.rejected", Severity.ERROR, "视频没有声音，放到一半就停了，请重新导出再发")


def _decided(decision: Decision, finding: Finding) -> AnswerContext:
    """The mail that was held, after a person had a look at the file behind the link."""
    items = tuple(
        replace(item, decision=decision, findings=(finding,), files=(BIG_VIDEO.name,)) for item in HELD.verdict.items
    )
    verdict = replace(HELD.verdict, disposition=Disposition(decision), items=items)
    return replace(HELD, verdict=verdict, files=(video(BIG_VIDEO.name, 71),), now=at("2023-05-18 09:00:00"))


DECIDED_ACCEPTED = _decided(Decision.ACCEPTED, _SEEN)
DECIDED_REJECTED = _decided(Decision.REJECTED, _REFUSED)
CROWDED = answer(
    "1063-5",
    f"活动周{COUNTY}文字材料、照片",
    "2023-05-17 12:00:00",
    *(photo(f"DSC_{n:04}.jpg", n, side=1000 + n) for n in range(1, 41)),
    *(file(f"活动{n}.docx", n, trouble=Trouble.UNSUPPORTED) for n in range(1, 41)),
    *(file(f"片段{n}.mp3", n) for n in range(1, 301)),
    file("打不开.jpg", trouble=Trouble.TRUNCATED),
)
"""So many files that lists are cut short everywhere."""
NOBODY = replace(NO_UNIT, subject="", sender="", verdict=replace(NO_UNIT.verdict, correct_subject=""), contact="")

ANSWERS: Mapping[str, AnswerContext] = {
    "accepted": ACCEPTED,
    "accepted_late": ACCEPTED_LATE,
    "accepted_with_remarks_and_quota": ACCEPTED_WITH_REMARKS,
    "accepted_supplement": SUPPLEMENTED,
    "accepted_pieces": PIECES,
    "accepted_by_a_person": DECIDED_ACCEPTED,
    "rejected": REJECTED,
    "rejected_one_fault": REJECTED_ONE,
    "rejected_after_the_deadline": REJECTED_LATE,
    "rejected_with_an_extension": EXTENDED,
    "rejected_unknown_unit": UNKNOWN_UNIT,
    "rejected_no_unit": NO_UNIT,
    "rejected_no_material": NO_MATERIAL,
    "rejected_many_units": MANY_UNITS,
    "rejected_placeholder": PLACEHOLDER,
    "rejected_by_a_person": DECIDED_REJECTED,
    "partial": PARTIAL,
    "held": HELD,
    "online": ONLINE,
    "partial_online": PARTIAL_ONLINE,
    "partial_late": PARTIAL_LATE,
    "partial_early": PARTIAL_EARLY,
    "early": EARLY,
    "early_no_keyword": EARLY_NO_KEYWORD,
    "closed": CLOSED,
}
"""The answers that a school may get, by name."""

# ---- alerts, digests, and all together -----------------------------------------------------------------------------

_REASONS = {
    MailboxEvent.LOGIN_REFUSED: "LOGIN Login error or password error",
    MailboxEvent.UNREACHABLE: "与 imap.126.com:993 的连接出了问题：timed out",
    MailboxEvent.LOCAL: "磁盘已满，写不下 data/ledger.sqlite3",
    MailboxEvent.DIGEST_LATE: "5月17日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）",
    MailboxEvent.EDIT_FAULTY: "config/notices/puyang-2023.yaml 第 20 行第 10 列：“2023-05-32”不是日期",
}
ALERTS: Mapping[str, AlertContext] = {
    f"alert_{event}": AlertContext(
        "濮阳市教育局",
        "py8991718@126.com",
        event,
        since=at("2023-05-17 09:10:00"),
        now=at("2023-05-17 10:15:30"),
        reason=_REASONS.get(event, ""),
    )
    for event in MailboxEvent
}
DIGESTS = {"digest_busy": DIGEST_BUSY, "digest_empty": DIGEST_EMPTY, "digest_bad": DIGEST_BAD}

Compose = Callable[[Templates], Letter]
LETTERS: Mapping[str, Compose] = {
    **{name: partial(compose_answer, context) for name, context in ANSWERS.items()},
    "crowded": partial(compose_answer, CROWDED),
    "nobody": partial(compose_answer, NOBODY),
    **{name: partial(compose_digest, context) for name, context in DIGESTS.items()},
    **{name: partial(compose_alert, context) for name, context in ALERTS.items()},
}
"""Every letter there is, waiting for templates."""
