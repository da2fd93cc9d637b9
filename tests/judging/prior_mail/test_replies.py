"""Mails in words alone: thanks, questions, and what is neither."""

from __future__ import annotations

import pytest

from intake_bot.judging.prior_mail.replies import MailTraits, is_courtesy, is_question

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
    "老师您好！",
    "祝您工作顺利",
    "谢谢老师！濮阳县教育局 5月17日",
]
MORE = [
    "",
    "  \n",
    "主题已改",
    "濮阳县教育局",
    "文字材料",
    "5月17日",
    "我们是范县职业技术学校",
    "谢谢老师，我们是范县职业技术学校",
    "好的，应为5月17日",
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
def test_thanks_alone_are_courtesy(words: str, expected: bool) -> None:
    assert is_courtesy(words) is expected


ASKED = [
    ("活动周材料几点截止？", ""),
    ("请问活动周照片怎么报", ""),
    ("活动周濮阳县教育局照片", "老师您好，请问照片要几张？"),
    ("活动周照片", "想问一下，2M是指每张还是一共"),
    ("活动周咨询", "老师，我校今天停电，可以明天再报吗？"),
    ("", "老师，为什么说我的照片太小？"),
    ("活动周濮阳县教育局照片", "照片没有原图了怎么办"),
    ("活动周濮阳县教育局照片（上一封作废）", "上一封发错了，请作废，稍后重发"),
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
def test_mail_without_files_that_asks_is_question(subject: str, words: str, expected: bool) -> None:
    assert (
        is_question(MailTraits("a@school.example", carries_files=False, answers_us=False), subject, words) is expected
    )


def test_mail_with_files_is_no_question() -> None:
    assert not is_question(MailTraits("a@school.example", carries_files=True, answers_us=False), "照片要几张？", "")
