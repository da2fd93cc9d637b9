"""催: has units reminded of what they owe, and says whom a clerk has to telephone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from intake_bot.config.settings import Bureau, Mode
from intake_bot.digests.contacts import find_contacts
from intake_bot.digests.day_lists import name_items
from intake_bot.digests.owing import write_group_text
from intake_bot.digests.reminders.choose import UnitDebts
from intake_bot.digests.reminders.send import Reminders, find_asked, remind_on_request
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import DoneOrder, OrderEntry
from intake_bot.letters.confirmation import OrderLine, OrderOutcome
from intake_bot.letters.digest import group_by_lacks
from intake_bot.letters.digest_lines import ContactLine, Owing, OwingUnit
from intake_bot.orders.order import Remind, Verb

MAXIMUM_UNCONFIRMED = 5
"""Schools that one order writes to at once. What writes to more is confirmed first."""


def remind(services: Services, bureau: Bureau, order: Remind, entry: OrderEntry, *, is_confirmed: bool) -> OrderLine:
    """Writes the reminders; or asks whether to, where they are many, and then writes nothing.

    Raises PermanentFailure where no notice applies, and where nobody is to be reminded."""
    context = services.find_notice_context(bureau, services.clock())
    if context is None:
        raise PermanentFailure("现在没有适用的通知，没有可催的")
    asked = find_asked(services, bureau, context, order.material, order.unit)
    if not asked:
        raise PermanentFailure("没有要催的：到期的都收了、在待办里、正在改，或者一小时内刚催过")
    mailed = [one for one in asked if any(not address.startswith("@") for address in one.unit.addresses)]
    if len(mailed) > MAXIMUM_UNCONFIRMED and not is_confirmed:
        others = len(asked) - len(mailed)
        sentences = [f"会写信给 {len(mailed)} 个单位：{_names(mailed)}"]
        sentences += [f"另有 {others} 个没有登记邮箱，办的时候列给您"] if others else []
        return OrderLine(entry.line, OrderOutcome.ASKED, tuple(sentences), Verb.CONFIRM)
    with services.ledger.together():
        number = services.ledger.orders.record(entry, services.clock())
        done = remind_on_request(services, bureau, order.material, order.unit, number)
    contacts, _ = find_contacts(bureau.roster, services.ledger.forms.find_standing(context.notice.id))
    now = services.clock().astimezone(services.settings.intake.zone)
    lines = tuple(_sentences(done, bureau, context.notice.event_name, contacts, now))
    may_be_withdrawn = done.written and bureau.mode is not Mode.SHADOW
    return OrderLine(entry.line, OrderOutcome.DONE, lines, f"{Verb.UNDO} {number}" if may_be_withdrawn else "")


def undo_reminders(services: Services, done: DoneOrder, given: str, entry: OrderEntry) -> OrderLine:
    """Withdraws the letters of this order that have not left yet. Raises PermanentFailure where all have."""
    found = services.ledger.orders.withdraw_reminders(done.number, entry, services.clock())
    left = f"已经寄出、收不回来的 {len(found.left)} 封：{'、'.join(found.left)}" if found.left else ""
    if not found.withdrawn:
        raise PermanentFailure(f"{given}，没有可以撤销的：{left or '没有要寄的信'}")
    sentences = [f"{given}，现在不算了", f"收回了还没有寄出的 {len(found.withdrawn)} 封：{'、'.join(found.withdrawn)}"]
    return OrderLine(entry.line, OrderOutcome.DONE, (*sentences, *([left] if left else [])))


def _sentences(
    done: Reminders, bureau: Bureau, event: str, contacts: Mapping[str, ContactLine], now: datetime
) -> Iterable[str]:
    """What was written; and whom to telephone, with the text for the chat group. `now` is in the bureau's zone."""
    if done.written:
        how = "试运行，没有寄信，正式运行时会催" if bureau.mode is Mode.SHADOW else "已写信催"
        yield f"{how} {len(done.written)} 个单位：{_names(done.written)}"
    if done.capped:
        yield f"这些单位今天的信已经够多，没有再写：{_names(done.capped)}"
    if done.without_address:
        units = tuple(_owing_unit(one, contacts) for one in done.without_address)
        yield f"没有登记邮箱的 {len(units)} 个，请打电话："
        for group in group_by_lacks(units):
            yield group.lacks
            yield from (f"　{unit.unit}{_call(unit.contact)}" for unit in group.units)
        yield "或者发到微信群，整段复制："
        yield from write_group_text(Owing(partly=units), event, bureau.mailbox.address, now)


def _names(units: Sequence[UnitDebts]) -> str:
    return "、".join(one.unit.name for one in units)


def _owing_unit(one: UnitDebts, contacts: Mapping[str, ContactLine]) -> OwingUnit:
    """The unit with its debts, as the digest names them."""
    missing = name_items((debt.material, debt.day) for debt in one.debts if not debt.is_returned)
    returned = name_items((debt.material, debt.day) for debt in one.debts if debt.is_returned)
    return OwingUnit(one.unit.name, missing, returned, contacts.get(one.unit.name, ContactLine()))


def _call(contact: ContactLine) -> str:
    said = " ".join(part for part in (contact.name, *(phone.shown for phone in contact.phones)) if part)
    return f"　{said}" if said else ""
