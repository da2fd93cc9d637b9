from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from intake_bot.files.facts import FileFacts, Kind, TextFacts
from intake_bot.judging.judge import judge
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.letters.letter import Letter
from intake_bot.letters.reply import AnswerContext, compose_answer
from intake_bot.notices.notice import Severity
from tests.judging.cases import case, news
from tests.letters import samples
from tests.letters.samples import ACCEPTED, CLOSED, HELD, ONLINE, PARTIAL, REJECTED, TEMPLATES, UNKNOWN_UNIT, at

HOSTILE = {
    "markup": "</table><script>alert(1)</script>.jpg",
    "attribute": '" onmouseover="alert(1)" x="',
    "formula": "=HYPERLINK(1,2)+cmd|' /C calc'!A0",
    "bidi": "报表\u202egpj.exe",
    "zero_width": "活动\u200b周\ufeff",
    "line_breaks": "a\r\n回执编号：9999-9\u2028已收下：全部\x0b\x85b.jpg",
    "controls": "a\x00\x07\x1b[31m.jpg",
    "lone_surrogate": "a\udcffb.jpg",
    "long": "很长的文件名" * 50 + ".jpg",
    "link": "看这里 https://evil.example/x www.evil.example javascript:alert(1)",
    "template": "{{ 7*7 }}{% include 'reply.txt' %}",
}


