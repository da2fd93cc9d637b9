"""How schools mail: each code of the tables in story_puyang.py and story_hefei.py as one or several mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from intake_bot.demo.clients import QQ
from intake_bot.demo.mailbox import ZONE
from tests.rehearsal.post import Arrival, Post, mail, thread
from tests.rehearsal.units import Unit, unit

FORGED = (("Authentication-Results", "mx.example; spf=fail smtp.mailfrom=nowhere.example; dkim=none"),)
Files = Callable[[], Mapping[str, bytes]]
"""Makes the attachments."""


@dataclass(frozen=True)
class Report:
    """One material of one day, as a unit sends it."""

    bureau: str
    unit: Unit
    day: date
    material: str
    """As the unit calls it in the subject."""
    good: Files
    bad: Files
    deadline: datetime

    @property
    def label(self) -> str:
        """濮阳县 照片 14"""
        return f"{self.unit.short} {self.material} {self.day.day}"

    @property
    def subject(self) -> str:
        return f"活动周{self.unit.name}{self.material}材料"

    def at(self, code: str) -> datetime:
        """When it is sent: the same each time."""
        dice = Random(f"{self.label} {code}")
        if code == "l":
            return self.deadline + timedelta(minutes=dice.randrange(2, 75), seconds=dice.randrange(60))
        earliest = max(self.deadline - timedelta(hours=7), datetime.combine(self.deadline.date(), time(7, 30), ZONE))
        span = self.deadline - timedelta(minutes=15) - earliest
        return earliest + timedelta(seconds=dice.randrange(int(span.total_seconds())))


def big_attachment(name: str, size: str) -> str:
    """The page of a mail with a file left at QQ."""
    return f"""<div>老师好，文件较大，用超大附件发送。</div><br>
<div id="QQMailBigAttach"><div>从QQ邮箱发来的超大附件</div>
<div><span class="qqmailbgattach" expiretime="1686751200">
<a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=5f3a0000&amp;code=0000" target="_blank">
{name}</a> ({size}, 2023年06月14日 22:00 到期)</span></div></div>"""


def arrivals_of(report: Report, code: str) -> Iterator[Arrival]:
    """The mails that a code stands for."""
    if code != "-":
        yield from _CODES[code](report)


def _sent(
    report: Report,
    at: datetime,
    files: Files,
    *,
    label: str = "",
    subject: str = "",
    body: str = "",
    address: str = "",
    extra: tuple[tuple[str, str], ...] = (),
) -> Arrival:
    """A new mail of the unit."""
    one = report.unit
    words = body or Random(f"{report.label} body").choice(_BODIES).format(unit=one.name, material=report.material)

    def write(_post: Post) -> bytes:
        sender = (f"{one.short}{one.contact}", address or one.address)
        return mail(
            report.bureau, one.client, sender, subject or report.subject, at, body=words, files=files(), extra=extra
        )

    return Arrival(at, report.bureau, label or report.label, write)


def _answer(report: Report, at: datetime, files: Files, words: str) -> Arrival:
    """An answer to the last letter that asks for corrections."""
    one = report.unit

    def write(post: Post) -> bytes:
        asked = post.message_id(report.label)
        letter = [letter for letter in post.letters if (letter.to, letter.answers) == (one.address, asked)][-1]
        return mail(
            report.bureau,
            one.client,
            (f"{one.short}{one.contact}", one.address),
            f"回复：{letter.subject}",
            at,
            body=f"{words}\n\n------------------ 原始邮件 ------------------\n{letter.text}",
            files=files(),
            extra=thread(letter),
        )

    return Arrival(at, report.bureau, f"{report.label} 补", write)


_BODIES = (
    "老师您好，附件是{unit}今天的{material}材料，请查收。",
    "现将我单位{material}材料报上，请审阅。",
    "市局职成科：\n\n附件为{material}材料。\n\n{unit}",
)


def _good(report: Report) -> Iterator[Arrival]:
    yield _sent(report, report.at("."), report.good)


def _late(report: Report) -> Iterator[Arrival]:
    yield _sent(report, report.at("l"), report.good)


def _bad(report: Report) -> Iterator[Arrival]:
    yield _sent(report, report.at("b"), report.bad)


def _mended(report: Report) -> Iterator[Arrival]:
    """Sent in the morning, returned, mended by an answer before the deadline."""
    at = _morning(report)
    yield _sent(report, at, report.bad)
    yield _answer(report, at + timedelta(hours=3, minutes=20), report.good, "已改好，请查收。")


def _twice(report: Report) -> Iterator[Arrival]:
    """The same mail delivered twice."""
    first = _sent(report, _morning(report), report.good)
    yield first
    yield Arrival(
        first.at + timedelta(minutes=3), first.bureau, f"{report.label} 又", lambda post: post.sent[first.label]
    )


def _next_day(report: Report) -> Iterator[Arrival]:
    """Sent the morning after the deadline, with the day in the subject."""
    at = report.deadline + timedelta(hours=17, minutes=Random(report.label).randrange(60))
    yield _sent(report, at, report.good, subject=f"{report.subject}{report.day.month}月{report.day.day}日")


def _typo(report: Report) -> Iterator[Arrival]:
    """One character of the unit's name is wrong; sent anew with the subject of the letter."""
    name = report.unit.name.replace("技术", "技木").replace("教育", "教肓").replace("学校", "学效")
    at = _morning(report)
    yield _sent(report, at, report.good, subject=f"活动周{name}{report.material}材料", label=f"{report.label} 错")
    yield _sent(report, at + timedelta(hours=2, minutes=7), report.good)


