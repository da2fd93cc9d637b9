"""Writes reminders into the outbox: under the caps and at the pace of every letter to schools, and not sent in shadow
mode."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau
from intake_bot.digests.reminders.choose import Debt, Reminded, UnitDebts, find_debts, select_asked, select_due
from intake_bot.digests.standing import find_standings
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.events import Detail, EventName, EventRecord
from intake_bot.letters.unasked.reminder import ReminderContext, ReminderLine, compose_reminder
from intake_bot.mail.address import checked_address
from intake_bot.notices.day_words import item_name
from intake_bot.notices.roster import Unit
from intake_bot.notices.subject import write_subject
from intake_bot.outbox.compose import notice_draft

log = logging.getLogger(__name__)

_HOUR = timedelta(hours=1)
_REMEMBERED = timedelta(days=60)
_BOT_ID = "reminder"
"""Value of X-Intake-Bot, in the place of a receipt number."""


@dataclass(frozen=True)
class Reminders:
    """What became of the reminders that were asked for."""

    written: tuple[UnitDebts, ...] = ()
    without_address: tuple[UnitDebts, ...] = ()
    """Units that the roster has no mail address of: somebody has to telephone."""
    capped: tuple[UnitDebts, ...] = ()
    """Units that have got as many letters as the caps allow."""


def remind_ahead(services: Services, bureau: Bureau) -> Reminders:
    """Writes the reminders that the settings ask for now; none where they ask for none."""
    hours = services.settings.intake.reminders.hours_before
    now = services.clock()
    context = services.find_notice_context(bureau, now)
    if hours is None or context is None:
        return Reminders()
    known = _find_reminded(services, bureau, now)
    return _write(
        services, context, select_due(_find_owed(services, context, now), known, now, timedelta(hours=hours)), now
    )


def remind_on_request(
    services: Services, bureau: Bureau, material: str = "", unit: str = "", order: int | None = None
) -> Reminders:
    """催: writes reminders of all that is due and missing and of what will be due within a day, also where timed ones
    are off; of one material or one unit only, where they are named. `order` is the number of the clerk's order, by
    which they can be withdrawn."""
    now = services.clock()
    context = services.find_notice_context(bureau, now)
    if context is None:
        raise PermanentFailure(f"{bureau.name}现在没有适用的通知")
    return _write(services, context, find_asked(services, bureau, context, material, unit), now, order)


def find_asked(
    services: Services, bureau: Bureau, context: NoticeContext, material: str = "", unit: str = ""
) -> tuple[UnitDebts, ...]:
    """Whom `remind_on_request` would write to or name, so that a clerk can confirm it first. Writes nothing."""
    now = services.clock()
    return select_asked(
        _find_owed(services, context, now), _find_reminded(services, bureau, now), now, material=material, unit=unit
    )


def _find_owed(services: Services, context: NoticeContext, now: datetime) -> tuple[UnitDebts, ...]:
    ledger, bureau, notice = services.ledger, context.bureau, context.notice
    items = ledger.submissions.find_reported_items(notice.id, tuple(Decision))
    local = now.astimezone(context.calendar.zone)
    standings = find_standings(notice, bureau.roster, context.calendar, items, local)
    received = {item.receipt: item.received for item in items}
    waiting = {one.piece.unit for one in ledger.pieces.find_waiting(bureau.id)}
    return find_debts(standings, received, waiting, local)


def _write(
    services: Services, context: NoticeContext, units: Iterable[UnitDebts], now: datetime, order: int | None = None
) -> Reminders:
    written, without, capped = [], [], []
    for one in units:
        to = _address(one.unit, context)
        if to is None:
            without.append(one)
        elif _is_capped(services, context, to, now):
            capped.append(one)
        else:
            _write_one(services, context, one, to, now, order)
            written.append(one)
    if written:
        log.info("reminders written bureau=%s units=%d", context.bureau.id, len(written))
    return Reminders(tuple(written), tuple(without), tuple(capped))


def _write_one(
    services: Services, context: NoticeContext, one: UnitDebts, to: str, now: datetime, order: int | None
) -> None:
    at = now.astimezone(context.calendar.zone)
    letter = compose_reminder(_context(context, one, at), services.templates)
    draft = notice_draft(letter, context.bureau, to, _BOT_ID, at)
    by = {"order": order} if order is not None else {}
    details = [{**_detail(one.unit, debt), **by} for debt in one.debts]
    services.ledger.letters.add_reminder(context.bureau.id, details, draft, now)


def _context(context: NoticeContext, one: UnitDebts, at: datetime) -> ReminderContext:
    notice, zone = context.notice, context.calendar.zone
    return ReminderContext(
        bureau=context.bureau.name,
        contact=notice.contact,
        event=notice.event_name,
        unit=one.unit.name,
        lines=tuple(
            ReminderLine(
                label=item_name(debt.material, debt.day),
                deadline=debt.deadline.astimezone(zone),
                now=at,
                is_returned=debt.is_returned,
                subject=write_subject(notice, one.unit.name, (debt.material,), debt.day),
                taken_late=any(of.name == debt.material and of.late == "mark" for of in notice.materials),
            )
            for debt in one.debts
        ),
    )


def _address(unit: Unit, context: NoticeContext) -> str | None:
    """The first address of the unit in the roster that can be written to; a whole domain is none."""
    for address in unit.addresses:
        if address.startswith("@") or address in context.own_addresses:
            continue
        try:
            return checked_address(address)
        except PermanentFailure:
            continue
    return None


def _is_capped(services: Services, context: NoticeContext, to: str, now: datetime) -> bool:
    """True where the address, or the bureau, has got as many letters as the settings allow within an hour or a day."""
    zone, sending = context.calendar.zone, services.settings.intake.sending
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    written = services.ledger.letters.find_answers_since(context.bureau.id, min(midnight, now - _HOUR))
    to_unit = written.times_to([to.lower()])
    return any(
        len(times) - bisect_left(times, start) >= most
        for times, start, most in (
            (to_unit, now - _HOUR, sending.answers_per_hour),
            (to_unit, midnight, sending.answers_per_day),
            (written.times, now - _HOUR, sending.bureau_answers_per_hour),
            (written.times, midnight, sending.bureau_answers_per_day),
        )
    )


def _find_reminded(services: Services, bureau: Bureau, now: datetime) -> list[Reminded]:
    """What units were reminded of, but for what a clerk has withdrawn."""
    trail, start = services.ledger.trail, now - _REMEMBERED
    withdrawn = [event.detail for event in trail.find_since(bureau.id, EventName.UNIT_REMINDER_WITHDRAWN, start)]
    reminded = trail.find_since(bureau.id, EventName.UNIT_REMINDED, start)
    return [_read(event) for event in reminded if event.detail not in withdrawn]


def _detail(unit: Unit, debt: Debt) -> Detail:
    day = debt.day.isoformat() if debt.day else None
    return {"unit": unit.name, "material": debt.material, "day": day, "deadline": debt.deadline.isoformat()}


def _read(event: EventRecord) -> Reminded:
    unit, material, day, deadline = (event.detail[name] for name in ("unit", "material", "day", "deadline"))
    on = date.fromisoformat(str(day)) if day else None
    return Reminded(str(unit), str(material), on, datetime.fromisoformat(str(deadline)), event.at)
