from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from intake_bot.files.facts import FileFacts, Kind, Trouble
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.letters.missing_reports import QuotaLine
from intake_bot.letters.reply import ReplyContext, compose_reply
from intake_bot.letters.templates import Letter
from intake_bot.notices.notice import Severity
from tests.letters import sample_letters as samples
from tests.letters.sample_letters import ACCEPTED, PARTIAL, REJECTED, UNKNOWN_UNIT
from tests.letters.sample_notice import COUNTY, NOTICE
from tests.letters.samples import DAY, DUE, TEMPLATES, at, error

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


def _saying(text: str) -> ReplyContext:
    """A rejected mail in which everything a sender can write is `text`."""
    finding = Finding("photo.unreadable", Severity.ERROR, f"“{text}”打不开", "能打开", "请重新发", text, "四（三）2")
    remark = Finding("file.unexpected", Severity.REMARK, f"没有用到{text}", file=text)
    item = ItemVerdict("照片", DAY, DUE, False, Decision.REJECTED, (finding, remark), (text,))
    return replace(
        ACCEPTED,
        subject=text,
        sender=text,
        verdict=Verdict(MailKind.SUBMISSION, Disposition.REJECTED, None, (item,)),
        files=(FileFacts(text, Kind.JPEG, 1, "0" * 64),),
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_reply_to_hostile_text_has_the_elements_and_lines_of_a_plain_one(text: str) -> None:
    hostile = compose_reply(_saying(text), TEMPLATES)
    plain = compose_reply(_saying("现场.jpg"), TEMPLATES)
    assert hostile.subject == plain.subject
    assert _read(hostile.html).seen == _read(plain.html).seen
    assert len(hostile.text.splitlines()) == len(plain.text.splitlines())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_reply_to_hostile_text_can_be_stored_and_sent(text: str) -> None:
    letter = compose_reply(_saying(text), TEMPLATES)
    whole = letter.subject + letter.text + letter.html
    assert whole.encode("utf-8").decode("utf-8") == whole
    assert [c for c in "\x00\x07\x1b\u202e\u200b\ufeff\u2028" if c in whole] == []
    assert "://" not in letter.text
    assert "www." not in letter.text


def test_long_names_lose_their_middle() -> None:
    letter = compose_reply(_saying("头" * 150 + "尾" * 150 + ".jpg"), TEMPLATES)
    assert f"\n   {'头' * 39}…{'尾' * 16}.jpg\n" in letter.text


def test_rejection_without_unit_offers_the_subject_to_that_unit_only() -> None:
    text = compose_reply(UNKNOWN_UNIT, TEMPLATES).text
    assert "如果是这个单位，邮件主题请照抄下面这一行：\n\n活动周濮阳县职业技术学校文字材料\n" in text


def test_partial_reply_asks_for_rejected_items_with_their_day() -> None:
    assert "\n活动周濮阳县教育局视频材料5月17日\n" in compose_reply(PARTIAL, TEMPLATES).text


@pytest.mark.parametrize("unit", ["", "濮阳县第二职业学校"], ids=["no unit", "unknown unit"])
def test_subject_to_copy_without_unit_leaves_out_late_items(unit: str) -> None:
    mail = samples.answer(
        "1068-4",
        f"活动周{unit}招生宣传短视频、照片",
        "2023-05-21 09:00:00",
        samples.video("a.mp4", 3),
        *samples.GOOD_PHOTOS,
    )
    text = compose_reply(mail, TEMPLATES).text
    assert "\n没有收下、不用再发：招生宣传短视频\n" in text
    assert f"\n活动周{'濮阳县职业技术学校' if unit else '【单位全称】'}照片材料\n" in text


def test_subject_with_placeholders_asks_to_fill_them() -> None:
    text = compose_reply(samples.NO_UNIT, TEMPLATES).text
    assert "\n邮件主题请照抄下面这一行（【】里的字请换成实际名称）：\n\n活动周【单位全称】文字材料\n" in text


RESEND = {
    "some files to mend": (samples.REJECTED_ONE, "直接回复这封信就行，只附上面要改要补的文件，合格的文件不用再发。"),
    "all files to mend": (samples.REJECTED_LATE, "直接回复这封信就行，只附上面要改要补的文件。"),
    "the subject alone": (UNKNOWN_UNIT, "直接回复这封信就行：把邮件主题改对，文件不用再发。"),
    "the subject and a file": (samples.NO_UNIT, "直接回复这封信就行：附上改好的文件，并把邮件主题改对。"),
    "several units": (samples.MANY_UNITS, "请每个单位新发一封邮件，附上自己的文件。"),
}


@pytest.mark.parametrize(("context", "sentence"), RESEND.values(), ids=RESEND)
def test_rejection_asks_to_resend_only_wrong_parts(context: ReplyContext, sentence: str) -> None:
    letter = compose_reply(context, TEMPLATES)
    assert f"\n{sentence}\n" in letter.text
    assert sentence in letter.html


def test_missing_keyword_is_corrected_by_a_plain_answer() -> None:
    """Our letter's subject, which an answer repeats, has the keyword."""
    finding = Finding("subject.no_keyword", Severity.ERROR, "主题里没有“活动周”字样")
    context = replace(ACCEPTED, verdict=replace(REJECTED.verdict, findings=(finding,), items=()))
    assert "\n直接回复这封信就行，文件不用再发。\n" in compose_reply(context, TEMPLATES).text


def test_rejection_with_good_files_says_they_are_kept() -> None:
    text = compose_reply(samples.REJECTED_ONE, TEMPLATES).text
    assert "\n合格的 1 个文件我们已经留存，不用再发。\n" in text
    assert "\n收到的其他文件\n[合格] 启动仪式全景.jpg\n" in text


def test_rejection_without_good_files_says_nothing_of_kept_ones() -> None:
    text = compose_reply(samples.REJECTED_LATE, TEMPLATES).text
    assert [word for word in ("留存", "合格", "收到的文件", "收到的其他文件") if word in text] == []


def test_supplement_names_files_taken_over() -> None:
    context = replace(samples.SUPPLEMENTED, taken_over=("照片.zip/a.jpg", "邮件正文"))
    text = compose_reply(context, TEMPLATES).text
    assert "\n接着用的文件（回执编号 1046-2 的邮件里合格的）：a.jpg、邮件正文\n" in text


def test_pieces_name_the_receipts_of_the_others() -> None:
    assert "\n一起查看的邮件：回执编号 1061-4、1062-3\n" in compose_reply(samples.PIECES, TEMPLATES).text


def test_extended_deadline_is_marked() -> None:
    letter = compose_reply(samples.EXTENDED, TEMPLATES)
    assert "截止 5月19日 12:00，按时（已延期）\n" in letter.text
    assert "请在明天（5月19日）12:00 前发来（已延期），过后也照收，记为迟报。" in letter.text


def test_private_finding_is_not_in_the_letter() -> None:
    secret = Finding("sender.unknown", Severity.REMARK, "不在登记的邮箱里", private=True)
    item = replace(ACCEPTED.verdict.items[0], findings=(secret,))
    context = replace(ACCEPTED, verdict=replace(ACCEPTED.verdict, findings=(secret,), items=(item,)))
    assert compose_reply(context, TEMPLATES) == compose_reply(
        replace(context, verdict=context.verdict.for_school), TEMPLATES
    )
    assert "登记" not in compose_reply(context, TEMPLATES).text


def test_mail_before_the_week_is_answered_with_the_first_day() -> None:
    letter = compose_reply(samples.EARLY, TEMPLATES)
    assert letter.subject == "【请 5月14日 起再报】活动周濮阳县教育局照片（回执编号 1057-0）"
    assert "请从 5月14日（周日）起，到当天该报的时候再发一次" in letter.text
    assert "到时重发之前，请先改好这 1 处\n\n1. 照片太小：1280×960，长边 1280 像素；要求 2000 像素以上\n" in letter.text
    assert [word for word in ("截止", "结束", "按时", "迟报") if word in letter.text] == []


def test_mail_after_the_last_deadline_is_answered_with_that_only() -> None:
    photos = compose_reply(
        replace(samples.CLOSED, verdict=replace(samples.CLOSED.verdict, items=_closed_with_another_fault())), TEMPLATES
    )
    assert "打不开" not in photos.text
    assert "还没" not in photos.text


def test_late_and_rejected_items_ask_for_the_rejected_only() -> None:
    text = compose_reply(samples.PARTIAL_LATE, TEMPLATES).text
    assert "\n很抱歉，招生宣传短视频已经过了截止时间，不再接收，这次没有收下。\n\n请改这 1 处\n" in text
    assert "\n活动周濮阳县教育局文字材料5月20日\n\n没有收下、不用再发：招生宣传短视频\n" in text
    assert "没有传完" not in text
    assert "[未使用] 招生宣传.mp4\n" in text


def test_early_item_beside_others_names_its_day() -> None:
    text = compose_reply(samples.PARTIAL_EARLY, TEMPLATES).text
    assert (
        "\n已经收下、不用再发的：工作总结。\n"
        "照片（5月14日）还没到报送的时候，这次没有登记，请从 5月14日（周日）起，到当天该报的时候再发。\n"
    ) in text
    assert [word for word in ("请改这", "怎样补发", "需补正", "没有收下") if word in text] == []


EARLY_SUBJECTS = {
    "right": (samples.PHOTO_SUBJECT, ""),
    "right, with its day": (f"{samples.PHOTO_SUBJECT}5月16日", ""),
    "without the keyword": ("濮阳县教育局照片", "活动周濮阳县教育局照片材料5月14日"),
    "without the keyword, with its day": ("濮阳县教育局照片5月16日", "活动周濮阳县教育局照片材料5月16日"),
    "with a day outside the week": (f"{samples.PHOTO_SUBJECT}5月10日", "活动周濮阳县教育局照片材料5月14日"),
    "with something for the online system": ("活动周濮阳县教育局方案、照片", "活动周濮阳县教育局照片材料5月14日"),
}


@pytest.mark.parametrize(("subject", "to_copy"), EARLY_SUBJECTS.values(), ids=EARLY_SUBJECTS)
def test_early_mail_keeps_its_subject_only_where_it_is_right(subject: str, to_copy: str) -> None:
    letter = compose_reply(
        samples.answer("1069-2", subject, "2023-05-10 09:00:00", *samples.GOOD_PHOTOS, samples.text("方案.docx", 4)),
        TEMPLATES,
    )
    assert ("主题可以照用" in letter.text) == ("主题可以照用" in letter.html) == (not to_copy)
    assert re.findall(r"邮件主题请照抄下面这一行：\n\n(.+)\n", letter.text) == [to_copy] * bool(to_copy)
    assert f"<td>{to_copy}</td>" in re.sub("<td [^>]+>", "<td>", letter.html) or not to_copy


MIXED_WITH_EARLY = {
    "one taken in": (samples.PARTIAL_EARLY.verdict, []),
    "one to be mended, the subject among it": (
        samples.judged(
            "濮阳县教育局工作总结、照片",
            "2023-05-10 09:00:00",
            samples.text("工作总结.docx", 65),
            *samples.PARTIAL_EARLY.files[1:],
        ),
        ["1. 主题里没有“活动周”字样"],
    ),
}


@pytest.mark.parametrize(("verdict", "now"), MIXED_WITH_EARLY.values(), ids=MIXED_WITH_EARLY)
def test_early_item_beside_others_names_its_faults(verdict: Verdict, now: list[str]) -> None:
    text = compose_reply(replace(samples.PARTIAL_EARLY, verdict=verdict), TEMPLATES).text
    before, heading, after = text.partition("\n照片（5月14日）到时重发之前，请先改好这 1 处\n\n1. ")
    assert heading
    assert re.findall(r"(?m)^\d\. .*", before) == now
    first, second = after.splitlines()[:2]
    assert first == "照片太小：1280×960，长边 1280 像素；要求 2000 像素以上"
    assert second == "   濮阳县5月17日照片.zip/开幕式彩排.jpg"


def test_early_item_beside_late_ones_names_its_faults_and_those_of_the_mail() -> None:
    early = samples.judged("濮阳县教育局照片", "2023-05-10 09:00:00", *samples.EARLY.files)
    late = replace(
        samples.CLOSED.verdict.items[0], deadline=at("2023-05-01 00:00:00"), findings=(error("deadline.late", "迟了"),)
    )
    context = replace(samples.EARLY, verdict=replace(early, items=(late, *early.items)))
    text = compose_reply(context, TEMPLATES).text
    assert "\n照片（5月14日）到时重发之前，请先改好这 2 处\n\n1. 主题里没有“活动周”字样\n" in text
    assert "\n2. 照片太小：" in text


TURNED_AWAY = {
    "late, and one with a fault": (
        ("deadline.late", "photo.unreadable"),
        "【请补正】",
        ["照片还不能收下，只有 1 处要请您补正。", "很抱歉，视频已经过了截止时间，不再接收，这次没有收下。"],
    ),
    "late, and one for the online system": (
        ("deadline.closed", "channel.online"),
        "【没有收下】",
        [
            "很抱歉，视频已经过了截止时间，不再接收，这次没有收下。",
            "照片不用邮件报送，请改在网上系统提交，网址列在下面。",
        ],
    ),
    "late, and one too early": (
        ("deadline.closed", "deadline.closed"),
        "【没有收下】",
        ["很抱歉，视频已经过了截止时间，不再接收，这次没有收下。", "照片还没到报送的时候，这次没有登记，"],
    ),
    "late, and one that a person looks at": (
        ("deadline.late", ""),
        "【待人工查看】",
        [
            "要由工作人员查看、先不用重发的：照片。一个工作日内答复您。",
            "很抱歉，视频已经过了截止时间，不再接收，这次没有收下。",
        ],
    ),
}


@pytest.mark.parametrize(("codes", "subject", "sentences"), TURNED_AWAY.values(), ids=TURNED_AWAY)
def test_items_turned_away_are_no_faults_to_correct(codes: tuple[str, str], subject: str, sentences: list[str]) -> None:
    late, other = codes
    received = at("2023-05-18 09:00:00")
    items = (
        ItemVerdict("视频", None, DUE, True, Decision.REJECTED, (error(late, "已过截止时间"),)),
        ItemVerdict("照片", None, at("2023-05-19 09:00:00"), False, Decision.REJECTED, (error(other, "照片不行"),))
        if other
        else ItemVerdict("照片", None, None, False, Decision.HELD, (HOLD,)),
    )
    disposition = Disposition.REJECTED if other else Disposition.PARTIAL
    verdict = Verdict(MailKind.SUBMISSION, disposition, "濮阳县教育局", items)
    letter = compose_reply(replace(ACCEPTED, received=received, now=received, verdict=verdict, files=()), TEMPLATES)
    assert letter.subject.startswith(subject)
    assert [said for said in sentences if said not in letter.text or said not in letter.html] == []
    assert ("请改这 1 处" in letter.text, "照片不行" in letter.text) == (other.startswith("photo"),) * 2
    assert "视频材料" not in letter.text  # no subject to copy for it
    assert "\n没有收下、不用再发：视频\n\n- 已过截止时间\n" in letter.text


HOLD = Finding("archive.unmeasured", Severity.REMARK, "程序读不了", holds=True)


def test_late_item_accepted_by_a_clerk_is_not_turned_away() -> None:
    """Lateness is no error of what a clerk accepted, be it one of the notice."""
    item = ItemVerdict(
        "视频", DAY, DUE, True, Decision.ACCEPTED, (error("deadline.late", "已过截止时间"),), ("活动.mp4",)
    )
    verdict = Verdict(MailKind.SUBMISSION, Disposition.ACCEPTED, "濮阳县教育局", (item,))
    text = compose_reply(replace(ACCEPTED, verdict=verdict, files=(samples.file("活动.mp4"),)), TEMPLATES).text
    assert "[合格] 活动.mp4" in text
    assert "没有收下" not in text


def test_supplement_without_files_taken_over_names_no_kept_files() -> None:
    alone = compose_reply(replace(samples.SUPPLEMENTED, taken_over=()), TEMPLATES).text
    together = compose_reply(samples.SUPPLEMENTED, TEMPLATES).text
    assert "\n您补发的邮件收到了。照片（5月17日）经核对符合通知要求，已经收下，谢谢。\n" in alone
    assert "\n您补发的邮件收到了。和此前留存的文件合在一起，照片（5月17日）经核对符合通知要求，已经收下" in together


def test_mail_of_several_units_has_no_file_list() -> None:
    many = samples.answer(
        "1052-7",
        "活动周清丰县教育局、南乐县教育局工作总结",
        "2023-05-17 15:10:00",
        *(samples.file(f"歌{n}.mp3", n) for n in range(400)),
    )
    text = compose_reply(many, TEMPLATES).text
    assert [words for words in ("未使用", "另有", "收到的") if words in text] == []


def _closed_with_another_fault() -> tuple[ItemVerdict, ...]:
    item = samples.CLOSED.verdict.items[0]
    return (replace(item, findings=(*item.findings, error("video.unreadable", "打不开"))),)


def test_rejection_without_subject_to_copy_points_to_the_finding() -> None:
    assert "邮件主题怎么写，请看上面的说明。" in compose_reply(samples.NOBODY, TEMPLATES).text


SUBJECTS = {
    "accepted": "【已收】活动周濮阳县教育局照片（回执编号 1042-9）",
    "accepted_late": "【已收·迟报】活动周濮阳县教育局照片（回执编号 1043-6）",
    "partial": "【部分收下·请补正】活动周濮阳县教育局文字材料、视频、工作总结（回执编号 1055-5）",
    "partial_late": "【部分收下·请补正】活动周濮阳县教育局文字材料、照片、招生宣传短视频（回执编号 1066-3）",
    "partial_early": "【部分收下】活动周濮阳县教育局工作总结、照片（回执编号 1067-2）",
    "rejected": "【请补正】活动周濮阳县教育局照片（回执编号 1045-8）",
    "held": "【待人工查看】活动周濮阳县教育局视频（回执编号 1054-4）",
    "online": "【请在网上报送】活动周濮阳县教育局方案（回执编号 1056-6）",
    "closed": "【没有收下】活动周濮阳县教育局招生宣传短视频（回执编号 1058-2）",
}


@pytest.mark.parametrize(("name", "subject"), SUBJECTS.items(), ids=SUBJECTS)
def test_subject_names_the_outcome(name: str, subject: str) -> None:
    assert compose_reply(samples.ANSWERS[name], TEMPLATES).subject == subject


def test_subject_with_many_materials_stays_short() -> None:
    items = tuple(
        replace(ACCEPTED.verdict.items[0], material=name) for name in ("文字材料", "照片", "视频", "工作总结")
    )
    letter = compose_reply(replace(ACCEPTED, verdict=replace(ACCEPTED.verdict, items=items)), TEMPLATES)
    assert letter.subject == "【已收】活动周濮阳县教育局文字材料等 4 项材料（回执编号 1042-9）"


UNTIL = {
    "before, late is marked": (
        "照片",
        "2023-05-17 15:00:00",
        "请在今天（5月17日）16:00 前发来，过后也照收，记为迟报。",
    ),
    "at the deadline": (
        "照片",
        "2023-05-17 16:00:00",
        "请在今天（5月17日）16:00 前发来，过后也照收，记为迟报。",
    ),
    "after, late is marked": (
        "照片",
        "2023-05-17 16:00:01",
        "截止时间 5月17日 16:00 已过，请尽快发来，仍会收下，记为迟报。",
    ),
    "before, late is refused": (
        "招生宣传短视频",
        "2023-05-17 15:00:00",
        "请在今天（5月17日）16:00 前发来，过后不再接收。",
    ),
}


@pytest.mark.parametrize(("material", "now", "sentence"), UNTIL.values(), ids=UNTIL)
def test_rejection_names_the_deadline_and_what_happens_afterwards(material: str, now: str, sentence: str) -> None:
    findings = (Finding("photo.unreadable", Severity.ERROR, "打不开"),)
    item = ItemVerdict(material, DAY, DUE, False, Decision.REJECTED, findings)
    context = replace(REJECTED, received=at(now), now=at(now), verdict=replace(REJECTED.verdict, items=(item,)))
    assert f"\n{sentence}\n" in compose_reply(context, TEMPLATES).text


ASKING = re.compile("请补正|请改|怎么改|请注意|建议：|怎样补发|重新发|请尽快|照抄|尚需|需补正")
NOT_TAKEN = {
    "too late": samples.CLOSED,
    "too late and faulty": replace(
        samples.CLOSED,
        verdict=samples.judged(
            samples.CLOSED.subject,
            "2023-05-21 09:00:00",
            samples.video("招生宣传.mp4", 61, size=900_000_000),
            samples.file("说明.mp3"),
        ),
    ),
    "too late, unit unknown": samples.answer(
        "1074-1", "活动周招生宣传短视频", "2023-05-21 09:00:00", samples.video("招生宣传.mp4", 61)
    ),
    "faulty, deadline over since": samples.LATE_FAULTY,
    "unit unknown, deadline over since": replace(
        samples.answer("1074-1", "活动周招生宣传短视频", "2023-05-20 23:00:00", samples.video("招生宣传.mp4", 61)),
        now=at("2023-05-21 00:10:00"),
    ),
    "nothing attached, deadline over since": replace(
        samples.answer("1074-1", samples.CLOSED.subject, "2023-05-20 23:00:00"), now=at("2023-05-21 00:10:00")
    ),
    "with a quota": replace(samples.LATE_FAULTY, quota_lines=(QuotaLine("宣传材料", 1, 2),)),
}


@pytest.mark.parametrize("context", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_letter_about_what_is_not_accepted_late_asks_for_nothing(context: ReplyContext) -> None:
    letter = compose_reply(context, TEMPLATES)
    assert letter.subject.startswith("【没有收下】")
    assert ASKING.findall(letter.subject + letter.text + letter.html) == []
    assert "没有收下、不用再发：招生宣传短视频" in letter.text


def test_overdue_item_is_named_apart_from_what_is_to_be_corrected() -> None:
    subject = f"活动周{COUNTY}文字材料、招生宣传短视频"
    text, video = samples.text("活动情况.docx", words=312), samples.file("招生宣传.mp4", 2, trouble=Trouble.TRUNCATED)
    context = samples.answer("1074-1", subject, "2023-05-20 23:00:00", text, video)
    written = compose_reply(replace(context, now=at("2023-05-21 00:10:00")), TEMPLATES)
    assert written.subject.startswith("【请补正】")
    mend, _, rest = written.text.partition("怎样补发")
    assert "正文只有 312 字，要求 800–1500 字左右\n   活动情况.docx\n" in mend
    assert "招生宣传.mp4" not in mend
    assert "没有收下、不用再发：招生宣传短视频\n\n- 视频不完整，可能没有传完\n   招生宣传.mp4" in rest
    in_time = compose_reply(context, TEMPLATES).text
    assert "没有收下" not in in_time


@pytest.mark.parametrize("context", [samples.NO_MATERIAL, samples.PLACEHOLDER], ids=["no material", "placeholder"])
def test_rejection_without_deadline_asks_to_send_soon(context: ReplyContext) -> None:
    assert "\n怎样补发\n请尽快发来。\n" in compose_reply(context, TEMPLATES).text


def test_time_of_arrival_without_deadline_is_not_shown() -> None:
    assert "：截止 " not in compose_reply(samples.MANY_UNITS, TEMPLATES).text
    assert "\n照片（5月17日）：截止 16:00，按时\n" in compose_reply(ACCEPTED, TEMPLATES).text


def test_rejection_with_two_deadlines_names_the_materials() -> None:
    photo = replace(REJECTED.verdict.items[0], findings=(Finding("photo.unreadable", Severity.ERROR, "打不开"),))
    summary = replace(photo, material="工作总结", day=None, deadline=at("2023-05-24 00:00:00"))
    letter = compose_reply(replace(REJECTED, verdict=replace(REJECTED.verdict, items=(photo, summary))), TEMPLATES)
    assert (
        "照片（5月17日）：请在今天（5月17日）16:00 前发来，过后也照收，记为迟报。\n"
        "工作总结：请在 5月23日（周二）24:00 前发来，过后也照收，记为迟报。\n"
    ) in letter.text


def test_receipt_names_files_without_size_and_digest() -> None:
    letter = compose_reply(ACCEPTED, TEMPLATES)
    assert "\n[合格] 启动仪式全景.jpg、学生展示汽车维修.jpg、照片说明.docx\n" in letter.text
    assert re.findall("SHA|MB|[0-9a-f]{12}", letter.text + letter.html) == []


def test_receipt_says_done_only_where_nothing_is_left() -> None:
    done = "；这次报送已经完成。"
    owing = replace(ACCEPTED, quota_lines=(QuotaLine("宣传材料", 1, 2),))
    met = replace(ACCEPTED, quota_lines=(QuotaLine("宣传材料", 2, 2),))
    letters = [compose_reply(context, TEMPLATES).text for context in (ACCEPTED, met, owing)]
    assert [done in text for text in letters] == [True, True, False]
    assert "\n宣传材料还要再报 1 篇。\n" in letters[2]
    assert done not in compose_reply(samples.ACCEPTED_WITH_REMARKS, TEMPLATES).text


def test_seconds_are_shown_where_they_decide() -> None:
    letter = compose_reply(
        samples.answer("1042-9", samples.PHOTO_SUBJECT, "2023-05-17 16:00:01", *samples.GOOD_PHOTOS), TEMPLATES
    )
    assert "\n收到时间：2023年5月17日（周三）16:00:01（" in letter.text
    assert "\n照片（5月17日）：截止 16:00:00，迟报 1 秒\n" in letter.text


def test_sender_of_a_known_address_is_greeted_by_its_unit() -> None:
    letter = compose_reply(samples.KNOWN_ADDRESS, TEMPLATES)
    assert letter.text.startswith(f"{COUNTY}老师，您好：\n")
    assert f"\n活动周{COUNTY}文字材料\n" in letter.text
    assert "【单位全称】" not in letter.text


def test_question_is_passed_on_and_promised_an_answer() -> None:
    letter = compose_reply(samples.QUESTION, TEMPLATES)
    assert letter.subject.startswith("【您的问题已转经办老师】")
    assert "\n您的来信收到了，谢谢。您的问题已转经办老师，一个工作日内答复您。\n" in letter.text
    assert "工作人员要看的内容" not in letter.text


HELD_LINKS = {"too large for a mail": ("180.2M", False), "small enough": ("20.5M", True), "unknown": ("", False)}


@pytest.mark.parametrize(("size", "advised"), HELD_LINKS.values(), ids=HELD_LINKS)
def test_held_link_is_advised_as_an_attachment_only_where_it_fits(size: str, advised: bool) -> None:
    link = replace(samples.BIG_VIDEO, size=size)
    mail = samples.answer("1054-4", samples.HELD.subject, "2023-05-17 15:30:00", body=samples.CAPTION, links=(link,))
    assert ("45MB" in compose_reply(mail, TEMPLATES).text) == advised


def test_online_material_is_answered_with_the_clause_about_it() -> None:
    text = compose_reply(samples.ONLINE, TEMPLATES).text
    material = NOTICE.material("方案")
    assert material is not None
    assert f"\n通知{material.clause}：“{material.quote}”\n" in text


def test_steps_for_phones_are_given_once_for_each_fault() -> None:
    two = samples.answer(
        "1075-0",
        f"活动周{COUNTY}照片、文字材料",
        "2023-05-17 14:20:00",
        samples.photo("一.jpg", 1, side=900),
        samples.photo("二.jpg", 2, side=800),
        samples.text("活动情况.docx", 3),
    )
    text = compose_reply(two, TEMPLATES).text
    assert text.count("   苹果手机：在相册里选中照片，点“分享”→“存储到‘文件’”，发邮件时") == 1
    assert text.count("   安卓手机：在“文件管理”里选中照片，点“更多”→“压缩”") == 1


def test_file_of_another_kind_has_no_steps_to_become_a_photo() -> None:
    wrong = samples.answer("1076-9", samples.PHOTO_SUBJECT, "2023-05-17 14:20:00", samples.text("活动.jpg", 3))
    text = compose_reply(wrong, TEMPLATES).text
    assert "JPEG" not in text


def test_contact_can_be_dialled_at_a_touch() -> None:
    html = compose_reply(ACCEPTED, TEMPLATES).html
    assert re.search(r'职成科 <a [^>]*href="tel:03938991718"[^>]*>0393-8991718</a>，说回执编号', html)


def test_ignored_mail_gets_no_letter() -> None:
    with pytest.raises(ValueError, match="ignored"):
        compose_reply(replace(ACCEPTED, verdict=Verdict(MailKind.OTHER, Disposition.IGNORED)), TEMPLATES)


def test_reply_to_thousands_of_files_stays_short() -> None:
    files = tuple(samples.file(f"照片{n}.jpg", n % 200) for n in range(5000))
    findings = tuple(error("photo.unreadable", "打不开", file=file.name) for file in files)
    item = replace(REJECTED.verdict.items[0], findings=findings, files=tuple(file.name for file in files))
    letter: Letter = compose_reply(
        replace(REJECTED, files=files, verdict=replace(REJECTED.verdict, items=(item,))), TEMPLATES
    )
    assert "1. 5000 个文件：打不开\n" in letter.text
    assert "照片7.jpg 等 5000 个\n" in letter.text
    assert len(letter.html) < 20_000


def test_online_material_is_not_asked_for_by_mail() -> None:
    text = compose_reply(samples.PARTIAL_ONLINE, TEMPLATES).text
    assert "\n方案不用邮件报送，请改在网上系统提交，网址列在下面。\n" in text
    assert "\n请在网上报送：方案\n职业教育活动周网上报送系统，网址 https://" in text
    assert [words for words in ("请改这", "补发", "照抄", "方案：截止", "尽快") if words in text] == []


def test_file_accepted_for_another_item_is_not_unused() -> None:
    """活动周方案.docx serves 文字材料 as well as any other text."""
    letter = compose_reply(samples.PARTIAL_ONLINE, TEMPLATES)
    said = "方案要在网上提交才算报送，邮件里的文件没有算作方案。"
    assert "\n[合格] 活动周方案.docx" in letter.text
    assert (said in letter.text, said in letter.html) == (True, True)
    assert "没有计入" not in letter.text + letter.html


def test_rejected_and_online_items_are_in_separate_parts() -> None:
    rejected = samples.answer(
        "1065-1",
        "活动周濮阳县教育局文字材料、方案",
        "2023-05-17 10:00:00",
        samples.text("简讯.docx", 5, words=312),
    )
    text = compose_reply(rejected, TEMPLATES).text
    assert "\n请改这 1 处\n" in text
    assert "\n活动周濮阳县教育局文字材料5月17日\n" in text
    assert "\n请在网上报送：方案\n" in text
