"""The day's digest: from the ledger's report to one letter for the clerks, filed once a day."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.mailbox_lines import junk_notes, mailbox_lines, overlooked_notes
from intake_bot.digests.silent_letters import over_lines, unanswered_lines, undelivered_lines
from intake_bot.disk import disk_words
from intake_bot.errors import TemporaryFailure
from intake_bot.examine import Desk, desk_for
from intake_bot.home import Home
from intake_bot.judging.verdict import Decision, Finding
from intake_bot.ledger.events import ALERTED, RECOVERED, TROUBLE
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledItem, FiledMail, Outcome
from intake_bot.ledger.reports import DayReport
from intake_bot.ledger.states import LetterState
from intake_bot.letters.digest import (
    Answered,
    DigestContext,
    HeldLine,
    HeldLink,
    ItemLine,
    NoteLine,
    Sum,
    TroubleLine,
    WaitingLine,
    compose_digest,
)
from intake_bot.letters.letter import Letter
from intake_bot.letters.missing import missing_rows, quota_rows
from intake_bot.letters.templates import Templates
from intake_bot.letters.withheld import abridged, withheld_letter
from intake_bot.mail.cloud import link_details
from intake_bot.notices.notice import Severity
from intake_bot.wrapping import wrap_report

log = logging.getLogger(__name__)


class Digesting:
    """Makes the digests of one home."""

    def __init__(self, settings: Settings, home: Home, ledger: Ledger, templates: Templates) -> None:
        self._settings = settings
        self._home = home
        self._ledger = ledger
        self._templates = templates

    def is_due(self, bureau: Bureau, now: datetime) -> bool:
        """As `digest_is_due`."""
        return digest_is_due(self._settings, self._ledger, bureau, now)

    def preview(self, bureau: Bureau, now: datetime) -> Letter:
        """The digest as it would be now; nothing is written."""
        return self._letter(self._context(bureau, self._ledger.digests.report(bureau.id), now))

    def file(self, bureau: Bureau, now: datetime) -> bool:
        """Puts today's digest into the outbox and, as a page to open, into data/digests/. False when it was there.

        The page shows every letter that was kept back in full. It is written first: it can be written again, the
        ledger's row makes the digest final.
        """
        day = now.astimezone(self._settings.intake.zone).date()
        if self._ledger.digests.of(bureau.id, day) is not None:
            return False
        report = self._ledger.digests.report(bureau.id)
        context = self._context(bureau, report, now)
        self._write_page(bureau, compose_digest(context, self._templates), f"{day.isoformat()}.html")
        letter = self._letter(context)
        at = now.astimezone(self._settings.intake.zone)
        filed = self._ledger.digests.file(day, report, wrap_report(letter, bureau, bureau.clerks, "digest", at), now)
        log.info("digest filed bureau=%s day=%s mails=%d", bureau.id, day, len(report.mails))
        return filed

    def _letter(self, context: DigestContext) -> Letter:
        return compose_digest(replace(context, withheld=abridged(context.withheld)), self._templates)

    def _context(self, bureau: Bureau, report: DayReport, now: datetime) -> DigestContext:
        zone = self._settings.intake.zone
        desk = desk_for(self._settings, bureau, now)
        notice = desk.notice.id if desk else ""
        reported = self._ledger.history.reported_items(notice, (Decision.ACCEPTED, Decision.HELD))
        accepted = self._ledger.history.reported_items(notice, (Decision.ACCEPTED,))
        local = now.astimezone(zone)
        return DigestContext(
            bureau=bureau.name,
            day=local.date(),
            now=local,
            sum=_sum(report),
            missing=missing_rows(desk.notice, bureau.roster, desk.calendar, reported, now) if desk else (),
            accepted=tuple(self._lines(report, Decision.ACCEPTED)),
            rejected=tuple(self._lines(report, Decision.REJECTED)),
            held=tuple(self._held(report)),
            held_before=self._held_before(bureau, report),
            waiting=tuple(self._waiting(report)),
            notes=(*junk_notes(report), *overlooked_notes(report), *_notes(report)),
            trouble=tuple(self._trouble(report)),
            withheld=tuple(
                withheld_letter("、".join(one.recipients), one.subject, one.text) for one in report.withheld
            ),
            quotas=quota_rows(desk.notice, bureau.roster, accepted) if desk else (),
        )

    def _lines(self, report: DayReport, decision: Decision) -> Iterator[ItemLine]:
        for mail in report.mails:
            for item in mail.items:
                # What was mended since is no longer open.
                if item.decision is decision and (decision is Decision.ACCEPTED or not item.superseded):
                    yield self._line(mail, item)
            if decision is Decision.REJECTED and _is_open_as_a_whole(mail):
                yield self._line(mail, None)

    def _line(self, mail: FiledMail, item: FiledItem | None) -> ItemLine:
        zone = self._settings.intake.zone
        return ItemLine(
            unit=mail.unit or "",
            material=item.material if item else "",
            day=item.day if item else None,
            receipt=mail.receipt,
            received=mail.received.astimezone(zone),
            sender=mail.sender,
            files=len(item.files) if item else len(mail.files),
            deadline=item.deadline.astimezone(zone) if item and item.deadline else None,
            late=item.late if item else False,
            reasons=_reasons((*mail.findings, *(item.findings if item else ()))),
            answered=_answered(mail.answer),
        )

    def _held(self, report: DayReport) -> Iterator[HeldLine]:
        for mail in report.mails:
            held = [item for item in mail.items if item.decision is Decision.HELD and not item.superseded]
            if not held and (mail.outcome is not Outcome.HELD or mail.items or mail.joined):
                continue
            said = [*mail.findings, *(finding for item in held for finding in item.findings)]
            why = [finding.found for finding in said if finding.holds] or [mail.reason]
            yield HeldLine(
                number=mail.receipt,
                unit=mail.unit or "",
                subject=mail.subject,
                sender=mail.sender,
                received=mail.received.astimezone(self._settings.intake.zone),
                reason="；".join(dict.fromkeys(why)),
                links=tuple(
                    HeldLink(link.name, link_details(link.size, link.expires), link.link)
                    for link in mail.links
                    if not link.supplied
                ),
            )

    def _held_before(self, bureau: Bureau, report: DayReport) -> tuple[str, ...]:
        told = {mail.receipt for mail in report.mails}
        return tuple(mail.receipt for mail in self._ledger.history.held(bureau.id) if mail.receipt not in told)

    def _waiting(self, report: DayReport) -> Iterator[WaitingLine]:
        for mail in report.waiting:
            received = mail.received.astimezone(self._settings.intake.zone)
            yield WaitingLine(mail.unit or "", mail.subject, mail.sender, received, mail.receipt)

    def _trouble(self, report: DayReport) -> Iterator[TroubleLine]:
        zone = self._settings.intake.zone
        yield from unanswered_lines(report, zone)
        standing = self._ledger.trail.last(report.bureau, (TROUBLE, ALERTED, RECOVERED))
        yield from mailbox_lines(report, standing, zone)
        yield from over_lines(report, zone)
        yield from undelivered_lines(report, zone)

    def _write_page(self, bureau: Bureau, letter: Letter, name: str) -> None:
        folder = self._home.digests / bureau.id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(letter.html, encoding="utf-8")
        except OSError as error:
            raise TemporaryFailure(f"写不了汇总 {folder / name}：{disk_words(folder, error)}") from error


def digest_is_due(settings: Settings, ledger: Ledger, bureau: Bureau, now: datetime) -> bool:
    """True once the bureau's hour has come and today's digest is not filed, whatever happened meanwhile.

    Out of season (no notice open, nothing to tell) none is due: nobody wants an empty letter every day.
    """
    local = now.astimezone(settings.intake.zone)
    if local.time() < settings.digest_at(bureau) or ledger.digests.of(bureau.id, local.date()):
        return False
    report = ledger.digests.report(bureau.id)
    return _in_season(desk_for(settings, bureau, now), now) or bool(report.mails or report.trouble)


def _in_season(desk: Desk | None, now: datetime) -> bool:
    """From the first day of the week (or the first deadline before it) until the last deadline's next day."""
    if desk is None:
        return False
    zone, notice = desk.calendar.zone, desk.notice
    once = [m.due.deadline(notice.days, None, zone) for m in notice.materials if not m.due.daily]
    first = min([*(deadline.date() for deadline in once), notice.week.first])
    today = now.astimezone(zone).date()
    return first <= today <= notice.last_deadline(zone).date()


