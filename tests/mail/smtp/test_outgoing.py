import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from intake_bot.errors import PermanentFailure
from intake_bot.mail.message import Address
from intake_bot.mail.smtp.outgoing import (
    MAXIMUM_REFERENCES,
    AttachedFile,
    Draft,
    Origin,
    Picture,
    build_letter,
    is_our_message_id,
    new_message_id,
)

BUREAU = Address("濮阳市教育局", "py8991718@126.com")
OUR_ID = "<intake.10427.0123456789abcdef0123456789abcdef@126.com>"
CHINA = timezone(timedelta(hours=8))


def draft(
    *,
    sender: Address = BUREAU,
    to: tuple[str, ...] = ("school@example.edu.cn",),
    subject: str = "回复：活动周濮阳县教育局照片材料",
    text: str = "收到。\n",
    html: str = "<p>收到。</p>",
    message_id: str = OUR_ID,
    bot_id: str = "puyang",
    origin: Origin = Origin.REPLY,
    in_reply_to: str | None = "<tencent_ABC@qq.com>",
    references: tuple[str, ...] = ("<first@qq.com>", "<tencent_ABC@qq.com>"),
) -> Draft:
    return Draft(
        sender,
        to,
        subject,
        text,
        html,
        datetime(2023, 5, 17, 15, 2, 11, tzinfo=CHINA),
        message_id,
        bot_id,
        origin,
        in_reply_to,
        references,
    )


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def head_of(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_reply_has_its_header_and_both_bodies() -> None:
    letter = parsed(build_letter(draft()))
    assert dict(letter.items()) == {
        "From": "濮阳市教育局 <py8991718@126.com>",
        "To": "school@example.edu.cn",
        "Subject": "回复：活动周濮阳县教育局照片材料",
        "Date": "Wed, 17 May 2023 15:02:11 +0800",
        "Message-ID": OUR_ID,
        "In-Reply-To": "<tencent_ABC@qq.com>",
        "References": "<first@qq.com> <tencent_ABC@qq.com>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Intake-Bot": "puyang",
        "MIME-Version": "1.0",
        "Content-Type": letter["Content-Type"],
    }
    assert letter.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part["Content-Transfer-Encoding"]) for part in letter.iter_parts()]
    assert parts == [("text/plain", "base64"), ("text/html", "base64")]
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None and text.get_content() == "收到。\r\n"
    assert html is not None and html.get_content() == "<p>收到。</p>\r\n"


def test_digest_is_auto_generated_and_in_no_thread() -> None:
    letter = parsed(build_letter(draft(to=("a@b.cn", "c@d.cn"), origin=Origin.REPORT, in_reply_to=None, references=())))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["To"] == "a@b.cn, c@d.cn"
    assert "In-Reply-To" not in letter
    assert "References" not in letter


def test_same_draft_gives_the_same_bytes() -> None:
    assert build_letter(draft()) == build_letter(draft())


def test_letter_has_short_7_bit_lines_with_crlf() -> None:
    name = "教育部职业教育与成人教育司高等职业教育与继续教育处" * 2
    raw = build_letter(draft(sender=Address(name, "zcs@moe.edu.cn"), subject="活动周" * 60, text="字" * 9000))
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert [line for line in lines if len(line) > 78 and not line.startswith(b"From:")] == []
    (sender,) = [line for line in lines if line.startswith(b"From:")]
    assert sender.endswith(b" <zcs@moe.edu.cn>")
    assert max(len(word) for word in sender.split(b" ")) <= 75
    # The parser that knows adjacent encoded words: email.policy.default of Python 3.11 puts spaces between them.
    assert str(make_header(decode_header(email.message_from_bytes(raw)["From"]))) == f"{name} <zcs@moe.edu.cn>"


