"""Mails inside mails, and pictures inside mails, from raw bytes to verdict and letter."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake_bot.demo import media
from tests.commands.mails import NOTE, PHOTOS, PUYANG, judged, listed, mail, photo, photos_zip, summary
from tests.files import winmail
from tests.files.compound import compound

COUNTY = "county@example.edu.cn"
ACCEPTED: tuple[str, str | None, list[str], list[str]] = ("accepted", "濮阳县教育局", ["照片"], [])


def test_mail_forwarded_as_attachment_is_judged_as_if_sent_directly(tmp_path: Path) -> None:
    inner = mail(PHOTOS, {"照片.zip": photos_zip()}, sender="jyj@qq.com")
    [verdict] = judged(tmp_path, [mail("转发", {"照片.eml": inner}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED
    assert verdict["reply"]["to"] == COUNTY
    assert listed(verdict) == ["[合格] 学生技能展示现场.jpg"]
    assert f"您的主题：{PHOTOS}" in verdict["reply"]["text"].splitlines()


@pytest.mark.parametrize("type_", ["message/global", "message/news"])
def test_mail_forwarded_under_another_type_is_judged_as_if_sent_directly(tmp_path: Path, type_: str) -> None:
    inner = mail(PHOTOS, {"照片.zip": photos_zip()}, sender="jyj@qq.com")
    outer = mail("转发", {"照片.eml": inner}, sender=COUNTY).as_bytes()
    assert outer.count(b"Content-Type: message/rfc822") == 1
    [verdict] = judged(tmp_path, [outer.replace(b"message/rfc822", type_.encode())])
    assert summary(verdict) == ACCEPTED


def test_mail_attached_as_a_plain_file_is_opened(tmp_path: Path) -> None:
    inner = mail(PHOTOS, {"照片.zip": photos_zip()}).as_bytes()
    [verdict] = judged(tmp_path, [mail("转发：材料", {"照片.eml": inner}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED


def test_mail_forwarded_twice_is_opened_twice(tmp_path: Path) -> None:
    inner = mail(PHOTOS, {"照片.zip": photos_zip()}, sender="jyj@qq.com")
    middle = mail("Fw: 请查收", {"一.eml": inner}, sender="zhen@qq.com")
    [verdict] = judged(tmp_path, [mail("转发", {"二.eml": middle}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED


def test_mail_forwarded_three_times_is_held(tmp_path: Path) -> None:
    mails = mail(PHOTOS, {"照片.zip": photos_zip()})
    for subject in ("一", "二"):
        mails = mail(subject, {f"{subject}.eml": mails})
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"三.eml": mails}, sender=COUNTY)])
    assert summary(verdict) == ("held", "濮阳县教育局", ["照片"], ["file.unmeasured"])


def test_subject_that_names_everything_uses_the_attached_mails_files(tmp_path: Path) -> None:
    inner = mail("现场照片", {"照片.zip": photos_zip("DSC_0001.jpg")}, text=NOTE)
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"照片.eml": inner}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED


def test_attachment_beside_a_forwarded_mail_is_judged_with_it(tmp_path: Path) -> None:
    inner = mail(PHOTOS, text=NOTE)
    [verdict] = judged(tmp_path, [mail("转发", {"原.eml": inner, "照片.zip": photos_zip("1.jpg")}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED


def test_several_forwarded_submissions_are_listed_and_held(tmp_path: Path) -> None:
    other = "活动周范县教育局照片材料"
    inner = {f"{n}.eml": mail(s, {"照片.zip": photos_zip(seed=n)}) for n, s in enumerate((PHOTOS, other))}
    [verdict] = judged(tmp_path, [mail("转发各单位材料", inner, sender=COUNTY)])
    assert summary(verdict) == ("held", None, [], ["mail.several"])
    told = f"这封邮件以附件形式转来了 2 封报送邮件：“{PHOTOS}”、“{other}”，需要由工作人员分开登记"
    assert [finding["message"].partition("。")[0] for finding in verdict["findings"]] == [told]
    assert verdict["reply"]["to"] == COUNTY
    assert f"- {told}" in verdict["reply"]["text"].splitlines()
    assert listed(verdict) == ["[待人工查看] 0.eml", "[待人工查看] 1.eml"]


def test_same_mail_attached_twice_counts_once(tmp_path: Path) -> None:
    inner = mail(PHOTOS, {"照片.zip": photos_zip()})
    [verdict] = judged(tmp_path, [mail("转发", {"a.eml": inner, "b.eml": inner}, sender=COUNTY)])
    assert summary(verdict) == ACCEPTED


def test_forwarded_mail_that_is_no_submission_is_ignored(tmp_path: Path) -> None:
    verdicts = judged(tmp_path, [mail("转发", {"a.eml": mail("会议通知", {"通知.docx": b"x"})}, sender=COUNTY)])
    assert [(v["kind"], v["disposition"], v["reply"]) for v in verdicts] == [("other", "ignored", None)]


def test_own_letter_attached_to_a_reply_is_no_submission(tmp_path: Path) -> None:
    letter = mail("【请补正】活动周范县教育局照片（回执编号 1000-3）", headers={"X-Intake-Bot": "1000-3"})
    made = mail(PHOTOS, {"你的信.eml": letter, "照片.zip": photos_zip()})
    [verdict] = judged(tmp_path, [made])
    assert summary(verdict) == ACCEPTED


def test_mail_saved_by_outlook_is_held(tmp_path: Path) -> None:
    saved = compound({"__properties_version1.0": b"", "__substg1.0_0037001F": PHOTOS.encode("utf-16-le")})
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"照片.msg": saved})])
    assert summary(verdict) == ("held", "濮阳县教育局", ["照片"], ["file.unmeasured"])
    told = "- 这是Outlook邮件（msg），收件程序读不了里面的内容，要请工作人员打开查看\n   照片.msg\n"
    assert told in verdict["reply"]["text"]
    assert listed(verdict) == ["[待人工查看] 照片.msg"]


@pytest.mark.parametrize(
    ("content", "disposition", "codes", "its_lines"),
    [
        (b"", "rejected", ["file.empty"], ["   x.eml"]),
        (b"no mail at all", "accepted", [], ["[合格] 学生技能展示现场.jpg、x.eml"]),
        (
            b"\xff\xfe\0\0" * 100,
            "accepted",
            ["file.unexpected"],
            ["   x.eml", "[未使用] x.eml"],
        ),
    ],
    ids=["empty", "words", "noise"],
)
def test_file_that_is_no_mail_despite_its_type_stays_a_file(
    content: bytes, disposition: str, codes: list[str], its_lines: list[str], tmp_path: Path
) -> None:
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"照片.zip": photos_zip(), "x.eml": content})])
    assert summary(verdict) == (disposition, "濮阳县教育局", ["照片"], codes)
    assert [line for line in verdict["reply"]["text"].splitlines() if "x.eml" in line] == its_lines


BODY = f"<p>{NOTE}</p>"


def shown(cid: str) -> str:
    return f'<img src="cid:{cid}">'


INLINE = {
    "in the own words": mail(PHOTOS, html=BODY + shown("a"), pictures={"a": photo()}),
    "in the quoted history of a forwarded mail": mail(
        f"转发：{PHOTOS}", html=BODY + f"<blockquote>{shown('a')}</blockquote>", pictures={"a": photo()}
    ),
    "in the quoted history of a thread, under a subject of its own": mail(
        PHOTOS, html=f"{BODY}<div>-----原始邮件-----</div>{shown('a')}", pictures={"a": photo()},
        headers={"In-Reply-To": "<x@y>"},
    ),
    "indented in a new mail": mail(
        PHOTOS, html=BODY + f"<blockquote>{shown('a')}</blockquote>", pictures={"a": photo()}
    ),
}  # fmt: skip


def test_picture_inside_the_html_is_an_attachment(tmp_path: Path) -> None:
    address = "data:image/jpeg;base64," + b64encode(photo()).decode()
    [verdict] = judged(tmp_path, [mail(PHOTOS, html=f'{BODY}<img src="{address}">')])
    assert summary(verdict) == ("rejected", "濮阳县教育局", ["照片"], ["photo.not_in_archive"])
    assert "\n1. 图片没有放进压缩包\n   附件1.jpg\n" in verdict["reply"]["text"]


@pytest.mark.parametrize("made", INLINE.values(), ids=INLINE.keys())
def test_inline_picture_is_an_attachment(made: EmailMessage, tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [made])
    assert summary(verdict) == ("rejected", "濮阳县教育局", ["照片"], ["photo.not_in_archive"])
    assert "\n1. 图片没有放进压缩包\n   a.jpg\n" in verdict["reply"]["text"]


QUOTED = {
    "in a blockquote": mail(
        f"回复：{PHOTOS}", html=BODY + f"<blockquote>{shown('a')}</blockquote>", pictures={"a": photo()}
    ),
    "behind a line that begins history": mail(
        f"Re: {PHOTOS}", html=f"{BODY}<div>-----原始邮件-----</div>{shown('a')}", pictures={"a": photo()},
        headers={"In-Reply-To": "<x@y>"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("made", QUOTED.values(), ids=QUOTED.keys())
def test_inline_picture_of_quoted_text_is_no_attachment(made: EmailMessage, tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [made])
    assert summary(verdict) == ("rejected", "濮阳县教育局", ["照片"], ["part.missing"])
    assert "a.jpg" not in verdict["reply"]["text"]
    assert listed(verdict) == []


def test_small_inline_picture_is_ignored(tmp_path: Path) -> None:
    made = mail(PHOTOS, {"照片.zip": photos_zip()}, html=BODY + shown("logo"), pictures={"logo": media.jpeg(64, 48)})
    [verdict] = judged(tmp_path, [made])
    assert summary(verdict) == ACCEPTED
    assert listed(verdict) == ["[合格] 学生技能展示现场.jpg"]


TEXT = "活动周濮阳县教育局文字材料"
FORWARD = "---------- 转发的邮件 ----------\n发件人: {sender}\n发送时间: 2023年5月17日\n主题: 材料\n\n{words}"


def test_text_of_a_forwarded_mail_is_judged(tmp_path: Path) -> None:
    words = FORWARD.format(sender="t@school.example", words=media.chinese_text(900))
    [verdict] = judged(tmp_path, [mail(f"转发：{TEXT}", text=f"请查收。\n\n{words}", sender=COUNTY)])
    assert summary(verdict) == ("accepted", "濮阳县教育局", ["文字材料"], [])


def test_caption_in_a_forwarded_mail_is_a_caption(tmp_path: Path) -> None:
    words = FORWARD.format(sender="t@school.example", words=NOTE)
    [verdict] = judged(tmp_path, [mail(f"转发：{PHOTOS}", {"a.zip": photos_zip("DSC_0001.jpg")}, text=words)])
    assert summary(verdict) == ACCEPTED


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        pytest.param(PUYANG, NOTE, id="the bureau's words"),
        pytest.param(
            "t@school.example",
            f"{NOTE}\n有疑问请联系：职成科，说回执编号 1045-8 就能查到。\n\n濮阳市教育局\n（这封信由收件程序自动发出）",
            id="words of our letter",
        ),
    ],
)
def test_words_of_the_bureau_are_no_caption(sender: str, words: str, tmp_path: Path) -> None:
    forward = FORWARD.format(sender=sender, words=words)
    [verdict] = judged(tmp_path, [mail(f"转发：{PHOTOS}", {"a.zip": photos_zip("DSC_0001.jpg")}, text=forward)])
    assert summary(verdict) == ("rejected", "濮阳县教育局", ["照片"], ["photo.no_caption"])


def test_attached_letter_of_ours_is_no_text(tmp_path: Path) -> None:
    letter = mail("【请补正】", text=media.chinese_text(900), sender=PUYANG, headers={"X-Intake-Bot": "1042-9"})
    [verdict] = judged(tmp_path, [mail(TEXT, {"说明.docx": media.docx(["好"]), "原信.eml": letter})])
    assert summary(verdict)[::3] == ("rejected", ["text.too_short"])


SMIME = Path(__file__).parents[1] / "mail" / "smime"


def smime_mail(name: str) -> bytes:
    """A mail that consists of this S/MIME object."""
    header = mail("活动周濮阳县教育局文字材料").as_bytes().partition(b"Content-Type")[0]
    kind = b'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return header.replace(b"MIME-Version: 1.0\r\n", b"") + kind + encodebytes((SMIME / name).read_bytes())


def test_encrypted_mail_is_held(tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [smime_mail("encrypted.p7m")])
    assert summary(verdict) == ("held", "濮阳县教育局", ["文字材料"], ["mail.smime"])


def test_signed_mail_is_judged_by_its_signed_content(tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [smime_mail("signed.p7m")])
    assert summary(verdict) == ("rejected", "濮阳县教育局", ["文字材料"], ["text.too_short"])
    assert "\n1. 正文只有 2 字，要求 800–1500 字左右\n   说明.txt\n" in verdict["reply"]["text"]


def outlook(files: dict[str, bytes], *message: bytes) -> bytes:
    return winmail.winmail(*message, *(winmail.attachment(name.encode("gbk"), one) for name, one in files.items()))


def test_file_in_winmail_dat_is_judged_as_attached(tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"winmail.dat": outlook({"现场照片.zip": photos_zip()})})])
    assert summary(verdict) == ACCEPTED
    assert "winmail" not in verdict["reply"]["text"]
    assert listed(verdict) == ["[合格] 学生技能展示现场.jpg"]


def test_photo_in_winmail_dat_is_in_no_archive(tmp_path: Path) -> None:
    made = mail(PHOTOS, {"winmail.dat": outlook({"学生展示茶艺.jpg": photo()})})
    assert summary(judged(tmp_path, [made])[0])[3] == ["photo.not_in_archive"]


def test_broken_winmail_dat_is_reported(tmp_path: Path) -> None:
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"winmail.dat": outlook({"照片.zip": photos_zip()})[:-20]})])
    assert (verdict["disposition"], summary(verdict)[3]) == ("rejected", ["archive.unreadable"])


def test_winmail_dat_in_a_forwarded_mail_is_opened(tmp_path: Path) -> None:
    inner = mail(PHOTOS, {"winmail.dat": outlook({"照片.zip": photos_zip()})})
    assert summary(judged(tmp_path, [mail("转发", {"a.eml": inner}, sender=COUNTY)])[0]) == ACCEPTED


_RTF = b"{\\rtf1\\ansi\\ansicpg936 " + NOTE.encode("gbk") + b"}"
BODIES = {
    "text": (winmail.text_property(0x1000, NOTE),),
    "html beside a blank text": (
        winmail.text_property(0x1000, "\r\n"),
        winmail.binary_property(0x1013, f"<meta charset=gb2312><p>{NOTE}</p>".encode("gbk")),
    ),
    "html": (winmail.binary_property(0x1013, f"<p>{NOTE}</p>".encode()),),
    "rtf": (winmail.binary_property(0x1009, bytes(8) + b"MELA" + bytes(4) + _RTF),),
}


@pytest.mark.parametrize("properties", BODIES.values(), ids=BODIES)
def test_text_in_winmail_dat_counts_where_the_mail_has_none(tmp_path: Path, properties: tuple[bytes, ...]) -> None:
    files = {"winmail.dat": outlook({"照片.zip": photos_zip("1.jpg")}, winmail.message(*properties))}
    [with_text, without] = judged(tmp_path, [mail(PHOTOS, files), mail(PHOTOS, {"照片.zip": photos_zip("1.jpg")})])
    assert [summary(one)[3] for one in (with_text, without)] == [[], ["photo.no_caption"]]
    assert "邮件正文" not in with_text["reply"]["text"]


def test_file_named_like_the_body_text_stays_a_file(tmp_path: Path) -> None:
    files = {"照片.zip": photos_zip("1.jpg"), "邮件正文.txt": NOTE.encode()}
    [verdict] = judged(tmp_path, [mail(PHOTOS, {"winmail.dat": outlook(files)})])
    assert summary(verdict) == ACCEPTED
    assert listed(verdict) == ["[合格] 1.jpg", "[合格] 邮件正文.txt"]


def test_cloud_link_in_the_text_of_winmail_dat_is_reported(tmp_path: Path) -> None:
    link = '<p>视频 <a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=5f">实训.mp4</a></p>'
    files = {"winmail.dat": outlook({}, winmail.message(winmail.binary_property(0x1013, link.encode())))}
    [verdict] = judged(tmp_path, [mail("活动周濮阳县教育局视频", files)])
    assert (verdict["disposition"], summary(verdict)[3]) == ("held", ["cloud.link"])
