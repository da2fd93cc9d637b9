"""Header fields and their text."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.mail.reading.addresses import repair_addresses
from intake_bot.mail.reading.dates import parse_date, parse_received_date
from intake_bot.mail.reading.encoded_words import decode_words, encode_word
from intake_bot.mail.reading.file_names import shown_name
from intake_bot.mail.reading.headers import Field, decode_header, message_ids, read_fields
from intake_bot.mail.reading.mime import read_part_header
from intake_bot.mail.reading.source import Source
from tests.mail.samples import encoded_word

TEXT = "活动周镕喆—濮阳县教育局"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(b"Re: hello", "Re: hello", id="ascii"),
        pytest.param(TEXT.encode(), TEXT, id="raw UTF-8"),
        pytest.param(TEXT.encode("gb18030"), TEXT, id="raw GBK"),
        pytest.param(encoded_word("活動週濮陽縣".encode("big5"), "big5"), "活動週濮陽縣", id="Big5"),
        pytest.param(encoded_word(TEXT.encode("gb18030")), TEXT, id="GBK labelled gb2312"),
        pytest.param(encoded_word(TEXT.encode(), "gb2312"), TEXT, id="UTF-8 labelled gb2312"),
        pytest.param(encoded_word(TEXT.encode("gbk"), "utf-8"), TEXT, id="GBK labelled UTF-8"),
        pytest.param(encoded_word(TEXT.encode(), "unknown-8bit"), TEXT, id="unknown-8bit"),
        pytest.param(encoded_word(TEXT.encode("gb18030"), "x-gbk"), TEXT, id="x-gbk"),
        pytest.param(encoded_word(TEXT.encode("gb18030"), "iso-8859-1"), TEXT, id="GBK labelled Latin 1"),
        pytest.param(encoded_word("café".encode("latin-1"), "iso-8859-1"), "café", id="true Latin 1"),
        pytest.param(b"Re:" + encoded_word(TEXT.encode("gb18030"), "GBK"), "Re:" + TEXT, id="no space behind Re"),
        pytest.param(encoded_word(b"\xd6\xd0") + encoded_word(b"\xb9\xfa"), "中国", id="no white space between"),
        pytest.param(encoded_word(b"\xd6\xd0") + b" \t " + encoded_word(b"\xb9\xfa"), "中国", id="white space between"),
        pytest.param(encoded_word(b"\xd6\xd0") + b" / " + encoded_word(b"\xb9\xfa"), "中 / 国", id="text between"),
        pytest.param(encoded_word(b"\xd6") + b" " + encoded_word(b"\xd0", "gbk"), "中", id="cut inside a character"),
        pytest.param(b"=?utf-8?B?5Lg?= =?utf-8?B?rQ?=", "中", id="cut and unpadded"),
        pytest.param(b"=?utf-8?B?5Li?= =?utf-8?B?t5Zu9?=", "中国", id="base64 itself cut"),
        pytest.param(
            encoded_word(b"\xd6\xd0") + b" " + encoded_word("国".encode(), "utf-8"), "中国", id="two charsets"
        ),
        pytest.param(encoded_word(b"\xd6\xd0\xb9"), "中", id="end cut off"),
        pytest.param(b"=?utf-8?Q?=E4=B8=AD_=3F?=", "中 ?", id="Q"),
        pytest.param(b"=?utf-8?Q?=E4=B8=AD?x?=", "中?x", id="Q with a question mark"),
        pytest.param(b"=?UTF-8*zh-CN?B?5Lit?=", "中", id="with a language"),
        pytest.param(b"=?utf-8?B?5L it!?=", "中", id="garbage inside base64"),
        pytest.param(b"=?utf-8?X?abc?= =?utf-8?B?abc", "=?utf-8?X?abc?= =?utf-8?B?abc", id="no words"),
        pytest.param(b"=?punycode?B?5Lit?=", "中", id="no charset"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_encoded_words_are_decoded(value: bytes, text: str) -> None:
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


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_any_header_value_is_read(value: bytes) -> None:
    for text in (decode_words(value), decode_header(value), shown_name(decode_header(value))):
        assert text.encode() is not None
    assert b"\n" not in repair_addresses(value)
    assert all(one.isascii() and not one.isspace() and " " not in one for one in message_ids(value))
    for date in (parse_date(decode_header(value)), parse_received_date(decode_header(value))):
        assert date is None or date.utcoffset() is not None
    fields = (Field("content-type", value), Field("content-disposition", value), Field("content-id", value))
    assert read_part_header(fields).name.encode() is not None


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_any_header_block_is_read(block: bytes) -> None:
    fields, _ = read_fields(Source(BytesIO(block)), 1000)
    assert all(field.name == field.name.lower() for field in fields)


@pytest.mark.parametrize("text", ["", "a b", TEXT, "=?utf-8?B?5Lit?=", 'a,"<\n' * 500])
def test_encoded_word_is_decoded_to_the_same_text(text: str) -> None:
    encoded = encode_word(text)
    assert encoded.isascii()
    assert decode_words(encoded) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(encoded_word(encoded_word(TEXT.encode("gb18030")), "utf-8"), TEXT, id="twice"),
        pytest.param(encoded_word(b"see =?utf-8?B?5Lit?="), "see 中", id="among other words"),
        pytest.param(encoded_word(encoded_word(encoded_word(b"a"))), "a", id="three times"),
        pytest.param(
            encoded_word(encoded_word(encoded_word(encoded_word(b"a")))), encoded_word(b"a").decode(), id="four times"
        ),
    ],
)
def test_header_that_was_encoded_again_is_decoded_up_to_three_times(value: bytes, text: str) -> None:
    assert decode_header(value) == text


def test_decoded_header_has_no_control_characters() -> None:
    assert decode_header(b" a\tb\0\x1b[1m \xc2\x85c\r") == "a b [1m  c"


def test_header_fields_are_unfolded_up_to_the_body() -> None:
    source = Source(BytesIO(b"Subject: a\r\n b\n\tc\rX-Y : d\r\n\r\nbody"))
    assert read_fields(source, 1000) == ((Field("subject", b"a b\tc"), Field("x-y", b"d")), False)
    assert source.read_line() == b"body"


@pytest.mark.parametrize("line", [b"no colon\r\n", b"--b: x\r\n", "主题: x\r\n".encode(), b" folded\r\n"])
def test_line_that_is_no_field_stays_unread(line: bytes) -> None:
    source = Source(BytesIO(line))
    assert read_fields(source, 1000) == ((), False)
    assert source.read_line() == line


def test_message_ids_without_brackets_are_ignored() -> None:
    assert message_ids(b"<a@b>\t<c d><\xff@x> e@f <g@h> (<i>)") == ("<a@b>", "<g@h>", "<i>")
