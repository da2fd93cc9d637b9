"""Files the digests: from the ledger to one letter for the clerks, and a page on disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.digests.archive_trouble import find_archive_trouble
from intake_bot.digests.contact_sheet import MAXIMUM_PHOTOS, ContactSheet, choose_items, make_contact_sheet
from intake_bot.digests.day import BureauDay, make_digest
from intake_bot.digests.due import find_due_time, is_filed, times_of_day
from intake_bot.digests.ready_answers import Buttons, plain_answers
from intake_bot.digests.times import is_note_due, latest_due
from intake_bot.digests.week.last_day import is_last_day
from intake_bot.errors import TemporaryFailure, disk_words
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

log = logging.getLogger(__name__)

MAXIMUM_ATTACHED_BYTES = 5_000_000
"""Of a workbook that goes with a digest; a larger one is made by `ledger export`."""
_NO_SHEET = ContactSheet()
Compose = Callable[[Digest], Letter]


class DigestFiler:
    """Writes and files the digests of one home."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._home = services.home
        self._ledger = services.ledger
        self._templates = services.templates
        self._find_notice_context = services.find_notice_context

    def file_due(self, bureau: Bureau, now: datetime) -> bool:
        """Files a digest where one is due, else a note where something newly waits; true if this call filed one."""
        due = find_due_time(self._settings, self._ledger, bureau, now)
        if due is not None:
            return self._file(bureau, due, now)
        return self._file_due_note(bureau, now)

    def preview(self, bureau: Bureau, now: datetime) -> Letter:
        """The digest as it would be now; writes nothing."""
        gathered = self._gather(bureau, now)
        day = replace(gathered, photos=self._contact_sheet(gathered).lines)
        return self._compose(make_digest(day, plain_answers))

    def file(self, bureau: Bureau, now: datetime) -> bool:
        """Files a digest, due or not. False when there is one of today that was filed when it was due, or later."""
        local = now.astimezone(self._settings.intake.zone)
        times = times_of_day(self._settings, self._ledger, bureau, local)
        return self._file(bureau, latest_due(times, local) or local.replace(hour=0, minute=0, second=0), now)

    def _file(self, bureau: Bureau, due: datetime, now: datetime) -> bool:
        """Puts a digest into the outbox and, as an HTML page, into data/digests/.

        The page shows everything that the letter cuts. It is written first, because it can be written again: the row in
        the ledger makes the digest final. Raises TemporaryFailure when the disk refuses the page.
        """
        day = now.astimezone(self._settings.intake.zone).date()
        if is_filed(self._ledger, bureau, day, due):
            return False
        gathered = self._gather(bureau, now)
        whole = replace(gathered, accepted=self._ledger.reports.find_accepted(gathered.report))
        page = compose_digest_page(make_digest(whole, plain_answers), self._templates)
        sheet = self._contact_sheet(gathered)
        gathered = replace(gathered, photos=sheet.lines)
        self._write_page(bureau, page, f"{day.isoformat()}.html")
        workbook = self._workbook(bureau, now)
        letters = [self._draft(gathered, clerk, self._compose, workbook, sheet) for clerk in bureau.clerks]
        draft, *copies = letters
        filed = self._ledger.digests.add(day, due, gathered.report, draft, now, copies)
        log.info("digest filed bureau=%s day=%s mails=%d", bureau.id, day, gathered.report.sums.all_mails)
        return filed

    def _file_due_note(self, bureau: Bureau, now: datetime) -> bool:
        local = now.astimezone(self._settings.intake.zone)
        said = self._ledger.digests.find_last_said(bureau.id)
        times = times_of_day(self._settings, self._ledger, bureau, local)
        if not is_note_due(said.at if said else None, times, self._settings.intake.digest, local):
            return False
        context = self._find_notice_context(bureau, now)
        notice = context.notice.id if context else ""
        new = self._ledger.open_works.gather_new(bureau.id, notice, said.last_event if said else 0)
        if not new.held and not new.undelivered:
            return False
        day = self._gather(bureau, now, new)
        day = replace(day, report=replace(day.report, since=said.at if said else None))
        drafts = [self._draft(day, clerk, self._compose_note) for clerk in bureau.clerks]
        self._ledger.digests.add_note(bureau.id, local.date(), new.last_event, drafts, now)
        log.info("note filed bureau=%s items=%d", bureau.id, len(new.held) + len(new.undelivered))
        return True

    def _contact_sheet(self, day: BureauDay) -> ContactSheet:
        mails = self._ledger.reports.find_newest_with_files(day.report, PHOTOS | ARCHIVES, MAXIMUM_PHOTOS)
        if not choose_items(mails):
            return ContactSheet()
        limits = self._settings.intake.limits
        # A worker of its own: mails are judged meanwhile.
        with Worker(limits.allowance) as worker:
            return make_contact_sheet(mails, self._home.files, limits.files, worker)

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

    def _gather(self, bureau: Bureau, now: datetime, work: OpenWork | None = None) -> BureauDay:
        """The day so far, with this work, else with all that is open."""
        context = self._find_notice_context(bureau, now)
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

    def _write_page(self, bureau: Bureau, page: str, name: str) -> None:
        folder = self._home.digests / bureau.id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(page, encoding="utf-8")
        except OSError as error:
            raise TemporaryFailure(f"写不了汇总 {folder / name}：{disk_words(folder, error)}") from error
