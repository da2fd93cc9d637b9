"""The judgement on one submission: pure; time, rules and history are arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from intake_bot.files.facts import FileFacts, MailFacts
from intake_bot.judging.completeness import about_closed, about_place, about_spare, captions_of, companions
from intake_bot.judging.days import Calendar, Slot, Timing, find_slot
from intake_bot.judging.duplicates import KnownFile, about_twins
from intake_bot.judging.form_days import day_in_forms
from intake_bot.judging.forms import form_rows
from intake_bot.judging.pieces import about_pieces
from intake_bot.judging.sender import NOBODY, Sender, about_sender
from intake_bot.judging.severity import weigh
from intake_bot.judging.sorting import Place, Sorted, later_volumes, sort_files
from intake_bot.judging.subject_findings import correct_subject, subject_findings
from intake_bot.judging.timeliness import about_other_days, about_time
from intake_bot.judging.verdict import Decision, Disposition, FilledForm, Finding, ItemVerdict, MailKind, Verdict
from intake_bot.notices.notice import FormPart, Material, Notice, Severity, TextPart
from intake_bot.notices.subject import SubjectReading

ARTICLE_WORDS = 200
"""A text of so many 字 counts as one 篇 of a quota; a shorter one is a caption or a covering note."""


@dataclass(frozen=True)
class Case:
    """Everything that a judgement rests on."""

    notice: Notice
    calendar: Calendar
    reading: SubjectReading
    received: datetime
    """When the bureau's server received the mail (INTERNALDATE): an aware datetime."""
    facts: MailFacts
    sender: Sender = NOBODY
    """`sender.known_as` is suggested where the subject names no unit."""
    filled_days: Mapping[str, Set[date]] = field(default_factory=dict)
    """Material → days for which the unit already has something accepted."""
    unit_names: tuple[str, ...] = ()
    """Every name and alias of the roster."""
    stated_days: Mapping[str, date] = field(default_factory=dict)
    """Material → the day that the submission which this one supplements was about."""
    known_files: Sequence[KnownFile] = ()
    """Files of other submissions, oldest first, this one's line of supplements left out."""
    taken_over: frozenset[str] = frozenset()
    """`FileFacts.shown_name` of the files that came with the submission which is supplemented."""
    pieces: frozenset[int] = frozenset()
    """Numbers of the mails （2/3） that are judged here as one; empty: only this mail's own."""

    def slot(self, material: Material) -> Slot | None:
        """None for a daily material of an unknown unit: which of its days is still open cannot be told.

        The day is the one in the subject, else that of the submission which is supplemented, else the one in a form,
        else the one that is open.
        """
        unit = self.reading.unit
        if unit is None and material.due.daily:
            return None
        stated = self.reading.day or self.stated_days.get(material.name)
        if stated is None and material.due.daily:
            stated = day_in_forms(material, self.facts.files, self.calendar.week)

        def deadline(day: date | None) -> datetime:
            return self.notice.deadline(material, unit.name if unit else None, day, self.calendar.zone)

        filled = self.filled_days.get(material.name, frozenset())
        return find_slot(material.due, deadline, self.calendar, self.received, stated, filled)


def judge(case: Case) -> Verdict:
    """Decides on a submission. Every fault is found at once; nothing is accepted while the subject has an error."""
    materials = [m for name in case.reading.materials if (m := case.notice.material(name)) is not None]
    files = sort_files(case.facts, [material for material in materials if material.channel == "mail"])
    closed = about_closed(files, case.facts, case.received)
    items = [_judge_item(case, material, files, closed) for material in materials]
    looked_at = {finding.file for item in items for finding in item.findings if finding.holds}
    rest = [
        *(finding for finding in closed if not any(finding in item.findings for item in items)),
        *(finding for finding in weigh(about_spare(files), case.notice) if not _is_said(finding, looked_at)),
    ]
    about_mail = _about_mail(case)
    by_mail = [n for n, material in enumerate(materials) if material.channel == "mail"]
    if by_mail:
        # What serves no item counts against the first one that may still be taken in.
        first = min(by_mail, key=lambda n: any(finding.turns_away for finding in items[n].findings))
        items[first] = _with_findings(items[first], rest)
    elif not materials:
        # What a file is for cannot be told without a material; that it is broken or dangerous can.
        about_mail += [finding for finding in rest if finding.severity is Severity.ERROR]
    decided = tuple(_decide(item, about_mail) for item in items)
    too_late = {item.material for item in decided if item.turned_away and item.late}
    return Verdict(
        MailKind.SUBMISSION,
        dispose(decided),
        case.reading.unit.name if case.reading.unit else None,
        decided,
        tuple(about_mail),
        correct_subject(case.reading, case.notice, case.sender.known_as, too_late),
    )


