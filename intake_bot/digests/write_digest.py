"""Writes the letters of a digest or a note, and the page on disk, from the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.digests.archive_trouble import find_archive_trouble
from intake_bot.digests.contact_sheet import MAXIMUM_PHOTOS, ContactSheet, choose_items, make_contact_sheet
from intake_bot.digests.day import BureauDay, make_digest
from intake_bot.digests.ready_answers import Buttons, plain_answers
from intake_bot.digests.week.last_day import is_last_day
from intake_bot.files.facts import ARCHIVES, PHOTOS
from intake_bot.files.worker.worker import Worker
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.events import TROUBLE_EVENTS, EventName
from intake_bot.ledger.values.records import LetterDraft
from intake_bot.ledger.views.open_work import OpenWork
from intake_bot.letters.digest import Digest, compose_digest, compose_digest_page, compose_note
from intake_bot.letters.templates import Letter
from intake_bot.letters.withheld import abridge
from intake_bot.mail.smtp.outgoing import AttachedFile
from intake_bot.orders.codes import new_code
from intake_bot.outbox.compose import report_draft

MAXIMUM_ATTACHED_BYTES = 5_000_000
"""Of a workbook that goes with a digest; a larger one is made by `ledger export`."""
_NO_SHEET = ContactSheet()
Compose = Callable[[Digest], Letter]


class DigestWriter:
    """Writes what is sent and shown. It changes nothing; a digest is filed elsewhere."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._ledger = services.ledger
        self._templates = services.templates

    def preview(self, day: BureauDay) -> Letter:
        """The digest of a day as it would be now."""
        return self._compose(make_digest(replace(day, photos=self._contact_sheet(day).lines), plain_answers))

    def page(self, day: BureauDay) -> str:
        """The HTML page, which shows everything that the letter cuts."""
        whole = replace(day, accepted=self._ledger.reports.find_accepted(day.report))
        return compose_digest_page(make_digest(whole, plain_answers), self._templates)

    def digest_drafts(self, day: BureauDay) -> list[LetterDraft]:
        """The letters of a digest, one for each clerk, with what is attached."""
        sheet = self._contact_sheet(day)
        day = replace(day, photos=sheet.lines)
        workbook = self._workbook(day.bureau, day.now)
        return [self._draft(day, clerk, self._compose, workbook, sheet) for clerk in day.bureau.clerks]

    def note_drafts(self, day: BureauDay) -> list[LetterDraft]:
        """The letters of a note, one for each clerk."""
        return [self._draft(day, clerk, self._compose_note) for clerk in day.bureau.clerks]

    def gather(self, bureau: Bureau, now: datetime, work: OpenWork | None = None) -> BureauDay:
        """The day so far, with this work, else with all that is open."""
        context = self._services.find_notice_context(bureau, now)
        notice = context.notice.id if context else ""
        local = now.astimezone(self._settings.intake.zone)
        report = self._ledger.reports.gather_for_digest(bureau.id, local.date())
        return BureauDay(
            bureau=bureau,
            now=local,
            context=context,
            report=report,
            work=work if work is not None else self._ledger.open_works.gather(bureau.id, notice),
            items=self._ledger.submissions.find_reported_items(notice, tuple(Decision)),
            forms=self._ledger.forms.find_standing(notice),
            standing_trouble=self._ledger.trail.find_last(report.bureau, TROUBLE_EVENTS),
            left_out_mails=self._ledger.trail.find_last(report.bureau, (EventName.MAILBOX_LEFT_OUT,)),
            archive_trouble=find_archive_trouble(self._settings, self._ledger, bureau),
        )

    def _contact_sheet(self, day: BureauDay) -> ContactSheet:
        mails = self._ledger.reports.find_newest_with_files(day.report, PHOTOS | ARCHIVES, MAXIMUM_PHOTOS)
        if not choose_items(mails):
            return ContactSheet()
        limits = self._settings.intake.limits
        # A worker of its own: mails are judged meanwhile.
        with Worker(limits.allowance) as worker:
            return make_contact_sheet(mails, self._services.home.files, limits.files, worker)

    def _draft(
        self,
        day: BureauDay,
        clerk: str,
        compose: Compose,
        attachments: tuple[AttachedFile, ...] = (),
        sheet: ContactSheet = _NO_SHEET,
    ) -> LetterDraft:
        """The letter for one clerk: the codes of its buttons are hers, and an answer to it picks from its sheet."""
        buttons = Buttons(clerk, day.bureau.mailbox.address, new_code)
        digest = make_digest(day, buttons.answers)
        letter = compose(replace(digest, pick_link=buttons.pick_link) if sheet.photos else digest)
        draft = report_draft(letter, day.bureau, (clerk,), "digest", day.now, attachments, sheet.pictures)
        return replace(draft, codes=buttons.codes, photos=sheet.photos)

    def _workbook(self, bureau: Bureau, now: datetime) -> tuple[AttachedFile, ...]:
        """台账.xlsx, where a notice applies and it is not too large for a letter; on the last day the week report."""
        # A preview has none, and starts without its library.
        from intake_bot.digests.workbook.gather import WORKBOOK_KIND, WORKBOOK_NAME, make_workbook

        content = make_workbook(self._services, bureau, now)
        if content is None or len(content) > MAXIMUM_ATTACHED_BYTES:
            return ()
        workbook = AttachedFile(WORKBOOK_NAME, WORKBOOK_KIND, content)
        if not is_last_day(self._services, bureau, now):
            return (workbook,)
        from intake_bot.digests.week.make import make_week_report  # lxml costs memory on all other days

        report = make_week_report(self._services, bureau, now)
        return (workbook, *(report.files if report else ()))

    def _compose(self, digest: Digest) -> Letter:
        return compose_digest(replace(digest, withheld=abridge(digest.withheld)), self._templates)

    def _compose_note(self, digest: Digest) -> Letter:
        return compose_note(digest, self._templates)