class _Elements(HTMLParser):
    """The elements and attributes of a page, as a browser's parser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Elements:
    reader = _Elements()
    reader.feed(html)
    return reader


def _saying(text: str) -> AnswerContext:
    """A rejected mail in which everything a sender can write is `text`."""
    finding = Finding("photo.unreadable", Severity.ERROR, f"“{text}”打不开", "能打开", "请重新发", text, "四（三）2")
    remark = Finding("file.unexpected", Severity.REMARK, f"没有用到{text}", file=text)
    item = ItemVerdict("照片", samples.DAY, samples.DUE, False, Decision.REJECTED, (finding, remark), (text,))
    return replace(
        ACCEPTED,
        subject=text,
        sender=text,
        verdict=Verdict(MailKind.SUBMISSION, Disposition.REJECTED, None, (item,)),
        files=(FileFacts(text, Kind.JPEG, 1, "0" * 64),),
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_answer_to_hostile_text_has_the_elements_and_lines_of_a_plain_one(text: str) -> None:
    hostile = compose_answer(_saying(text), TEMPLATES)
    plain = compose_answer(_saying("现场.jpg"), TEMPLATES)
    assert hostile.subject == plain.subject
    assert _read(hostile.html).seen == _read(plain.html).seen
    assert len(hostile.text.splitlines()) == len(plain.text.splitlines())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_answer_to_hostile_text_can_be_stored_and_sent(text: str) -> None:
    letter = compose_answer(_saying(text), TEMPLATES)
    whole = letter.subject + letter.text + letter.html
    assert whole.encode("utf-8").decode("utf-8") == whole
    assert [c for c in "\x00\x07\x1b\u202e\u200b\ufeff\u2028" if c in whole] == []
    assert "://" not in letter.text
    assert "www." not in letter.text


def test_long_names_lose_their_middle() -> None:
    letter = compose_answer(_saying("头" * 150 + "尾" * 150 + ".jpg"), TEMPLATES)
    assert f"\n[需补正] {'头' * 39}…{'尾' * 16}.jpg（1 字节）\n" in letter.text


def test_rejection_without_a_unit_offers_the_subject_only_to_that_unit() -> None:
    text = compose_answer(UNKNOWN_UNIT, TEMPLATES).text
    assert "如果是这个单位，邮件主题请照抄下面这一行：\n\n活动周濮阳县职业技术学校文字材料\n" in text


def test_partial_answer_asks_for_the_rejected_part_only_with_its_day() -> None:
    assert "\n活动周濮阳县教育局视频材料5月17日\n" in compose_answer(PARTIAL, TEMPLATES).text


def test_subject_with_blanks_says_that_they_are_to_be_filled() -> None:
    blank = replace(UNKNOWN_UNIT, verdict=replace(UNKNOWN_UNIT.verdict, correct_subject="活动周【单位全称】照片材料"))
    text = compose_answer(blank, TEMPLATES).text
    assert "\n邮件主题请照抄下面这一行（【】里的字请换成实际名称）：\n\n活动周【单位全称】照片材料\n" in text


def test_mail_before_the_week_is_not_told_that_it_is_late() -> None:
    early = Finding("deadline.closed", Severity.ERROR, "活动周还没有开始", todo="请从5月14日起报送")
    item = replace(REJECTED.verdict.items[0], findings=(early,))
    moment = at("2023-05-10 09:00:00")
    context = replace(REJECTED, received=moment, now=moment, verdict=replace(REJECTED.verdict, items=(item,)))
    letter = compose_answer(context, TEMPLATES)
    assert letter.subject == "【没有收下】活动周濮阳县教育局照片（回执编号 1043-5）"
    assert "1. 活动周还没有开始\n   请注意：请从5月14日起报送。\n\n请从 5月14日（周日）起发来，" in letter.text
    assert "\n照片（5月17日）：服务器收到 5月10日09:00:00，还没到报送时间\n" in letter.text
    assert "按时" not in letter.text


def test_rejection_without_any_subject_to_copy_points_to_the_finding() -> None:
    nameless = replace(UNKNOWN_UNIT, verdict=replace(UNKNOWN_UNIT.verdict, correct_subject=""))
    assert "邮件主题怎么写，请看上面的说明。" in compose_answer(nameless, TEMPLATES).text


def _answer_of_the_ministry(subject: str, *files: FileFacts) -> str:
    mail = case("moe-2023", subject, *files)
    context = replace(ONLINE, notice=mail.notice, subject=subject, verdict=judge(mail), received=mail.received)
    return compose_answer(replace(context, now=mail.received), TEMPLATES).text


def test_what_goes_online_is_not_asked_for_by_mail() -> None:
    pictures = TextFacts("活动亮点，典型案例", 900, pictures=1)
    text = _answer_of_the_ministry("活动周河北省教育厅总结、照片", news(text=pictures))
    assert "\n照片不用邮件报送，请改在网上系统提交，网址列在下面。\n" in text
    assert "\n请在网上报送：照片\n职业教育活动周网上报送系统，网址 http://xxbs.bzpt.edu.cn\n" in text
    assert [words for words in ("补正", "怎样重发", "照抄", "照片：服务器", "尽快") if words in text] == []


def test_what_is_to_be_mended_by_mail_stands_apart_from_what_goes_online() -> None:
    text = _answer_of_the_ministry("活动周河北省教育厅总结、照片")
    assert "\n请补正（共 2 处）\n" in text
    assert "\n活动周河北省教育厅总结材料\n" in text
    assert "\n请在网上报送：照片\n" in text


SUBJECTS = {
    "accepted": (ACCEPTED, "【已收】活动周濮阳县教育局照片（回执编号 1042-7）"),
    "late": (samples.ACCEPTED_LATE, "【已收·迟报】活动周濮阳县教育局照片（回执编号 1042-7）"),
    "partial": (PARTIAL, "【部分收到】活动周濮阳县教育局文字材料、视频、工作总结（回执编号 1045-1）"),
    "rejected": (REJECTED, "【请补正】活动周濮阳县教育局照片（回执编号 1043-5）"),
    "held": (HELD, "【待人工查看】活动周濮阳县教育局工作总结（回执编号 1046-9）"),
    "online": (ONLINE, "【请在网上报送】活动周全国机械职业教育教学指导委员会典型案例（回执编号 2007-4）"),
    "closed": (CLOSED, "【没有收下】活动周濮阳县教育局招生宣传短视频（回执编号 1050-2）"),
}


@pytest.mark.parametrize(("context", "subject"), SUBJECTS.values(), ids=SUBJECTS)
def test_subject_says_what_became_of_the_mail(context: AnswerContext, subject: str) -> None:
    assert compose_answer(context, TEMPLATES).subject == subject


def test_subject_with_many_materials_stays_short() -> None:
    items = tuple(
        replace(ACCEPTED.verdict.items[0], material=name) for name in ("文字材料", "照片", "视频", "工作总结")
    )
    letter = compose_answer(replace(ACCEPTED, verdict=replace(ACCEPTED.verdict, items=items)), TEMPLATES)
    assert letter.subject == "【已收】活动周濮阳县教育局文字材料等 4 项材料（回执编号 1042-7）"


UNTIL = {
    "before, late is marked": (
        "照片",
        "2023-05-17 15:00:00",
        "",
        "请在 5月17日（周三）16:00 前发来。过了这个时间也照收，会记为迟报。",
    ),
    "at the deadline": (
        "照片",
        "2023-05-17 16:00:00",
        "",
        "请在 5月17日（周三）16:00 前发来。过了这个时间也照收，会记为迟报。",
    ),
    "after, late is marked": (
        "照片",
        "2023-05-17 16:00:01",
        "",
        "5月17日（周三）16:00 的截止时间已经过了，请尽快发来，照样接收，会记为迟报。",
    ),
    "before, late is refused": (
        "招生宣传短视频",
        "2023-05-17 15:00:00",
        "",
        "请在 5月17日（周三）16:00 前发来。过了这个时间，按通知就不再接收了。",
    ),
    "after, late is refused": (
        "招生宣传短视频",
        "2023-05-17 17:00:00",
        "",
        "5月17日（周三）16:00 的截止时间已经过了，按通知不再接收。如有特殊情况，请与我们联系。",
    ),
    "closed altogether": (
        "照片",
        "2023-07-01 09:00:00",
        "deadline.closed",
        "5月17日（周三）16:00 的截止时间已经过了，按通知不再接收。如有特殊情况，请与我们联系。",
    ),
}


@pytest.mark.parametrize(("material", "now", "code", "sentence"), UNTIL.values(), ids=UNTIL)
def test_rejection_says_by_when_and_what_happens_afterwards(material: str, now: str, code: str, sentence: str) -> None:
    findings = (Finding(code or "photo.unreadable", Severity.ERROR, "打不开"),)
    item = ItemVerdict(material, samples.DAY, samples.DUE, False, Decision.REJECTED, findings)
    context = replace(REJECTED, received=at(now), now=at(now), verdict=replace(REJECTED.verdict, items=(item,)))
    assert f"\n{sentence}\n" in compose_answer(context, TEMPLATES).text


def test_rejection_with_two_deadlines_names_the_materials() -> None:
    photo = replace(REJECTED.verdict.items[0], findings=(Finding("photo.unreadable", Severity.ERROR, "打不开"),))
    summary = replace(photo, material="工作总结", day=None, deadline=at("2023-05-24 00:00:00"))
    letter = compose_answer(replace(REJECTED, verdict=replace(REJECTED.verdict, items=(photo, summary))), TEMPLATES)
    assert (
        "照片（5月17日）：请在 5月17日（周三）16:00 前发来。过了这个时间也照收，会记为迟报。\n"
        "工作总结：请在 5月23日（周二）24:00 前发来。过了这个时间也照收，会记为迟报。\n"
    ) in letter.text


def test_full_digest_of_each_file_is_in_the_text_and_a_short_one_in_the_html() -> None:
    letter = compose_answer(ACCEPTED, TEMPLATES)
    assert [file.sha256 in letter.text for file in ACCEPTED.files] == [True] * 4
    assert [file.sha256[:12] in letter.html for file in ACCEPTED.files] == [True] * 4
    assert [file.sha256 in letter.html for file in ACCEPTED.files] == [False] * 4


def test_ignored_mail_gets_no_letter() -> None:
    with pytest.raises(ValueError, match="ignored"):
        compose_answer(replace(ACCEPTED, verdict=Verdict(MailKind.OTHER, Disposition.IGNORED)), TEMPLATES)


def test_mail_with_thousands_of_files_gets_a_letter_that_can_be_read() -> None:
    files = tuple(samples.file(f"照片{n}.jpg", n % 200) for n in range(5000))
    findings = tuple(samples.error("photo.unreadable", "打不开", file=file.name) for file in files)
    item = replace(REJECTED.verdict.items[0], findings=findings, files=tuple(file.name for file in files))
    letter: Letter = compose_answer(
        replace(REJECTED, files=files, verdict=replace(REJECTED.verdict, items=(item,))), TEMPLATES
    )
    assert "1. 5000 个文件：打不开\n" in letter.text
    assert "另有 4700 个文件，没有逐一列出。" in letter.text
    assert len(letter.html) < 300_000
