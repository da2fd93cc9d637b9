"""What is known about a mail before it is opened: the bureau of its mailbox, and the notice that applies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake_bot.config.settings import Bureau, Limits, Settings
from intake_bot.judging.days import Calendar
from intake_bot.notices.notice import Notice


@dataclass(frozen=True)
class NoticeContext:
    """A bureau, with the notice and the calendar that its mail is judged by."""

    bureau: Bureau
    notice: Notice
    limits: Limits
    calendar: Calendar
    own_addresses: frozenset[str]
    """The bureau's own mailbox, in lower case: its mail is never answered. Empty where the roster gives it to a unit.

    Another bureau's mailbox is not among them: a bureau may be a unit of the next one. What its robot sends is known by
    its headers and Message-IDs.
    """

    def is_own_person(self, address: str) -> bool:
        """Whether this is an address of the bureau's clerks or admins, and of no unit of its roster."""
        people = {one.lower() for one in (*self.bureau.clerks, *self.bureau.admins)}
        return address.lower() in people and self.bureau.roster.find_by_address(address) is None


def find_notice_context(settings: Settings, bureau: Bureau, at: datetime) -> NoticeContext | None:
    """Returns the context for mail that the bureau received at `at` (aware), or None where it has no notice."""
    notice = settings.notice_for(bureau.id, at)
    if notice is None:
        return None
    zone = settings.intake.zone
    calendar = Calendar(notice.activity_week, zone, timedelta(hours=notice.grace_hours), notice.closes_at(zone))
    mailbox = bureau.mailbox.address.lower()
    own = frozenset[str]() if bureau.roster.find_by_address(mailbox) else frozenset({mailbox})
    return NoticeContext(bureau, notice, settings.intake.limits, calendar, own)
