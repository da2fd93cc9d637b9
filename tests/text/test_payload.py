"""Text that consists of files nobody decoded."""

from __future__ import annotations

import quopri
from base64 import a85encode, b16encode, encodebytes
from binascii import b2a_uu
from random import Random

import pytest

from intake_bot.demo.media import chinese_text
from intake_bot.text.payload import is_payload, without_payload
from tests.work import assert_grows_linearly

NOISE = Random(3).randbytes(3000)
UU = b"".join(b2a_uu(NOISE[at : at + 45]) for at in range(0, 3000, 45)).decode()
LINK = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789?scene=1&sn=0123456789abcdef0123456789abcdef\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(encodebytes(NOISE).decode(), id="base64"),
        pytest.param(encodebytes(NOISE).decode().replace("\n", ""), id="base64 in one line"),
        pytest.param(encodebytes(NOISE).decode().replace("\n", "\r\n"), id="base64 with CRLF"),
        pytest.param(encodebytes(NOISE).decode().replace("\n", " "), id="base64 between blanks"),
        pytest.param(UU, id="uuencode"),
        pytest.param(a85encode(NOISE, wrapcol=76).decode(), id="base85"),
        pytest.param(b16encode(NOISE).decode(), id="hexadecimal"),
        pytest.param(quopri.encodestring(chinese_text(900).encode()).decode(), id="quoted-printable"),
        pytest.param("老师好，材料见下：\n\n" + encodebytes(NOISE).decode() + "\n谢谢！", id="base64 in a note"),
        pytest.param(chinese_text(1000) + encodebytes(NOISE).decode(), id="base64 of more than the text"),
    ],
)
def test_text_of_encoded_files_is_payload(text: str) -> None:
    assert is_payload(text)
    assert not is_payload(without_payload(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "老师好",
        chinese_text(900),
        chinese_text(900) + encodebytes(NOISE[:300]).decode(),
        LINK * 40,
        "报道链接：\n" + "mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789\n" * 40,
        "zhang.san.of.the.vocational.school@school.example.edu.cn\n" * 40,
        "单位：____________________________________________________________\n" * 40,
        "=" * 4000,
        "-" * 80 + "\n" + "." * 80 + "\n" + "*" * 900,
        "The quick brown fox jumps over the lazy dog. " * 100,
        encodebytes(NOISE[:100]).decode(),
        "姓名,年龄,电话\n" + "张三,18,13800000000\n" * 300,
    ],
)
def test_prose_links_and_lines_to_write_on_are_no_payload(text: str) -> None:
    assert not is_payload(text)


@pytest.mark.slow
@pytest.mark.parametrize(("start", "piece"), [("", "a"), ("M", " "), ("", "a.b"), ("", "x-"), ("", ":/")])
def test_any_text_is_examined_in_linear_time(start: str, piece: str) -> None:
    assert_grows_linearly(lambda size: is_payload(start + piece * (size // len(piece))), 2_000_000)
