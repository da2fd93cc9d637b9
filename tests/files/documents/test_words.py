from __future__ import annotations

import pytest

from intake_bot.files.documents.words import count_words, find_links, make_text_facts
from intake_bot.files.facts import TextFacts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param(" \t\r\n\u3000\u00a0", 0, id="blanks"),
        pytest.param("2025年5月12日 Hello world", 8, id="date-and-english"),
        pytest.param("开放日15:30", 4, id="time"),
        pytest.param("职业教育活动周，开幕。", 11, id="punctuation"),
        pytest.param("A-B", 1, id="hyphen"),
        pytest.param("“工匠”——精神……", 10, id="quotes-dash-ellipsis"),
        pytest.param("ＡＢＣ１２３", 6, id="full-width"),
        pytest.param("（一）", 3, id="brackets"),
        pytest.param("𠮷野家", 3, id="astral"),
        pytest.param("ひらがな", 4, id="kana"),
        pytest.param("한국어", 3, id="hangul"),
        pytest.param("好👍好", 3, id="emoji"),
        pytest.param("\ufeff中\u200b文\ufe0f", 2, id="characters-without-width"),
        pytest.param("Wi\u200bFi", 1, id="one-word-with-a-joint"),
        pytest.param("⽂字", 2, id="kangxi-radical"),
        pytest.param("\ud800", 1, id="half-a-character"),
    ],
)
def test_words_are_counted_as_in_word(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param(
            "见 https://mp.weixin.qq.com/s/a_b-C?x=1。", ("https://mp.weixin.qq.com/s/a_b-C?x=1",), id="sentence"
        ),
        pytest.param("链接http://a.cn/b详见", ("http://a.cn/b",), id="no-blank"),
        pytest.param("www.people.com.cn, www.people.com.cn", ("www.people.com.cn",), id="twice"),
        pytest.param("mp.weixin.qq.com/s/xyz", ("mp.weixin.qq.com/s/xyz",), id="no-scheme"),
        pytest.param("(https://a.cn/x)", ("https://a.cn/x",), id="brackets"),
        pytest.param("py8991718@126.com", (), id="mail-address"),
    ],
)
def test_links_in_text_are_found(text: str, links: tuple[str, ...]) -> None:
    assert find_links(text) == links


def test_links_behind_words_and_in_text_are_merged() -> None:
    assert make_text_facts("报道 http://a.cn/1", links=("http://b.cn/2", "http://a.cn/1")) == TextFacts(
        "报道 http://a.cn/1", 3, links=("http://b.cn/2", "http://a.cn/1")
    )
