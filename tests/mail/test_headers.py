from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.mail.addresses import clean_addresses
from intake_bot.mail.dates import header_date, received_date
from intake_bot.mail.encodings import charset_family, decode
from intake_bot.mail.headers import Field, decode_words, encoded_word, header_text, message_ids, read_fields
from intake_bot.mail.mime import PartHeader, part_header
from intake_bot.mail.names import made_up_name, shown_name
from intake_bot.mail.source import Source

TEXT = "活动周镕喆—濮阳县教育局"


def word(text: bytes, charset: str = "gb2312") -> bytes:
    return b"=?%s?B?%s?=" % (charset.encode(), b64encode(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(b"Re: hello", "Re: hello", id="ascii"),
        pytest.param(TEXT.encode(), TEXT, id="raw UTF-8"),
        pytest.param(TEXT.encode("gb18030"), TEXT, id="raw GBK"),
        pytest.param(word("活動週濮陽縣".encode("big5"), "big5"), "活動週濮陽縣", id="Big5"),
        pytest.param(word(TEXT.encode("gb18030")), TEXT, id="GBK labelled gb2312"),
        pytest.param(word(TEXT.encode(), "gb2312"), TEXT, id="UTF-8 labelled gb2312"),
        pytest.param(word(TEXT.encode("gbk"), "utf-8"), TEXT, id="GBK labelled UTF-8"),
        pytest.param(word(TEXT.encode(), "unknown-8bit"), TEXT, id="unknown-8bit"),
        pytest.param(word(TEXT.encode("gb18030"), "x-gbk"), TEXT, id="x-gbk"),
        pytest.param(word(TEXT.encode("gb18030"), "iso-8859-1"), TEXT, id="GBK labelled Latin 1"),
        pytest.param(word("café".encode("latin-1"), "iso-8859-1"), "café", id="true Latin 1"),
        pytest.param(b"Re:" + word(TEXT.encode("gb18030"), "GBK"), "Re:" + TEXT, id="no space behind Re"),
        pytest.param(word(b"\xd6\xd0") + word(b"\xb9\xfa"), "中国", id="no white space between"),
        pytest.param(word(b"\xd6\xd0") + b" \t " + word(b"\xb9\xfa"), "中国", id="white space between"),
        pytest.param(word(b"\xd6\xd0") + b" / " + word(b"\xb9\xfa"), "中 / 国", id="text between"),
        pytest.param(word(b"\xd6") + b" " + word(b"\xd0", "gbk"), "中", id="cut inside a character"),
        pytest.param(b"=?utf-8?B?5Lg?= =?utf-8?B?rQ?=", "中", id="cut and unpadded"),
        pytest.param(b"=?utf-8?B?5Li?= =?utf-8?B?t5Zu9?=", "中国", id="base64 itself cut"),
        pytest.param(word(b"\xd6\xd0") + b" " + word("国".encode(), "utf-8"), "中国", id="two charsets"),
        pytest.param(word(b"\xd6\xd0\xb9"), "中", id="end cut off"),
        pytest.param(b"=?utf-8?Q?=E4=B8=AD_=3F?=", "中 ?", id="Q"),
        pytest.param(b"=?utf-8?Q?=E4=B8=AD?x?=", "中?x", id="Q with a question mark"),
        pytest.param(b"=?UTF-8*zh-CN?B?5Lit?=", "中", id="with a language"),
        pytest.param(b"=?utf-8?B?5L it!?=", "中", id="garbage inside base64"),
        pytest.param(b"=?utf-8?X?abc?= =?utf-8?B?abc", "=?utf-8?X?abc?= =?utf-8?B?abc", id="no words"),
        pytest.param(b"=?punycode?B?5Lit?=", "中", id="no charset"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_decode_words(value: bytes, text: str) -> None:
    assert decode_words(value) == text


_PIECES = st.sampled_from(
    [
        *(
            b"=?",
            b"?=",
            b"utf-8",
            b"gb2312",
            b"?B?",
            b"?Q?",
            b"5Lit",
            b"\xd6\xd0",
            b"\xe4",
            b" ",
            b"\r\n ",
            b"\0",
            b'"',
        ),
        *(
            b"<",
            b">",
            b"@",
            b"a@b.cn",
            b",",
            b";",
            b"(",
            b")",
            b"filename*0*=",
            b"filename=",
            b"utf-8''%E4",
            b"%",
            b"name",
        ),
        *(b"Wed, 17 May 2023 16:00:00 +0800", b"99", b"-", b"+9999", b"multipart/mixed", b"boundary=", b"x" * 200),
    ]
)
VALUES = st.lists(_PIECES | st.binary(max_size=6), max_size=25).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_any_header_is_read(value: bytes) -> None:
    for text in (decode_words(value), header_text(value), shown_name(header_text(value))):
        assert text.encode() is not None
    assert b"\n" not in clean_addresses(value)
    assert all(one.isascii() and not one.isspace() and " " not in one for one in message_ids(value))
    for moment in (header_date(header_text(value)), received_date(header_text(value))):
        assert moment is None or moment.utcoffset() is not None
    fields = (Field("content-type", value), Field("content-disposition", value), Field("content-id", value))
    assert part_header(fields).name.encode() is not None


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_header_block_is_read(block: bytes) -> None:
    fields, _ = read_fields(Source(BytesIO(block)), 1000)
    assert all(field.name == field.name.lower() for field in fields)


@pytest.mark.parametrize("text", ["", "a b", TEXT, "=?utf-8?B?5Lit?=", 'a,"<\n' * 500])
def test_encoded_word_reads_back(text: str) -> None:
    encoded = encoded_word(text)
    assert encoded.isascii()
    assert decode_words(encoded) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(word(word(TEXT.encode("gb18030")), "utf-8"), TEXT, id="twice"),
        pytest.param(word(b"see =?utf-8?B?5Lit?="), "see =?utf-8?B?5Lit?=", id="among other words"),
        pytest.param(word(word(word(b"a"))), word(b"a").decode(), id="three times"),
    ],
)
def test_header_text_that_was_encoded_again(value: bytes, text: str) -> None:
    assert header_text(value) == text


def test_header_text_has_no_control_characters() -> None:
    assert header_text(b" a\tb\0\x1b[1m \xc2\x85c\r") == "a b [1m  c"


@pytest.mark.parametrize(
    ("label", "family"),
    [
        ("GB2312", "gb18030"),
        ("gb_2312-80", "gb18030"),
        ("x-gbk", "gb18030"),
        ("x-cp936", "gb18030"),
        ("ms936", "gb18030"),
        ("euc-cn", "gb18030"),
        ('"UTF-8"', "utf-8"),
        ("Big5-HKSCS", "big5hkscs"),
        ("Windows-1252", "cp1252"),
        ("ISO-8859-15", "iso8859_15"),
        ("iso-8859-99", None),
        ("us-ascii", None),
        ("unknown-8bit", None),
        ("idna", None),
        ("x", None),
        ("", None),
        ("a" * 100_000, None),
    ],
)
def test_charset_family(label: str, family: str | None) -> None:
    assert charset_family(label) == family
    assert decode(b"abc", label) == "abc"


def test_decode_replaces_what_nothing_explains() -> None:
    assert decode(b"\xd6\xd0\xff\xff\xd6\xd0", "gb2312") == "中\ufffd\ufffd中"


def test_read_fields_unfolds_and_stops_at_the_body() -> None:
    source = Source(BytesIO(b"Subject: a\r\n b\n\tc\rX-Y : d\r\n\r\nbody"))
    assert read_fields(source, 1000) == ((Field("subject", b"a b\tc"), Field("x-y", b"d")), False)
    assert source.line() == b"body"


@pytest.mark.parametrize("line", [b"no colon\r\n", b"--b: x\r\n", "主题: x\r\n".encode(), b" folded\r\n"])
def test_read_fields_leaves_unread_what_is_no_field(line: bytes) -> None:
    source = Source(BytesIO(line))
    assert read_fields(source, 1000) == ((), False)
    assert source.line() == line


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        pytest.param([b'attachment; filename="a b.doc"'], "a b.doc", id="quoted"),
        pytest.param([b"attachment; filename=a b.doc ; x=y"], "a b.doc", id="unquoted"),
        pytest.param([b'attachment; filename="a.doc'], "a.doc", id="quote never closed"),
        pytest.param([b'attachment; filename="a;\\"b\\".doc"; x=y'], 'a;"b".doc', id="escapes"),
        pytest.param([b'attachment; filename="C:\\dir\\a.doc"'], "C:\\dir\\a.doc", id="backslashes"),
        pytest.param([b"attachment; filename=" + word("镕.doc".encode("gbk"))], "镕.doc", id="RFC 2047"),
        pytest.param(
            [b'attachment; filename="' + word(b"\xd6") + b"\t" + word(b"\xd0.doc") + b'"'],
            "中.doc",
            id="folded",
        ),
        pytest.param([b"attachment; filename*=gb2312'zh'%E9F.doc"], "镕.doc", id="RFC 2231 with GBK bytes"),
        pytest.param([b"attachment; filename*=%E4%B8%AD.doc"], "中.doc", id="RFC 2231 without charset"),
        pytest.param([b"attachment; filename*1*=%AD.doc; filename*0*=utf-8''%E4%B8"], "中.doc", id="cut, reversed"),
        pytest.param([b'attachment; filename*0="a"; filename*1="b.doc"'], "ab.doc", id="continued plainly"),
        pytest.param([b"attachment; filename=x; filename*=utf-8''%E4%B8%AD"], "中", id="both forms"),
        pytest.param([b"attachment; filename=zhong; filename*=utf-8''%FF%FF%FF%FF"], "zhong", id="broken one"),
        pytest.param([b"attachment", b"image/png; name=b.png"], "b.png", id="name of the type"),
        pytest.param([b'attachment; filename=""', b"image/png; name=b.png"], "b.png", id="empty file name"),
        pytest.param([b"attachment; filename=a.png", b"image/png; name=b.png"], "a.png", id="disposition first"),
        pytest.param([b"attachment"], "", id="none"),
    ],
)
def test_part_header_name(fields: list[bytes], name: str) -> None:
    names = ("content-disposition", "content-type")
    assert part_header(tuple(Field(n, v) for n, v in zip(names, fields, strict=False))).name == name


