"""Letters to the authors of accepted items in whose place somebody else wants to put another."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, time

from intake_bot.config.notice_context import NoticeContext
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.intake.answers.answer_caps import tallies_of_contest_letter
from intake_bot.intake.examine import Examination
from intake_bot.judging.sender import AcceptedItem
from intake_bot.ledger.values.records import Contest, ContestLetter
from intake_bot.letters.unasked.contest import ContestContext, compose_contest
from intake_bot.mail.address import checked_address
from intake_bot.outbox.compose import notice_draft

log = logging.getLogger(__name__)


def write_contest_letters(services: Services, found: Examination, context: NoticeContext) -> Iterator[ContestLetter]:
    """One letter for each contested item, but only one for an item and day, and none beyond the caps."""
    now, zone = services.clock(), services.settings.intake.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    reported = services.ledger.authors.find_contests_since(context.bureau.id, midnight) if found.contested else ()
    for item in found.contested:
        to = _address(item, context)
        if to is None:
            continue
        day = item.day.isoformat() if item.day else None
        contest = Contest(item.receipt, item.material, day, found.verdict.unit or "", to)
        if any(contest.is_of_same_item(one.contest) for one in reported):
            continue
        tallies = tallies_of_contest_letter(services.ledger, services.settings, context.bureau.id, to, now)
        if any(one.written >= one.most for one in tallies):
            log.warning("contest not told receipt=%s", item.receipt)
            continue
        letter = compose_contest(_context(item, found, context), services.templates)
        draft = notice_draft(letter, context.bureau, to, item.receipt, now.astimezone(context.calendar.zone))
        yield ContestLetter(contest, draft)


def _address(item: AcceptedItem, context: NoticeContext) -> str | None:
    if item.sender.lower() in context.own_addresses:
        return None
    try:
        return checked_address(item.sender)
    except PermanentFailure:
        return None


def _context(item: AcceptedItem, found: Examination, context: NoticeContext) -> ContestContext:
    return ContestContext(
        bureau=context.bureau.name,
        contact=context.notice.contact,
        keyword=context.notice.subject.keywords[0],
        unit=found.verdict.unit or "",
        material=item.material,
        day=item.day,
        receipt=item.receipt,
        received=item.received.astimezone(context.calendar.zone),
    )
