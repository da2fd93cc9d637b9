"""Where the notice's keyword stands in another word, it is not meant: a shop's 活动周六下午开始 is not answered."""

from __future__ import annotations

import pytest

from tests.notices.test_subject import read


@pytest.mark.parametrize(
    "subject",
    [
        "促销活动周期表",
        "《职教周刊》征订",
        "本店活动周六下午开始",
        "新品活动周五开始",
        "校园活动周边产品",
        "志愿活动周年庆",
    ],
)
def test_a_keyword_inside_another_word_is_none(subject: str) -> None:
    assert not read(subject).keyword


@pytest.mark.parametrize(
    "subject",
    [
        "活动周期间濮阳县教育局照片",
        "活动周日报濮阳县教育局",
        "活动周六安市教育局照片",
        "活动周三中照片材料",
        "活动周边防学校照片",
        "活动周年度总结濮阳县教育局",
        "活动周一中心小学照片",
        "职教周濮阳县教育局总结",
    ],
)
def test_a_keyword_before_a_unit_or_a_material_is_one(subject: str) -> None:
    assert read(subject).keyword
