"""Judges one submission. Pure: the time, the rules and prior mail are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from intake_bot.files.facts import MailFacts
from intake_bot.judging.assignment import AssignedFiles, Assignment, assign_files, find_later_volumes
from intake_bot.judging.author import NOBODY, Author
from intake_bot.judging.captions import Captions
from intake_bot.judging.completeness import (
    check_assignment,
    check_unread_content,
    check_unused_files,
    find_captions,
    find_companion_texts,
)
from intake_bot.judging.days import (
    Calendar,
    Slot,
    Timing,
    check_arrival_time,
    check_named_days,
    check_uncertain_time,
    compare_slots,
    find_slot,
    report_kept_in_time,
)
from intake_bot.judging.findings import apply_severities, drop_none
from intake_bot.judging.forms import read_form_rows
from intake_bot.judging.prior_mail.duplicate_files import KnownFile, check_duplicates
from intake_bot.judging.prior_mail.pieces import check_pieces
from intake_bot.judging.prose.reader import ProseReader
from intake_bot.judging.rules.report_day import choose_day, find_named_days
from intake_bot.judging.sender import (
    AcceptedItem,
    check_contest,
    check_doubt,
    check_first_mail,
    check_sender,
    find_item_in_time,
    find_standing_item,
)
from intake_bot.judging.subject_findings import check_subject, suggest_subject
from intake_bot.judging.verdict import Decision, Disposition, FilledForm, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.notices.notice import FormPart, Material, Notice, Severity, TextPart
from intake_bot.notices.subject import SubjectReading

MINIMUM_ARTICLE_WORDS = 200
"""Minimum 字 of a text that counts as one 篇 of a quota. A shorter text is a caption or a covering note."""


@dataclass(frozen=True)
class Case:
    """Everything that the judgement of one submission depends on."""

    notice: Notice
    calendar: Calendar
    reading: SubjectReading
    received: datetime
    """When the bureau's server received the mail (INTERNALDATE). Aware."""
    facts: MailFacts
    author: Author = NOBODY
    """`author.registered_unit` is suggested where the subject names no unit."""
    accepted_items: Sequence[AcceptedItem] = ()
    """Items of prior mail that were accepted for the unit."""
    doubts: Sequence[Finding] = ()
    """Findings that hold the mail for a person before it is judged."""
    filled_days: Mapping[str, Set[date]] = field(default_factory=dict)
    """Material → days for which something of the author was already accepted (`find_filled_days`)."""
    unit_names: tuple[str, ...] = ()
    """Every name and alias of the roster."""
    stated_days: Mapping[str, date] = field(default_factory=dict)
    """Material → day of the prior submission that this one supplements."""
    known_files: Sequence[KnownFile] = ()
    """Files of prior mail, oldest first, without those of the submissions that this one supplements."""
    reused_files: frozenset[str] = frozenset()
    """`FileFacts.shown_name` of the files that came with the prior submission."""
    piece_numbers: frozenset[int] = frozenset()
    """Numbers of the pieces （2/3） that are judged together. Empty: only the number of this mail."""
    latest_arrival: datetime | None = None
    """Where `received` is an estimate, since the server gave no believable time: when the mail was surely there."""

    @cached_property
    def verdict(self) -> Verdict:
        """The judgement on the case, which is made once."""
        return judge(self)

    @property
    def materials(self) -> list[Material]:
        """The materials that the subject names, in its order."""
        return [m for name in self.reading.materials if (m := self.notice.material(name)) is not None]

    def find_slot(self, material: Material) -> Slot | None:
        """Returns the day and deadline of a material, or None for a daily material of an unknown unit."""
        return self.find_day(material).slot

    def find_day(self, material: Material) -> ReportDay:
        """Returns the slot of a material, and the finding where it is not plain which day the mail reports on.

        The day is the one of the prior submission that is supplemented, unless the subject names one. Else it is
        chosen among the days that the mail names (`choose_day`); without any it is the one that is open.
        """
        if self.reading.unit is None and material.due.daily:
            return ReportDay(None)
        prior = self.stated_days.get(material.name)
        if not material.due.daily or (prior is not None and self.reading.day is None):
            return ReportDay(self._slot(material, prior))
        files, week = self.facts.files, self.calendar.week
        named = find_named_days(material, self.reading, self.facts.body.text, files, week)
        filled = self.filled_days.get(material.name, frozenset())
        choice = choose_day(named, lambda day: self._slot_at(material, day, self.received), filled)
        return ReportDay(self._slot(material, choice.day), choice.finding)

    def _slot(self, material: Material, stated: date | None) -> Slot:
        slot = self._slot_at(material, stated, self.received)
        if self.latest_arrival is None:
            return slot
        return compare_slots(slot, self._slot_at(material, stated, self.latest_arrival))

    def _slot_at(self, material: Material, stated: date | None, arrival: datetime) -> Slot:
        unit = self.reading.unit

        def deadline(day: date | None) -> datetime:
            return self.notice.deadline(material, unit.name if unit else None, day, self.calendar.zone)

        filled = self.filled_days.get(material.name, frozenset())
        return find_slot(material.due, deadline, self.calendar, arrival, stated, filled)


