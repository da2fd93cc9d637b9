"""The letters that the golden files show, with the verdicts of the judge on an invented notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import PurePosixPath

from intake_bot.desk.carry_out import help_sentences
from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.judging.author import Author
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.prior_mail.replies import hold_question
from intake_bot.judging.sender import AcceptedItem
from intake_bot.judging.verdict import Decision, Disposition, Finding, Verdict
from intake_bot.letters.alert import AlertContext, AlertEvent, compose_alert
from intake_bot.letters.clerk_answer import ClerkAnswerContext, compose_clerk_answer
from intake_bot.letters.confirmation import Confirmation, OrderLine, OrderOutcome, compose_confirmation
from intake_bot.letters.digest import compose_digest, compose_note
from intake_bot.letters.missing_reports import QuotaLine
from intake_bot.letters.reply import ReplyContext, Revision, compose_reply
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.unasked.contest import ContestContext, compose_contest
from intake_bot.letters.unasked.reminder import ReminderContext, ReminderLine, compose_reminder
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.notices.notice import Severity
from intake_bot.notices.subject import read_subject
from tests.letters.sample_digests import DIGEST_BAD, DIGEST_BUSY, DIGEST_EMPTY
from tests.letters.sample_notice import COUNTY, DAY, NOTICE, ROSTER, ZONE, at

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
        f"{number % 256:02x}9f86d0" * 7 + (f"{number:02x}9f86d0" if number < 256 else f"{number:08x}"),
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


def sample_case(
    subject: str, received: str, *files: FileFacts, body: str = "", links: tuple[CloudLink, ...] = ()
) -> Case:
    """A mail to the sample notice."""
    calendar = Calendar(NOTICE.activity_week, ZONE, timedelta(hours=NOTICE.grace_hours), NOTICE.closes_at(ZONE))
    facts = MailFacts(files, TextFacts(body, len(body)), links)
    reading = read_subject(subject, NOTICE, ROSTER)
    return Case(notice=NOTICE, calendar=calendar, reading=reading, received=at(received), facts=facts)


def judged(
    subject: str, received: str, *files: FileFacts, body: str = "", links: tuple[CloudLink, ...] = ()
) -> Verdict:
    """The verdict on such a mail."""
    return judge(sample_case(subject, received, *files, body=body, links=links))


def answer(
    receipt: str, subject: str, received: str, *files: FileFacts, body: str = "", links: tuple[CloudLink, ...] = ()
) -> ReplyContext:
    """All that the answer to such a mail speaks of, half a minute after it came."""
    return ReplyContext(
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
    quota_lines=(QuotaLine("宣传材料", 1, 2),),
)

LOOSE = tuple(
    photo(f"IMG_20230517_{n:04}.jpg", 20 + n, side=side)
    for n, side in enumerate((1280, 1280, 1080, 1706, *[3000] * 8), 1)
)
REJECTED = answer(
    "1045-8", f"活动周{COUNTY}照片", "2023-05-17 14:20:00", *LOOSE, ZIP, ZIPPED[0], file("启动仪式.mp3", 20)
)
REJECTED_ONE = answer(
    "1046-2", PHOTO_SUBJECT, "2023-05-17 14:30:00", ZIP, ZIPPED[0], photo("拔河比赛现场.jpg", 4, ZIP.name, side=1280)
)
REJECTED_LATE = answer("1047-1", f"活动周{COUNTY}文字材料", "2023-05-17 18:30:00", text("简讯.docx", 5, words=312))
HELD_CONTESTED = replace(
    ACCEPTED,
    receipt="1058-2",
    verdict=judge(
        replace(
            sample_case(PHOTO_SUBJECT, "2023-05-17 15:58:41", *GOOD_PHOTOS),
            author=Author("second@qq.com"),
            accepted_items=(AcceptedItem("照片", DAY, "first@qq.com", "1042-9", at("2023-05-17 15:02:11")),),
        )
    ),
)
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
KNOWN_ADDRESS = replace(
    answer("1077-4", "活动周文字材料", "2023-05-17 15:10:00", text("活动情况.docx", 32)),
    sender_unit=COUNTY,
    verdict=judge(
        replace(
            sample_case("活动周文字材料", "2023-05-17 15:10:00", text("活动情况.docx", 32)),
            author=Author("jyj@example.edu.cn", registered_unit=COUNTY),
        )
    ),
)
QUESTION = replace(
    answer("1078-2", "请问照片要几张？", "2023-05-17 15:10:00"),
    verdict=hold_question(COUNTY, ""),
    sender_unit=COUNTY,
)
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
LATE_FAULTY = replace(
    answer(
        "1072-9", CLOSED.subject, "2023-05-20 23:59:50", replace(video("招生宣传.mp4", 61), trouble=Trouble.TRUNCATED)
    ),
    now=at("2023-05-21 00:10:00"),
)
"""In time, and answered after the deadline of a material that is not accepted late."""
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


def _decided(decision: Decision, finding: Finding) -> ReplyContext:
    """The mail that was held, after a person had a look at the file behind the link."""
    items = tuple(
        replace(item, decision=decision, findings=(finding,), files=(BIG_VIDEO.name,)) for item in HELD.verdict.items
    )
    verdict = replace(HELD.verdict, disposition=Disposition(decision), items=items)
    return replace(HELD, verdict=verdict, files=(video(BIG_VIDEO.name, 71),), now=at("2023-05-18 09:00:00"))


DECIDED_ACCEPTED = _decided(Decision.ACCEPTED, _SEEN)
DECIDED_REJECTED = _decided(Decision.REJECTED, _REFUSED)
CLOSED_BY_HAND = replace(
    LATE_FAULTY,
    receipt="1073-8",
    verdict=replace(
        LATE_FAULTY.verdict, items=tuple(replace(item, findings=(_REFUSED,)) for item in LATE_FAULTY.verdict.items)
    ),
    now=at("2023-05-22 09:00:00"),
)
REVISED = replace(
    DECIDED_ACCEPTED,
    revision=Revision(("视频（5月17日）原来退回补正，现在改为收下",), at("2023-05-18 09:00:00")),
    now=at("2023-05-18 11:00:00"),
)
REVISED_TO_REJECTED = replace(
    DECIDED_REJECTED,
    revision=Revision(("视频（5月17日）原来收下，现在改为退回补正",), None),
    now=at("2023-05-18 11:00:00"),
)
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

ANSWERS: Mapping[str, ReplyContext] = {
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
    "rejected_no_unit_from_a_known_address": KNOWN_ADDRESS,
    "question": QUESTION,
    "accepted_and_sent_late": replace(ACCEPTED, mentions_arrival=True),
    "rejected_and_sent_late": replace(REJECTED_ONE, mentions_arrival=True),
    "trial_accepted": replace(ACCEPTED, is_trial=True),
    "trial_rejected": replace(REJECTED_ONE, is_trial=True),
    "trial_online": replace(PARTIAL_ONLINE, is_trial=True),
    "rejected_no_material": NO_MATERIAL,
    "rejected_many_units": MANY_UNITS,
    "rejected_placeholder": PLACEHOLDER,
    "rejected_by_a_person": DECIDED_REJECTED,
    "partial": PARTIAL,
    "held": HELD,
    "held_contested": HELD_CONTESTED,
    "online": ONLINE,
    "partial_online": PARTIAL_ONLINE,
    "partial_late": PARTIAL_LATE,
    "partial_early": PARTIAL_EARLY,
    "early": EARLY,
    "early_no_keyword": EARLY_NO_KEYWORD,
    "revised_to_accepted": REVISED,
    "revised_to_rejected": REVISED_TO_REJECTED,
    "closed": CLOSED,
    "closed_before_it_could_be_corrected": LATE_FAULTY,
    "closed_by_a_person": CLOSED_BY_HAND,
}
"""The answers that a school may get, by name."""

# ---- alerts, digests, and all together -----------------------------------------------------------------------------

_REASONS = {
    AlertEvent.LOGIN_REFUSED: "LOGIN Login error or password error",
    AlertEvent.UNREACHABLE: "与 imap.126.com:993 的连接出了问题：timed out",
    AlertEvent.LOCAL: "磁盘已满，写不下 data/ledger.sqlite3",
    AlertEvent.DIGEST_LATE: "5月17日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）",
    AlertEvent.EDIT_FAULTY: "config/notices/puyang-2023.yaml 第 20 行第 10 列：“2023-05-32”不是日期",
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
    for event in AlertEvent
}
_LINE = ReminderLine(
    "照片（5月17日）", at("2023-05-17 16:00:00"), at("2023-05-17 14:00:00"), False, f"活动周{COUNTY}照片材料5月17日"
)
_OVERDUE = replace(
    _LINE, label="文字材料（5月16日）", deadline=at("2023-05-16 16:00:00"), subject=f"活动周{COUNTY}文字材料5月16日"
)
REMINDERS = {
    "reminder": ReminderContext("濮阳市教育局", "李老师 0393-8991718", "职教活动周", COUNTY, (_LINE,)),
    "reminder_of_several": ReminderContext(
        "濮阳市教育局", "", "职教活动周", COUNTY, (_OVERDUE, replace(_LINE, is_returned=True))
    ),
}
CONTESTS = {
    "contested": ContestContext(
        "濮阳市教育局",
        "李老师 0393-8991718",
        "活动周",
        COUNTY,
        "照片",
        DAY,
        "1042-9",
        at("2023-05-17 15:02:11"),
    )
}
DIGESTS = {"digest_busy": DIGEST_BUSY, "digest_empty": DIGEST_EMPTY, "digest_bad": DIGEST_BAD}

Compose = Callable[[Templates], Letter]
CONFIRMATIONS = {
    "confirmation_done": Confirmation(
        "濮阳市教育局",
        (
            OrderLine(
                "收 1017-6",
                OrderOutcome.DONE,
                (
                    "1017-6 范县职业技术学校：照片（5月17日）原来待人工查看，现在改为收下",
                    "已写信告诉 teacher@qq.com",
                ),
                "撤销 7",
            ),
        ),
        (),
        at("2023-05-17 17:40:00"),
    ),
    "confirmation_mixed": Confirmation(
        "濮阳市教育局",
        (
            OrderLine(
                "退 1018-4 照片模糊，请换原图",
                OrderOutcome.DONE,
                (
                    "1018-4 清丰县教育局：照片（5月17日）原来收下，现在改为退回补正",
                    "已写信告诉 school@example.edu.cn",
                ),
                "撤销 8",
            ),
            OrderLine(
                "收 1020-2",
                OrderOutcome.REFUSED,
                (
                    "li@example.edu.cn 已在 5月17日 16:40 办过“退 1020-2 链接打不开”（第 6 号命令），"
                    "以先办的为准，没有再改。要改，先写：撤销 6",
                ),
            ),
            OrderLine("受 1021-5", OrderOutcome.MISREAD, (), "收 1021-5"),
        ),
        ("张老师 <b>职成科</b>",),
        at("2023-05-17 17:40:00"),
    ),
    "confirmation_asked": Confirmation(
        "濮阳市教育局",
        (OrderLine("催 照片", OrderOutcome.ASKED, ("会写信给 6 个单位：范县教育局、清丰县教育局等",), "好"),),
        (),
        at("2023-05-17 17:40:00"),
    ),
    "confirmation_told": Confirmation(
        "濮阳市教育局",
        (OrderLine("帮助", OrderOutcome.ANSWERED, tuple(help_sentences())),),
        (),
        at("2023-05-17 17:40:00"),
    ),
}
CLERK_ANSWERS = {
    "clerk_answer": ClerkAnswerContext(
        "濮阳市教育局",
        "职成科 0393-8991718",
        COUNTY,
        "1020-2",
        "活动周濮阳县教育局照片",
        ("可以，明天上午 12 点前交。",),
    )
}

LETTERS: Mapping[str, Compose] = {
    **{name: partial(compose_reply, context) for name, context in ANSWERS.items()},
    "crowded": partial(compose_reply, CROWDED),
    "nobody": partial(compose_reply, NOBODY),
    **{name: partial(compose_digest, context) for name, context in DIGESTS.items()},
    "note": partial(compose_note, DIGEST_BUSY),
    **{name: partial(compose_alert, context) for name, context in ALERTS.items()},
    **{name: partial(compose_contest, context) for name, context in CONTESTS.items()},
    **{name: partial(compose_reminder, context) for name, context in REMINDERS.items()},
    **{name: partial(compose_confirmation, context) for name, context in CONFIRMATIONS.items()},
    **{name: partial(compose_clerk_answer, context) for name, context in CLERK_ANSWERS.items()},
}
"""Every letter there is, waiting for templates."""
