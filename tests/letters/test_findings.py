"""Every finding that the program can produce, as it stands in a letter: golden/findings.txt, to be read aloud."""

from __future__ import annotations

import re
from dataclasses import replace

from intake_bot.desk.held_decision import reopened_verdict
from intake_bot.files.facts import FileFacts, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.intake.forwarded_submission import several_mails
from intake_bot.judging.author import Author, Relation
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.prior_mail.duplicate_files import KnownFile
from intake_bot.judging.prior_mail.pieces import check_same_numbers
from intake_bot.judging.prior_mail.replies import hold_on_behalf, hold_question
from intake_bot.judging.sender import AcceptedItem, report_unproven_supplement
from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.letters.reply import compose_reply
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.mail.message import UnreadContent
from intake_bot.notices.notice import Severity
from tests.judging.cases import CAPTION, archive, case, form, moment, news, photo, video, word
from tests.letters.finding_codes import codes_in_code
from tests.letters.golden import assert_same_text
from tests.letters.sample_letters import ACCEPTED, DECIDED_ACCEPTED, DECIDED_REJECTED
from tests.letters.samples import DAY, DUE, TEMPLATES, error

TEXT, PHOTO, NEWS, VIDEO = (f"活动周濮阳县教育局{name}" for name in ("文字材料", "照片", "图片新闻", "视频"))
SUMMARY, MEDIA, SKILLS = (
    "活动周濮阳县教育局工作总结",
    "活动周濮阳县教育局媒体报道",
    "活动周濮阳县职校十八般武艺短视频",
)
DAILY = "活动周合肥工业学校日报材料"
ME = "teacher@example.edu.cn"
CONTACT = "活动周合肥工业学校联络员信息表"
AT_MAY_11 = "2023-05-11T10:00:00"
AT_MAY_22 = "2023-05-22T10:00:00"


def puyang(subject: str, *files: FileFacts, **more: str) -> Case:
    return case("puyang-2023", subject, *files, **{"body": CAPTION, **more})  # type: ignore[arg-type]  # words only


def hefei(subject: str, *files: FileFacts, **more: str) -> Case:
    return case("hefei-2023", subject, *files, **more)  # type: ignore[arg-type]  # as above


def opaque(name: str, kind: Kind, trouble: Trouble = Trouble.UNSUPPORTED) -> FileFacts:
    return FileFacts(name, kind, 90_000, f"sha-{name}", trouble=trouble)


def unread(reason: UnreadContent, of: Case) -> Case:
    return replace(of, facts=replace(of.facts, unread=(reason,)))


def incomplete(of: Case) -> Case:
    return replace(of, facts=replace(of.facts, incomplete=True))


def linked(of: Case, link: CloudLink) -> Case:
    return replace(of, facts=replace(of.facts, cloud_links=(link,)))


def refusing_late(of: Case) -> Case:
    materials = tuple(material.model_copy(update={"late": "reject"}) for material in of.notice.materials)
    return replace(of, notice=of.notice.model_copy(update={"materials": materials}))


def wanting(number: int, of: Case) -> Case:
    """The same, of a notice that asks for so many of everything."""
    materials = tuple(
        material.model_copy(
            update={"parts": tuple(part.model_copy(update={"at_least": number}) for part in material.parts)}
        )
        for material in of.notice.materials
    )
    return replace(of, notice=of.notice.model_copy(update={"materials": materials}))


def known(of: Case, *earlier: KnownFile) -> Case:
    return replace(of, known_files=earlier)


def held(findings: list[Finding]) -> Verdict:
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, findings=tuple(findings))


def after(of: Case, sender: str) -> Case:
    """The same mail after this address has sent the same item."""
    item = AcceptedItem("文字材料", DAY, sender, "1042-9", moment("2023-05-17T15:02:11"))
    return replace(of, accepted_items=(item,))


def from_address(of: Case, author: Author) -> Case:
    """The same mail from a unit that has an address of its own in the roster."""
    assert of.reading.unit is not None
    unit = replace(of.reading.unit, addresses=("jyj@puyangxian.example.cn",))
    return replace(of, author=author, reading=replace(of.reading, unit=unit))


def empty_form() -> FileFacts:
    filled = form("活动情况日报表")
    assert filled.text is not None
    rows = (("单位", "", "联系人", ""), ("活动名称", "参加人数", "备注"), ("", "", ""))
    return replace(filled, text=replace(filled.text, tables=(rows,)))


def dated_form(day: str) -> FileFacts:
    filled = form("活动情况日报表")
    assert filled.text is not None
    return replace(filled, text=replace(filled.text, tables=((("单位", "合肥工业学校"), ("日期", day)),)))