@dataclass(frozen=True)
class ReportDay:
    """The slot of a material in one mail; None for a daily material of an unknown unit."""

    slot: Slot | None
    finding: Finding | None = None
    """Why this day was taken, where the mail names another one, too."""


def judge(case: Case) -> Verdict:
    """Decides on a submission. It finds every fault at once, and accepts nothing while the subject has an error."""
    materials = case.materials
    reader = ProseReader.of(case.notice)
    files = assign_files(case.facts, [material for material in materials if material.channel == "mail"], reader)
    unread = check_unread_content(files, case.facts, case.received)
    captions = find_captions(files, unread, case.facts.body, reader, case.unit_names)
    items = [_judge_item(case, material, files, unread, captions) for material in materials]
    rest = _check_rest(case, files, unread, items)
    mail_findings = _check_mail(case)
    by_mail = [n for n, material in enumerate(materials) if material.channel == "mail"]
    if by_mail:
        # Findings that belong to no item count against the first item that may still be accepted.
        first = min(by_mail, key=lambda n: any(finding.turns_away for finding in items[n].findings))
        items[first] = _add_findings(items[first], rest)
    elif not materials:
        # Without a material nobody knows what a file is for. That it is damaged or dangerous is known.
        mail_findings += [finding for finding in rest if finding.severity is Severity.ERROR]
    decided = tuple(_decide(item, mail_findings) for item in items)
    if any(item.decision is Decision.ACCEPTED for item in decided):
        mail_findings += check_first_mail(case.author)
    too_late = {item.material for item in decided if item.turned_away and item.late}
    return Verdict(
        MailKind.SUBMISSION,
        Disposition.HELD if any(one.needs_person for one in mail_findings) else decide_disposition(decided),
        case.reading.unit.name if case.reading.unit else None,
        decided,
        tuple(mail_findings),
        suggest_subject(case.reading, case.notice, case.author.registered_unit, too_late),
    )


def has_error(verdict: Verdict) -> bool:
    """True where something is to be corrected."""
    return any(finding.severity is Severity.ERROR for finding in verdict.all_findings)


def find_lacking(verdict: Verdict, notice: Notice) -> tuple[tuple[str, date | None], ...]:
    """Returns material and day of the items that lack a part, be it one that need not be there. Of a material with a
    quota a second item counts beside the first, and lacks nothing of it."""
    return tuple(
        (item.material, item.day)
        for item in verdict.items
        if any(finding.code in _LACKING for finding in item.findings)
        and (material := notice.material(item.material)) is not None
        and not material.quotas
    )


_LACKING = frozenset({"part.missing", "part.too_few"})


def decide_disposition(items: Sequence[ItemVerdict]) -> Disposition:
    """Returns the disposition of a mail with these items. A mail without items is rejected: its subject names none."""
    decisions = {item.decision for item in items}
    if not decisions or decisions == {Decision.REJECTED}:
        return Disposition.REJECTED
    if Decision.REJECTED in decisions:
        return Disposition.PARTIAL
    return Disposition.HELD if Decision.HELD in decisions else Disposition.ACCEPTED


def _judge_item(
    case: Case, material: Material, files: AssignedFiles, unread: Sequence[Finding], captions: Captions
) -> ItemVerdict:
    """Returns the item with its findings. `_decide` sets the decision."""
    if material.channel == "online":
        finding = _report_online(case.notice, material)
        return ItemVerdict(material.name, None, None, False, Decision.REJECTED, (finding,))
    day = case.find_day(material)
    slot = day.slot
    in_time = _find_item_in_time(case, material, slot) if slot else None
    assignments = files.for_material(material)
    assigned = [file for one in assignments for file in one.files]
    used = [*assigned, *find_companion_texts(assignments, files)]
    used += find_later_volumes(used, files.archives)
    item = ItemVerdict(
        material.name,
        slot.day if slot else None,
        slot.deadline if slot else None,
        slot is not None and slot.timing in (Timing.LATE, Timing.CLOSED) and in_time is None,
        Decision.ACCEPTED,
        files=tuple(dict.fromkeys(file.shown_name for file in used)),
        fills=_count_articles(assignments) if material.quotas else 1,
        forms=tuple(form for one in assignments for form in _read_forms(one)),
    )
    findings = drop_none([day.finding])
    if slot:
        findings += check_named_days(case.reading.other_days, slot)
        findings += check_uncertain_time(slot, case.calendar, case.latest_arrival)
        findings += _check_time(case, material, slot, in_time)
        findings += _check_contest(case, material, slot)
    findings += _without_repeats(
        finding for one in assignments for finding in check_assignment(one, files, unread, captions, case.notice)
    )
    new_files = [file for file in assigned if file.shown_name not in case.reused_files]
    unit = case.reading.unit.name if case.reading.unit else None
    findings += check_duplicates(new_files, case.known_files, unit, case.author)
    return _add_findings(item, apply_severities(findings, case.notice))


