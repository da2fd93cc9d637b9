"""Supplements (补件): a mail that corrects a prior submission is judged together with its good files.

Who may supplement what is decided in `author`. A mail whose subject names another unit is a
submission of its own. Schools need not repeat themselves: unit, materials and day come from the prior submission where
the subject does not name them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from intake_bot.files.facts import TEXTS, FileFacts, MailFacts, Trouble
from intake_bot.judging.assignment import (
    AssignedFiles,
    Assignment,
    assign_files,
    check_file,
    find_later_volumes,
    is_decoration,
)
from intake_bot.judging.prior_mail.duplicate_files import MAXIMUM_LOOK_DISTANCE, count_differing_bits
from intake_bot.judging.prior_mail.replies import is_courtesy
from intake_bot.judging.prose.reader import ProseReader
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Decision
from intake_bot.mail.body import has_substance
from intake_bot.notices.notice import FormPart, Material, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.roster import Roster
from intake_bot.notices.spelling import compact
from intake_bot.notices.subject import SubjectReading, UnitFault


@dataclass(frozen=True)
class PriorItem:
    """One item of a prior submission."""

    material: str
    day: date | None
    decision: Decision
    superseded: bool = False
    turned_away: bool = False
    """As `ItemVerdict.turned_away`."""

    @property
    def is_open(self) -> bool:
        """True where something is to be corrected: neither accepted, nor superseded, nor turned away."""
        return self.decision is not Decision.ACCEPTED and not self.superseded and not self.turned_away


@dataclass(frozen=True)
class PriorVerdict:
    """The verdict on a prior submission, as far as a supplement needs it."""

    receipt: str
    unit: str | None
    items: tuple[PriorItem, ...]
    has_subject_error: bool = False
    """Its subject was an error."""

    @property
    def open_materials(self) -> tuple[str, ...]:
        """The materials that are still to be corrected, each once."""
        return tuple(dict.fromkeys(item.material for item in self.items if item.is_open))

    @property
    def days(self) -> Mapping[str, date]:
        """Open material → the day that it was registered for."""
        return {item.material: item.day for item in self.items if item.is_open and item.day is not None}


def can_supplement(reading: SubjectReading, prior: PriorVerdict) -> bool:
    """True for a mail that may supplement the prior submission that it answers.

    False where the subject names another unit (or several, or an unknown one), or materials of which none is open, and
    where nothing is left to correct.
    """
    if reading.fault not in (None, UnitFault.NO_UNIT):
        return False
    if reading.unit and prior.unit and reading.unit.name != prior.unit:
        return False
    if not prior.items:
        return prior.has_subject_error  # it was rejected because its subject named no material
    return bool(prior.open_materials) and (
        not reading.materials or any(material in prior.open_materials for material in reading.materials)
    )


def complete_reading(reading: SubjectReading, prior: PriorVerdict, roster: Roster) -> SubjectReading:
    """Returns the reading with unit and materials of the prior submission. An answer to our letter needs no form.

    Accepted materials are left out: the subject of our letter names them too, and an answer repeats it.
    """
    unit = reading.unit or (roster.find(prior.unit) if prior.unit else None)
    settled = {item.material for item in prior.items} - set(prior.open_materials)
    named = () if _SHORTENED.search(reading.original) else reading.materials
    return replace(
        reading,
        has_keyword=True,
        is_in_order=True,
        unit=unit,
        fault=None if unit else reading.fault,
        materials=tuple(m for m in named if m not in settled) or prior.open_materials,
    )


_SHORTENED = re.compile(r"等 ?\d+ ?项材料")
"""Subjects of our letters with more than three materials name only the first."""


def has_nothing_new(facts: MailFacts, prior: PriorVerdict) -> bool:
    """True for an answer to our letter with nothing to judge: thanks, or words about settled materials."""
    brings_files = any(not is_decoration(file) for file in facts.files)
    if brings_files or facts.cloud_links or facts.unread or prior.has_subject_error:
        return False
    return not prior.open_materials or is_courtesy(facts.body.text)


def complete_unit(reading: SubjectReading, prior: PriorVerdict, roster: Roster) -> SubjectReading:
    """Returns the reading with the unit of the prior submission where the subject names none.

    For an answer that cannot supplement the submission.
    """
    if reading.fault is not UnitFault.NO_UNIT or prior.unit is None:
        return reading
    unit = roster.find(prior.unit)
    return replace(reading, unit=unit, fault=None if unit else reading.fault)


def find_rejected(slots: Mapping[str, date | None], prior: Iterable[PriorVerdict]) -> PriorVerdict | None:
    """Returns the newest submission with a rejected item of one of these materials and days. `prior`: oldest first."""
    found = None
    for one in prior:
        if any(
            item.decision is Decision.REJECTED and item.is_open and slots.get(item.material, _NO_DAY) == item.day
            for item in one.items
        ):
            found = one
    return found


_NO_DAY = date.min


@dataclass(frozen=True)
class MergedFacts:
    """A mail's facts with the files of the prior submission that are judged again."""

    facts: MailFacts
    reused_files: tuple[str, ...] = ()
    """`FileFacts.shown_name` of the prior files; 邮件正文 for the body of the prior mail."""
    has_faulty_files: bool = False
    """Prior files with an error were left out. The new files should replace them."""


def merge_answer(new: MailFacts, prior: MailFacts, materials: Sequence[Material], reader: ProseReader) -> MergedFacts:
    """Returns the files of an answer to our letter, which asks only for what is faulty, together with the prior files
    without errors.

    A new file replaces a prior file of the same name, content or look. A new text or form without errors replaces the
    prior one of the same part. Other photos and videos add up. The prior body counts where the new body says nothing.
    """
    return _merge(new, prior, materials, reader, _is_corrected)


