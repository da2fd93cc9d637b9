"""补件: a mail that mends what an earlier one lacked is judged together with the good files that we already hold.

Whoever knows a receipt number, or answers our letter, may supplement; but another unit in the subject wins, and such
a mail stands for itself. What the school has to say twice is as little as can be: unit, materials and day come from
the submission that is answered where the subject does not name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from intake_bot.files.facts import TEXTS, FileFacts, MailFacts, Trouble
from intake_bot.judging.replies import is_courtesy
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.sorting import Place, Sorted, faults, later_volumes, sort_files
from intake_bot.judging.verdict import Decision
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import FormPart, Material, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.roster import Roster
from intake_bot.notices.spelling import compact
from intake_bot.notices.subject import SubjectReading, UnitFault


@dataclass(frozen=True)
class EarlierItem:
    """One item of an earlier submission."""

    material: str
    day: date | None
    decision: Decision
    superseded: bool = False
    turned_away: bool = False
    """As `ItemVerdict.turned_away`."""

    @property
    def is_open(self) -> bool:
        """Something is to be mended: neither accepted nor replaced by a later one."""
        return self.decision is not Decision.ACCEPTED and not self.superseded and not self.turned_away


@dataclass(frozen=True)
class Earlier:
    """A submission that was judged before, as far as a later mail may build on it."""

    receipt: str
    unit: str | None
    items: tuple[EarlierItem, ...]
    wants_subject: bool = False
    """It was told to mend its subject."""

    @property
    def open_materials(self) -> tuple[str, ...]:
        """What is still to be mended; of each material once."""
        return tuple(dict.fromkeys(item.material for item in self.items if item.is_open))

    @property
    def days(self) -> Mapping[str, date]:
        """Open material → the day that it was taken to be about."""
        return {item.material: item.day for item in self.items if item.is_open and item.day is not None}


def may_supplement(reading: SubjectReading, earlier: Earlier) -> bool:
    """Whether a mail that answers this submission can be about it.

    Not where its subject names another unit (or several, or one that nobody knows), nor where it names materials and
    none of them is open; and there must be something left to mend.
    """
    if reading.fault not in (None, UnitFault.NO_UNIT):
        return False
    if reading.unit and earlier.unit and reading.unit.name != earlier.unit:
        return False
    if not earlier.items:
        return earlier.wants_subject  # rejected because its subject named no material
    return bool(earlier.open_materials) and (
        not reading.materials or any(material in earlier.open_materials for material in reading.materials)
    )


def complete(reading: SubjectReading, earlier: Earlier, roster: Roster) -> SubjectReading:
    """The reading with what the answered submission says already. An answer to our letter need not be in the form.

    Materials that were accepted are left out: our letter's subject, which a reply repeats, names them too.
    """
    unit = reading.unit or (roster.find(earlier.unit) if earlier.unit else None)
    settled = {item.material for item in earlier.items} - set(earlier.open_materials)
    named = () if _SHORTENED.search(reading.original) else reading.materials
    return replace(
        reading,
        keyword=True,
        in_order=True,
        unit=unit,
        fault=None if unit else reading.fault,
        materials=tuple(m for m in named if m not in settled) or earlier.open_materials,
    )


_SHORTENED = re.compile(r"等 ?\d+ ?项材料")
"""How our letters name more than three materials in their subject: by the first."""


def says_nothing_new(facts: MailFacts, earlier: Earlier) -> bool:
    """True for an answer to our letter that brings nothing to judge: thanks, or words about what is settled."""
    if facts.files or facts.cloud_links or facts.sealed or earlier.wants_subject:
        return False
    return not earlier.open_materials or is_courtesy(facts.body.text)


def same_unit_at_least(reading: SubjectReading, earlier: Earlier, roster: Roster) -> SubjectReading:
    """The reading with the unit of the answered submission where the subject names none: for an answer about something
    else than what is open."""
    if reading.fault is not UnitFault.NO_UNIT or earlier.unit is None:
        return reading
    unit = roster.find(earlier.unit)
    return replace(reading, unit=unit, fault=None if unit else reading.fault)


def find_rejected(slots: Mapping[str, date | None], earlier: Iterable[Earlier]) -> Earlier | None:
    """The newest submission with a rejected item of one of these materials and its day. `earlier` is oldest first."""
    found = None
    for one in earlier:
        if any(
            item.decision is Decision.REJECTED and item.is_open and slots.get(item.material, _NO_DAY) == item.day
            for item in one.items
        ):
            found = one
    return found


_NO_DAY = date.min


@dataclass(frozen=True)
class Together:
    """A mail's facts with what was taken over from the earlier one."""

    facts: MailFacts
    taken_over: tuple[str, ...] = ()
    """`FileFacts.shown_name` of the files taken over; 邮件正文 for the earlier mail's own words."""
    leaves_out: bool = False
    """Files with a fault were left out, as what is new would take their place."""


def combine(new: MailFacts, old: MailFacts, materials: Sequence[Material]) -> Together:
    """The new files, and those of the old ones that had nothing wrong.

    A new file replaces an old one of the same name or content; a new text or form without fault replaces the old one
    in the same role. Photos and videos add up. The mail's own words count again where the new ones say nothing.
    """
    before, now = sort_files(old, materials), sort_files(new, materials)
    names = {compact(file.name) for file in new.files} | {file.sha256 for file in new.files}
    served = [
        (was, file)
        for was, is_now in zip(before.places, now.places, strict=True)
        if not _is_replaced(was, is_now)
        for file in was.files
        if file.name != BODY_NAME
    ]
    kept = [file for was, file in served if not _errors(was, file)] + _captions(before)
    taken = tuple({id(f): f for f in kept if not {compact(f.name), f.sha256} & names}.values())
    body_too = says_something(old.body.text) and not says_something(new.body.text)
    shown = tuple(dict.fromkeys(file.shown_name for file in taken))
    return Together(
        replace(
            new,
            files=(*taken, *later_volumes(taken, before.archives), *new.files),
            body=old.body if body_too else new.body,
        ),
        (*shown, BODY_NAME) if body_too else shown,
        leaves_out=any(_errors(was, file) for was, file in served),
    )


def _is_replaced(was: Place, is_now: Place) -> bool:
    if not isinstance(was.part, TextPart | FormPart):
        return False
    return any(not _errors(is_now, file) for file in is_now.files)


def _errors(place: Place, file: FileFacts) -> bool:
    return any(finding.severity is Severity.ERROR for finding in faults(place.part, file))


def _captions(before: Sorted) -> list[FileFacts]:
    """Texts that went with photos or videos and serve no part of their own."""
    if not any(isinstance(place.part, PhotoPart | VideoPart) for place in before.places):
        return []
    return [file for file in before.spare if file.kind in TEXTS and file.trouble in (None, Trouble.UNSUPPORTED)]
