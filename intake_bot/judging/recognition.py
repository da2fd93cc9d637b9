"""Recognises submissions among the mail of people, before anything is judged. Pure.

Other mail is ignored: clerks receive it in the same mailbox. Mail that only looks like a submission is ignored too, and
the digest lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from intake_bot.judging.prior_mail.replies import MailTraits
from intake_bot.judging.verdict import LOOKS_LIKE_SUBMISSION as LOOKS_LIKE_SUBMISSION
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster
from intake_bot.notices.subject import SubjectReading, UnitFault, read_subject

FROM_OWN_PEOPLE = "from the bureau's own people"
"""The reason of mail from clerks and admins that reports nothing; the digest lists it, too."""
_MAXIMUM_NAMES = 20
_RECEIPT_NUMBER = re.compile(r"回[执執](?:编号|編號|号码|单号|号)")
_BROKEN_SUBJECT = re.compile(
    r"=\?[\w.:+-]{0,40}\?[bq]?\?|\ufffd|(?:%[0-9a-f]{2}){3}|(?:&#x?[0-9a-f]{2,6};?){3}|(?:\\u[0-9a-f]{4}){2}"
    r"|\+[A-Za-z0-9/]{8,}-|锟斤拷|烫烫",
    re.IGNORECASE,
)
_LOST = re.compile(r"\?{4}")
_LATIN = re.compile(r"[\u0080-\u024f\u2018-\u2122]")
_FOREIGN = re.compile(r"[\u0250-\u1fff\u2200-\u2fff\ua000-\ud7af\uff61-\uffdc]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_MINIMUM_LATIN = 4
"""Characters such as æ´» or »î, where UTF-8 or GBK was read as Western European text, or as Cyrillic or Korean."""


def is_submission(reading: SubjectReading, traits: MailTraits, roster: Roster) -> bool:
    """True for a subject with the keyword, an answer to a letter of ours, or files for a unit or from its address."""
    names_material = bool(reading.materials) or reading.mentions_material
    names_unit = reading.unit is not None or reading.fault is UnitFault.MANY_UNITS
    from_roster = roster.find_by_address(traits.sender) is not None
    files_of_unit = traits.carries_files and ((names_unit and names_material) or from_roster)
    return reading.has_keyword or traits.answers_us or files_of_unit


def has_fitting_subject(reading: SubjectReading) -> bool:
    """True for a subject with two of three: the keyword, a unit of the roster, a material."""
    names_unit = reading.unit is not None or reading.fault is UnitFault.MANY_UNITS
    names_material = bool(reading.materials) or reading.mentions_material
    return (reading.has_keyword + names_unit + names_material) >= 2


def is_past_reading(subject: str) -> bool:
    """True for a subject in which an encoding shows instead of its text: =?, %E6%B4%BB, &#27963;, æ´»åŠ¨."""
    if _BROKEN_SUBJECT.search(subject):
        return True
    is_lost = _LOST.search(subject) is not None or len(_LATIN.findall(subject)) >= _MINIMUM_LATIN
    return is_lost and _CHINESE.search(subject) is None


def looks_like_submission(
    reading: SubjectReading, names: Iterable[str], brings_material: bool, notice: Notice, roster: Roster
) -> bool:
    """True for an ignored mail that may be meant as a submission: it brings something, and says what or for whom.

    `names`: of its files, one of which may be named like a subject (活动周濮阳县教育局文字材料.docx).
    """
    if not brings_material:
        return False
    subject = reading.original
    names_something = reading.has_keyword or reading.unit is not None or bool(reading.materials)
    if names_something or reading.fault is UnitFault.MANY_UNITS or _RECEIPT_NUMBER.search(subject):
        return True
    readings = (read_subject(name, notice, roster) for name in islice(names, _MAXIMUM_NAMES))
    is_foreign = len(_FOREIGN.findall(subject)) >= _MINIMUM_LATIN and _CHINESE.search(subject) is None
    return is_foreign or is_past_reading(subject) or any(_names_submission(one) for one in readings)


def _names_submission(reading: SubjectReading) -> bool:
    return reading.has_keyword or (reading.unit is not None and bool(reading.materials))
