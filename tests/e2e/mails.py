"""Mails of schools, machines and strangers, each with its expected outcome.

They go to 河北, whose notice sets no size for photos and videos: the files can be small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from enum import StrEnum
from itertools import cycle, islice

from intake_bot.demo.media import chinese_text, docx, jpeg, mp4
from tests.composing import composed
from tests.e2e.home import ADDRESSES

CHINA = timezone(timedelta(hours=8))
START = datetime(2023, 5, 15, 8, 0, tzinfo=CHINA)
NOW = datetime(2023, 5, 18, 18, 0, tzinfo=CHINA)
"""When the mails of this module are all there and the digest is due."""

UNITS = (
    "石家庄市教育局",
    "承德市教育局",
    "张家口市教育局",
    "秦皇岛市教育局",
    "唐山市教育局",
    "廊坊市教育局",
    "保定市教育局",
    "沧州市教育局",
    "衡水市教育局",
    "邢台市教育局",
    "邯郸市教育局",
    "定州市教育局",
    "辛集市教育局",
    "雄安新区公共服务局",
    "河北工业职业技术大学",
    "河北科技工程职业技术大学",
    "河北石油职业技术大学",
    "河北化工医药职业技术学院",
    "河北交通职业技术学院",
    "河北省科技工程学校",
    "河北省新闻出版学校",
)


BIG_ATTACHMENT = "https://mail.163.com/large-attachment-download/index.html?file=abc"
"""A link to a file left at the provider, which the program does not open."""


class Fate(StrEnum):
    """The expected outcome of a mail."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"
    MACHINE = "machine"
    OTHER = "other"
    DUPLICATE = "duplicate"

    @property
    def is_answered(self) -> bool:
        return self in (Fate.ACCEPTED, Fate.REJECTED, Fate.HELD)


@dataclass(frozen=True)
class Mail:
    """One mail to a bureau."""

    raw: bytes
    sender: str
    message_id: str
    received: datetime
    fate: Fate