HOSTILE = [
    "a\r\nBcc: victim@example.com",
    "a\nBcc: victim@example.com",
    "a\rBcc: victim@example.com",
    "a\r\n\r\nbody",
    "a\0b",
    "a\x85Bcc: b\u2028c\u2029d",
    "=?utf-8?q?a=0D=0ABcc:_victim@example.com?=",
    "=?utf-8?b?YQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5jb20=?=",
    "半个字\udc80\ud800",
    "🎉" * 300,
    " ",
    "",
    "x" * 100_000,
    ": ",
    "%s {} \\u000a &#10;",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
@pytest.mark.parametrize("place", ["subject", "name", "bot_id", "text", "html", "in_reply_to", "references"])
def test_hostile_text_never_becomes_a_header_field(text: str, place: str) -> None:
    drafts = {
        "subject": lambda: draft(subject=text),
        "name": lambda: draft(sender=Address(text, "py8991718@126.com")),
        "bot_id": lambda: draft(bot_id=text),
        "text": lambda: draft(text=text),
        "html": lambda: draft(html=text),
        "in_reply_to": lambda: draft(in_reply_to=text),
        "references": lambda: draft(references=(text, f"<{text}@qq.com>")),
    }
    raw = build_letter(drafts[place]())
    known = {*(name.encode() for name in parsed(build_letter(draft()))), b"From"}
    names = {line.partition(b":")[0] for line in head_of(raw) if not line.startswith((b" ", b"\t"))}
    assert names <= known
    assert parsed(raw)["Bcc"] is None
    assert parsed(raw)["To"] == "school@example.edu.cn"
    assert raw.isascii()


def test_encoded_word_typed_by_a_sender_is_shown_as_typed() -> None:
    typed = "=?utf-8?q?a=0D=0ABcc:_b?="
    letter = email.message_from_bytes(build_letter(draft(subject=typed)))
    (words,) = decode_header(letter["Subject"])
    assert words == (typed.encode(), "utf-8")


def test_message_ids_of_other_mails_are_kept_complete_or_left_out() -> None:
    long = f"<{'a' * 200}@qq.com>"
    references = ("<a b@qq.com>", "no brackets@qq.com", "<中文@qq.com>", f"<{'x' * 300}@qq.com>", long, " <ok@qq.com> ")
    raw = build_letter(draft(references=references, in_reply_to=long))
    assert f"References: {long}\r\n <ok@qq.com>\r\n".encode() in raw
    assert f"In-Reply-To: {long}\r\n".encode() in raw


def test_many_references_are_reduced_to_the_first_and_the_last() -> None:
    references = tuple(f"<{number}@qq.com>" for number in range(1000))
    kept = str(parsed(build_letter(draft(references=references)))["References"]).split()
    assert kept == ["<0@qq.com>", *references[1 - MAXIMUM_REFERENCES :]]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.com",
        "a@",
        "a@b@c.cn",
        "a b@c.cn",
        "a@b.cn\r\nBcc: c@d.cn",
        "a@b.cn>",
        "<a@b.cn>",
        "a@b.cn,c@d.cn",
        "名字@example.com",
        "a@例子.cn",
        '"a b"@c.cn',
        "a@-b.cn",
        "a@b..cn",
        "a@[127.0.0.1]",
        "a\0@b.cn",
        "a" * 300 + "@b.cn",
    ],
)
def test_unusable_recipient_raises_permanent_failure(address: str) -> None:
    with pytest.raises(PermanentFailure):
        build_letter(draft(to=("good@example.com", address)))


def test_letter_without_recipient_raises_permanent_failure() -> None:
    with pytest.raises(PermanentFailure):
        build_letter(draft(to=()))


def test_letter_without_zone_or_own_message_id_raises_value_error() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        build_letter(draft(message_id="<a@b.cn>"))
    naive = draft()
    with pytest.raises(ValueError, match="time zone"):
        build_letter(Draft(BUREAU, ("a@b.cn",), "", "", "", naive.date.replace(tzinfo=None), OUR_ID, "puyang"))
    assert b"Date: Wed, 17 May 2023 07:02:11 +0000" in build_letter(
        Draft(BUREAU, ("a@b.cn",), "", "", "", naive.date.astimezone(UTC), OUR_ID, "puyang")
    )


def test_own_message_ids_are_unique_and_recognised() -> None:
    ids = {new_message_id("py8991718@126.com", "10427") for _ in range(100)}
    assert len(ids) == 100
    assert all(is_our_message_id(made) and made.startswith("<intake.10427.") for made in ids)
    plain = new_message_id("zcs@moe.edu.cn")
    assert is_our_message_id(plain)
    assert plain.count(".") == 3
    assert plain.endswith("@moe.edu.cn>")
    assert new_message_id("a@b.cn", "PY-10427").startswith("<intake.PY-10427.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<tencent_0A@qq.com>",
        "<intake.10427.0123@126.com>",
        "intake.0123456789abcdef0123456789abcdef@126.com",
        "<intake.1.2.0123456789abcdef0123456789abcdef@126.com>",
        "<intake.0123456789abcdef0123456789abcdef@126.com>\r\nX: y",
        "<intake.0123456789abcdef0123456789abcdef@126.com",
    ],
)
def test_foreign_message_id_is_not_ours(text: str) -> None:
    assert not is_our_message_id(text)


@pytest.mark.parametrize("receipt", ["1.2", "一", "a b", "x" * 40, "1\r\n2"])
def test_receipt_that_fits_no_message_id_raises_value_error(receipt: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        new_message_id("a@b.cn", receipt)


def test_pictures_stand_beside_the_page_that_shows_them_and_files_behind() -> None:
    page = '<img src="cid:p1.1001-9@intake">'
    files = (AttachedFile("台账.xlsx", "application/zip", b"PK"),)
    shown = replace(draft(html=page), pictures=(Picture("p1.1001-9@intake", b"\xff\xd8"),), attachments=files)
    letter = parsed(build_letter(shown))
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/jpeg",
        "application/zip",
    ]
    picture = list(letter.walk())[5]
    assert (picture["Content-ID"], picture.get_payload(decode=True)) == ("<p1.1001-9@intake>", b"\xff\xd8")
    assert build_letter(shown) == build_letter(shown)
