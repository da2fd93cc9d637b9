"""Is this mail a submission at all? Asked after machine mail is set aside, before anything is judged.

What is no submission is left alone, silently: clerks read other mail in the same mailbox (domain rules,
"What is a submission, and what is left alone").
"""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.judging.verdict import MailKind
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault


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
