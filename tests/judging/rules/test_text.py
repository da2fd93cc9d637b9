"""Rules for texts."""

from __future__ import annotations

import pytest

from intake_bot.judging.rules.text import text_has_length, text_names_source
from intake_bot.notices.notice import Length, Rule, TextPart
from tests.judging.cases import word


@pytest.mark.parametrize(
    ("limits", "words", "asked", "todo"),
    [
        ({"at_least": 800}, 799, "800 字以上", "请补充内容，写到 800 字以上"),
        ({"at_most": 800}, 801, "800 字以内", "请精简到 800 字以内"),
        ({"at_least": 800, "at_most": 900}, 901, "800–900 字", "请精简到 900 字以内"),
        ({"at_least": 800, "tolerance": 0.1}, 719, "800 字左右以上", "请补充内容，写到 800 字以上"),
    ],
    ids=["at least", "at most", "both", "about"],
)
def test_text_of_wrong_length_is_reported_in_words_of_limits(
    limits: dict[str, float], words: int, asked: str, todo: str
) -> None:
    length = Length.model_validate({"clause": "四", "quote": "字数", **limits})
    part = TextPart(kind="text", name="文字", clause="四", quote="文字", length=length)
    found = text_has_length(part, word(words=words))
    assert found is not None
    assert (found.found, found.asked, found.todo) == (f"正文{'只有' if words < 800 else '有'} {words} 字", asked, todo)


@pytest.mark.parametrize(
    ("words", "is_named"),
    [
        ("图片来源：校团委", True),
        ("张三 摄", True),
        ("图/李四", True),
        ("（图文/李四 王五）", True),
        ("图文：李四", True),
        ("摄影/李四", True),
        ("学生操作摄像机，参加摄影比赛。", False),
        ("现场图文并茂，居民围观。", False),
    ],
)
def test_source_of_a_picture_is_found(words: str, is_named: bool) -> None:
    rule = Rule(clause="四", quote="图片来源")
    part = TextPart(kind="text", name="图片新闻", clause="四", quote="图片新闻", source=rule)
    assert (text_names_source(part, word(text=f"技能进社区。\n{words}")) is None) is is_named