@pytest.mark.parametrize(
    ("content_type", "part"),
    [
        (b"", ("text/plain", "", b"")),
        (b"text", ("text/plain", "", b"")),
        (b'Text/HTML; Charset="GB2312"', ("text/html", "GB2312", b"")),
        (b"nonsense", ("application/octet-stream", "", b"")),
        (b"image/\xff", ("application/octet-stream", "", b"")),
        (b'multipart/mixed; boundary="----=_Part:1 "', ("multipart/mixed", "", b"----=_Part:1")),
        (b"multipart/mixed", ("text/plain", "", b"")),
        (b"multipart/mixed; boundary=" + b"x" * 501, ("text/plain", "", b"")),
    ],
)
def test_part_header_type(content_type: bytes, part: tuple[str, str, bytes]) -> None:
    kind, charset, boundary = part
    header = part_header((Field("content-type", content_type), Field("content-transfer-encoding", b' "BASE64" ; x')))
    assert header == PartHeader(kind, charset, boundary, "base64", "", "", "")


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (b"a@b.cn", b"a@b.cn"),
        (b"<a@b.cn>, c@d.cn; <e@f.cn>", b"a@b.cn, c@d.cn, e@f.cn"),
        (word(b"\xd6\xd0") + b"<a@b.cn>", b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b'"' + word(b"\xd6\xd0") + b'" <a@b.cn>', b"=?utf-8?b?5Lit?= <a@b.cn>"),
        ("中 <a@b.cn>".encode("gbk"), b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b"'\xd6\xd0' <a@b.cn>", b"=?utf-8?b?5Lit?= <a@b.cn>"),
        (b"group: a@b.cn, c@d.cn;", b"a@b.cn, c@d.cn"),
        (b"undisclosed-recipients:;", b""),
        (b"<>", b""),
        (b"<a@b@c.cn>, <a b@c.cn>, <a@\xd6\xd0.cn>, <a@b.cn\0>, <@>, <a@>", b""),
    ],
)
def test_clean_addresses(value: bytes, cleaned: bytes) -> None:
    assert clean_addresses(value) == cleaned


