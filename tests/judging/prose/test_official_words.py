"""Copied words: those of the notice and of our own letters."""

from __future__ import annotations

import pytest

from intake_bot.judging.prose.official_words import OfficialWords
from intake_bot.judging.prose.reader import ProseReader
from tests.judging.cases import notice
from tests.letters.golden import FOLDER as LETTERS

WORDS = OfficialWords.of(notice("puyang-2023"))
STORY = "五月十七日，我校开放实训室，三百名初中学生体验烹饪和汽修。"


@pytest.mark.parametrize("name", ["rejected", "partial", "accepted", "held", "closed", "early", "rejected_by_a_person"])
def test_letter_of_ours_is_removed(name: str) -> None:
    letter = (LETTERS / f"{name}.txt").read_text(encoding="utf-8")
    assert WORDS.remove(letter) == ""
    assert WORDS.remove(f"{STORY}\n\n{letter}") == STORY


def test_clause_of_notice_is_removed_and_answer_beside_it_is_kept() -> None:
    asked = "于每天下午4时前，将本地活动开展情况、典型活动案例、典型职教故事、省市级以上媒体宣传报道案例及活动图片等"
    assert WORDS.remove(f"通知要求：{asked}发至市教育局邮箱。\n{STORY}") == STORY


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "",
        f"根据濮教工委〔2023〕8号文件要求，我校开展了活动。\n{STORY}",
        f"活动亮点、典型案例\n{STORY}",
        "2023年职业教育活动周联络员信息表",
        f"收到的文件里有一封老校友的信。回执编号写在信封上。\n{STORY}",
    ],
)
def test_own_words_are_kept(text: str) -> None:
    assert WORDS.remove(text) == text


def test_title_of_form_is_no_copy() -> None:
    title = "附件2：2023年职业教育活动周活动情况日报表"
    assert OfficialWords.of(notice("hefei-2023")).remove(title) == title


def test_words_are_those_of_this_version_of_a_notice() -> None:
    before = notice("puyang-2023")
    quote = "各单位请于每天下午四时以前将全部纸质材料送到市局三楼会议室"
    after = before.model_copy(update={"subject": before.subject.model_copy(update={"quote": quote})})
    assert ProseReader.of(before).official.remove(quote) == quote
    assert ProseReader.of(after).official.remove(quote) == ""
