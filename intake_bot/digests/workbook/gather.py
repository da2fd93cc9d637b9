"""The workbook of one bureau, from its ledger."""

from __future__ import annotations

from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.digests.contacts import find_contacts
from intake_bot.digests.standing import find_standings
from intake_bot.digests.workbook.sheets import LedgerView, make_sheets
from intake_bot.digests.workbook.write import write_workbook
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Decision

WORKBOOK_NAME = "台账.xlsx"
WORKBOOK_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_workbook(services: Services, bureau: Bureau, now: datetime) -> bytes | None:
    """台账.xlsx as the ledger is now; None where no notice applies. `now` is aware."""
    view = gather_ledger_view(services, bureau, now)
    return None if view is None else write_workbook(make_sheets(view), view.now)


def gather_ledger_view(services: Services, bureau: Bureau, now: datetime) -> LedgerView | None:
    """What the workbook and the week report are made of; None where no notice applies."""
    zone = services.settings.intake.zone
    context = services.find_notice_context(bureau, now)
    if context is None:
        return None
    notice, ledger = context.notice, services.ledger
    forms = ledger.forms.find_standing(notice.id)
    contacts, _ = find_contacts(bureau.roster, forms)
    items = ledger.submissions.find_reported_items(notice.id, tuple(Decision))
    local = now.astimezone(zone)
    return LedgerView(
        standings=find_standings(notice, bureau.roster, context.calendar, items, local),
        mails=ledger.submissions.find_judged(bureau.id, notice.id),
        forms=forms,
        contacts=contacts,
        now=local,
        zone=zone,
    )