def compose(
    subject: str,
    files: Mapping[str, bytes] | None = None,
    *,
    sender: str = "school@example.edu.cn",
    to: str = ADDRESSES["hebei"],
    text: str = "老师您好，材料请见附件。",
    message_id: str = "<1@example.edu.cn>",
    date: datetime = START,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The raw mail."""
    return composed(
        subject,
        files,
        sender=f"老师 <{sender}>",
        to=to,
        message_id=message_id,
        text=text,
        headers={"Date": format_datetime(date), **(headers or {})},
    ).as_bytes()


def accepted_mail() -> bytes:
    """One mail with no fault."""
    return compose(f"活动周{UNITS[0]}典型案例材料", {"典型案例.docx": docx([chinese_text(900)])})


def rejected_mail() -> bytes:
    """One mail with an unknown unit."""
    return compose("活动周天涯海角学校典型案例材料", {"典型案例.docx": docx([chinese_text(900)])})


def foreign_mail() -> bytes:
    """One mail that has nothing to do with any notice."""
    return compose("关于下周三例会的通知", text="请各科室准时参加。")


def bounce_mail() -> bytes:
    """One mail from a mail server, about a letter that did not arrive."""
    return compose(
        "系统退信/The email is returned",
        sender="postmaster@163.com",
        text="您的邮件没有送达：活动周石家庄市教育局典型案例材料",
        headers={"Auto-Submitted": "auto-replied"},
    )


def few() -> tuple[Mail, ...]:
    """A handful of mails with every fate among them."""
    submissions = list(_submissions(UNITS[:1]))
    return _numbered([*submissions[:1], *_machines()[:1], *submissions[1:3], *_faulty()[1:2], *_held()[:1]], 1)


def some() -> tuple[Mail, ...]:
    """A third of the crowd, with every fate among them."""
    return _numbered(_mixed()[::3], 4)


def crowd() -> tuple[Mail, ...]:
    """About two hundred mails, mixed."""
    return _numbered(_mixed(), 12)


def stream(count: int) -> tuple[Mail, ...]:
    """`count` mails, mixed, and each from an address of its own: units send the same material again."""
    copies = count // 15
    return _numbered(list(islice(cycle(_mixed()), count - copies)), copies)


def _mixed() -> list[_Plan]:
    lots = [*_submissions(UNITS), *_faulty(), *_held(), *_machines(), *_foreign()]
    # Neighbours are of different kinds; 101 has no divisor in common with any number below it.
    mixed = sorted(range(len(lots)), key=lambda number: number * 37 % 101)
    return [lots[number] for number in mixed]


@dataclass(frozen=True)
class _Plan:
    subject: str
    fate: Fate
    files: Mapping[str, bytes] | None = None
    text: str = "老师您好，材料请见附件。"
    sender: str = ""
    headers: Mapping[str, str] | None = None


def _numbered(plans: Sequence[_Plan], copies: int) -> tuple[Mail, ...]:
    """The mails in order, a minute apart; the first submissions are repeated at the end, byte for byte."""
    mails = [_mail(number, plan) for number, plan in enumerate(plans)]
    again = [mail for mail in mails if mail.fate.is_answered][:copies]
    for mail in again:
        received = mails[-1].received + timedelta(minutes=1)
        mails.append(Mail(mail.raw, mail.sender, mail.message_id, received, Fate.DUPLICATE))
    return tuple(mails)


def _mail(number: int, plan: _Plan) -> Mail:
    received = START + timedelta(minutes=number)
    sender = plan.sender or f"teacher{number}@{_domain(plan.subject)}"
    message_id = f"<{number}.mail@example.edu.cn>"
    raw = compose(
        plan.subject,
        plan.files,
        sender=sender,
        text=plan.text,
        message_id=message_id,
        date=received,
        headers=plan.headers,
    )
    return Mail(raw, sender, message_id, received, plan.fate)


def _domain(subject: str) -> str:
    """Each unit writes from a domain of its own."""
    number = next((number for number, unit in enumerate(UNITS) if unit in subject), None)
    return "example.edu.cn" if number is None else f"unit{number}.example.edu.cn"


def _submissions(units: Sequence[str]) -> Iterator[_Plan]:
    photo, story = jpeg(640, 480), docx([chinese_text(900)])
    report = docx([chinese_text(1200), "活动亮点：技能展示。典型案例：一校一品。"], pictures=[photo])
    for unit in units:
        yield _Plan(f"活动周{unit}典型案例材料", Fate.ACCEPTED, {f"{unit}典型案例.docx": story})
        yield _Plan(f"活动周{unit}稿件材料", Fate.ACCEPTED, {"稿件.docx": story, "配图.jpg": photo})
        yield _Plan(f"活动周{unit}照片材料", Fate.ACCEPTED, {"现场.jpg": photo, "说明.txt": "开幕式现场。".encode()})
        yield _Plan(f"活动周{unit}视频材料", Fate.ACCEPTED, {"开幕式.mp4": mp4(1280, 720, 2)})
        yield _Plan(f"活动周{unit}总结材料", Fate.ACCEPTED, {"总结.docx": report})


def _faulty() -> list[_Plan]:
    story = {"典型案例.docx": docx([chinese_text(900)])}
    photo = jpeg(640, 480)
    plans = [
        _Plan("活动周xx单位xx材料", Fate.REJECTED, story),
        _Plan("活动周天涯海角学校典型案例材料", Fate.REJECTED, story),
        _Plan("活动周石家庄市教育局", Fate.REJECTED, {"材料.bin": b"\0\1\2" * 100}),
        _Plan("活动周典型案例材料", Fate.REJECTED, story),
        _Plan("活动周承德市教育局照片材料", Fate.REJECTED, text="照片稍后补上。"),
        # It lacks a film, and the one that came before from the same domain, which is one author, counts along.
        _Plan("活动周保定市教育局视频材料", Fate.ACCEPTED, {"截图.jpg": photo}),
    ]
    plans += [_Plan(f"活动周第{number}职业中学照片材料", Fate.REJECTED, {"现场.jpg": photo}) for number in range(20)]
    return plans


def _held() -> list[_Plan]:
    text = f"照片较大，请下载：{BIG_ATTACHMENT}"
    return [_Plan(f"活动周{unit}照片材料", Fate.HELD, text=text) for unit in UNITS[:5]]


def _machines() -> list[_Plan]:
    quoted = "活动周石家庄市教育局典型案例材料"
    bounces = [
        _Plan(
            subject,
            Fate.MACHINE,
            text=f"以下邮件没有送达：{quoted}",
            sender=sender,
            headers={"Return-Path": "<>"},
        )
        for subject, sender in (
            ("系统退信/The email is returned", "postmaster@163.com"),
            ("来自qq.com的退信", "postmaster@qq.com"),
            ("Undelivered Mail Returned to Sender", "mailer-daemon@example.edu.cn"),
            ("退信通知", "postmaster@126.com"),
        )
    ]
    replies = [
        _Plan(f"自动回复：{quoted}", Fate.MACHINE, text="您好，我最近正在休假中。"),
        _Plan(f"回复：{quoted}", Fate.MACHINE, text="我在出差。", headers={"Auto-Submitted": "auto-replied"}),
        _Plan(quoted, Fate.MACHINE, text="这是一封自动回复邮件。已经收到您的来信。"),
        _Plan(f"已读：{quoted}", Fate.MACHINE, text="对方已经打开您的邮件。"),
        _Plan("活动周简报", Fate.MACHINE, text="每周一期", headers={"List-Id": "<news.example.edu.cn>"}),
        _Plan("活动周系统通知", Fate.MACHINE, text="请勿回复", sender="noreply@example.edu.cn"),
    ]
    return (bounces + replies) * 3


def _foreign() -> list[_Plan]:
    plans = [
        _Plan("关于下周三例会的通知", Fate.OTHER, text="请各科室准时参加。"),
        _Plan("发票", Fate.OTHER, {"发票.pdf": b"%PDF-1.4\n%%EOF\n"}, text="请查收发票。"),
        _Plan("Fw: 明天的火车票", Fate.OTHER, text="见下。"),
        _Plan("", Fate.OTHER, text=""),
        _Plan("招聘启事", Fate.OTHER, {"简历.docx": docx(["某某，男，本科。"])}, text="您好，应聘贵单位。"),
    ]
    return plans * 4
