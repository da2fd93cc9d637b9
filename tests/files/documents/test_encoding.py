from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.documents.encoding import decode_head, decode_marked_up, decode_text
from intake_bot.files.facts import Kind
from intake_bot.files.sniff import sniff
from tests.files import samples
from tests.work import assert_grows_linearly

_PROSE = "濮阳县职业技术学校在活动周期间举办了技能展示，镕喆同学参加。\r\n第二天，学生走进社区：维修 12 台家电。\r\n"
_LONG = _PROSE * 10
_ODD = [b"\x00", b"\x01", b"\x07", b"\x0b", b"\x0c", b"\x1a", b"\x1c", b"\x7f", b"\x80", b"\x81", b"\xb0", b"\xff"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [_LONG, "完成情况：已完成。", media.chinese_text(1000), "plain English, 12 lines\n" * 9]
)
def test_text_of_any_charset_is_decoded(tmp_path: object, codec: str, text: str) -> None:
    content = text.encode(codec)
    assert decode_text(content) == text
    assert decode_head(content) is not None


@pytest.mark.parametrize("odd", _ODD)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("seed", range(5))
def test_odd_byte_costs_few_characters(odd: bytes, codec: str, seed: int) -> None:
    characters = random.Random(seed).randrange(len(_LONG))
    content = _LONG[:characters].encode(codec) + odd + _LONG[characters:].encode(codec)
    decoded = decode_text(content)
    assert decode_head(content) is not None
    assert abs(len(decoded) - len(_LONG)) <= 4
    assert sum(line not in decoded for line in set(_PROSE.split("\r\n"))) == 0
    assert sum(line not in _LONG for line in decoded.replace("\r", "").split("\n")) <= 2


@pytest.mark.parametrize("odd", _ODD)
def test_odd_byte_at_end_costs_nothing(odd: bytes) -> None:
    assert decode_text(_LONG.encode("gb18030") + odd).rstrip("\ufffd€\n") == _LONG.rstrip("\n")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("单价".encode("gbk") + b"\x80" + b"100", "单价€100", id="euro-before-digits"),
        pytest.param("单价".encode("gbk") + b"\x80" + "整".encode("gbk"), "单价€整", id="euro-before-ideograph"),
        pytest.param("朱镕A基".encode("gbk") + b"\xff", "朱镕A基\ufffd", id="stray-byte-behind-rare-character"),
        pytest.param("上\v下\f左".encode("gbk"), "上\n下\n左", id="vertical-tab-and-page-break"),
        pytest.param("结束".encode("gbk") + b"\x1a" + bytes(120), "结束", id="rest-of-a-block"),
        pytest.param("活\0动\0周".encode("gbk"), "活动周", id="zeros-between"),
    ],
)
def test_odd_bytes_are_replaced(content: bytes, text: str) -> None:
    assert decode_text(content) == text


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("情况.txt", _LONG.encode("utf-16-le"), Kind.TEXT, id="utf16-without-mark"),
        pytest.param("情况.txt", _LONG.encode("utf-16-be"), Kind.TEXT, id="utf16-big-endian"),
        pytest.param("情况.txt", _LONG.encode("gbk") + b"\xff", Kind.TEXT, id="gbk-stray-byte"),
        pytest.param("情况.txt", _LONG.encode("gbk") + bytes(512), Kind.TEXT, id="gbk-filled-block"),
        pytest.param("情况.doc", b"<html>\x80<p>" + _LONG.encode("gbk"), Kind.HTML, id="html-stray-byte"),
        pytest.param("情况.doc", b"<html>\0<p>" + _LONG.encode("gbk") + b"\0", Kind.HTML, id="html-zeros"),
        pytest.param("情况.doc", ("<html><p>" + _LONG).encode("utf-16-le"), Kind.HTML, id="html-utf16-without-mark"),
        pytest.param("照片.bat", b"echo \x1a" + _LONG.encode("gbk"), Kind.SCRIPT, id="script-by-name"),
        pytest.param("x", b"@echo off\x1a\r\ndel *.*", Kind.SCRIPT, id="script-with-odd-byte"),
        pytest.param("x", bytes(range(256)) * 4, Kind.UNKNOWN, id="all-bytes"),
        pytest.param("x", random.Random(1).randbytes(5000), Kind.UNKNOWN, id="random-bytes"),
        pytest.param("x", b"\0\1" * 50 + b"abc", Kind.UNKNOWN, id="numbers"),
        pytest.param("x", b"RIFF\x24\0\0\0ABCDfmt \x10\0\0\0", Kind.UNKNOWN, id="small-container"),
    ],
)
def test_text_with_odd_bytes_is_text_and_others_are_not(
    tmp_path: object, name: str, content: bytes, kind: Kind
) -> None:

    assert sniff(samples.put(Path(str(tmp_path)), "x", content), name) is kind


_PAGE = "<html><head><meta charset={}></head><p>朱镕基，活动周总结，濮阳县第一中学</p></html>"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("gb2312", "gb18030"),
        ("gb2312", "utf-8"),
        ("utf-8", "gb18030"),
        ("iso-8859-1", "gb18030"),
        ("windows-1252", "gb18030"),
        ("utf-16", "utf-8"),
        ("unicode", "gb18030"),
        ("x-unknown", "utf-8"),
        ("gb2312", "utf-16"),
        ("gb2312", "utf-16-le"),
    ],
)
def test_page_is_decoded_by_bytes_where_they_contradict_declared_charset(declared: str, codec: str) -> None:
    page = _PAGE.format(declared)
    assert decode_marked_up(page.encode(codec)) == page


def test_page_in_big5_is_decoded_as_declared() -> None:
    page = "<meta charset=big5><p>職業教育活動週的總結報告</p>"
    assert decode_marked_up(page.encode("big5")) == page


@pytest.mark.parametrize("form", ["<meta charset=gbk><p>", '<?xml version="1.0" encoding="GBK"?><p>'])
def test_odd_byte_of_declared_charset_is_replaced(form: str) -> None:
    content = form.encode() + "活动".encode("gbk") + b"\xff</p>" + "周".encode("gbk")
    assert decode_marked_up(content) == form + "活动\ufffd</p>周"


@given(st.binary(max_size=3000))
def test_any_bytes_are_decoded_without_error(content: bytes) -> None:
    text = decode_text(content)
    assert "\0" not in text
    decode_marked_up(content)
    decode_head(content)


@pytest.mark.slow
def test_long_line_of_stray_bytes_is_decoded_in_linear_time() -> None:
    assert_grows_linearly(lambda size: decode_text(2 * (b"\xb0\xa1" * size + b"\xff") + b"\n"), 500_000)
