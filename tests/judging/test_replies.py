"""Thanks are left alone; whoever says that he brings something, or says anything else, is not."""

from __future__ import annotations

import pytest

from intake_bot.judging.replies import is_courtesy

COURTESIES = [
    "收到，谢谢！",
    "好的",
    "好的，谢谢老师，辛苦了！",
    "附件已收到，谢谢老师",
    "回执收到，材料已存档，谢谢！",
    "您的邮件已收到，我会尽快回复",
    "您好！来信收悉，我会在阅读后尽快给您回复。",
    "好的，我们会尽快修改后重新发送，谢谢！",
    "OK",
    "👍",
    "收到\n张三",
    "濮阳县职业技术学校收到，祝工作顺利",
    "Got it, thanks!",
    "收到，不客气，没问题",
    "好的，请老师放心，我们马上改",
    "收到，谢谢，再见！",
]
MORE = [
    "",
    "  \n",
    "主题已改",
    "谢谢，请撤回",
    "收到，发错了",
    "收到，不参加",
    "好的，作废吧",
    "收到，请更正",
    "收到，缺照片",
    "好的，请回电",
    "好的，已发送",
    "收到，已传",
    "好的，见图",
    "好的，照片没了",
    "发错了，请撤回",
    "附件已补上，请查收",
    "已修改，请查收附件，谢谢老师",
    "收到，已修改，见附件",
    "照片没有原图了",
    "好的，但是我们学校今天停电，明天才能发",
    "五月十七日，我校汽修专业学生向家长展示发动机拆装。",
]


@pytest.mark.parametrize(
    ("words", "expected"), [*((words, True) for words in COURTESIES), *((words, False) for words in MORE)]
)
def test_a_courtesy_is_known(words: str, expected: bool) -> None:
    assert is_courtesy(words) is expected