def _without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Leaves out what an earlier finding says of the same file. A workbook that does not open may be the form that is
    missing, and is useless as a text too: that is one fault.
    """
    first: dict[tuple[str | None, ...], Finding] = {}
    for finding in findings:
        what = (finding.code, finding.file, finding.found, finding.asked, finding.todo)
        first.setdefault(what if finding.file else (*what, finding.clause, finding.quote), finding)
    return list(first.values())


def _find_item_in_time(case: Case, material: Material, slot: Slot) -> AcceptedItem | None:
    """Returns the item in time whose place a late one takes, so that the late one counts as in time."""
    if material.quotas or slot.timing is not Timing.LATE or material.late == "reject":
        return None
    standing = find_standing_item(case.accepted_items, material.name, slot.day)
    if standing is None or not case.author.may_replace(standing.sender):
        return None
    return find_item_in_time(case.accepted_items, material.name, slot.day)


def _check_time(case: Case, material: Material, slot: Slot, in_time: AcceptedItem | None) -> list[Finding]:
    if in_time is None:
        return check_arrival_time(material, slot, case.calendar, case.received)
    # The time of somebody else's mail is not reported.
    first = in_time.received if case.author.is_same(in_time.sender) else None
    return [report_kept_in_time(material, first, case.received, case.calendar)]


def _check_contest(case: Case, material: Material, slot: Slot) -> list[Finding]:
    """Of a material with a quota the items add up, and none takes the place of another."""
    standing = find_standing_item(case.accepted_items, material.name, slot.day)
    if standing is None or material.quotas or case.reading.unit is None:
        return []
    return check_contest(case.author, case.reading.unit.name, standing)


def _check_mail(case: Case) -> list[Finding]:
    """Returns the findings about the mail itself: its subject, its pieces, its sender."""
    about_pieces = check_pieces(case.reading.piece, case.piece_numbers)
    about_sender = check_sender(case.author, case.reading.unit)
    return [
        *check_subject(case.reading, case.notice, case.author.registered_unit),
        *apply_severities([*about_pieces, *about_sender], case.notice),
        *check_doubt(case.author),
        *case.doubts,
    ]


def _check_rest(
    case: Case, files: AssignedFiles, unread: Sequence[Finding], items: Sequence[ItemVerdict]
) -> list[Finding]:
    """Returns the findings that no item has. A file that is held for a person is not called unused."""
    item_findings = {finding for item in items for finding in item.findings}
    held_files = {finding.file for finding in item_findings if finding.holds}
    return [
        *(finding for finding in unread if finding not in item_findings),
        *(
            finding
            for finding in apply_severities(check_unused_files(files), case.notice)
            if finding.code != "file.unexpected" or finding.file not in held_files
        ),
    ]


def _read_forms(assignment: Assignment) -> list[FilledForm]:
    part = assignment.part
    if not isinstance(part, FormPart):
        return []
    read = [(file, read_form_rows(part, file.text)) for file in assignment.files if file.text]
    return [FilledForm(part.name, file.shown_name, rows) for file, rows in read if rows]


def _count_articles(assignments: Sequence[Assignment]) -> int:
    texts = {
        file.sha256
        for one in assignments
        if isinstance(one.part, TextPart)
        for file in one.files
        if file.text and file.text.words >= MINIMUM_ARTICLE_WORDS
    }
    return max(1, len(texts))


def _report_online(notice: Notice, material: Material) -> Finding:
    online = notice.online
    name = online.name if online else "网上报送系统"
    where = f"（{online.address}）" if online and online.address else ""
    return Finding(
        "channel.online",
        Severity.ERROR,
        f"{material.name}不通过邮件报送",
        f"通过{name}报送",
        f"请登录{name}{where}提交",
        clause=material.clause,
        quote=material.quote,
    )


def _add_findings(item: ItemVerdict, findings: Sequence[Finding]) -> ItemVerdict:
    """Returns the item with more findings, each once. Files that are held for a person belong to the item."""
    held = [finding.file for finding in findings if finding.holds and finding.file]
    return replace(
        item,
        findings=tuple(dict.fromkeys([*item.findings, *findings])),
        files=tuple(dict.fromkeys([*item.files, *held])),
    )


def _decide(item: ItemVerdict, mail_findings: Sequence[Finding]) -> ItemVerdict:
    findings = (*mail_findings, *item.findings)
    if any(one.needs_person for one in mail_findings):
        return replace(item, decision=Decision.HELD)
    if any(one.needs_person for one in item.findings) and not any(one.turns_away for one in item.findings):
        return replace(item, decision=Decision.HELD)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return replace(item, decision=Decision.REJECTED)
    if any(finding.holds for finding in findings):
        return replace(item, decision=Decision.HELD)
    return replace(item, decision=Decision.ACCEPTED)