def _is_said(finding: Finding, looked_at: Set[str | None]) -> bool:
    """What a person will look at is not called unused."""
    return finding.code == "file.unexpected" and finding.file in looked_at


def _about_mail(case: Case) -> list[Finding]:
    return [
        *subject_findings(case.reading, case.notice, case.sender.known_as),
        *weigh(
            [*about_pieces(case.reading.piece, case.pieces), *about_sender(case.sender, case.reading.unit)], case.notice
        ),
    ]


def _judge_item(case: Case, material: Material, files: Sorted, closed: Sequence[Finding]) -> ItemVerdict:
    if material.channel == "online":
        return ItemVerdict(material.name, None, None, False, Decision.REJECTED, (_use_online(case.notice, material),))
    slot = case.slot(material)
    places = files.of(material)
    captions = captions_of(files, closed, case.facts.body.text, case.unit_names)
    serving = [*_serving(places), *companions(places, files)]
    item = ItemVerdict(
        material.name,
        slot.day if slot else None,
        slot.deadline if slot else None,
        slot is not None and slot.timing in (Timing.LATE, Timing.CLOSED),
        Decision.ACCEPTED,
        files=tuple(dict.fromkeys(file.shown_name for file in (*serving, *later_volumes(serving, files.archives)))),
        fills=_articles(places) if material.quotas else 1,
        forms=tuple(form for place in places for form in _forms(place)),
    )
    findings = _about_slot(case, material, slot) if slot else []
    findings += [f for place in places for f in about_place(place, files, closed, captions, case.notice)]
    new = [file for place in places for file in place.files if file.shown_name not in case.taken_over]
    findings += about_twins(new, case.known_files, case.reading.unit.name if case.reading.unit else None)
    return _with_findings(item, weigh(findings, case.notice))


def _forms(place: Place) -> list[FilledForm]:
    if not isinstance(place.part, FormPart):
        return []
    read = [(file, form_rows(place.part, file.text)) for file in place.files if file.text]
    return [FilledForm(place.part.name, file.shown_name, rows) for file, rows in read if rows]


def _articles(places: Sequence[Place]) -> int:
    texts = {
        file.sha256
        for place in places
        if isinstance(place.part, TextPart)
        for file in place.files
        if file.text and file.text.words >= ARTICLE_WORDS
    }
    return max(1, len(texts))


def _serving(places: Sequence[Place]) -> Iterator[FileFacts]:
    for place in places:
        yield from place.files


def _about_slot(case: Case, material: Material, slot: Slot) -> list[Finding]:
    return [
        *about_other_days(case.reading.other_days, slot),
        *about_time(material, slot, case.calendar, case.received),
    ]


def _use_online(notice: Notice, material: Material) -> Finding:
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


def _with_findings(item: ItemVerdict, findings: Sequence[Finding]) -> ItemVerdict:
    """The item with more findings, the same one said only once; what a person must look at belongs to it."""
    closed = [finding.file for finding in findings if finding.holds and finding.file]
    return replace(
        item,
        findings=tuple(dict.fromkeys([*item.findings, *findings])),
        files=tuple(dict.fromkeys([*item.files, *closed])),
    )


def _decide(item: ItemVerdict, about_mail: Sequence[Finding]) -> ItemVerdict:
    findings = (*about_mail, *item.findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return replace(item, decision=Decision.REJECTED)
    if any(finding.holds for finding in findings):
        return replace(item, decision=Decision.HELD)
    return replace(item, decision=Decision.ACCEPTED)


def dispose(items: Sequence[ItemVerdict]) -> Disposition:
    """What becomes of a mail with these items. One without any is rejected: its subject names none."""
    decisions = {item.decision for item in items}
    if not decisions or decisions == {Decision.REJECTED}:
        return Disposition.REJECTED
    if Decision.REJECTED in decisions:
        return Disposition.PARTIAL
    return Disposition.HELD if Decision.HELD in decisions else Disposition.ACCEPTED
