import email
import email.policy
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from intake_bot.errors import PermanentFailure
from intake_bot.mail.message import Address
from intake_bot.mail.outgoing import (
    MAX_REFERENCES,
    Draft,
    Enclosure,
    Origin,
    build_letter,
    checked_address,
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
    enclosures: tuple[Enclosure, ...] = (),
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
        enclosures,
    )


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def head_of(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_a_reply_reads_as_it_was_meant() -> None:
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


def test_a_digest_is_generated_and_answers_nobody() -> None:
    letter = parsed(build_letter(draft(to=("a@b.cn", "c@d.cn"), origin=Origin.REPORT, in_reply_to=None, references=())))
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["To"] == "a@b.cn, c@d.cn"
    assert "In-Reply-To" not in letter
    assert "References" not in letter


def test_the_same_draft_makes_the_same_bytes() -> None:
    enclosures = (Enclosure("日报.xlsx", b"PK", "application/zip"),)
    assert build_letter(draft(enclosures=enclosures)) == build_letter(draft(enclosures=enclosures))


def test_a_letter_is_seven_bit_in_short_lines_with_crlf() -> None:
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


def test_a_file_goes_with_the_letter_under_its_chinese_name() -> None:
    letter = parsed(build_letter(draft(enclosures=(Enclosure("5月17日\r\n汇总.zip", b"PK\0\xff", "application/zip"),))))
    assert letter.get_content_type() == "multipart/mixed"
    (attachment,) = letter.iter_attachments()
    assert attachment.get_filename() == "5月17日 汇总.zip"
    assert attachment.get_content() == b"PK\0\xff"
    html = letter.get_body(("html",))
    assert html is not None and html.get_content() == "<p>收到。</p>\r\n"


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
@pytest.mark.parametrize("place", ["subject", "name", "bot_id", "text", "html", "in_reply_to", "references", "file"])
def test_nothing_a_sender_writes_becomes_a_header(text: str, place: str) -> None:
    drafts = {
        "subject": lambda: draft(subject=text),
        "name": lambda: draft(sender=Address(text, "py8991718@126.com")),
        "bot_id": lambda: draft(bot_id=text),
        "text": lambda: draft(text=text),
        "html": lambda: draft(html=text),
        "in_reply_to": lambda: draft(in_reply_to=text),
        "references": lambda: draft(references=(text, f"<{text}@qq.com>")),
        "file": lambda: draft(enclosures=(Enclosure(text, b"", "application/zip"),)),
    }
    raw = build_letter(drafts[place]())
    known = {*(name.encode() for name in parsed(build_letter(draft()))), b"From"}
    names = {line.partition(b":")[0] for line in head_of(raw) if not line.startswith((b" ", b"\t"))}
    assert names <= known
    assert parsed(raw)["Bcc"] is None
    assert parsed(raw)["To"] == "school@example.edu.cn"
    assert raw.isascii()


def test_an_encoded_word_typed_by_a_sender_is_shown_as_typed() -> None:
    typed = "=?utf-8?q?a=0D=0ABcc:_b?="
    letter = email.message_from_bytes(build_letter(draft(subject=typed)))
    (words,) = decode_header(letter["Subject"])
    assert words == (typed.encode(), "utf-8")


def test_ids_of_others_are_kept_whole_or_left_out() -> None:
    long = f"<{'a' * 200}@qq.com>"
    references = ("<a b@qq.com>", "no brackets@qq.com", "<中文@qq.com>", f"<{'x' * 300}@qq.com>", long, " <ok@qq.com> ")
    raw = build_letter(draft(references=references, in_reply_to=long))
    assert f"References: {long}\r\n <ok@qq.com>\r\n".encode() in raw
    assert f"In-Reply-To: {long}\r\n".encode() in raw


def test_many_references_keep_the_first_and_the_last() -> None:
    references = tuple(f"<{number}@qq.com>" for number in range(1000))
    kept = str(parsed(build_letter(draft(references=references)))["References"]).split()
    assert kept == ["<0@qq.com>", *references[1 - MAX_REFERENCES :]]


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
        ".a@b.cn",
        "a@-b.cn",
        "a@b..cn",
        "a@[127.0.0.1]",
        "a\0@b.cn",
        "a" * 300 + "@b.cn",
    ],
)
def test_an_unusable_recipient_is_a_permanent_failure(address: str) -> None:
    with pytest.raises(PermanentFailure):
        build_letter(draft(to=("good@example.com", address)))


@pytest.mark.parametrize("address", ["a@b.cn", " 10000@qq.com ", "first.last+tag@mail.example.edu.cn", "a_b-c@x1.cn"])
def test_a_usual_address_is_taken(address: str) -> None:
    assert checked_address(address) == address.strip()


def test_a_letter_to_nobody_is_a_permanent_failure() -> None:
    with pytest.raises(PermanentFailure):
        build_letter(draft(to=()))


def test_a_letter_without_a_zone_or_an_id_of_ours_is_a_bug() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        build_letter(draft(message_id="<a@b.cn>"))
    naive = draft()
    with pytest.raises(ValueError, match="time zone"):
        build_letter(Draft(BUREAU, ("a@b.cn",), "", "", "", naive.date.replace(tzinfo=None), OUR_ID, "puyang"))
    assert b"Date: Wed, 17 May 2023 07:02:11 +0000" in build_letter(
        Draft(BUREAU, ("a@b.cn",), "", "", "", naive.date.astimezone(UTC), OUR_ID, "puyang")
    )


def test_our_message_ids_are_unique_and_known_again() -> None:
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
def test_other_message_ids_are_not_ours(text: str) -> None:
    assert not is_our_message_id(text)


@pytest.mark.parametrize("receipt", ["1.2", "一", "a b", "x" * 40, "1\r\n2"])
def test_a_receipt_that_does_not_fit_an_id_is_a_bug(receipt: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        new_message_id("a@b.cn", receipt)
