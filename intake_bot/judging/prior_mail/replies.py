"""Mails in words, without files: thanks, questions, and other messages that only a person can answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from intake_bot.judging.verdict import QUESTION, Decision, Disposition, Finding, MailKind, Verdict
from intake_bot.mail.body import has_substance, strip_stock_phrases
from intake_bot.notices.notice import Severity

_MAXIMUM_QUESTION_LENGTH = 200
"""Maximum characters of a question. A longer mail is a submitted text, whatever it asks its readers."""
_MAXIMUM_COMPLETION = 40
"""Maximum characters of words that say what a subject lacked."""
_MAXIMUM_QUOTED = 200
"""Maximum characters of a mail in words that the clerk reads in the digest."""
_WORD = re.compile(r"[^\W_]")
_MAXIMUM_NAME_LENGTH = 3
"""Maximum characters of a name: 张老师谢谢, or a signature."""

_ASKS = re.compile(r"[？?]|请问|想问|问一下|问一问|咨询|请教|作废|撤[回销]|发错了")
_ASKS_IN_WORDS = re.compile(r"怎么|怎样|如何|为什么|能否|可否|是否|能不能|可不可以|行不行|要不要")
"""Looked for in the body only: a title in the subject may contain them (典型案例《如何培养工匠》)."""
_ASKS_POLITELY = re.compile(r"(?:收到|看到|可以|行|好)(?:了)?(?:吗|么|没有?)?[？?]")
"""收到了吗？ after 附件是我校照片 asks for nothing but our letter."""
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
    r"请|不(?!客气|用谢|好意思)|错|撤|退|作废|缺|没(?!问题)|删|换|更正|(?<!再)见|已经?[发传交报送提上]|电话"
    r"|(?:我们?|[我本][校局院]|单位|学校|主题|[这那]个?|应该?|都|报的)(?:就|也|都)?[是为]|改[为成]",
    re.IGNORECASE,
)
"""Words that say more than thanks: 谢谢，请撤回; 好的，已发送; 谢谢，我们是范县教育局."""
_GREETINGS = re.compile(
    r"尊敬的|各位|老师们?|领导们?|同志们?|[您你]们?好|大家好|[早上中下晚]+[上午]好|打扰了|麻烦[您了]?|此致|敬礼|顺?[祝颂]好?|商祺"
    r"|工作|身体|生活|健康|万事如意|一切|[是的吧啊呢等了您你]|发自我的\S{1,20}"
)
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
class MailTraits:
    """What is known of a mail beside its subject and its words."""

    sender: str
    """The sender's address."""
    carries_files: bool
    """It has attachments, or links to files at a mail provider."""
    answers_us: bool
    """In-Reply-To or References name a letter of ours, or the subject contains a receipt number of ours."""


def is_thanks(traits: MailTraits, words: str) -> bool:
    """True for an answer to our letter, without files, that only says thanks: 收到，谢谢！ `words`: the sender's own.

    An answer to it would be noise, and endless where a machine wrote it. A mail that mentions files, or says nothing,
    is no thanks: the files were probably forgotten, and the letter says so.
    """
    return traits.answers_us and not traits.carries_files and is_courtesy(words)


def is_courtesy(words: str) -> bool:
    """True for words that only say thanks, or promise to do what we asked."""
    said = _REASSURES.sub(" ", _PROMISE.sub(" ", words))
    if not said.strip():
        return bool(words.strip())
    left = _COURTESIES.sub("", strip_stock_phrases(said))
    thanks = _THANKS.search(said) is not None
    # A unit, a day or a material alone is what our letter asked for.
    says_nothing = not left and (thanks or not _WORD.search(_COURTESIES.sub(" ", _GREETINGS.sub(" ", said))))
    is_short = says_nothing or (thanks and len(left) <= _MAXIMUM_NAME_LENGTH)
    return is_short and _BRINGS.search(said) is None and _MORE.search(said) is None


def is_question(traits: MailTraits, subject: str, words: str) -> bool:
    """True for a mail without files that asks something, which only a person can answer: 请问照片要几张？

    A mail that mentions attachments is no question: they were probably forgotten, and the letter says so. `subject`:
    empty for an answer, which repeats our own subject.
    """
    if traits.carries_files or len(words) > _MAXIMUM_QUESTION_LENGTH:
        return False
    asked = _ASKS_POLITELY.sub("", f"{subject}\n{words}")
    asks = _ASKS.search(asked) is not None or _ASKS_IN_WORDS.search(words) is not None
    return asks and _ATTACHED.search(words) is None


def is_answer_in_words(traits: MailTraits, words: str) -> bool:
    """True for an answer to a letter of ours without files that mentions no files either: 发错了，请撤回.

    It matters only for a mail with nothing to accept.
    """
    return traits.answers_us and not traits.carries_files and has_substance(words) and not _FILES_MEANT.search(words)


def completes_subject(traits: MailTraits, words: str) -> bool:
    """True for an answer without files whose few words may be what the subject lacked: 我们是范县教育局, or 照片.

    It matters only where our letter asked for a better subject, and this one is none.
    """
    said = " ".join(words.split())
    is_brief = 0 < len(said) <= _MAXIMUM_COMPLETION and _WORD.search(said) is not None
    return is_brief and not (traits.carries_files or is_courtesy(said) or _BRINGS.search(said))


def hold_on_behalf(verdict: Verdict) -> Verdict:
    """The verdict on what a clerk or an admin passes on for a unit (代报): every item is held, whatever its faults."""
    finding = Finding("sender.clerk", Severity.REMARK, "来自经办人的邮件，按代报处理，请核对后收下或退回", holds=True)
    items = tuple(
        replace(item, decision=Decision.HELD, findings=(finding, *_as_remarks(item.findings))) for item in verdict.items
    )
    findings = _as_remarks(verdict.findings)
    return replace(
        verdict,
        disposition=Disposition.HELD,
        items=items,
        findings=findings if items else (finding, *findings),
        correct_subject="",
    )


def _as_remarks(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What is said about the sender does not apply to a clerk."""
    said = (finding for finding in findings if not finding.code.startswith("sender."))
    return tuple(replace(finding, severity=Severity.REMARK) for finding in said)


def hold_question(unit: str | None, words: str) -> Verdict:
    """Returns the verdict on a question. It is held for a person to answer, who reads the `words` in the digest."""
    return _hold(unit, words, "这封邮件没有附件，像是来问问题的，收件程序答不了，要由工作人员答复")


def hold_answer_in_words(unit: str | None, words: str) -> Verdict:
    """Returns the verdict on an answer in words. It is held for a person to read."""
    return _hold(unit, words, "这封回信没有附件，只写了话，收件程序看不懂，要由工作人员看一看")


def _hold(unit: str | None, words: str, found: str) -> Verdict:
    finding = Finding(
        QUESTION,
        Severity.REMARK,
        found,
        "",
        "如果是忘了添加附件，请直接回复这封信，把附件发来",
        holds=True,
    )
    said = " ".join(words.split())
    shown = said if len(said) <= _MAXIMUM_QUOTED else f"{said[: _MAXIMUM_QUOTED - 1]}…"
    quoted = (replace(finding, found=f"来信说：“{shown}”", todo="", private=True),) if said else ()
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, unit, findings=(finding, *quoted))
