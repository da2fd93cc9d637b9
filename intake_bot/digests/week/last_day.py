"""When a week ends, asked before the report on it is loaded: its libraries cost memory."""

from __future__ import annotations

from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.home.services import Services


def is_last_day(services: Services, bureau: Bureau, now: datetime) -> bool:
    """True on the last day of the week of the notice that applies."""
    context = services.find_notice_context(bureau, now)
    return context is not None and now.astimezone(context.calendar.zone).date() == context.notice.week.last
