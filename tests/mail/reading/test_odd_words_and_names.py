"""Subjects and file names that programs wrote against the rules, or with the wrong charset."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from intake_bot.mail.reading.charsets import decode
from intake_bot.mail.reading.escaped_text import unescape
from intake_bot.mail.reading.headers import Field, decode_subject
from intake_bot.mail.reading.mime import read_part_header
from tests.mail.samples import encoded_word
from tests.work import assert_grows_linearly

SUBJECT = "活动周濮阳县教育局文字材料"
BASE64 = b64encode(SUBJECT.encode())
NAME = "活动情况.docx"
WORD = encoded_word(NAME.encode(), "utf-8")
PERCENT = quote(NAME).encode()
ISO_2022_CN = b"\x1b$)A\x0e" + bytes(byte & 0x7F for byte in SUBJECT.encode("gb2312")) + b"\x0f"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"=?utf-8?B?" + BASE64 + b"?=", id="as it should be"),
        pytest.param(b"=?utf-8?B?" + BASE64 + b"?", id="last sign missing"),
        pytest.param(b"=?utf-8?B?" + BASE64, id="end missing"),
        pytest.param(b"=?utf-8?B?" + BASE64[:20] + b"\t=?utf-8?B?" + BASE64[20:] + b"?=", id="cut before a word"),
        pytest.param(b"=?utf-8 ?B?" + BASE64 + b"?=", id="blank behind the charset"),
        pytest.param(b"=? utf-8?B?" + BASE64 + b"?=", id="blank ahead of the charset"),
        pytest.param(b'=?"utf-8"?B?' + BASE64 + b"?=", id="charset in quotes"),
        pytest.param(b"=?'utf-8'?b?" + BASE64 + b"?=", id="charset in single quotes"),
        pytest.param(b"=??B?" + BASE64 + b"?=", id="no charset"),
        pytest.param(b"=?gb2312?B?" + BASE64 + b"?=", id="UTF-8 called gb2312"),
        pytest.param(b"=?gbk?Q?" + quote(SUBJECT).encode().replace(b"%", b"=") + b"?=", id="UTF-8 called GBK, as Q"),
        pytest.param(b"=?big5?B?" + BASE64 + b"?=", id="UTF-8 called Big5"),
        pytest.param(b"=?iso-8859-1?B?" + BASE64 + b"?=", id="UTF-8 called Latin"),
        pytest.param(b"=?koi8-r?B?" + BASE64 + b"?=", id="UTF-8 called Russian"),
        pytest.param(encoded_word(SUBJECT.encode("gbk"), "utf-8"), id="GBK called UTF-8"),
        pytest.param(encoded_word(SUBJECT.encode("gbk"), ""), id="GBK without a charset"),
        pytest.param(encoded_word(SUBJECT.encode("utf-7"), "utf-7"), id="UTF-7"),
        pytest.param(encoded_word(SUBJECT.encode("utf-7"), "unicode-1-1-utf-7"), id="UTF-7 by its older name"),
        pytest.param(b"=?UTF-7?Q?" + SUBJECT.encode("utf-7") + b"?=", id="UTF-7 as Q"),
        pytest.param(encoded_word(ISO_2022_CN, "iso-2022-cn"), id="ISO-2022-CN"),
        pytest.param(encoded_word(SUBJECT.encode("hz"), "hz-gb-2312"), id="HZ"),
        pytest.param(encoded_word(SUBJECT.encode("utf-16"), "utf-16"), id="UTF-16"),
        pytest.param(encoded_word(encoded_word(SUBJECT.encode(), "utf-8"), ""), id="word in a word"),
        pytest.param(
            encoded_word(encoded_word(SUBJECT[:5].encode(), "utf-8"), "")
            + encoded_word(encoded_word(SUBJECT[5:].encode(), "utf-8"), ""),
            id="words in words",
        ),
        pytest.param(encoded_word(SUBJECT.encode().decode("latin-1").encode(), "utf-8"), id="decoded as Latin"),
        pytest.param(
            encoded_word(SUBJECT.encode().decode("latin-1").encode().decode("latin-1").encode(), "utf-8"),
            id="decoded as Latin twice",
        ),
        pytest.param(encoded_word(SUBJECT.encode("gbk").decode("latin-1").encode(), "utf-8"), id="GBK as Latin"),
        pytest.param(quote(SUBJECT).encode(), id="percent codes"),
        pytest.param(quote(SUBJECT.encode("gbk")).encode(), id="percent codes of GBK"),
        pytest.param("".join(f"&#{ord(one)};" for one in SUBJECT).encode(), id="character references"),
        pytest.param("".join(f"&#x{ord(one):x};" for one in SUBJECT).encode(), id="hexadecimal references"),
        pytest.param(SUBJECT.encode("unicode_escape"), id="escapes of a program"),
        pytest.param("".join(f"%u{ord(one):04X}" for one in SUBJECT).encode(), id="escapes of a web page"),
        pytest.param(encoded_word(SUBJECT.encode("gbk"), "big5"), id="GBK called Big5"),
        pytest.param(encoded_word(SUBJECT.encode("gbk"), "euc-kr"), id="GBK called Korean"),
        pytest.param(encoded_word(SUBJECT.encode("gbk"), "shift_jis"), id="GBK called Japanese"),
        pytest.param(b"=?utf-8?B?" + SUBJECT.encode() + b"?=", id="base64 in name only"),
        pytest.param(b"=?utf-8?X?" + BASE64 + b"?=", id="unknown encoding"),
        pytest.param(b"=?utf-8?" + BASE64 + b"?=", id="no encoding"),
        pytest.param(b"=?utf-8?" + quote(SUBJECT).encode().replace(b"%", b"=") + b"?=", id="no encoding, and it is Q"),
        pytest.param(b"=?utf-8?B?" + BASE64.replace(b"+", b"-").replace(b"/", b"_") + b"?=", id="base64 for addresses"),
        pytest.param(b"=?utf-8? B ?" + BASE64 + b"?=", id="blanks beside the encoding"),
        pytest.param(b"?utf-8?B?" + BASE64 + b"?=", id="first sign missing"),
        pytest.param(b"=utf-8?B?" + BASE64 + b"?=", id="second sign missing"),
        pytest.param(b"=?utf-8?Q?" + BASE64 + b"?=", id="base64 called Q"),
        pytest.param(b"=?utf-8?B?" + quote(SUBJECT).encode().replace(b"%", b"=") + b"?=", id="Q called base64"),
        pytest.param(quote(SUBJECT).encode().replace(b"%", b"="), id="Q without a word around it"),
        pytest.param(BASE64, id="base64 without a word around it"),
        pytest.param(quote(quote(SUBJECT)).encode(), id="percent codes twice"),
        pytest.param("".join(f"&amp;#{ord(one)};" for one in SUBJECT).encode(), id="character references twice"),
        pytest.param("".join(f"&#{ord(one)}" for one in SUBJECT).encode(), id="references without semicolons"),
        pytest.param("".join(f"\\x{one:02x}" for one in SUBJECT.encode()).encode(), id="escapes of bytes"),
        pytest.param("".join(f"\\{one:03o}" for one in SUBJECT.encode()).encode(), id="octal escapes of bytes"),
        pytest.param("".join(f"\\u{{{ord(one):x}}}" for one in SUBJECT).encode(), id="escapes in braces"),
        pytest.param(" ".join(f"U+{ord(one):04X}" for one in SUBJECT).encode(), id="numbers of characters"),
        pytest.param(SUBJECT.encode("utf-7"), id="raw UTF-7"),
        pytest.param(SUBJECT.encode("hz"), id="raw HZ"),
        pytest.param(SUBJECT.encode(), id="raw UTF-8"),
        pytest.param(SUBJECT.encode("gbk"), id="raw GBK"),
    ],
)
def test_subject_is_read(value: bytes) -> None:
    assert decode_subject(value) == SUBJECT


@pytest.mark.parametrize(
    "text",
    [
        *(
            "100%",
            "50%20x",
            "AT&T",
            "a&amp;b",
            "C:\\users",
            "\\u0041",
            "%u0041",
            "\\x41\\x42",
            "\\101\\102",
            "U+0041 U+0042",
            "a=41=42",
            "=41=42",
            "&#65&#66",
            "QUJDREVGR0hJSktMTU5PUA==",
            "dailyReportsOfSchools2023",
            "naïve café",
            "Ångström öäü",
            "=?",
            "=??",
            "a=?b?=c",
        ),
        *("+ProgrammingLanguages-", "me+dailyreports2023@qq.com", "+8613800138000", "~{}~", "~{!-!-~}"),
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert unescape(text) == text
    assert decode_subject(text.encode()) == text


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param([b'attachment; filename="' + WORD + b'"'], id="word"),
        pytest.param([b"attachment filename=" + WORD], id="semicolon missing"),
        pytest.param([b'attachment filename="' + WORD + b'" size=5'], id="semicolons missing"),
        pytest.param([b'attachment; size=5 filename="' + WORD + b'"'], id="semicolon missing later"),
        pytest.param([b'attachment; filename*="' + WORD + b'"'], id="word in the extended form"),
        pytest.param([b"attachment; filename*=" + WORD], id="bare word in the extended form"),
        pytest.param([b"attachment; filename*=utf-8''" + PERCENT], id="RFC 2231"),
        pytest.param([b"attachment; filename*=\"utf-8''" + PERCENT + b'"'], id="RFC 2231 in quotes"),
        pytest.param([b"attachment; filename*=utf-8'" + PERCENT], id="one quote missing"),
        pytest.param([b"attachment; filename*=utf-8'zh-cn'" + PERCENT], id="language"),
        pytest.param([b"attachment; filename*=utf-8" + PERCENT], id="both quotes missing"),
        pytest.param([b"attachment; filename*=''" + PERCENT], id="charset missing"),
        pytest.param([b"attachment; filename*=" + PERCENT], id="charset and quotes missing"),
        pytest.param([b"attachment; filename*=utf-8''" + NAME.encode()], id="raw UTF-8"),
        pytest.param([b"attachment; filename*=gb2312''" + PERCENT], id="UTF-8 called gb2312"),
        pytest.param([b"attachment; filename*=gbk'" + quote(NAME.encode("gbk")).encode()], id="GBK, one quote missing"),
        pytest.param([b"attachment; filename=\"utf-8''" + PERCENT + b'"'], id="star missing"),
        pytest.param([b"attachment; filename=utf-8'zh'" + PERCENT], id="star and quotes missing"),
        pytest.param([b'attachment; filename="' + PERCENT + b'"'], id="percent codes"),
        pytest.param([b"attachment; filename=" + quote(NAME.encode("gbk")).encode()], id="percent codes of GBK"),
        pytest.param(
            [b'attachment; filename="' + "".join(f"&#{ord(one)};" for one in NAME[:4]).encode() + b'.docx"'],
            id="character references",
        ),
        pytest.param([b'attachment; filename="' + encoded_word(NAME.encode(), "gb2312") + b'"'], id="wrong label"),
        pytest.param([b'attachment; filename="' + encoded_word(WORD, "") + b'"'], id="word in a word"),
        pytest.param([b'attachment; filename="' + WORD[:-2] + b'"'], id="word without its end"),
        pytest.param([b'attachment; filename="' + NAME.encode() + b'"'], id="raw"),
        pytest.param([b'attachment; filename="' + NAME.encode("gbk") + b'"'], id="raw GBK"),
        pytest.param([b"attachment; filename='" + NAME.encode() + b"'"], id="single quotes"),
        pytest.param([b'attachment; filename="????.docx"', b'x/y; name="' + WORD + b'"'], id="question marks"),
        pytest.param([b'attachment; filename="____.docx"', b'x/y; name="' + WORD + b'"'], id="underlines"),
        pytest.param([b'attachment; filename="\xff\xff.docx"', b"x/y name=" + WORD], id="undecodable"),
        pytest.param([b'attachment; filename="????.docx"; filename="' + WORD + b'"'], id="twice"),
        pytest.param([b'attachment; filename="????.docx"', b"x/y", WORD], id="described"),
        pytest.param([b'attachment; filename="' + WORD[:30] + b'"', b'x/y; name="' + WORD + b'"'], id="broken off"),
        pytest.param([b"attachment", b"x/y name=" + WORD], id="in the type, semicolon missing"),
        pytest.param([b"attachment", b"x/y; name*0*=utf-8''" + PERCENT[:10] + b";name*1*=" + PERCENT[10:]], id="cut"),
        pytest.param([b'attachment; filename="' + WORD + b'"; creation-date="Wed, 17 May 2023"; x'], id="more behind"),
        pytest.param([b'attachment; filename="' + WORD + b'"; foo'], id="word behind"),
        pytest.param([b'attachment; filename="' + WORD + b'" (comment)'], id="comment behind"),
    ],
)
def test_file_name_is_read(fields: list[bytes]) -> None:
    names = ("content-disposition", "content-type", "content-description")
    assert read_part_header(tuple(Field(n, v) for n, v in zip(names, fields, strict=False))).name == NAME


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"attachment; filename=a;b.docx", "a;b.docx"),
        (b"attachment; filename=a;b;c.docx; size=3", "a;b;c.docx"),
        (b'attachment; filename="a "b" c.docx"', 'a "b" c.docx'),
        (b'attachment; filename="a "b" c.docx"; size=3', 'a "b" c.docx'),
        ('attachment; filename="关于"五四"活动.docx"'.encode("gbk"), '关于"五四"活动.docx'),
        (b"attachment; filename=a (1).docx", "a (1).docx"),
        (b'attachment; filename="100%.docx"', "100%.docx"),
        (b'attachment; filename="a%20b.docx"', "a%20b.docx"),
        (b'attachment; filename="name=b; size=3.docx"', "name=b; size=3.docx"),
        (b"attachment; filename=it's.docx", "it's.docx"),
        (b"attachment; filename=", ""),
        (b"attachment; filename", ""),
    ],
)
def test_file_name_with_odd_characters_is_kept(value: bytes, name: str) -> None:
    assert read_part_header((Field("content-disposition", value),)).name == name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        *((b"", piece, b"") for piece in (b";", b'"', b"; a=", b"(", b"\\", b"=?", b"%E6", b"&#1", b"\xe6")),
        *((b'; name="', b"\\", b""), (b"; name=", b" ", b"x"), (b"", b"=?utf-8?Q?", b"")),
    ],
)
def test_any_field_is_read_in_linear_time(start: bytes, piece: bytes, end: bytes) -> None:
    def read_field(size: int) -> None:
        value = start + piece * (size // len(piece)) + end
        read_part_header((Field("content-type", b"x/y" + value), Field("content-disposition", value)))
        decode_subject(value)

    assert_grows_linearly(read_field, 60_000)


TRADITIONAL = "活動週濮陽縣教育局文字材料，感謝您的指導"


@pytest.mark.parametrize("label", ["big5", "Big5-HKSCS", "cn-big5", "x-x-big5", "cp950", "", "gb2312", "us-ascii"])
def test_big5_is_read_under_any_label(label: str) -> None:
    assert decode(TRADITIONAL.encode("big5"), label) == TRADITIONAL


@pytest.mark.parametrize("text", [SUBJECT, "联通", "关于“技能，让生活更美好”活动的通知", "张三", "啊阿埃挨哎唉哀皑癌"])
@pytest.mark.parametrize("label", ["gb2312", "gbk", "", "us-ascii", "utf-8"])
def test_simplified_text_is_never_taken_for_big5_or_utf_8(text: str, label: str) -> None:
    if label == "utf-8" and text == "联通":
        return  # its GBK bytes are nearly valid
    assert decode(text.encode("gbk"), label) == text


@pytest.mark.parametrize("label", ["gb2312", "gbk", "big5", "iso-8859-1", "euc-kr", "windows-1251", ""])
@pytest.mark.parametrize("text", ["活动", "老师好", "abc 活动 def", SUBJECT * 100])
def test_utf_8_wins_over_another_label(text: str, label: str) -> None:
    assert decode(text.encode(), label) == text
    assert decode(text.encode() + "尾".encode()[:2], label) == text


@pytest.mark.parametrize("name", ["活动情况.docx", "照片材料.zip", "活动总结.docx"])
def test_utf_8_that_a_gateway_decoded_as_gbk_is_read(name: str) -> None:
    misread = name.encode().decode("gb18030")
    assert misread != name
    assert unescape(misread) == name
