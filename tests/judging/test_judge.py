"""Every row of the domain rules, accepted and rejected, one rule at a time; limits to the very unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind, PhotoFacts, TextFacts, Trouble, VideoFacts
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.verdict import Decision
from intake_bot.mail.cloud_links import CloudLink
from tests.judging.cases import CAPTION, archive, case, errors, form, news, notice, outcome, photo, video, word

TEXT = "活动周濮阳县教育局文字材料"
PHOTO = "活动周濮阳县教育局照片"
NEWS = "活动周濮阳县教育局图片新闻"
VIDEO = "活动周濮阳县教育局视频"
MEDIA = "活动周濮阳县教育局媒体报道"
SUMMARY = "活动周濮阳县教育局工作总结"


def puyang(subject: str, *files: FileFacts, **more: object) -> Case:
    return case("puyang-2023", subject, *files, **more)  # type: ignore[arg-type]  # passed on as they are


def hefei(subject: str, *files: FileFacts, **more: object) -> Case:
    return case("hefei-2023", subject, *files, **more)  # type: ignore[arg-type]  # as above


ACTIVITY, PUBLICITY = form("活动情况日报表"), form("媒体宣传情况日报表", "附件2.docx")
DAILY = "活动周合肥工业学校日报材料"
CONTACT = "活动周合肥工业学校联络员信息表"
REST = (word(), photo(), video())

CASES: dict[str, tuple[Case, str, list[str], list[str]]] = {
    # 濮阳 四（三）1
    "text accepted": (puyang(TEXT, word()), "accepted", [], []),
    "text in the body accepted": (puyang(TEXT, body=CAPTION * 35, body_words=1000), "accepted", [], []),
    "text of exactly 800": (puyang(TEXT, word(words=800)), "accepted", [], []),
    "text of 799 is about 800": (puyang(TEXT, word(words=799)), "accepted", [], ["text.too_short"]),
    "text of 720 is the last about": (puyang(TEXT, word(words=720)), "accepted", [], ["text.too_short"]),
    "text of 719": (puyang(TEXT, word(words=719)), "rejected", ["text.too_short"], []),
    "text of exactly 1500": (puyang(TEXT, word(words=1500)), "accepted", [], []),
    "text of 1501 is about 1500": (puyang(TEXT, word(words=1501)), "accepted", [], ["text.too_long"]),
    "text of 1650 is the last about": (puyang(TEXT, word(words=1650)), "accepted", [], ["text.too_long"]),
    "text of 1651": (puyang(TEXT, word(words=1651)), "rejected", ["text.too_long"], []),
    "text missing": (puyang(TEXT, body="老师您好，请查收附件。"), "rejected", ["part.missing"], []),
    "text damaged": (
        puyang(TEXT, word(text="", trouble=Trouble.DAMAGED)), "rejected", ["document.unreadable"], [],
    ),
    "text protected": (
        puyang(TEXT, word(trouble=Trouble.PROTECTED)), "rejected", ["document.protected"], [],
    ),
    "text in an old .doc is for a person": (
        puyang(TEXT, FileFacts("材料.doc", Kind.OLE, 9, "s", trouble=Trouble.UNSUPPORTED)),
        "held", [], ["document.unmeasured"],
    ),
    "text in a PDF is for a person": (
        puyang(TEXT, FileFacts("材料.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED)),
        "held", [], ["document.unmeasured"],
    ),
    **{
        f"text of a kind that is no prose: {kind}": (
            puyang(TEXT, word("材料", kind=kind)), "rejected", ["part.missing"], [],
        )
        for kind in (Kind.XLS, Kind.XLSX, Kind.PPT, Kind.PPTX, Kind.IWORK)
    },
    "text with a table beside it": (
        puyang(TEXT, word(), word("登记表.xlsx", kind=Kind.XLSX, words=7)), "accepted", [], ["file.unexpected"],
    ),
    "text with a scan of itself": (
        puyang(TEXT, word(), FileFacts("盖章.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED)),
        "accepted", [], ["file.unexpected"],
    ),
    "text in the body beside a caption": (
        puyang("活动周濮阳县教育局文字材料、照片", archive(), photo(), word("照片说明.docx", words=9),
               body=CAPTION * 35, body_words=1000),
        "accepted", [], [],
    ),
    # 濮阳 四（三）2, 单张图片
    "photo accepted": (puyang(PHOTO, archive(), photo(), body=CAPTION), "accepted", [], []),
    "photo portrait of 2000": (
        puyang(PHOTO, archive(), photo(photo=PhotoFacts(1500, 2000)), body=CAPTION), "accepted", [], [],
    ),
    "photo of 1999 pixels": (
        puyang(PHOTO, archive(), photo(photo=PhotoFacts(1999, 1500)), body=CAPTION),
        "rejected", ["photo.too_few_pixels"], [],
    ),
    "photo of exactly 2M": (puyang(PHOTO, archive(), photo(bytes=2_000_000), body=CAPTION), "accepted", [], []),
    "photo a byte under 2M": (
        puyang(PHOTO, archive(), photo(bytes=1_999_999), body=CAPTION), "rejected", ["photo.too_small"], [],
    ),
    "photo not JPG, whatever its name": (
        puyang(PHOTO, archive(), photo(kind=Kind.PNG), body=CAPTION), "rejected", ["photo.not_jpeg"], [],
    ),
    "photo HEIC": (
        puyang(PHOTO, archive(), photo("a.heic", kind=Kind.HEIC), body=CAPTION), "rejected", ["photo.not_jpeg"], [],
    ),
    "photo loose": (puyang(PHOTO, photo(archive=None), body=CAPTION), "rejected", ["photo.not_in_archive"], []),
    "photo without a word": (puyang(PHOTO, archive(), photo()), "rejected", ["photo.no_caption"], []),
    "photo with a greeting only": (
        puyang(PHOTO, archive(), photo(), body="老师您好，附件是我校材料，请查收，谢谢！"),
        "rejected", ["photo.no_caption"], [],
    ),
    "photo whose name says something": (puyang(PHOTO, archive(), photo("学生技能展示现场.jpg")), "accepted", [], []),
    "photo with a text beside it": (puyang(PHOTO, archive(), photo(), word("说明.docx", words=20)), "accepted", [], []),
    "photo truncated": (
        puyang(PHOTO, archive(), photo(trouble=Trouble.TRUNCATED), body=CAPTION), "rejected", ["photo.unreadable"], [],
    ),
    "photo of unknown bytes": (
        puyang(PHOTO, archive(), FileFacts("现场照.jpg", Kind.UNKNOWN, 99, "s", "照片.zip"), body=CAPTION),
        "rejected", ["photo.unreadable"], [],
    ),
    "archive of unknown bytes": (
        puyang(PHOTO, FileFacts("p.zip", Kind.UNKNOWN, 9, "s", trouble=Trouble.UNSUPPORTED), body=CAPTION),
        "rejected", ["archive.unreadable"], [],
    ),
    "everything wrong at once": (
        puyang(PHOTO, photo(kind=Kind.PNG, archive=None, bytes=9, photo=PhotoFacts(9, 9))),
        "rejected",
        ["photo.no_caption", "photo.not_in_archive", "photo.not_jpeg", "photo.too_few_pixels", "photo.too_small"],
        [],
    ),
    "one bad photo of three": (
        puyang(PHOTO, archive(), photo("1.jpg"), photo("2.jpg", bytes=1), photo("3.jpg"), body=CAPTION),
        "rejected", ["photo.too_small"], [],
    ),
    "no photo": (puyang(PHOTO, body=CAPTION), "rejected", ["part.missing"], []),
    "photos only inside a document": (
        puyang(PHOTO, news("照片.docx")), "rejected", ["part.missing"], [],
    ),
    # 濮阳 四（三）2, 图片新闻
    "news accepted": (puyang(NEWS, news(), archive(), photo()), "accepted", [], []),
    "news as PDF": (
        puyang(NEWS, news(kind=Kind.PDF), archive(), photo()), "rejected", ["document.not_word"], [],
    ),
    "news as a PDF that nobody can measure": (
        puyang(NEWS, FileFacts("n.pdf", Kind.PDF, 9, "s", trouble=Trouble.UNSUPPORTED), archive(), photo()),
        "rejected", ["document.not_word"], [],
    ),
    "news that speaks of filming": (
        puyang(NEWS, news(text=TextFacts("学生操作摄像机，参加摄影比赛。", 600, pictures=1)), archive(), photo()),
        "rejected", ["news.no_source"], [],
    ),
    "news without a picture": (
        puyang(NEWS, news(text=TextFacts("图片来源：校团委", 600)), archive(), photo()),
        "rejected", ["news.no_picture"], [],
    ),
    "news without a source": (
        puyang(NEWS, news(text=TextFacts("开幕式举行。", 600, pictures=1)), archive(), photo()),
        "rejected", ["news.no_source"], [],
    ),
    "news without the pictures as an archive": (puyang(NEWS, news()), "rejected", ["part.missing"], []),
    "news with loose pictures": (
        puyang(NEWS, news(), photo(archive=None)), "rejected", ["photo.not_in_archive"], [],
    ),
    # 濮阳 四（三）3
    "video accepted": (puyang(VIDEO, video(), word("说明.docx")), "accepted", [], []),
    "video with a text in the body": (puyang(VIDEO, video(), body=CAPTION), "accepted", [], []),
    "video of exactly 200M": (puyang(VIDEO, video(bytes=209_715_200), body=CAPTION), "accepted", [], []),
    "video a byte over 200M": (
        puyang(VIDEO, video(bytes=209_715_201), body=CAPTION), "rejected", ["video.too_large"], [],
    ),
    "video portrait of 480 x 640": (
        puyang(VIDEO, video(video=VideoFacts(480, 640, 9)), body=CAPTION), "accepted", [], ["video.below_recommended"],
    ),
    "video of 639 x 480": (
        puyang(VIDEO, video(video=VideoFacts(639, 480, 9)), body=CAPTION), "rejected", ["video.low_resolution"], [],
    ),
    "video of 640 x 479": (
        puyang(VIDEO, video(video=VideoFacts(640, 479, 9)), body=CAPTION), "rejected", ["video.low_resolution"], [],
    ),
    "video avi named mp4": (
        puyang(VIDEO, video(kind=Kind.AVI), body=CAPTION), "rejected", ["video.not_mp4"], [],
    ),
    "video of a phone, brand qt, named mp4": (puyang(VIDEO, video(kind=Kind.MOV), body=CAPTION), "accepted", [], []),
    "video mov": (
        puyang(VIDEO, video("a.mov", kind=Kind.MOV), body=CAPTION), "rejected", ["video.not_mp4"], [],
    ),
    "video without a text": (puyang(VIDEO, video("学生技能展示现场.mp4")), "rejected", ["video.no_text"], []),
    "video cut in half": (
        puyang(VIDEO, video(trouble=Trouble.TRUNCATED), body=CAPTION), "rejected", ["video.unreadable"], [],
    ),
    "video of sound only": (
        puyang(VIDEO, video(trouble=Trouble.NO_PICTURE), body=CAPTION), "rejected", ["video.no_picture"], [],
    ),
    "sound named like a video": (
        puyang(VIDEO, video(video=None, kind=Kind.AUDIO), body=CAPTION), "rejected", ["video.no_picture"], [],
    ),
    "video under a key": (
        puyang(VIDEO, video(trouble=Trouble.ENCRYPTED), body=CAPTION), "held", [], ["file.unmeasured"],
    ),
    "video that is one piece of a stream": (
        puyang(VIDEO, video(video=None, trouble=Trouble.FRAGMENT), body=CAPTION), "held", [], ["file.unmeasured"],
    ),
    "video behind a cloud link": (
        puyang(VIDEO, body=CAPTION, links=(CloudLink("实训.mp4", "https://mail.163.com/x", "180M", ""),)),
        "held", [], ["cloud.link"],
    ),
    **{
        f"nothing is missing beside an open link to a {what}": (
            make(subject, links=(CloudLink(name, "https://mail.163.com/x", "80M", ""),), **words),
            "held", [], ["cloud.link"],
        )
        for what, make, subject, name, words in (
            ("text", puyang, TEXT, "经验材料.docx", {}),
            ("photo", puyang, PHOTO, "现场.jpg", {"body": CAPTION}),
            ("zip of photos", puyang, PHOTO, "照片.zip", {"body": CAPTION}),
            ("zip of all", puyang, MEDIA, "媒体报道.zip", {}),
            ("file without a name", puyang, TEXT, "", {}),
            ("form", hefei, DAILY, "日报.xlsx", {}),
        )
    },
    "video behind a cloud link that expired before the mail came": (
        puyang(VIDEO, body=CAPTION, links=(CloudLink("a.mp4", "https://mail.163.com/x", "", "2023年5月17日 14:59"),)),
        "rejected", ["cloud.expired"], [],
    ),
    "video behind a cloud link that expires when the mail comes": (
        puyang(VIDEO, body=CAPTION, links=(CloudLink("a.mp4", "https://mail.163.com/x", "", "2023年5月17日 15:00"),)),
        "held", [], ["cloud.link"],
    ),
    # 濮阳 三（六）（七）（二）
    "skills of exactly two minutes": (
        puyang("活动周濮阳县职校十八般武艺短视频", video(video=VideoFacts(1280, 720, 120.0)), body=CAPTION),
        "accepted", [], [],
    ),
    "skills of two minutes as cutters export them": (
        puyang("活动周濮阳县职校十八般武艺短视频", video(video=VideoFacts(1280, 720, 120.99)), body=CAPTION),
        "accepted", [], [],
    ),
    "skills a second over two minutes": (
        puyang("活动周濮阳县职校十八般武艺短视频", video(video=VideoFacts(1280, 720, 121.0)), body=CAPTION),
        "rejected", ["video.too_long"], [],
    ),
    "my day of exactly three minutes": (
        puyang("活动周濮阳科技职业学院我的一天", video(video=VideoFacts(1280, 720, 180.0)), body=CAPTION),
        "accepted", [], [],
    ),
    "my day over three minutes": (
        puyang("活动周濮阳科技职业学院我的一天", video(video=VideoFacts(1280, 720, 181.0)), body=CAPTION),
        "rejected", ["video.too_long"], [],
    ),
    "recruiting video has no length": (
        puyang("活动周濮阳医专招生宣传短视频", video(video=VideoFacts(1280, 720, 999.0)), body=CAPTION),
        "accepted", [], [],
    ),
    # 濮阳 四（三）4
    "media accepted": (puyang(MEDIA, news(), archive(), photo()), "accepted", [], []),
    "media without a link": (
        puyang(MEDIA, news(text=TextFacts("来源", 600, pictures=1)), archive(), photo()),
        "rejected", ["media.no_link"], [],
    ),
    "media without a picture": (
        puyang(MEDIA, news(text=TextFacts("来源", 600, links=("http://a.cn",))), archive(), photo()),
        "rejected", ["news.no_picture"], [],
    ),
    # 濮阳 四（三）末
    "summary accepted": (
        puyang(SUMMARY, word(text="活动亮点，典型案例"), photo(archive=None), received="2023-05-22T10:00:00"),
        "accepted", [], [],
    ),
    "summary with its pictures inside": (
        puyang(SUMMARY, news(text=TextFacts("活动亮点，典型案例", 900, pictures=2)), received="2023-05-22T10:00:00"),
        "accepted", [], [],
    ),
    "summary without pictures": (
        puyang(SUMMARY, word(text="活动亮点，典型案例"), received="2023-05-22T10:00:00"),
        "rejected", ["part.missing"], [],
    ),
    # archives, whatever the material
    "archive encrypted": (
        puyang(PHOTO, archive(trouble=Trouble.ENCRYPTED), body=CAPTION), "rejected", ["archive.encrypted"], [],
    ),
    "archive split": (
        puyang(PHOTO, archive("照片.zip.001", trouble=Trouble.SPLIT), body=CAPTION), "rejected", ["archive.split"], [],
    ),
    "archive damaged": (
        puyang(PHOTO, archive(trouble=Trouble.DAMAGED), body=CAPTION), "rejected", ["archive.unreadable"], [],
    ),
    "archive too deep": (
        puyang(PHOTO, archive(trouble=Trouble.TOO_DEEP), body=CAPTION), "rejected", ["archive.too_deep"], [],
    ),
    "archive bomb": (
        puyang(PHOTO, archive(trouble=Trouble.BOMB), body=CAPTION), "rejected", ["archive.bomb"], [],
    ),
    "archive of a kind for a person": (
        puyang(PHOTO, archive("照片.rar", Kind.RAR, Trouble.UNSUPPORTED)), "held", [], ["archive.unmeasured"],
    ),
    "loose photos beside an archive for a person": (
        puyang(PHOTO, archive("照片.rar", Kind.RAR, Trouble.UNSUPPORTED), photo(archive=None)),
        "held", [], ["archive.unmeasured"],
    ),
    # any file
    "a program": (
        puyang(TEXT, word(), FileFacts("a.exe", Kind.EXECUTABLE, 9, "s")), "rejected", ["file.dangerous"], [],
    ),
    "a program counts against what may be taken in, not against what came too early": (
        puyang("活动周濮阳县教育局照片、工作总结", archive(), photo(), word(),
               FileFacts("a.exe", Kind.EXECUTABLE, 9, "s"), body=CAPTION, received="2023-05-10T09:00:00"),
        "rejected", ["deadline.closed", "file.dangerous"], ["photo.shared"],
    ),
    "an empty file beside the text": (
        puyang(TEXT, word(), FileFacts("空.docx", Kind.EMPTY, 0, "s")), "rejected", ["file.empty"], [],
    ),
    "an empty file instead of the text": (
        puyang(TEXT, FileFacts("空.docx", Kind.EMPTY, 0, "s")), "rejected", ["file.empty"], [],
    ),
    "a file that nobody asked for": (
        puyang(TEXT, word(), FileFacts("歌.mp3", Kind.AUDIO, 9, "s")), "accepted", [], ["file.unexpected"],
    ),
    "a small inline picture is a logo": (
        puyang(TEXT, word(), photo("logo.jpg", archive=None, inline=True, bytes=9_000, photo=PhotoFacts(120, 90))),
        "accepted", [], [],
    ),
    "a small inline picture of many pixels is a photo": (
        puyang(TEXT, word(), photo("1.jpg", archive=None, inline=True, bytes=60_000, photo=PhotoFacts(1200, 800))),
        "accepted", [], ["file.unexpected"],
    ),
    "a tiny picture with a Content-ID is a logo": (
        puyang(TEXT, word(), photo("a.jpg", archive=None, has_content_id=True, bytes=900, photo=PhotoFacts(90, 60))),
        "accepted", [], [],
    ),
    "a tiny picture without a Content-ID is a file": (
        puyang(TEXT, word(), photo("a.jpg", archive=None, bytes=900, photo=PhotoFacts(90, 60))),
        "accepted", [], ["file.unexpected"],
    ),
    "a part that a program added is no caption": (
        puyang(TEXT.replace("文字", "照片"), archive(), photo(), word("a.vcf", is_program_part=True)),
        "rejected", ["photo.no_caption"], [],
    ),
    "a forwarded mail is for a person": (
        puyang(TEXT, FileFacts("原始邮件.eml", Kind.MESSAGE, 9, "s", trouble=Trouble.UNSUPPORTED)),
        "held", [], ["file.unmeasured"],
    ),
    # 合肥
    "daily accepted": (hefei(DAILY, ACTIVITY, PUBLICITY, *REST), "accepted", [], []),
    "daily by forms alone": (hefei(DAILY, ACTIVITY, PUBLICITY), "accepted", [], ["part.missing"]),
    "daily without one form": (
        hefei(DAILY, ACTIVITY, *REST), "rejected", ["part.missing"], [],
    ),
    "daily forms numbered the other way": (
        hefei(DAILY, form("媒体宣传情况日报表", "附件1.docx"), form("活动情况日报表", "附件2.docx"), *REST),
        "accepted", [], [],
    ),
    "a text that speaks of a form is none": (
        hefei(DAILY, word("附件1.docx", text="请见活动情况日报表和媒体宣传情况日报表。"), photo(), video()),
        "rejected", ["part.missing"], [],
    ),
    "daily forms in old .doc are for a person": (
        hefei(DAILY, FileFacts("日报表.doc", Kind.OLE, 9, "s", trouble=Trouble.UNSUPPORTED), photo(), video()),
        "held", [], ["document.unmeasured"],
    ),
    "hefei photo of any size": (
        hefei("活动周合肥工业学校照片", photo(archive=None, bytes=9, photo=PhotoFacts(9, 9), kind=Kind.PNG)),
        "accepted", [], [],
    ),
    "contact form accepted": (
        hefei(CONTACT, form("联络员信息表"), received="2023-05-11T23:59:59"), "accepted", [], [],
    ),
    "contact form without a table": (
        hefei(CONTACT, word(text="2023年职业教育活动周联络员信息表\n姓名：张三"), received="2023-05-11T12:00:00"),
        "held", [], ["form.untitled"],
    ),
    "contact form without its title": (
        hefei(CONTACT, word("联络员信息表.docx", text="姓名：张三"), received="2023-05-11T12:00:00"),
        "held", [], ["form.untitled"],
    ),
    "contact form missing": (
        hefei(CONTACT, word(), received="2023-05-11T12:00:00"),
        "rejected", ["part.missing"], ["file.unexpected"],
    ),
    "hefei subject without the keyword": (
        hefei("合肥工业学校日报材料", ACTIVITY, PUBLICITY, *REST),
        "rejected", ["subject.no_keyword"], [],
    ),
    "hefei subject in another order": (
        hefei("活动周日报合肥工业学校", ACTIVITY, PUBLICITY, *REST),
        "accepted", [], ["subject.other_order"],
    ),
    # 河北, 教育部
    "hebei article in the body": (
        case("hebei-2023", "活动周唐山市教育局稿件", body=CAPTION * 4, body_words=100), "accepted", [], [],
    ),
    "hebei summary": (
        case("hebei-2023", "活动周定州市总结材料", news(text=TextFacts("亮点特色，典型案例", 900, pictures=1))),
        "accepted", [], [],
    ),
    "moe cases go online": (
        case("moe-2023", "活动周河北省教育厅典型案例材料", word()), "rejected", ["channel.online"], [],
    ),
    "moe summary": (
        case("moe-2023", "活动周河北省教育厅总结", news(text=TextFacts("活动亮点，典型案例", 900, pictures=1))),
        "accepted", [], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_case_is_judged_as_expected(name: str) -> None:
    mail, *expected = CASES[name]
    assert list(outcome(mail)) == expected


@pytest.mark.parametrize(
    ("received", "day", "late"),
    [
        ("2023-05-17T00:00:01", "2023-05-17", False),
        ("2023-05-17T16:00:00", "2023-05-17", False),
        ("2023-05-17T16:00:01", "2023-05-17", True),
        ("2023-05-17T23:59:59", "2023-05-17", True),
        ("2023-05-18T00:00:01", "2023-05-18", False),
        ("2023-05-20T16:00:01", "2023-05-20", True),
        ("2023-05-22T09:00:00", "2023-05-20", True),
    ],
)
def test_same_day_report_has_day_and_lateness(received: str, day: str, late: bool) -> None:
    verdict = judge(puyang(TEXT, word(), received=received))
    item = verdict.items[0]
    assert (str(item.day), item.late, item.decision, errors(verdict)) == (day, late, Decision.ACCEPTED, [])
    assert ("deadline.late" in [f.code for f in item.findings]) == late


@pytest.mark.parametrize(
    ("received", "day", "late"),
    [
        ("2023-05-17T08:00:00", "2023-05-17", False),
        ("2023-05-18T10:00:00", "2023-05-17", False),
        ("2023-05-18T10:00:01", "2023-05-17", True),
        ("2023-05-18T18:00:00", "2023-05-17", True),
        ("2023-05-18T18:00:01", "2023-05-18", False),
        ("2023-05-24T10:00:01", "2023-05-23", True),
    ],
)
def test_next_day_report_has_day_and_lateness(received: str, day: str, late: bool) -> None:
    item = judge(hefei(DAILY, ACTIVITY, PUBLICITY, received=received)).items[0]
    assert (str(item.day), item.late) == (day, late)


def test_mail_within_grace_after_filled_day_is_for_next_day() -> None:
    mail = puyang(TEXT, word(), received="2023-05-17T17:00:00")
    filled = replace(mail, filled_days={"文字材料": {mail.received.date()}})
    assert [str(judge(one).items[0].day) for one in (mail, filled)] == ["2023-05-17", "2023-05-18"]


def test_damaged_photo_in_archive_is_reported_with_its_path() -> None:
    broken = FileFacts("a.jpg", Kind.UNKNOWN, 9, "s", "照片.zip", "现场", Trouble.UNSUPPORTED)
    item = judge(puyang(PHOTO, archive(), broken, body=CAPTION)).items[0]
    assert [(f.code, f.file) for f in item.findings] == [("photo.unreadable", "照片.zip/现场/a.jpg")]
    assert item.files == ("照片.zip/现场/a.jpg",)


def test_day_in_subject_decides() -> None:
    item = judge(puyang(TEXT + "5月15日", word())).items[0]
    assert (str(item.day), item.late) == ("2023-05-15", True)


@pytest.mark.parametrize(
    ("received", "code"),
    [
        ("2023-05-13T12:00:00", "deadline.closed"),
        ("2023-06-23T00:00:01", "deadline.closed"),
        ("2023-06-22T23:00:00", None),
    ],
)
def test_mail_before_week_or_after_closing_is_rejected(received: str, code: str | None) -> None:
    assert errors(judge(puyang(TEXT, word(), received=received))) == ([code] if code else [])


def test_late_mail_is_rejected_where_notice_says_so() -> None:
    mail = puyang(TEXT, word(), received="2023-05-17T16:00:01")
    strict = [m.model_copy(update={"late": "reject"}) if m.name == "文字材料" else m for m in mail.notice.materials]
    refused = replace(mail, notice=mail.notice.model_copy(update={"materials": tuple(strict)}))
    assert outcome(refused) == ("rejected", ["deadline.late"], [])


def test_materials_of_one_mail_are_judged_separately() -> None:
    mail = puyang("活动周濮阳县教育局文字材料和照片", word(words=1000), archive(), photo(bytes=9), body=CAPTION)
    verdict = judge(mail)
    assert verdict.disposition.value == "partial"
    assert [(i.material, i.decision.value, [f.code for f in i.findings]) for i in verdict.items] == [
        ("文字材料", "accepted", []),
        ("照片", "rejected", ["photo.too_small"]),
    ]


def test_caption_file_is_not_used_as_text_material() -> None:
    files = (word("图片说明.docx", words=30), word("活动情况.docx", words=1000), archive(), photo())
    assert outcome(puyang("活动周濮阳县教育局文字材料、照片", *files)) == ("accepted", [], [])


def test_text_beside_photos_belongs_to_photo_item() -> None:
    item = judge(puyang(PHOTO, archive(), photo(), word("说明.docx", words=20))).items[0]
    assert item.files == ("照片.zip/DSC_0001.jpg", "说明.docx")


def test_pictures_serve_two_materials() -> None:
    mail = puyang("活动周濮阳县教育局照片、图片新闻", news(), archive(), photo(), body=CAPTION)
    verdict = judge(mail)
    assert outcome(mail) == ("accepted", [], ["photo.shared"])
    assert [finding.found for finding in verdict.items[1].findings] == [
        "1 张图片同时算作“照片”和“图片新闻”的图片：DSC_0001.jpg"
    ]


def test_severity_of_rule_is_set_by_notice() -> None:
    mail = puyang(PHOTO, photo(archive=None), body=CAPTION)
    remarks = {"remark": ["photo.not_in_archive"], "off": []}
    for severity, expected in remarks.items():
        raw = notice("puyang-2023").model_dump(mode="json")
        for material in raw["materials"]:
            for part in material["parts"]:
                if part.get("archive"):
                    part["archive"]["severity"] = severity
        lenient = type(mail.notice).model_validate(raw)
        assert outcome(replace(mail, notice=lenient)) == ("accepted", [], expected)


def test_finding_says_what_was_found_and_what_to_do() -> None:
    for name, (mail, *_) in CASES.items():
        for finding in judge(mail).all_findings:
            assert finding.found, name
            assert bool(finding.todo) or finding.holds, name  # of what is held, the letter says what happens next
            assert "None" not in finding.message, name


def test_mail_of_unknown_unit_gets_findings_about_files() -> None:
    mail = puyang("活动周濮阳县教育居照片", photo(archive=None), body=CAPTION)
    verdict = judge(mail)
    assert errors(verdict) == ["photo.not_in_archive", "subject.unknown_unit"]
    assert verdict.correct_subject == "活动周濮阳县教育局照片材料"


def test_mail_without_material_gets_errors_about_files_only() -> None:
    files = (
        word(),
        photo(),
        FileFacts("a.exe", Kind.EXECUTABLE, 9, "s"),
        archive("a.rar", Kind.RAR, Trouble.UNSUPPORTED),
    )
    assert outcome(puyang("活动周濮阳县教育局", *files)) == ("rejected", ["file.dangerous", "subject.no_material"], [])


def test_unit_of_sender_is_suggested_and_not_used() -> None:
    mail = puyang("活动周照片", archive(), photo(), body=CAPTION, sender_unit="范县教育局")
    verdict = judge(mail)
    assert (verdict.unit, errors(verdict)) == (None, ["subject.no_unit"])
    assert verdict.correct_subject == "活动周范县教育局照片材料"


@pytest.mark.parametrize(("words", "articles"), [(199, 1), (200, 2), (201, 2)])
def test_text_of_two_hundred_words_counts_as_article(words: int, articles: int) -> None:
    files = word("一.docx", words=900), word("二.docx", words=words)
    mail = case("hefei-2023", "活动周肥东县教育体育局典型案例", *files)
    assert judge(mail).items[0].fills == articles
