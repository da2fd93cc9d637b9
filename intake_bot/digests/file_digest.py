"""Files the digests: from the ledger to one letter for the clerks, and a page on disk.

Light, so that each poll cycle can ask whether one is due without what writes it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from intake_bot.config.settings import Bureau
from intake_bot.digests.due import find_due_time, is_filed, times_of_day
from intake_bot.digests.times import is_note_due, latest_due
from intake_bot.errors import TemporaryFailure, disk_words
from intake_bot.home.services import Services

if TYPE_CHECKING:
    from intake_bot.digests.write_digest import DigestWriter
    from intake_bot.letters.templates import Letter

log = logging.getLogger(__name__)


class DigestFiler:
    """Files the digests of one home."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings
        self._home = services.home
        self._ledger = services.ledger

    @cached_property
    def _writer(self) -> DigestWriter:
        # With the first digest or note: it takes as long to import as half of a poll cycle.
        from intake_bot.digests.write_digest import DigestWriter

        return DigestWriter(self._services)

    def file_due(self, bureau: Bureau, now: datetime) -> bool:
        """Files a digest where one is due, else a note where something newly waits; true if this call filed one."""
        due = find_due_time(self._settings, self._ledger, bureau, now)
        if due is not None:
            return self._file(bureau, due, now)
        return self._file_due_note(bureau, now)

    def preview(self, bureau: Bureau, now: datetime) -> Letter:
        """The digest as it would be now; writes nothing."""
        return self._writer.preview(self._writer.gather(bureau, now))

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
        gathered = self._writer.gather(bureau, now)
        self._write_page(bureau, self._writer.page(gathered), f"{day.isoformat()}.html")
        draft, *copies = self._writer.digest_drafts(gathered)
        filed = self._ledger.digests.add(day, due, gathered.report, draft, now, copies)
        log.info("digest filed bureau=%s day=%s mails=%d", bureau.id, day, gathered.report.sums.all_mails)
        return filed

    def _file_due_note(self, bureau: Bureau, now: datetime) -> bool:
        local = now.astimezone(self._settings.intake.zone)
        said = self._ledger.digests.find_last_said(bureau.id)
        times = times_of_day(self._settings, self._ledger, bureau, local)
        if not is_note_due(said.at if said else None, times, self._settings.intake.digest, local):
            return False
        context = self._services.find_notice_context(bureau, now)
        notice = context.notice.id if context else ""
        new = self._ledger.open_works.gather_new(bureau.id, notice, said.last_event if said else 0)
        if not new.held and not new.undelivered:
            return False
        day = self._writer.gather(bureau, now, new)
        day = replace(day, report=replace(day.report, since=said.at if said else None))
        self._ledger.digests.add_note(bureau.id, local.date(), new.last_event, self._writer.note_drafts(day), now)
        log.info("note filed bureau=%s items=%d", bureau.id, len(new.held) + len(new.undelivered))
        return True

    def _write_page(self, bureau: Bureau, page: str, name: str) -> None:
        folder = self._home.digests / bureau.id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(page, encoding="utf-8")
        except OSError as error:
            raise TemporaryFailure(f"写不了汇总 {folder / name}：{disk_words(folder, error)}") from error
