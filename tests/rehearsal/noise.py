"""What else comes into a mailbox: thanks, machines, bounces, newsletters, and mail that is none of our business."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from email.header import Header
from random import Random

from intake_bot.demo.clients import FOXMAIL, NETEASE, OUTLOOK, QQ
from intake_bot.demo.mailbox import ZONE
from intake_bot.demo.media import chinese_text, docx
from tests.e2e.home import ADDRESSES
from tests.rehearsal.post import Arrival, Post, ReadLetter, Write, mail, quoted, thread
from tests.rehearsal.units import UNITS

DAYS = """
10  thanks:1 news:1 meeting:1 advert:2
11  thanks:2 auto:1 meeting:2 invoice:1 advert:3
12  thanks:2 news:1 private:1 advert:2 job:1
13  private:2 advert:3
14  thanks:6 auto:3 news:2 advert:3 private:1 vacation:1
15  thanks:6 auto:3 news:2 advert:3 meeting:3 invoice:2 job:1 read:2 vacation:1
16  thanks:5 auto:3 news:2 advert:3 meeting:3 invoice:1 empty:1 read:2 vacation:1
17  thanks:5 auto:3 news:2 advert:3 meeting:2 private:2 job:1 read:1 stranger:1
18  thanks:5 auto:2 news:2 advert:3 meeting:3 invoice:2 read:1 vacation:2
19  thanks:5 auto:3 news:2 advert:4 meeting:2 private:1 empty:1 job:1
20  thanks:4 auto:2 news:1 advert:3 private:2
21  thanks:2 news:1 advert:2
"""
"""For each day and each of the two bureaus, how many of each kind."""

_ANSWERS = ("thanks", "auto", "read", "vacation")
"""The kinds that answer a letter of ours."""

BOUNCES = """
puyang 14 16:10 tq@tq.example full
puyang 16 15:20 sh@sh.example unknown
hefei 15 11:30 ch@ch.example unknown
"""
"""Bureau, day, time, whose letter comes back, and why."""


_Maker = Callable[[str, datetime, Random], Write]
"""Makes a mail of a kind to this bureau at this time."""


def noise_mails() -> Iterator[Arrival]:
    for line in DAYS.strip().splitlines():
        day, *kinds = line.split()
        for bureau in ("puyang", "hefei"):
            for kind in kinds:
                name, count = kind.split(":")
                if name in _ANSWERS and (bureau, int(day) < 14) == ("puyang", True):
                    continue  # no school of 濮阳 has had a letter yet
                for number in range(int(count)):
                    yield _one(bureau, date(2023, 5, int(day)), name, number)
    for line in BOUNCES.strip().splitlines():
        yield _bounce(*line.split())


def _one(bureau: str, day: date, kind: str, number: int) -> Arrival:
    mark = f"{bureau} {day} {kind} {number}"
    dice = Random(mark)
    first = 11 if kind in _ANSWERS else 8
    at = datetime.combine(day, time(first), ZONE) + timedelta(seconds=dice.randrange((19 - first) * 3600))
    if day.day < 14:
        at = max(at, datetime.combine(day, time(15, 40), ZONE))
    return Arrival(at, bureau, mark, _KINDS[kind](bureau, at, dice))


def _letter_to_school(post: Post, bureau: str, dice: Random) -> ReadLetter:
    """One of the last forty letters to schools of this bureau."""
    addresses = {unit.address for unit in UNITS[bureau]}
    letters = [one for one in post.letters if one.bureau == bureau and one.to in addresses]
    return dice.choice([one for one in letters if one.subject.startswith("【已收")][-40:])


def _thanks(bureau: str, at: datetime, dice: Random) -> Write:
    words = dice.choice(("收到，谢谢老师！", "谢谢！", "好的，收到。", "辛苦了", "老师辛苦了，谢谢。"))

    def write(post: Post) -> bytes:
        letter = _letter_to_school(post, bureau, dice)
        body = words + quoted(letter, ADDRESSES[bureau])
        return mail(bureau, FOXMAIL, ("老师", letter.to), f"Re: {letter.subject}", at, body=body, extra=thread(letter))

    return write


def _auto(bureau: str, at: datetime, dice: Random) -> Write:
    def write(post: Post) -> bytes:
        letter = _letter_to_school(post, bureau, dice)
        extra = (*thread(letter), ("X-QQ-AUTO-REPLY", "true"))
        words = "您好，您的邮件已收到，我会尽快回复。"
        return mail(bureau, QQ, ("老师", letter.to), f"自动回复: {letter.subject}", at, body=words, extra=extra)

    return write


def _vacation(bureau: str, at: datetime, dice: Random) -> Write:
    def write(post: Post) -> bytes:
        letter = _letter_to_school(post, bureau, dice)
        extra = (*thread(letter), ("Auto-Submitted", "auto-replied"))
        words = "我本周出差在外，急事请打电话。"
        return mail(bureau, OUTLOOK, ("老师", letter.to), f"外出: {letter.subject}", at, body=words, extra=extra)

    return write


def _read(bureau: str, at: datetime, dice: Random) -> Write:
    def write(post: Post) -> bytes:
        letter = _letter_to_school(post, bureau, dice)
        words = f"您的邮件“{letter.subject}”已于 {at:%Y-%m-%d %H:%M} 阅读。"
        return mail(
            bureau, OUTLOOK, ("老师", letter.to), f"已读: {letter.subject}", at, body=words, extra=thread(letter)
        )

    return write


def _plain(subjects: Mapping[str, str], sender: str, extra: tuple[tuple[str, str], ...] = ()) -> _Maker:
    def make(bureau: str, at: datetime, dice: Random) -> Write:
        subject, words = dice.choice(sorted(subjects.items()))
        number = dice.randrange(1000)
        return lambda _post: mail(
            bureau, NETEASE, (sender, f"s{number}@other.example"), subject, at, body=words, extra=extra
        )

    return make


def _meeting(bureau: str, at: datetime, dice: Random) -> Write:
    what = dice.choice(("安全工作", "招生工作", "学籍管理", "资助工作", "技能大赛"))
    file = {f"关于召开{what}会议的通知.docx": docx([f"关于召开{what}会议的通知", chinese_text(300)])}
    words = "各处室、各单位：会议时间见附件，请准时参加。"
    sender = ("局办公室", f"bgs{dice.randrange(100)}@office.example")
    return lambda _post: mail(bureau, OUTLOOK, sender, f"关于召开{what}会议的通知", at, body=words, files=file)


def _stranger(bureau: str, at: datetime, dice: Random) -> Write:
    """Material for the week from a school of another city."""
    file = {"照片说明.docx": docx([chinese_text(200)])}
    sender = ("外市学校", "teacher@elsewhere.example")
    return lambda _post: mail(bureau, QQ, sender, "活动周天涯市海角职业学校文字材料", at, files=file)


_KINDS: Mapping[str, _Maker] = {
    "thanks": _thanks,
    "auto": _auto,
    "vacation": _vacation,
    "read": _read,
    "meeting": _meeting,
    "stranger": _stranger,
    "news": _plain(
        {"教育信息化周刊": "本期要目：智慧校园、数字教材。", "职教视点每日快讯": "今日要闻：各地职教动态。"},
        "周刊",
        (("List-Id", "<news.other.example>"), ("Precedence", "bulk")),
    ),
    "advert": _plain(
        {
            "代开票优惠": "本公司代理各类业务，优惠多多，请来电。",
            "校服定制，厂家直销": "专业生产校服，量大从优。",
            "教学设备报价单": "您好，现寄上我公司的设备报价，请参考。",
            "企业邮箱升级通知": "您的邮箱容量不足，请尽快升级。",
        },
        "推广",
    ),
    "invoice": _plain(
        {"电子发票通知": "您有一张电子发票，请在网站下载。", "报销单据": "上月的报销单据请查收。"}, "财务"
    ),
    "job": _plain({"应聘教师": "您好，本人应聘数学教师一职，简历稍后奉上。"}, "求职"),
    "private": _plain({"周六爬山还去吗？": "周六早上七点老地方集合。", "中午一起吃饭": "老地方见。"}, "老同学"),
    "empty": _plain({"": ""}, "空白"),
}


def _bounce(bureau: str, day: str, clock: str, address: str, why: str) -> Arrival:
    """The mail server returns the last letter to this address."""
    at = datetime.combine(date(2023, 5, int(day)), time.fromisoformat(clock), ZONE)
    label = f"{bureau} {day} {clock} {address}"
    reason = {"full": "对方邮箱已满", "unknown": "该用户不存在"}[why]

    def write(post: Post) -> bytes:
        letter = post.last_to(address)
        page = (
            f"<p>抱歉，您的邮件被退回来了……</p><p>主　题：{letter.subject}<br>收件人：{address}<br>"
            f"退信原因：{reason}<br>建议解决方案：请核对地址</p>"
        )
        head = (
            f"From: Postmaster@126.com\r\nTo: {ADDRESSES[bureau]}\r\n"
            f"Subject: {Header('系统退信', 'utf-8').encode()}\r\n"
            f"Message-ID: <bounce.{day}.{address}>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        return head.encode() + b64encode(page.encode()) + b"\r\n"

    return Arrival(at, bureau, label, write)
