"""Is this mail a submission at all? Asked after machine mail is set aside, before anything is judged. Pure.

What is no submission is left alone: clerks read other mail in the same mailbox (domain rules, "What is a submission,
and what is left alone"). What only looks like one is left alone too, and the digest names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from intake_bot.judging.replies import Approach
from intake_bot.judging.verdict import MailKind
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault, read_subject

LOOKS_LIKE_ONE = "looks like a submission"
"""Why a mail was left alone of which the digest tells."""
_MOST_NAMES = 20
_NUMBER_MEANT = re.compile(r"回[执執](?:编号|編號|号码|单号|号)")


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


def looks_like_one(subject: str, names: Iterable[str], notice: Notice, roster: Roster) -> bool:
    """Whether a mail that is no submission may be meant as one: with files, of which one is named as a submission would
    be (活动周濮阳县教育局文字材料.docx), or under a subject with a receipt number that we never gave out."""
    files = list(islice(names, _MOST_NAMES))
    readings = (read_subject(name, notice, roster) for name in files)
    return any(_is_of_the_week(reading) for reading in readings) or bool(files and _NUMBER_MEANT.search(subject))


def _is_of_the_week(reading: SubjectReading) -> bool:
    return reading.keyword or (reading.unit is not None and bool(reading.materials))
