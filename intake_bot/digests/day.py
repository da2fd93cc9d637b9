"""From what the ledger says of a bureau to the values of its digest. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau
from intake_bot.digests.contacts import find_contacts
from intake_bot.digests.mailbox_lines import (
    archive_lines,
    junk_notes,
    mailbox_lines,
    overlooked_notes,
    own_people_notes,
    refused_order_lines,
)
from intake_bot.digests.matrix import make_matrix
from intake_bot.digests.open_items import ReadyAnswers, held_items, undelivered_items, with_ready_answers
from intake_bot.digests.owing import find_owing, name_next_due, write_group_text
from intake_bot.digests.quotas import quota_lines
from intake_bot.digests.returned import returned_lines
from intake_bot.digests.standing import find_standings
from intake_bot.digests.sums import list_media, sum_forms
from intake_bot.digests.unsent_letter_lines import sending_limit_lines, unanswered_lines, undelivered_lines
from intake_bot.judging.sender import FIRST_ADDRESS, FOREIGN_ADDRESS
from intake_bot.judging.verdict import SENDER_DOUBTS, Decision, ReportedItem
from intake_bot.ledger.values.events import EventRecord
from intake_bot.ledger.values.records import FiledMail, Outcome
from intake_bot.ledger.values.reports import AcceptedEntry, DayReport
from intake_bot.ledger.views.forms import StandingForm
from intake_bot.ledger.views.open_work import OpenWork
from intake_bot.letters import chinese
from intake_bot.letters.digest import Digest
from intake_bot.letters.digest_lines import (
    AcceptedLine,
    ContactLine,
    ItemTotals,
    MailTotals,
    NoteLine,
    OpenItem,
    PhotoLine,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.local_times import localise
from intake_bot.letters.missing_reports import quota_rows
from intake_bot.letters.withheld import make_withheld_letter

_AUTHORITY = re.compile(r"[省市县区]?(?:教育局|教育体育局|教育和体育局|教育厅|教育委员会|教委|公共服务局)$")


_NEXT_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BureauDay:
    """All that a digest is made of, as it was in the ledger at `now`."""

    bureau: Bureau
    now: datetime
    """In the bureau's zone."""
    context: NoticeContext | None
    """None where the bureau has no notice."""
    report: DayReport
    work: OpenWork
    items: tuple[ReportedItem, ...]
    """Every item of the notice that no later one has superseded."""
    forms: tuple[StandingForm, ...]
    """Of accepted items of the notice."""
    standing_trouble: EventRecord | None
    """The newest event that shows whether the mailbox is in trouble."""
    left_out_mails: EventRecord | None = None
    """The newest event that names the mails that the server lists and does not hand out."""
    archive_trouble: EventRecord | None = None
    """The event since which accepted files wait for the shared folder."""
    accepted: tuple[AcceptedEntry, ...] = ()
    """Of the mails of the report; only for the page on disk."""
    photos: tuple[PhotoLine, ...] = ()
    """Of the contact sheet."""


def make_digest(day: BureauDay, ready_answers: ReadyAnswers) -> Digest:
    """The digest of a bureau's day."""
    report, zone = day.report, day.now.tzinfo
    assert zone is not None
    contacts, changes = find_contacts(day.bureau.roster, day.forms)
    digest = Digest(
        bureau=day.bureau.name,
        event=event_of(day),
        since=report.since,
        now=day.now,
        mails=count_mails(report),
        items=count_items(report),
        expects=bool(day.bureau.roster.units),
        open_items=find_open_items(day, contacts, ready_answers),
        returned=returned_lines(_shown_returns(day), settled_slots(day.items)),
        accepted=tuple(_accepted_lines(day.accepted)),
        waiting=tuple(
            WaitingLine(mail.unit or "", mail.subject, mail.sender, mail.received, mail.receipt)
            for mail in report.waiting
        ),
        notes=(*junk_notes(report), *overlooked_notes(report), *own_people_notes(report), *_private_notes(report)),
        first_addresses=tuple(dict.fromkeys(_first_addresses(report))),
        contacts=changes,
        photos=day.photos,
        sums=sum_forms(_forms_of_the_day(day)),
        media=list_media(_forms_of_the_day(day)),
        trouble=tuple(_trouble_lines(day)),
        withheld=tuple(
            make_withheld_letter("、".join(one.recipients), one.subject, one.text) for one in report.withheld
        ),
    )
    return localise(_with_notice(day, digest, contacts), zone)


def find_open_items(
    day: BureauDay, contacts: Mapping[str, ContactLine], ready_answers: ReadyAnswers
) -> tuple[OpenItem, ...]:
    """What waits for the clerk."""
    unheard = {mail.receipt: mail for mail in day.work.unheard}
    items = (
        *held_items(day.work.held, contacts, day.now),
        *undelivered_items(day.work.undelivered, unheard, contacts),
    )
    return with_ready_answers(items, ready_answers)


