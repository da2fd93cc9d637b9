"""Is this mail a submission at all? Asked after machine mail is set aside, before anything is judged.

What is no submission is left alone, silently: clerks read other mail in the same mailbox (domain rules,
"What is a submission, and what is left alone").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake_bot.judging.verdict import Disposition, Finding, MailKind, Verdict
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault

_FILES_MEANT = re.compile(
    r"附件|附上|附后|附[在于]|材料|照片|图片|视频|文件|文档|重新|修改|改正|补[充交报正发上]|再[发报交]|attach|enclos",
    re.IGNORECASE,
)


_ASKS = re.compile(r"[？?]|请问|想问|问一下|问一问|咨询|请教")
_ASKS_POLITELY = re.compile(r"(?:收到|看到|可以|行|好)(?:了)?(?:吗|么|没有?)?[？?]")
"""收到了吗？ behind 附件是我校照片 asks for what our letter is."""


@dataclass(frozen=True)
class Approach:
    """How a mail comes to us, apart from what it contains."""

    sender: str
    """The sender's address."""
    carries_files: bool
    """Attachments, or links to files left at a mail provider."""
    answers_us: bool
    """In-Reply-To or References name a letter of ours, or the subject holds a receipt number of ours."""


def recognise(reading: SubjectReading, approach: Approach, notice: Notice, roster: Roster) -> MailKind:
    """SUBMISSION or OTHER."""
    names_work = bool(reading.materials) or reading.says_material
    names_unit = reading.unit is not None or reading.fault is UnitFault.MANY_UNITS
    from_roster = roster.at_address(approach.sender) is not None
    ours = (
        reading.keyword
        or approach.answers_us
        or (approach.carries_files and ((names_unit and names_work) or from_roster))
    )
    return MailKind.SUBMISSION if ours else MailKind.OTHER


def is_thanks(approach: Approach, words: str) -> bool:
    """收到，谢谢！ — an answer to a letter of ours that brings nothing and says nothing.

    To answer it would be noise, and without end where a machine wrote it. `words` are the sender's own. Who speaks of
    files, or says nothing at all, has probably forgotten to attach them, and is told so.
    """
    return (
        approach.answers_us
        and not approach.carries_files
        and words.strip() != ""
        and _FILES_MEANT.search(words) is None
        and not says_something(words)
    )


def is_question(approach: Approach, subject: str, words: str) -> bool:
    """请问照片要几张？ — a mail that brings nothing and asks something, which only a person can answer.

    Whoever speaks of files has probably forgotten to attach them, and is told so. A subject of ours stays in an answer,
    and asks nothing.
    """
    if approach.carries_files:
        return False
    asked = f"{subject}\n{words}"
    return _ASKS.search(_ASKS_POLITELY.sub("", asked)) is not None and _ATTACHED.search(words) is None


_ATTACHED = re.compile(r"附件|附上|附后|见附|attach|enclos", re.IGNORECASE)


def question() -> Verdict:
    """The verdict on a question: a person answers it."""
    finding = Finding(
        "mail.question",
        Severity.REMARK,
        "这封邮件没有附件，像是来问问题的，收件程序答不了，要由工作人员答复",
        "",
        "如果是忘了添加附件，请直接回复这封信，把附件发来",
        holds=True,
    )
    return Verdict(MailKind.SUBMISSION, Disposition.HELD, findings=(finding,))
