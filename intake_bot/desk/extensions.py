"""More time for one unit, granted by a clerk's order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau
from intake_bot.digests.day_lists import name_items
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import GrantedExtension, OrderEntry
from intake_bot.letters.chinese import deadline
from intake_bot.notices.notice import Material
from intake_bot.orders.order import Extend


def grant(services: Services, bureau: Bureau, order: Extend, entry: OrderEntry) -> tuple[int, tuple[str, ...]]:
    """Grants the extension; returns the number of the order, and what it changes in words.

    Raises PermanentFailure for a time that has passed or lies beyond the notice's last day, and where no deadline
    becomes later.
    """
    now = services.clock()
    context = services.find_notice_context(bureau, now)
    if context is None:
        raise PermanentFailure("现在没有适用的通知，不能延期")
    zone = context.calendar.zone
    if order.until <= now:
        raise PermanentFailure(f"{deadline(order.until)}已经过了")
    if order.until > context.calendar.closes_at:
        raise PermanentFailure(
            f"{deadline(context.calendar.closes_at)}以后这次报送就结束了，不能延到{deadline(order.until)}"
        )
    later = tuple(_later(context, order, zone))
    if not later:
        raise PermanentFailure("原来的期限不比这个早，没有改")
    extension = GrantedExtension(context.notice.id, order.unit, order.until, order.material or None, order.day)
    number = services.ledger.orders.grant(extension, entry, now)
    names = name_items((material, day) for material, day, _ in later)
    was = sorted({at for _, _, at in later})
    before = deadline(was[0]) if len(was) == 1 else f"{deadline(was[0])}至{deadline(was[-1])}"
    moved = f"{order.unit} {names}：期限原来是{before}，现在延到{deadline(order.until)}"
    return number, (moved, "没有写信给学校，请告诉学校")


def _later(context: NoticeContext, order: Extend, zone: tzinfo) -> Iterator[tuple[str, date | None, datetime]]:
    """Material, day and present deadline of everything that gets more time."""
    notice = context.notice
    for material in notice.materials:
        if material.channel != "mail" or order.material not in ("", material.name):
            continue
        for day in _days(material, context):
            if order.day in (None, day):
                present = notice.deadline(material, order.unit, day, zone)
                if present < order.until:
                    yield material.name, day, present.astimezone(zone)


def _days(material: Material, context: NoticeContext) -> tuple[date | None, ...]:
    return context.calendar.week.days if material.due.daily else (None,)
