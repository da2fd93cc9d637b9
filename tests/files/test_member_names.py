from __future__ import annotations

import pytest

from intake_bot.files.member_names import decode_member_name

_NAMES = [
    "现场.jpg",
    "活动周（濮阳）照片.zip",
    "附件1：镕喆①.docx",
    "学生技能展示现场/第二天/图一.jpg",
    "（一）张三.jpg",
    "café.jpg",
    "photo 001.jpg",
]


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("declared_utf8", [True, False])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_name_in_utf8_or_gbk_is_read_whatever_is_declared(name: str, codec: str, declared_utf8: bool) -> None:
    assert decode_member_name(name.encode(codec), declared_utf8=declared_utf8) == name


@pytest.mark.parametrize("name", ["職業教育活動.jpg", "學生作品（一）.doc", "照片.jpg", "報名表.xls"])
def test_name_in_big5_is_read(name: str) -> None:
    assert decode_member_name(name.encode("big5")) == name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        pytest.param("现场照片".encode()[:-1], "现场照\ufffd", id="utf8-cut"),
        pytest.param("现场照片".encode("gbk")[:-1], "现场照\ufffd", id="gbk-cut"),
        pytest.param(b"\xff\xff.jpg", "\ufffd\ufffd.jpg", id="no-charset"),
    ],
)
def test_name_with_odd_bytes_keeps_the_rest(raw: bytes, name: str) -> None:
    assert decode_member_name(raw, declared_utf8=True) == name
