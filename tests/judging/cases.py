"""Mails as facts, for judging: no file, no library, only what would have been measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.files.facts import FileFacts, Kind, MailFacts, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.judging.author import Author, Relation
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.verdict import Verdict
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.notices.notice import Notice
from intake_bot.notices.subject import read_subject

SETTINGS = load(defaults_dir())
ZONE = SETTINGS.intake.zone
IN_TIME = {
    "puyang-2023": "2023-05-17T15:00:00",
    "hefei-2023": "2023-05-18T09:00:00",
    "hebei-2023": "2023-05-17T15:00:00",
    "moe-2023": "2023-05-24T10:00:00",
}
CAPTION = "现场照片为五月十七日我校技能展示活动，学生正在操作无人机。"


def notice(notice_id: str) -> Notice:
    return next(one for one in SETTINGS.notices if one.id == notice_id)


def calendar(of: Notice) -> Calendar:
    return Calendar(of.activity_week, ZONE, timedelta(hours=of.grace_hours), of.closes_at(ZONE))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def case(
    notice_id: str,
    subject: str,
    *files: FileFacts,
    body: str = "",
    body_words: int | None = None,
    received: str | None = None,
    links: tuple[CloudLink, ...] = (),
    sender_unit: str | None = None,
) -> Case:
    """The judgement's arguments for one mail with these files."""
    of = notice(notice_id)
    bureau = SETTINGS.bureau(of.bureau)
    assert bureau is not None
    words = len(body) if body_words is None else body_words
    facts = MailFacts(files, TextFacts(body, words), links)
    reading = read_subject(subject, of, bureau.roster)
    return Case(
        of,
        calendar(of),
        reading,
        moment(received or IN_TIME[notice_id]),
        facts,
        Author("teacher@example.edu.cn", Relation.KNOWN, sender_unit),
        unit_names=bureau.roster.names,
    )


def errors(verdict: Verdict) -> list[str]:
    return sorted({f.code for f in verdict.all_findings if f.severity.value == "error"})


def remarks(verdict: Verdict) -> list[str]:
    return sorted({f.code for f in verdict.all_findings if f.severity.value == "remark"})


def outcome(of: Case) -> tuple[str, list[str], list[str]]:
    """Disposition, codes of errors, codes of remarks."""
    verdict = judge(of)
    return verdict.disposition.value, errors(verdict), remarks(verdict)


def photo(name: str = "DSC_0001.jpg", **changes: object) -> FileFacts:
    """A JPEG of 4000 × 3000 pixels and 3 MB inside 照片.zip."""
    base = FileFacts(name, Kind.JPEG, 3_000_000, f"sha-{name}", "照片.zip", photo=PhotoFacts(4000, 3000))
    return replace(base, **changes)  # type: ignore[arg-type]  # mypy cannot check replace's keywords


def archive(name: str = "照片.zip", kind: Kind = Kind.ZIP, trouble: Trouble | None = None) -> FileFacts:
    return FileFacts(name, kind, 9_000_000, f"sha-{name}", trouble=trouble)


def video(name: str = "实训.mp4", **changes: object) -> FileFacts:
    """An mp4 of 1280 × 720 pixels, one minute, 50 MB."""
    base = FileFacts(name, Kind.MP4, 50_000_000, f"sha-{name}", video=VideoFacts(1280, 720, 60.0, "AVC"))
    return replace(base, **changes)  # type: ignore[arg-type]  # as above


def word(
    name: str = "材料.docx", text: str = "活动亮点与典型案例。", words: int = 1000, **changes: object
) -> FileFacts:
    """A .docx with so many 字 and nothing else in it."""
    base = FileFacts(name, Kind.DOCX, 20_000, f"sha-{name}", text=TextFacts(text, words))
    return replace(base, **changes)  # type: ignore[arg-type]  # as above


def news(name: str = "图片新闻.docx", **changes: object) -> FileFacts:
    """A .docx with a picture, its source and a link."""
    text = TextFacts("开幕。图片来源：校团委 张三 摄。", 600, pictures=1, links=("https://news.example.cn/1.html",))
    return replace(word(name), **{"text": text, **changes})  # type: ignore[arg-type]  # as above


def form(title: str, name: str = "附件1.docx") -> FileFacts:
    """A .docx that holds the form of this title, filled in."""
    text = f"2023年职业教育活动周{title}\n单位\t合肥工业学校"
    facts = TextFacts(text, 30, tables=((("单位", "合肥工业学校"),),))
    return FileFacts(name, Kind.DOCX, 20_000, f"sha-{name}", text=facts)
