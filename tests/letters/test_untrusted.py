from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_bot.letters.untrusted import one_line, pasteable, unlinked

CASES = {
    "plain": ("现场 1.jpg", "现场 1.jpg"),
    "line breaks": (" a\r\n\tb\u2028c\x85d ", "a b c d"),
    "invisible": ("报\u202e表\u200b\ufeff\x00\x1b", "报表"),
    "surrogate": ("a\udcffb", "ab"),
    "formula stays text": ("=1+1", "=1+1"),
    "web address": ("见 https://a.cn/x", "见 https：//a.cn/x"),
    "web address behind an invisible sign": ("http\u200b://a.cn", "http：//a.cn"),
    "www": ("WWW.a.cn", "WWW．a.cn"),
}


@pytest.mark.parametrize(("raw", "shown"), CASES.values(), ids=CASES)
def test_unlinked_shows(raw: str, shown: str) -> None:
    assert unlinked(raw) == shown


def test_one_line_of_a_long_name_keeps_beginning_and_suffix() -> None:
    assert one_line("0123456789.jpg", 12) == "0123456….jpg"


@given(st.text(st.characters(), max_size=400))
def test_unlinked_is_one_short_line_that_can_be_encoded(raw: str) -> None:
    shown = unlinked(raw)
    assert len(shown) <= 60
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://mail.163.com/a/index.html?file=x%2B1&y=2", "mail.163.com/a/index.html?file=x%2B1&y=2"),
        ("HTTP://u.163.com/x", "u.163.com/x"),
        ("https://mail.qq.com/开幕\u202e式\r\n<b>", "mail.qq.com/%E5%BC%80%E5%B9%95%E5%BC%8F%20%3Cb%3E"),
    ],
)
def test_pasteable_is_an_address_in_plain_signs_that_nobody_makes_clickable(link: str, text: str) -> None:
    assert pasteable(link) == text
