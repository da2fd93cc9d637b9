"""Mails in forms that few programs write, from raw bytes to verdict and letter."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from pathlib import Path
from random import Random

import pytest

from intake_bot.demo.media import chinese_text, docx
from tests.commands.mails import NOTE, judged, mail, photos_zip, summary
from tests.mail.encodings import binhex, uuencode, yenc
from tests.mail.samples import raw_mail

SUBJECT = "活动周濮阳县教育局文字材料"
GOOD = docx(["活动情况", chinese_text(900)])
LONG = docx(["活动情况", chinese_text(3000)])
HEAD = raw_mail(
    f"Subject: {SUBJECT}", "From: 张三 <zhang@qq.com>", "To: py8991718@126.com", "Date: Wed, 17 May 2023 14:50:00 +0800"
)
NOISE = Random(2).randbytes(60_000)
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + encodebytes(NOISE) + b"=abcd\r\n-----END PGP MESSAGE-----\r\n"

Outcome = tuple[str, str | None, list[str], list[str]]


def outcome(disposition: str, *codes: str) -> Outcome:
    return disposition, "濮阳县教育局", ["文字材料"], list(codes)


def base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")


def multipart(content: bytes, encoding: str = "base64", type_field: str = "multipart/mixed; boundary=b") -> bytes:
    file = raw_mail(
        "--b", 'Content-Type: application/octet-stream; name="材料.docx"', f"Content-Transfer-Encoding: {encoding}", ""
    )
    return HEAD + raw_mail(f"Content-Type: {type_field}", "") + file + content + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("word", "expected"), [(GOOD, outcome("accepted")), (LONG, outcome("rejected", "text.too_long"))]
)
def test_file_is_judged_by_its_content_in_whatever_form_it_came(word: bytes, expected: Outcome, tmp_path: Path) -> None:
    mails = [
        multipart(base64(word), type_field="multipart/mixed boundary=b"),
        multipart(base64(word), type_field="multipart/mixed; (x) boundary=b"),
        multipart(base64(word), type_field="multipart/multipart/mixed; boundary=b"),
        multipart(base64(word), type_field="text/plain"),
        multipart(base64(word)).replace(b"\r\n", b"\r"),
        multipart(base64(word)).replace(b"\r\n--b", b"\r\n --b"),
        multipart(base64(word), "base-64"),
        multipart(base64(word), "base64 (safe)"),
        multipart(base64(word), "binary"),
        multipart(uuencode(word), "x-uuencode"),
        multipart(yenc(word), "x-yenc"),
        multipart(binhex(word), "7bit"),
        HEAD + b"\r\n" + uuencode(word),
        HEAD + b"\r\n" + base64(word),
    ]
    assert [summary(one) for one in judged(tmp_path, mails)] == [expected] * len(mails)


def test_content_that_nobody_can_open_is_held_and_never_called_short_or_damaged(tmp_path: Path) -> None:
    encoded = b"\r\n".join(b"~" + b64encode(NOISE[at : at + 50]) for at in range(0, 60_000, 50))
    text = raw_mail("Content-Type: text/plain; charset=utf-8", "")
    kinds = {
        "mail.pgp": [HEAD + text + ARMOUR, multipart(ARMOUR, "7bit")],
        "mail.incomplete": [
            HEAD + text + "这是我校活动周的活动情况，".encode() * 6 + b"\r\n" + encoded,
            multipart(encoded, "x-unheard-of"),
            multipart(uuencode(GOOD, end=""), "x-uuencode"),
            multipart(yenc(GOOD, end="=yend size=1"), "x-yenc"),
            multipart(binhex(GOOD, broken=True), "binhex"),
            HEAD + raw_mail("Content-Type: message/partial; id=a; number=2; total=2", "") + base64(GOOD),
            HEAD + raw_mail("Content-Type: message/external-body; access-type=URL; URL=http://x/a.docx", "", ""),
            HEAD + raw_mail("Content-Type: multipart/mixed; boundary=c", "", "--x", "", "text", "--x--"),
        ],
    }
    for code, mails in kinds.items():
        for verdict in judged(tmp_path, mails):
            disposition, _, _, codes = summary(verdict)
            assert (disposition, code in codes) == ("held", True), verdict
            assert not {"text.too_short", "part.missing", "document.unreadable", "photo.unreadable"} & set(codes)
            assert "您" in verdict["reply"]["text"]


@pytest.mark.parametrize("name", ["材料.txt", "材料.docx", "材料.html", "材料.doc"])
def test_text_file_of_base64_is_held(name: str, tmp_path: Path) -> None:
    content = b"\r\n".join(b"~" + b64encode(NOISE[at : at + 50]) for at in range(0, 60_000, 50))
    [verdict] = judged(tmp_path, [mail(SUBJECT, {name: content}, text="见附件")])
    assert summary(verdict)[0] == "held"


def test_document_of_base64_is_held(tmp_path: Path) -> None:
    word = docx(["活动情况", *(b64encode(NOISE[at : at + 54]).decode() for at in range(0, 60_000, 54))])
    [verdict] = judged(tmp_path, [mail(SUBJECT, {"材料.docx": word})])
    assert summary(verdict) == outcome("held", "document.unmeasured")


def test_good_text_beside_a_key_or_a_short_token_is_accepted(tmp_path: Path) -> None:
    token = b64encode(NOISE[:90]).decode()
    [verdict] = judged(tmp_path, [mail(SUBJECT, {"材料.docx": GOOD}, text=f"见附件\n{token}")])
    assert summary(verdict) == outcome("accepted")


def test_photos_in_the_text_of_a_mail_are_judged(tmp_path: Path) -> None:
    head = HEAD.replace(SUBJECT.encode(), "活动周濮阳县教育局照片".encode())
    raw = head + raw_mail("Content-Type: text/plain; charset=utf-8", "", NOTE, "") + uuencode(photos_zip(), "照片.zip")
    [verdict] = judged(tmp_path, [raw])
    assert summary(verdict) == ("accepted", "濮阳县教育局", ["照片"], [])
    assert "[合格] 学生技能展示现场.jpg" in verdict["reply"]["text"]


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("zhang..san@qq.com", "zhang..san@qq.com"),
        (".zhang@qq.com", ".zhang@qq.com"),
        ("张三 <a@b_c.com>", "a@b_c.com"),
        ("张三 <zhang＠qq．com>", "zhang@qq.com"),
        ("=?utf-8?B?" + b64encode("张三 <zhang@qq.com>".encode()).decode() + "?=", "zhang@qq.com"),
        ("张三 <Zhang San zhang@qq.com>", "zhang@qq.com"),
        ("张三 <mailto:zhang@qq.com>", "zhang@qq.com"),
        ("<张三> zhang@qq.com", "zhang@qq.com"),
    ],
)
def test_sender_in_an_odd_form_is_answered(sender: str, address: str, tmp_path: Path) -> None:
    raw = multipart(base64(GOOD)).replace("张三 <zhang@qq.com>".encode(), sender.encode())
    [verdict] = judged(tmp_path, [raw])
    assert verdict["reply"]["to"] == address
