"""Is this mail a submission at all? Asked after machine mail is set aside, before anything is judged.

What is no submission is left alone, silently: clerks read other mail in the same mailbox (domain rules,
"What is a submission, and what is left alone").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake_bot.judging.verdict import MailKind
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault

_FILES_MEANT = re.compile(
    r"附件|附上|附后|附[在于]|材料|照片|图片|视频|文件|文档|重新|修改|改正|补[充交报正发上]|再[发报交]|attach|enclos",
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