REST = (form("媒体宣传情况日报表", "附件2.docx"), word(), photo(), video())
CASES: tuple[tuple[str, Case | Verdict], ...] = (
    ("subject.placeholder", puyang("活动周xx单位xx材料", word())),
    ("subject.no_keyword", hefei("合肥工业学校日报材料", form("活动情况日报表"), *REST)),
    ("subject.no_unit", puyang("活动周文字材料", word())),
    ("subject.no_unit", hefei("活动周日报材料", form("活动情况日报表"), *REST)),
    (
        "subject.no_unit",
        replace(puyang("活动周文字材料", word()), author=Author("jyj@example.edu.cn", registered_unit="濮阳县教育局")),
    ),
    ("subject.unknown_unit", puyang("活动周濮阳县第二职业学校文字材料", word())),
    ("subject.many_units", puyang("活动周清丰县教育局、南乐县教育局文字材料", word())),
    ("subject.no_material", puyang("活动周濮阳县教育局材料", word())),
    ("subject.other_order", hefei("活动周日报合肥工业学校", form("活动情况日报表"), *REST)),
    ("subject.other_day", puyang(f"{TEXT}5月10日", word())),
    ("day.chosen", hefei(f"{DAILY}5月18日", dated_form("5月17日"), *REST, received="2023-05-19T09:00:00")),
    ("day.unclear", hefei(DAILY, dated_form("5月17日"), *REST, received="2023-05-19T09:00:00")),
    ("deadline.late", puyang(TEXT, word(), received="2023-05-17T16:00:01")),
    ("deadline.late", refusing_late(puyang(TEXT, word(), received="2023-05-17T16:00:01"))),
    ("deadline.closed", puyang(TEXT, word(), received="2023-05-10T09:00:00")),
    ("deadline.closed", puyang(SUMMARY, word(), received="2023-07-10T09:00:00")),
    (
        "deadline.uncertain",
        replace(puyang(TEXT, word(), received="2023-05-17T15:00:00"), latest_arrival=moment("2023-05-17T16:30:00")),
    ),
    ("channel.online", case("moe-2023", "活动周河北省教育厅典型案例材料", word())),
    ("part.missing", puyang(PHOTO)),
    ("part.missing", puyang(PHOTO, news("照片.docx"))),
    ("part.missing", puyang(TEXT, word("启动仪式.pptx", kind=Kind.PPTX))),
    ("part.missing", puyang(TEXT, word("启动仪式.pages", kind=Kind.IWORK))),
    ("part.missing", hefei(DAILY, *REST)),
    ("part.missing", puyang(TEXT, body="方案领导还在审，明天补发")),
    ("part.missing", puyang(TEXT, word("说明.docx", "文字材料领导还在审，明天补发。", 16), body="")),
    ("part.missing", hefei("活动周合肥工业学校典型案例", body=CAPTION * 2)),
    ("part.too_few", wanting(3, puyang(PHOTO, archive(), photo()))),
    ("part.piece", puyang(f"{PHOTO}（2/3）", archive(), photo())),
    ("form.untitled", hefei(DAILY, word("活动情况日报表.docx"), *REST)),
    ("form.untitled", hefei(DAILY, word("附件2.docx", text="2023年职业教育活动周活动情况日报表", sha256="s"), *REST)),
    ("form.empty", hefei(DAILY, empty_form(), *REST)),
    ("form.not_table", hefei(DAILY, photo("活动情况日报表.jpg", archive=None), *REST)),
    ("form.untitled", hefei(CONTACT, word("联络员信息表.docx", text="姓名：张三"), received=AT_MAY_11)),
    ("form.untitled", hefei(CONTACT, word(text="联络员信息表\n姓名：张三"), received=AT_MAY_11)),
    ("photo.unreadable", puyang(PHOTO, archive(), photo(trouble=Trouble.TRUNCATED))),
    ("photo.unreadable", puyang(PHOTO, archive(), photo(trouble=Trouble.BOMB))),
    ("photo.unreadable", puyang(PHOTO, archive(), photo(trouble=Trouble.DAMAGED))),
    ("photo.not_jpeg", puyang(PHOTO, archive(), photo("合影.jpg", kind=Kind.PNG))),
    ("photo.not_jpeg", puyang(PHOTO, archive(), photo("IMG_1001.HEIC", kind=Kind.HEIC))),
    ("photo.too_few_pixels", puyang(PHOTO, archive(), photo(photo=PhotoFacts(1280, 960)))),
    ("photo.too_few_pixels", puyang(PHOTO, archive(), photo("mmexport1684.jpg", photo=PhotoFacts(1080, 810)))),
    ("photo.too_small", puyang(PHOTO, archive(), photo(bytes=1_999_999))),
    ("photo.not_in_archive", puyang(PHOTO, photo(archive=None))),
    ("photo.not_jpeg", puyang(PHOTO, archive(), photo(), word("活动.jpg", archive="照片.zip"))),
    ("photo.shared", puyang("活动周濮阳县教育局照片、图片新闻", news(), archive(), photo(), photo("合影.jpg"))),
    ("photo.no_caption", puyang(PHOTO, archive(), photo(), body="")),
    ("photo.no_caption", puyang(PHOTO, archive(), photo(), photo("学生技能展示现场.jpg"), body="")),
    ("video.unreadable", puyang(VIDEO, video(trouble=Trouble.TRUNCATED))),
    ("video.unreadable", puyang(VIDEO, video(trouble=Trouble.DAMAGED))),
    ("video.no_picture", puyang(VIDEO, video(trouble=Trouble.NO_PICTURE))),
    ("file.unmeasured", puyang(VIDEO, video(trouble=Trouble.ENCRYPTED))),
    ("file.unmeasured", puyang(VIDEO, video(trouble=Trouble.FRAGMENT))),
    ("video.not_mp4", puyang(VIDEO, video(kind=Kind.AVI))),
    ("video.not_mp4", puyang(VIDEO, photo("短片.mp4", archive=None))),
    ("video.too_large", puyang(VIDEO, video(bytes=231_400_000))),
    ("video.low_resolution", puyang(VIDEO, video(video=VideoFacts(320, 240, 60.0)))),
    ("video.below_recommended", puyang(VIDEO, video(video=VideoFacts(720, 576, 60.0)))),
    ("video.too_long", puyang(SKILLS, video(video=VideoFacts(1280, 720, 151.0)))),
    ("video.no_text", puyang(VIDEO, video(), body="")),
    ("document.unreadable", puyang(TEXT, word(trouble=Trouble.DAMAGED), body="")),
    ("document.protected", puyang(TEXT, word(trouble=Trouble.PROTECTED), body="")),
    ("document.unmeasured", puyang(TEXT, opaque("材料.pdf", Kind.PDF), body="")),
    ("document.not_word", puyang(NEWS, news("新闻.pdf", kind=Kind.PDF), archive(), photo())),
    ("document.not_word", puyang(TEXT, photo("活动情况.docx", archive=None), body="")),
    ("text.too_short", puyang(TEXT, word(words=312))),
    ("text.too_short", puyang(TEXT, word(words=790))),
    ("text.too_long", puyang(TEXT, word(words=2400))),
    ("text.too_long", puyang(TEXT, word(words=1510))),
    ("text.not_mentioned", puyang(SUMMARY, word(text="活动圆满结束。"), photo(), received=AT_MAY_22)),
    ("news.no_picture", puyang(NEWS, news(text=TextFacts("图片来源：校团委", 600)), archive(), photo())),
    ("news.no_source", puyang(NEWS, news(text=TextFacts("开幕。", 600, pictures=1)), archive(), photo())),
    ("media.no_link", puyang(MEDIA, news(text=TextFacts("来源", 600, pictures=1)), archive(), photo())),
    ("archive.encrypted", puyang(PHOTO, archive(trouble=Trouble.ENCRYPTED))),
    ("archive.split", puyang(PHOTO, archive("照片.zip.001", trouble=Trouble.SPLIT))),
    ("archive.too_deep", puyang(PHOTO, archive(trouble=Trouble.TOO_DEEP))),
    ("archive.bomb", puyang(PHOTO, archive(trouble=Trouble.BOMB))),
    ("archive.unreadable", puyang(PHOTO, archive(trouble=Trouble.DAMAGED))),
    ("archive.unreadable", puyang(PHOTO, archive(trouble=Trouble.TOO_HARD))),
    ("archive.unmeasured", puyang(PHOTO, opaque("照片.rar", Kind.RAR))),
    ("file.dangerous", puyang(TEXT, word(), FileFacts("说明.exe", Kind.EXECUTABLE, 9, "s"))),
    ("file.dangerous", puyang(TEXT, word(), FileFacts("说明.iqy", Kind.SETTINGS, 9, "s"))),
    ("file.dangerous", puyang(TEXT, word(), FileFacts("光盘.iso", Kind.DISK_IMAGE, 9, "s"))),
    ("file.empty", puyang(TEXT, word(), FileFacts("空.docx", Kind.EMPTY, 0, "s"))),
    ("file.macros", puyang(TEXT, news("材料.docx", text=TextFacts("活动", 900, macros=True)))),
    ("file.unexpected", puyang(TEXT, word(), FileFacts("校歌.mp3", Kind.AUDIO, 9, "s"))),
    ("file.unexpected", puyang(TEXT, word(), word("说明.docx", "照片领导还在审，明天补发。", 14))),
    ("file.unmeasured", puyang(PHOTO, archive(), photo(kind=Kind.HEIC, photo=None, trouble=Trouble.UNSUPPORTED))),
    (
        "file.duplicate",
        known(puyang(TEXT, word()), KnownFile("1042-9", "濮阳县教育局", "旧.docx", "sha-材料.docx", None, ME)),
    ),
    ("file.duplicate", known(puyang(TEXT, word()), KnownFile("1042-9", "清丰县教育局", "旧.docx", "sha-材料.docx"))),
    ("file.duplicate", puyang(PHOTO, archive(), photo(), photo("DSC_2.jpg", sha256="sha-DSC_0001.jpg"))),
    ("cloud.link", linked(puyang(VIDEO), CloudLink("开幕式.mp4", "https://u.163.com/x", "180.2M", "6月1日"))),
    ("cloud.expired", linked(puyang(VIDEO), CloudLink("开幕式.mp4", "https://u.163.com/x", "180.2M", "已过期"))),
    ("cloud.expired", linked(puyang(VIDEO), CloudLink("", "https://u.163.com/x", "", "2023年5月16日 9:05"))),
    ("mail.smime", unread(UnreadContent.SMIME, puyang(TEXT, body=""))),
    ("mail.pgp", unread(UnreadContent.PGP, puyang(TEXT, body=""))),
    ("mail.incomplete", unread(UnreadContent.PIECE, puyang(TEXT, body=""))),
    ("mail.incomplete", unread(UnreadContent.ELSEWHERE, puyang(TEXT, body=""))),
    ("mail.incomplete", unread(UnreadContent.ENCODED, puyang(TEXT, body=""))),
    ("mail.incomplete", incomplete(puyang(TEXT, body=""))),
    ("clerk.accepted", DECIDED_ACCEPTED.verdict),
    ("clerk.rejected", DECIDED_REJECTED.verdict),
    ("clerk.undone", reopened_verdict()),
    ("mail.question", hold_question(None, "老师您好，\n请问照片要几张？")),
    ("mail.several", several_mails(("活动周清丰县教育局照片", "活动周南乐县教育局照片"))),
    ("sender.clerk", hold_on_behalf(judge(puyang(TEXT, word())))),
    ("sender.unknown", from_address(puyang(TEXT, word()), Author("someone@qq.com"))),
    ("sender.unknown", from_address(puyang(TEXT, word()), Author("qf@163.com", registered_unit="清丰县教育局"))),
    (
        "sender.unauthenticated",
        from_address(puyang(TEXT, word()), Author("jyj@puyangxian.example.cn", Relation.DOUBTFUL)),
    ),
    ("sender.first", replace(puyang(TEXT, word()), author=Author("someone@qq.com"))),
    ("sender.contested", after(puyang(TEXT, word()), "1042@qq.com")),
    ("deadline.kept", after(puyang(TEXT, word(), received="2023-05-17T16:20:00"), ME)),
    ("sender.unproven", held(report_unproven_supplement(Author("someone@qq.com"), "1042-9", "1042@qq.com"))),
    ("part.piece_conflict", held(check_same_numbers([(2, frozenset("a")), (2, frozenset("b"))]))),
)


