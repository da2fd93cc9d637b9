"""Mails that bring words and no files: thanks, questions, and what else only a person can answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake_bot.judging.verdict import Disposition, Finding, MailKind, Verdict
from intake_bot.mail.body import remaining_words, says_something
from intake_bot.notices.notice import Severity

QUESTION = "mail.question"
_LONGEST_QUESTION = 200
"""Signs. A longer mail is a text that somebody submits, whatever it asks its readers."""
_LONGEST_NAME = 3
"""Letters: 张老师谢谢, or the name under a letter."""

_ASKS = re.compile(r"[？?]|请问|想问|问一下|问一问|咨询|请教")
_ASKS_IN_WORDS = re.compile(r"怎么|怎样|如何|为什么|能否|可否|是否|能不能|可不可以|行不行|要不要")
"""In a subject these may be a title's: 典型案例《如何培养工匠》."""
_ASKS_POLITELY = re.compile(r"(?:收到|看到|可以|行|好)(?:了)?(?:吗|么|没有?)?[？?]")
"""收到了吗？ behind 附件是我校照片 asks for what our letter is."""
_ATTACHED = re.compile(r"附件|附上|附后|见附|attach|enclos", re.IGNORECASE)
_FILES_MEANT = re.compile(
    r"附件|附上|附后|附[在于]|材料|照片|图片|视频|文件|文档|重新|修改|改正|补[充交报正发上]|再[发报交]|attach|enclos",
    re.IGNORECASE,
)
_BRINGS = re.compile(
    r"查收|查看|查阅|审[阅核查]|过目|附上|附后|附[在于]|见附|重新|修改|改正|补[充交报正发上]|[再重][发报交]|attach|enclos",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"(?:会|尽快|马上|稍后|随后|立即|立刻|抓紧)+(?:按要求|按照要求)?(?:重新)?(?:修改|改正|改|完善|补[充交报正发]?|重[发报])"
    r"(?:好|后|完)*(?:再|重新|尽快)*(?:发送|报送|上报|发|交|报)?"
)
_MORE = re.compile(
    r"请|不(?!客气|用谢|好意思)|错|撤|退|作废|缺|没(?!问题)|删|换|更正|(?<!再)见|已经?[发传交报送提上]|电话",
    re.IGNORECASE,
)
"""Signs that more is said than thanks, be it ever so short: 谢谢，请撤回; 好的，已发送."""
_REASSURES = re.compile(r"请[^，。！,.!\s]{0,6}放心|敬请")
_THANKS = re.compile(
    r"收到|收悉|谢|好[的滴嘞]|知道|明白|了解|辛苦|感激|没问题|\bok\b|thank|received|noted", re.IGNORECASE
)
_COURTESIES = re.compile(
    r"好[的滴嘞]?|收悉|收好|知道|明白|了解|清楚|没问题|不客气|再次|非常|十分|万分|衷心|表示|感激|支持|关心|关注|理解|配合"
    r"|会|尽快|马上|稍后|随后|立即|立刻|抓紧|处理|联系|阅读|来信|来函|回执|存档|留存|保存|周末|节日|祝|愉快|快乐|顺利|平安"
    r"|贵局|贵单位|教育局|大力|received|noted|got|it|ok|[我们他她们了啦哈哦嗯行真太很后在对完毕]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Approach:
    """How a mail comes to us, apart from what it contains."""

    sender: str
    """The sender's address."""
    carries_files: bool
    """Attachments, or links to files left at a mail provider."""
    answers_us: bool
    """In-Reply-To or References name a letter of ours, or the subject holds a receipt number of ours."""


def is_thanks(approach: Approach, words: str) -> bool:
    """收到，谢谢！ — an answer to a letter of ours that brings nothing and says nothing else. `words` are the sender's.

    To answer it would be noise, and without end where a machine wrote it. Whoever says that he brings something, or
    says nothing at all, has probably forgotten to attach it, and is told so.
    """
    return approach.answers_us and not approach.carries_files and is_courtesy(words)


def is_courtesy(words: str) -> bool:
    """Whether somebody says thanks, or that he will do as he was asked, and no more."""
    said = _REASSURES.sub(" ", _PROMISE.sub(" ", words))
    if not said.strip():
        return bool(words.strip())
    left = _COURTESIES.sub("", remaining_words(said))
    thanks = not left or (len(left) <= _LONGEST_NAME and _THANKS.search(said) is not None)
    return thanks and _BRINGS.search(said) is None and _MORE.search(said) is None


def is_question(approach: Approach, subject: str, words: str) -> bool:
    """请问照片要几张？ — a mail that brings nothing and asks something, which only a person can answer.

    Whoever speaks of what he attached has probably forgotten it, and is told so. A subject of ours stays in an answer,
    and asks nothing.
    """
    if approach.carries_files or len(words) > _LONGEST_QUESTION:
        return False
    asked = _ASKS_POLITELY.sub("", f"{subject}\n{words}")
    asks = _ASKS.search(asked) is not None or _ASKS_IN_WORDS.search(words) is not None
    return asks and _ATTACHED.search(words) is None


def is_message(approach: Approach, words: str) -> bool:
    """发错了，请撤回 — an answer to a letter of ours that brings nothing and says something else than what files it
    brings. Asked only once nothing in it was of use."""
    return (
        approach.answers_us and not approach.carries_files and says_something(words) and not _FILES_MEANT.search(words)
    )


def question(unit: str | None) -> Verdict:
    """The verdict on a question: a person answers it."""
    return _for_a_person(unit, "这封邮件没有附件，像是来问问题的，收件程序答不了，要由工作人员答复")


def message_in_words(unit: str | None) -> Verdict:
    """The verdict on an answer in words: a person reads it."""
    return _for_a_person(unit, "这封回信没有附件，只写了话，收件程序看不懂，要由工作人员看一看")


def _for_a_person(unit: str | None, found: str) -> Verdict:
    finding = Finding(
        QUESTION,
        Severity.REMARK,
        found,
        "",
        "如果是忘了添加附件，请直接回复这封信，把附件发来",
        holds=True,
    )
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, unit, findings=(finding,))