def _second_sender(report: Report) -> Iterator[Arrival]:
    """Another mailbox sends it too."""
    at = _morning(report)
    yield _sent(report, at, report.good)
    body = "老师好，我是学校办公室的，今天的材料由我报送。"
    other = f"bgs{report.day.day}@free.example"
    yield _sent(report, at + timedelta(hours=2), report.bad, label=f"{report.label} 二", address=other, body=body)


def _forged(report: Report) -> Iterator[Arrival]:
    yield _sent(report, _morning(report), report.good, extra=FORGED)


def _link(report: Report) -> Iterator[Arrival]:
    """Left at QQ as a large file."""
    at, one = _morning(report), report.unit

    def write(_post: Post) -> bytes:
        page = big_attachment(f"{report.material}.zip", "86.42M")
        sender = (f"{one.short}{one.contact}", one.address)
        return mail(report.bureau, QQ, sender, report.subject, at, body="老师好，文件较大，用超大附件发送。", page=page)

    yield Arrival(at, report.bureau, report.label, write)


def _trial(report: Report) -> Iterator[Arrival]:
    """预检 first, then for good."""
    at = _morning(report)
    yield _sent(report, at, report.bad, subject=f"预检 {report.subject}", label=f"{report.label} 预")
    yield _sent(report, at + timedelta(hours=2, minutes=40), report.good)


def _question(report: Report) -> Iterator[Arrival]:
    """Asks whether it may be sent later, and sends it late."""
    body = f"老师您好，我们{report.day.day}日的活动晚上才结束，{report.material}可以晚一点再交吗？"
    yield _sent(report, _morning(report), dict, body=body, label=f"{report.label} 问")
    yield _sent(report, report.at("l"), report.good)


def _morning(report: Report) -> datetime:
    dice = Random(f"{report.label} morning")
    at = report.deadline - timedelta(hours=7) + timedelta(minutes=dice.randrange(100), seconds=dice.randrange(60))
    return max(at, datetime.combine(at.date(), time(7, 30), ZONE))


_CODES: Mapping[str, Callable[[Report], Iterator[Arrival]]] = {
    ".": _good,
    "l": _late,
    "b": _bad,
    "m": _mended,
    "d": _twice,
    "y": _next_day,
    "w": _typo,
    "2": _second_sender,
    "f": _forged,
    "h": _link,
    "t": _trial,
    "q": _question,
}
CODES = """
. good, in time          l good, late             - nothing
b returned, not mended   m returned and mended    y the day after, with the day in the subject
d delivered twice        w a typo in the unit     2 a second mailbox sends it too
f perhaps forged         h left as a large file   t a trial first
q a question, then late
"""


def routine(bureau: str, table: str, report: Callable[[Unit, int, int], Report]) -> Iterator[Arrival]:
    """The mails of a table: a unit, and for each material a code a day. `report` takes unit, material and day, the
    last two by number."""
    for line in table.strip().splitlines():
        name, *materials = line.split()
        for number, codes in enumerate(materials):
            for day, code in enumerate(codes):
                yield from arrivals_of(report(unit(bureau, name), number, day), code)