def test_every_finding_equals_its_golden_text() -> None:
    rows = [f"== {code}\n{entry}\n" for code, made in CASES for entry in _entries(code, made)]
    assert_same_text("findings.txt", "\n".join(dict.fromkeys(rows)))


def test_every_finding_code_has_a_golden_text() -> None:
    assert codes_in_code() - {code for code, _ in CASES} == set()


def _entries(code: str, made: Case | Verdict) -> list[str]:
    verdict = made if isinstance(made, Verdict) else judge(made)
    found = list(dict.fromkeys(finding for finding in verdict.all_findings if finding.code == code))
    assert found, code
    return [_in_letter(finding) for finding in found]


def _in_letter(finding: Finding) -> str:
    """The finding as one of two in a letter; what no letter lists, as clerks or the line with the time see it."""
    if finding.private:
        return f"（只给经办人看）{finding.message}"
    decision = (
        Decision.HELD
        if finding.holds
        else Decision.REJECTED
        if finding.severity is Severity.ERROR
        else Decision.ACCEPTED
    )
    first = ItemVerdict("照片", DAY, DUE, False, decision, (finding,))
    second = ItemVerdict("视频", DAY, DUE, False, Decision.REJECTED, (error("video.unreadable", "打不开"),))
    verdict = Verdict(MailKind.SUBMISSION, Disposition.PARTIAL, "濮阳县教育局", (first, second))
    letter = compose_reply(replace(ACCEPTED, verdict=verdict, files=()), TEMPLATES)
    label = "【照片（5月17日）】"
    entry = next((block for block in letter.text.split("\n\n") if label in block), None)
    if entry is None:
        return f"（信里另有一句）{finding.message}"
    mark = {Decision.REJECTED: "[请改] ", Decision.HELD: "[待人工] ", Decision.ACCEPTED: "[提示] "}[decision]
    return mark + re.sub(r"^.*?" + label, "", entry, count=1, flags=re.DOTALL)
