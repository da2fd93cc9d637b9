"""What is a question that only a person can answer, and what is a submission that lacks its files."""

from __future__ import annotations

import pytest

from intake_bot.judging.replies import Approach, is_question

ASKED = [
    ("活动周材料几点截止？", ""),
    ("请问活动周照片怎么报", ""),
    ("活动周濮阳县教育局照片", "老师您好，请问照片要几张？"),
    ("活动周照片", "想问一下，2M是指每张还是一共"),
    ("活动周咨询", "老师，我校今天停电，可以明天再报吗？"),
    ("", "老师，为什么说我的照片太小？"),
    ("活动周濮阳县教育局照片", "照片没有原图了怎么办"),
]
NOT_ASKED = [
    ("活动周濮阳县教育局照片", ""),
    ("活动周濮阳县教育局照片", "老师您好，附件是我校照片，请查收。收到了吗？"),
    ("活动周濮阳县教育局照片", "照片见附件，请问可以吗？"),
    ("活动周濮阳县教育局照片", "老师，收到了吗？"),
    ("活动周濮阳县教育局典型案例《如何培养工匠》", ""),
    ("活动周濮阳县教育局文字材料", "五月十七日，我校在实训室举行技能展示活动。"),
]


@pytest.mark.parametrize(
    ("subject", "words", "expected"),
    [*((*one, True) for one in ASKED), *((*one, False) for one in NOT_ASKED)],
)
def test_a_question_is_known(subject: str, words: str, expected: bool) -> None:
    assert is_question(Approach("a@school.example", carries_files=False, answers_us=False), subject, words) is expected


def test_who_sends_files_asks_nothing() -> None:
    assert not is_question(Approach("a@school.example", carries_files=True, answers_us=False), "照片要几张？", "")
