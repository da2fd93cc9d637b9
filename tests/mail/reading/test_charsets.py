"""Charset labels, and text with wrong or missing ones."""

from __future__ import annotations

import pytest

from intake_bot.mail.reading.charsets import decode, find_codec


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
def test_charset_label_gives_a_codec(label: str, family: str | None) -> None:
    assert find_codec(label) == family
    assert decode(b"abc", label) == "abc"


def test_invalid_bytes_are_replaced() -> None:
    assert decode(b"\xd6\xd0\xff\xff\xd6\xd0", "gb2312") == "中\ufffd\ufffd中"
