"""The notice of a bureau with the time that clerks have granted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from intake_bot.config.notice_context import NoticeContext, find_notice_context
from intake_bot.config.settings import Bureau, Settings
from intake_bot.ledger.ledger import Ledger
from intake_bot.notices.notice import Extension


def find_context_with_extensions(
    settings: Settings, ledger: Ledger, bureau: Bureau, at: datetime
) -> NoticeContext | None:
    """The context for mail that the bureau received at `at` (aware), with the extensions that clerks have granted;
    None where it has no notice."""
    context = find_notice_context(settings, bureau, at)
    granted = ledger.orders.find_extensions(context.notice.id) if context else ()
    if context is None or not granted:
        return context
    zone = settings.intake.zone
    more = tuple(
        Extension(unit=one.unit, material=one.material, day=one.day, until=_local(one.until, zone)) for one in granted
    )
    notice = context.notice.model_copy(update={"extensions": (*context.notice.extensions, *more)})
    return replace(context, notice=notice)


def _local(until: datetime, zone: tzinfo) -> datetime:
    return until.astimezone(zone).replace(tzinfo=None)