def test_message_ids_are_only_those_in_brackets() -> None:
    assert message_ids(b"<a@b>\t<c d><\xff@x> e@f <g@h> (<i>)") == ("<a@b>", "<g@h>", "<i>")


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Wed, 17 May 2023 15:02:11 +0800 (CST)", "2023-05-17T15:02:11+08:00"),
        ("Wed, 17 May 2023 15:02:11 CST", "2023-05-17T15:02:11+08:00"),
        ("17 May 23 15:02 (CST)", "2023-05-17T15:02:00+08:00"),
        ("Wed, 17 May 2023 15:02:11", "2023-05-17T15:02:11+08:00"),
        ("Wed, 17 May 2023 07:02:11 GMT", "2023-05-17T07:02:11+00:00"),
        ("Wed, 17 May 2023 03:02:11 EDT", "2023-05-17T03:02:11-04:00"),
        ("Wed, 17 May 2023 15:02:60 -0330", "2023-05-17T15:02:59-03:30"),
        ("Wed, 31 Feb 2023 15:02:11 +0800", None),
        ("Wed, 17 May 2023 15:02:11 +9900", None),
        ("Mon, 01 Jan 0001 00:00:00 +0800", None),
        ("Fri, 31 Dec 9999 20:00:00 +0000", None),
        ("Wed, 17 May 1900 15:02:11 +0800", None),
        ("Wed, 17 May 99999 15:02:11 +0800", None),
        ("Wed, 17 Mai 2023 15:02:11 +0800", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_header_date(value: str, moment: str | None) -> None:
    found = header_date(value)
    assert (found and found.isoformat()) == moment


def test_received_date_stands_behind_the_last_semicolon() -> None:
    value = "from a by b (1 May 2020 00:00:00 +0000; x) with SMTP id c; Wed, 17 May 2023 15:02:11 +0800"
    assert received_date(value) == datetime.fromisoformat("2023-05-17T15:02:11+08:00")
    assert received_date("from a by b") is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("现场 照片①（1）.jpg", "现场 照片①（1）.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\材料.doc", "材料.doc"),
        ("a\r\nb\0\x1b.jpg", "ab.jpg"),
        ("材料\u202egpj.exe\u200f\u2028", "材料gpj.exe"),
        ("..", ""),
        ("目录/", ""),
        (" \t", ""),
        ("照" * 300 + ".jpg", "照" * 251 + ".jpg"),
    ],
)
def test_shown_name(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_made_up_name_goes_by_type() -> None:
    assert [made_up_name(1, "image/jpeg"), made_up_name(2, "x/y")] == ["附件1.jpg", "附件2.bin"]