def _notes(report: DayReport) -> Iterator[NoteLine]:
    """What no letter to a school speaks of; each sentence once a mail."""
    for mail in report.mails:
        findings = (*mail.findings, *(finding for item in mail.items for finding in item.findings))
        for what in dict.fromkeys(finding.found for finding in findings if finding.private):
            yield NoteLine(mail.receipt, mail.unit or "", what)


def _is_open_as_a_whole(mail: FiledMail) -> bool:
    """Rejected without an item, as where the subject names no material, and not mended since."""
    alone = not mail.items and mail.joined is None and not mail.supplemented
    return alone and mail.outcome is Outcome.REJECTED


def _sum(report: DayReport) -> Sum:
    return Sum(
        mails=len(report.mails),
        accepted=len(report.heap(Outcome.ACCEPTED)),
        rejected=len(report.heap(Outcome.REJECTED)),
        held=len(report.heap(Outcome.HELD)),
        other=len(report.heap(Outcome.OTHER)),
    )


def _answered(answer: LetterState | None) -> Answered:
    match answer:
        case None:
            return Answered.NO
        case LetterState.WITHHELD:
            return Answered.WITHHELD
        case LetterState.BOUNCED:
            return Answered.RETURNED
        case LetterState.DEFERRED | LetterState.FAILED:
            return Answered.UNDELIVERED
        case _:
            return Answered.YES


def _reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Each reason once: twelve loose photos are one reason."""
    return tuple(dict.fromkeys(f.found for f in findings if f.severity is Severity.ERROR))
