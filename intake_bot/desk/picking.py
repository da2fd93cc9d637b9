"""选: picks photos by their numbers on the contact sheet of one digest, for the week report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intake_bot.config.settings import Bureau
from intake_bot.errors import PermanentFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import DoneOrder, OrderEntry, Picked, Sheet, SheetPhoto
from intake_bot.letters.chinese import short_time
from intake_bot.letters.confirmation import OrderLine, OrderOutcome
from intake_bot.letters.untrusted import defuse_words
from intake_bot.orders.order import Pick, Verb

_CAPTION_LENGTH = 40


def pick(services: Services, bureau: Bureau, order: Pick, entry: OrderEntry, sheet: Sheet | None) -> OrderLine:
    """Picks the photos from this sheet. Raises PermanentFailure where there is no sheet, and where it has none of
    these numbers."""
    if sheet is None:
        raise PermanentFailure("您回复的这封信里没有照片；请回复有照片的那封汇总，照片下面有号")
    last = sheet.photos[-1].number
    unknown = [number for number in order.photos if number not in {photo.number for photo in sheet.photos}]
    at = short_time(sheet.created_at.astimezone(services.settings.intake.zone))
    said = f"没有 {_numbers(unknown)} 号：{at} 那封汇总的照片是 {'1' if last == 1 else f'1–{last}'} 号"
    if len(unknown) == len(order.photos):
        raise PermanentFailure(said)
    picked = services.ledger.orders.pick(sheet, order.photos, entry, services.clock())
    sentences = [*_picked_sentences(picked, at), *([said] if unknown else [])]
    if picked.order is None:
        return OrderLine(entry.line, OrderOutcome.REFUSED, tuple(sentences))
    count = len({(one.unit, one.sha256) for one in services.ledger.orders.find_picks(bureau.id)})
    sentences.append(f"一共选了 {count} 张，周报里放的就是选出来的照片")
    return OrderLine(entry.line, OrderOutcome.DONE, tuple(sentences), f"{Verb.UNDO} {picked.order}")


def undo_pick(services: Services, done: DoneOrder, given: str, entry: OrderEntry) -> OrderLine:
    """What this order picked is picked no more. `given`: who gave the order, and when."""
    photos = services.ledger.orders.withdraw_picks(done.number, entry, services.clock())
    sentences = (f"{given}，现在不算了，这些照片不再是选出来的：", *map(_name, photos))
    return OrderLine(entry.line, OrderOutcome.DONE, sentences)


def _picked_sentences(picked: Picked, at: str) -> Iterator[str]:
    if picked.photos:
        yield f"选了 {len(picked.photos)} 张（{at} 的汇总）："
        yield from map(_name, picked.photos)
    for photo, order in picked.before:
        yield f"以前选过了（第 {order} 号命令）：{_name(photo)}"


def _name(photo: SheetPhoto) -> str:
    return f"{photo.number} 号　{photo.unit or '单位不明'}：{defuse_words(photo.caption, _CAPTION_LENGTH)}"


def _numbers(numbers: Iterable[int]) -> str:
    return "、".join(map(str, numbers))