def event_of(day: BureauDay) -> str:
    """职教活动周濮阳: the event of the notice with the bureau's place."""
    event = day.context.notice.event_name if day.context else ""
    return f"{event}{_AUTHORITY.sub('', day.bureau.name)}"


def settled_slots(items: Iterable[ReportedItem]) -> frozenset[tuple[str, str, date | None]]:
    """Unit, material and day of all that was accepted."""
    return frozenset((item.unit, item.material, item.day) for item in items if item.decision is Decision.ACCEPTED)


def count_mails(report: DayReport) -> MailTotals:
    of = report.sums.mails
    return MailTotals(
        mails=report.sums.all_mails,
        accepted=of.get(Outcome.ACCEPTED, 0),
        rejected=of.get(Outcome.REJECTED, 0),
        held=of.get(Outcome.HELD, 0),
        other=of.get(Outcome.OTHER, 0),
    )


def count_items(report: DayReport) -> ItemTotals:
    return ItemTotals(
        accepted=report.sums.count_items(Decision.ACCEPTED),
        late=report.sums.items.get((Decision.ACCEPTED, True), 0),
        rejected=report.sums.count_items(Decision.REJECTED),
        held=report.sums.count_items(Decision.HELD),
    )


def _with_notice(day: BureauDay, digest: Digest, contacts: Mapping[str, ContactLine]) -> Digest:
    """The digest with all that a notice asks of the units; the same where there is none."""
    if day.context is None:
        return digest
    notice, roster = day.context.notice, day.bureau.roster
    standings = find_standings(notice, roster, day.context.calendar, day.items, day.now)
    owing = find_owing(standings, contacts, day.now, day.items)
    until_tomorrow = find_standings(notice, roster, day.context.calendar, day.items, day.now + _NEXT_DAY)
    accepted = [item for item in day.items if item.decision is Decision.ACCEPTED]
    return replace(
        digest,
        owing=owing,
        group_text=write_group_text(owing, notice.event_name, day.bureau.mailbox.address, day.now),
        next_due=name_next_due(until_tomorrow, day.now),
        matrix=make_matrix(notice, standings),
        quotas=quota_lines(quota_rows(notice, roster, accepted)),
    )


def _shown_returns(day: BureauDay) -> tuple[FiledMail, ...]:
    """Returns of known units until they are mended; others, which nobody can mend by name, once."""
    return tuple(mail for mail in day.work.returned if mail.unit or day.report.has_settled(mail.receipt))


def _forms_of_the_day(day: BureauDay) -> tuple[StandingForm, ...]:
    """The forms with a day that came with the mails of this digest."""
    return tuple(form for form in day.forms if form.day is not None and day.report.has_settled(form.receipt))


def _accepted_lines(entries: Iterable[AcceptedEntry]) -> Iterator[AcceptedLine]:
    for one in entries:
        lateness = chinese.lateness(one.received, one.deadline) if one.late else ""
        yield AcceptedLine(one.unit, one.material, one.day, one.receipt, one.received, one.files, lateness)


def _trouble_lines(day: BureauDay) -> Iterator[TroubleLine]:
    report, zone = day.report, day.now.tzinfo
    assert zone is not None
    mailbox = day.bureau.mailbox
    open_letters = {letter.id for letter in day.work.undelivered}
    others = [letter for letter in report.undelivered if letter.id not in open_letters]
    for line in (
        *unanswered_lines(report, zone),
        *mailbox_lines(report, day.standing_trouble, zone, day.left_out_mails),
        *archive_lines(day.archive_trouble, zone),
        *refused_order_lines(report, zone),
        *sending_limit_lines(report, zone),
        *undelivered_lines(others, zone),
    ):
        own = (mailbox.address, mailbox.imap.host, mailbox.smtp.host)
        yield replace(line, addresses=(*line.addresses, *own))


def _private_notes(report: DayReport) -> Iterator[NoteLine]:
    """The findings that no letter to a school names; one of each kind for a mail, with the number of its like. What
    holds a mail is listed with the open items, and a doubt about a sender is no news once a clerk has decided."""
    for mail in report.mails:
        findings = (*mail.findings, *(finding for item in mail.items for finding in item.findings))
        settled = {FIRST_ADDRESS, *SENDER_DOUBTS}
        kinds: dict[str, list[str]] = {}
        for one in findings:
            if one.private and not one.holds and one.code not in settled and one.found not in kinds.get(one.code, ()):
                kinds.setdefault(one.code, []).append(one.found)
        for first, *others in kinds.values():
            what = f"{first}；像这样的共 {len(others) + 1} 处" if others else first
            yield NoteLine(mail.receipt, mail.unit or "", what, (mail.sender,))


def _first_addresses(report: DayReport) -> Iterator[NoteLine]:
    """The addresses that no other note names: of those that the roster does not give the unit, one says so already."""
    for mail in report.mails:
        codes = {finding.code for finding in mail.findings}
        if FIRST_ADDRESS in codes and FOREIGN_ADDRESS not in codes:
            yield NoteLine(mail.receipt, mail.unit or "", mail.sender)