def merge_new_mail(new: MailFacts, prior: MailFacts, materials: Sequence[Material], reader: ProseReader) -> MergedFacts:
    """Returns the files of a new mail together with the prior files without errors of those parts for which it brings
    nothing: photos that come again take the place of the prior photos."""
    return _merge(new, prior, materials, reader, _is_sent_again)


def merge_nothing(new: MailFacts, prior: MailFacts, materials: Sequence[Material], reader: ProseReader) -> MergedFacts:
    """Returns the new files alone."""
    return MergedFacts(new)


def wants_fresh_start(*texts: str) -> bool:
    """True where the sender's own words say that nothing of the prior mail counts: 重新报送."""
    return any(_FRESH_START.search(text) for text in texts)


_FRESH_START = re.compile('(?<!写)(?<!写[“"「])重新报送')
"""Not in our own sentence that explains it, which an answer may quote."""


def _merge(
    new: MailFacts,
    prior: MailFacts,
    materials: Sequence[Material],
    reader: ProseReader,
    is_replaced: Callable[[Assignment, Assignment], bool],
) -> MergedFacts:
    prior_files, new_files = assign_files(prior, materials, reader), assign_files(new, materials, reader)
    not_replaced = [
        (prior_part, file)
        for prior_part, new_part in zip(prior_files.assignments, new_files.assignments, strict=True)
        if not is_replaced(prior_part, new_part)
        for file in prior_part.files
        if file.name != BODY_NAME
    ]
    good = [file for part, file in not_replaced if not _has_errors(part, file)] + _find_captions(prior_files)
    reused = tuple({id(file): file for file in good if not _is_among(file, new.files)}.values())
    reuses_body = reader.describes(prior.body) and not reader.describes(new.body)
    names = tuple(dict.fromkeys(file.shown_name for file in reused))
    return MergedFacts(
        replace(
            new,
            files=(*reused, *find_later_volumes(reused, prior_files.archives), *new.files),
            body=prior.body if reuses_body else new.body,
        ),
        (*names, BODY_NAME) if reuses_body else names,
        has_faulty_files=any(_has_errors(part, file) for part, file in not_replaced),
    )


def is_subject_correction(new: MailFacts, prior: PriorVerdict) -> bool:
    """True for a mail that corrects the subject of the prior one, and brings nothing to be judged."""
    return prior.has_subject_error and not (new.files or new.cloud_links or new.unread or new.incomplete)


def merge_subject_correction(
    new: MailFacts, prior: MailFacts, materials: Sequence[Material], reader: ProseReader
) -> MergedFacts:
    """Returns every file of the prior mail, also those that are faulty or that only a person can open: nobody was to
    send them again."""
    keeps_body = has_substance(prior.body.text) and not reader.describes(new.body)
    names = _name_contents(prior.files)
    facts = replace(new, files=prior.files, body=prior.body if keeps_body else new.body)
    return MergedFacts(facts, (*names, BODY_NAME) if keeps_body else names)


def merge_pieces(new: MailFacts, prior: MailFacts, materials: Sequence[Material], reader: ProseReader) -> MergedFacts:
    """Returns every file of a piece （2/3） and of the pieces that were judged before it."""
    own = {file.sha256 for file in new.files}
    kept = tuple(file for file in prior.files if file.sha256 not in own)
    keeps_body = reader.describes(prior.body) and not reader.describes(new.body)
    names = _name_contents(kept)
    facts = replace(new, files=(*kept, *new.files), body=prior.body if keeps_body else new.body)
    return MergedFacts(facts, (*names, BODY_NAME) if keeps_body else names)


def _name_contents(files: Sequence[FileFacts]) -> tuple[str, ...]:
    """Names the files, and an archive only where it was not opened."""
    names = [file.shown_name for file in files]
    opened = {file.shown_name for file in files if any(name.startswith(f"{file.shown_name}/") for name in names)}
    return tuple(dict.fromkeys(name for name in names if name not in opened))


def _is_among(file: FileFacts, new: Iterable[FileFacts]) -> bool:
    """True for a file that came again: of the same name or content, or a picture that looks the same."""
    return any(
        compact(one.name) == compact(file.name) or one.sha256 == file.sha256 or _looks_same(file, one) for one in new
    )


def _looks_same(one: FileFacts, other: FileFacts) -> bool:
    first, second = (file.photo.look if file.photo else None for file in (one, other))
    return first is not None and second is not None and count_differing_bits(first, second) <= MAXIMUM_LOOK_DISTANCE


def _is_sent_again(prior: Assignment, new: Assignment) -> bool:
    return bool(new.files)


def _is_corrected(prior: Assignment, new: Assignment) -> bool:
    if not isinstance(prior.part, TextPart | FormPart):
        return False
    return any(not _has_errors(new, file) for file in new.files)


def _has_errors(assignment: Assignment, file: FileFacts) -> bool:
    return any(finding.severity is Severity.ERROR for finding in check_file(assignment.part, file))


def _find_captions(files: AssignedFiles) -> list[FileFacts]:
    """Returns the unused texts, which accompany photos or videos."""
    if not any(isinstance(assignment.part, PhotoPart | VideoPart) for assignment in files.assignments):
        return []
    return [file for file in files.unused if file.kind in TEXTS and file.trouble in (None, Trouble.UNSUPPORTED)]
