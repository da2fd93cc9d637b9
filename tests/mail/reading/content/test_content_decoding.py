"""Content whose transfer encoding is missing, misspelt or another than declared."""

from __future__ import annotations

import quopri
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from random import Random

import pytest

from intake_bot.demo.media import chinese_text, docx, zip_of
from intake_bot.mail.reading.content.content_decoding import ContentDecoder, attachment_decoder, text_decoder
from tests.mail.encodings import binhex, uuencode, yenc

WORD = docx(["活动情况", chinese_text(900)])
PROSE = chinese_text(3000).encode()
BINARY = Random(6).randbytes(30_000)


def crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def decoded(make: Callable[..., ContentDecoder], declared: str, encoded: bytes, step: int = 5000) -> tuple[bytes, bool]:
    blocks: list[bytes] = []
    decoding = make(declared, blocks.append)
    for at in range(0, len(encoded), step):
        decoding.feed(encoded[at : at + step])
    decoding.close()
    return b"".join(blocks), decoding.is_whole


@pytest.mark.parametrize("content", [WORD, PROSE, zip_of({"a.txt": PROSE})], ids=["Word", "text", "zip"])
@pytest.mark.parametrize("encode", [lambda data: crlf(encodebytes(data)), b64encode], ids=["in lines", "in one line"])
@pytest.mark.parametrize(
    "declared",
    [
        *("base64", "BASE64", '"base64"', "'base64'", "base-64", "base_64", "base 64", "b64", "x-base64", "base64;"),
        *("base64 (safe)", "(comment) base64", "base64base64", "7bit base64", "base64 7bit", "base64, 8bit", "base64."),
        *("", "7bit", "8bit", "8bits", "binary", "none", "x-unheard-of", "quoted-printable", "utf-8"),
    ],
)
def test_base64_is_decoded_under_any_label(declared: str, encode: Callable[[bytes], bytes], content: bytes) -> None:
    assert decoded(attachment_decoder, declared.lower(), encode(content)) == (content, True)


@pytest.mark.parametrize("declared", ["base64", "7bit", ""])
@pytest.mark.parametrize(
    "head", [b"data:application/zip;base64,", b"\r\ndata:;base64,", b"data:a/b;charset=gbk;base64,"]
)
@pytest.mark.parametrize("step", [1, 5000])
def test_data_url_is_decoded_under_any_label(declared: str, head: bytes, step: int) -> None:
    assert decoded(attachment_decoder, declared, head + b64encode(WORD), step) == (WORD, True)


def test_base64_in_the_alphabet_for_addresses_is_decoded() -> None:
    encoded = urlsafe_b64encode(BINARY)
    assert b"-" in encoded and b"_" in encoded
    assert decoded(attachment_decoder, "base64", encoded) == (BINARY, True)


@pytest.mark.parametrize("declared", ["", "7bit", "base64", "x-uuencode", "uuencode", "x-uue", "uue", "x-uu", "binary"])
def test_uuencode_is_decoded_under_any_label(declared: str) -> None:
    assert decoded(attachment_decoder, declared, b"\r\n" + crlf(uuencode(WORD))) == (WORD, True)


@pytest.mark.parametrize("declared", ["", "8bit", "x-yenc", "yenc", "binary"])
def test_yenc_is_decoded_under_any_label(declared: str) -> None:
    assert decoded(attachment_decoder, declared, yenc(WORD)) == (WORD, True)


@pytest.mark.parametrize("declared", ["", "7bit", "binhex", "mac-binhex40", "x-binhex", "binhex40"])
def test_binhex_is_decoded_under_any_label(declared: str) -> None:
    assert decoded(attachment_decoder, declared, binhex(WORD)) == (WORD, True)


@pytest.mark.parametrize(
    "declared", ["quoted-printable", "quoted printable", "quoted/printable", "QuotedPrintable", "quoted-printable (x)"]
)
def test_quoted_printable_is_decoded_under_any_spelling(declared: str) -> None:
    encoded = crlf(quopri.encodestring(PROSE))
    assert decoded(attachment_decoder, declared.lower(), encoded) == (crlf(PROSE), True)


@pytest.mark.parametrize("encoded", [crlf(encodebytes(encodebytes(WORD))), crlf(encodebytes(uuencode(WORD)))])
def test_file_encoded_twice_is_decoded_twice(encoded: bytes) -> None:
    assert decoded(attachment_decoder, "base64", encoded) == (WORD, True)


@pytest.mark.parametrize("declared", ["", "7bit", "8bit", "binary", "base64", "x-unheard-of", "8 bit", "none"])
@pytest.mark.parametrize("content", [WORD, PROSE, b"", b"a text\r\n", b"\xff\xd8\xff" + BINARY])
def test_unencoded_file_stays_as_it_is(content: bytes, declared: str) -> None:
    assert decoded(attachment_decoder, declared, content) == (content, True)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(BINARY, id="noise"),
        pytest.param(b"\n".join(b"~z" + b64encode(BINARY[at : at + 50]) for at in range(0, 30_000, 50)), id="runs"),
    ],
)
def test_file_in_an_unknown_encoding_is_not_whole(encoded: bytes) -> None:
    assert decoded(attachment_decoder, "x-unheard-of", encoded) == (encoded, False)


@pytest.mark.parametrize("declared", ["", "7bit", "8bit", "quoted-printable", "base-64", "base64", "x-unheard-of"])
def test_text_in_base64_is_decoded_under_any_label(declared: str) -> None:
    assert decoded(text_decoder, declared, crlf(encodebytes(PROSE))) == (PROSE, True)


@pytest.mark.parametrize("declared", ["", "7bit", "base64", "base-64", "utf-8"])
def test_undeclared_quoted_printable_text_is_decoded(declared: str) -> None:
    encoded = crlf(quopri.encodestring(PROSE))
    assert decoded(text_decoder, declared, encoded) == (crlf(PROSE), True)


@pytest.mark.parametrize("declared", ["", "8bit", "base64", "x-uuencode", "x-unheard-of"])
@pytest.mark.parametrize("text", ["老师好", "1+1=2, 2=2", "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuvw"])
def test_unencoded_text_stays_as_it_is(text: str, declared: str) -> None:
    assert decoded(text_decoder, declared, text.encode()) == (text.encode(), True)


def test_file_in_text_stays_in_it() -> None:
    for encoded in (uuencode(WORD), crlf(encodebytes(WORD))):
        assert decoded(text_decoder, "7bit", encoded) == (encoded, True)


@pytest.mark.parametrize("step", [1, 100, 1 << 20])
def test_blocks_of_any_size_give_the_same_file(step: int) -> None:
    for encoded in (crlf(encodebytes(WORD)), uuencode(WORD), yenc(WORD), binhex(WORD)):
        assert decoded(attachment_decoder, "", encoded, step) == (WORD, True)


@pytest.mark.parametrize("step", [100, 1 << 20])
def test_first_16_kib_choose_the_encoding_however_much_is_fed_at_once(step: int) -> None:
    prose = "老师好，材料请见附件。\r\n".encode() * 600
    content = prose + b64encode(BINARY)
    assert decoded(attachment_decoder, "base64", content, step) == (content, True)
