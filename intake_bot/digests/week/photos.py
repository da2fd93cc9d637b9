"""The photos of the week report: those that the clerks picked; where they picked none, one of each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from intake_bot.config.settings import Bureau
from intake_bot.digests.contact_sheet import make_contact_sheet, make_small_pictures, picture_files
from intake_bot.digests.week.document import ShownPhoto, WeekPhotos
from intake_bot.digests.workbook.sheets import LedgerView, accepted_items
from intake_bot.files.facts import ARCHIVES, PHOTOS
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.worker import Worker
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import SheetPhoto
from intake_bot.ledger.values.records import FiledItem, FiledMail
from intake_bot.letters.untrusted import defuse_words

MAXIMUM_PICKED = 48
"""Photos that were picked; more would make the report too large for a letter."""
_MAXIMUM_UNPICKED = 12
_NAMED = 8


def find_photos(services: Services, bureau: Bureau, notice: str, view: LedgerView) -> WeekPhotos:
    """The photos of this notice. A picked photo whose material is accepted no more is not shown."""
    picks = list({(one.unit, one.sha256): one for one in services.ledger.orders.find_picks(bureau.id)}.values())
    same = services.ledger.prior_mails.find_same_content(notice, {one.sha256 for one in picks})
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for one in same:
        sources[one.fingerprint.sha256].add(one.receipt)
    known = {mail.receipt for mail in view.mails}
    picks = [one for one in picks if sources[one.sha256] or one.receipt in known]
    limits = services.settings.intake.limits.files
    picked = _Picked(view.mails, sources, {one.sha256 for one in picks}, services.home.files, limits, services.worker)
    found = [(one, picked.find(one)) for one in picks[:MAXIMUM_PICKED]]
    shown = tuple(photo for _, photo in found if photo is not None)
    lost = [one for one, photo in found if photo is None]
    left_out = (
        *_left_out(f"周报里最多放 {MAXIMUM_PICKED} 张照片，后选的没有放进去", picks[MAXIMUM_PICKED:]),
        *_left_out("选出来的照片，有的现在没有收下，或者打不开，没有放进去", lost),
    )
    return WeekPhotos(shown or _one_of_each_unit(services, view), bool(shown), left_out)


def _left_out(why: str, photos: Sequence[SheetPhoto]) -> Iterator[str]:
    if photos:
        named = "、".join(f"{one.unit}“{defuse_words(one.caption)}”" for one in photos[:_NAMED])
        yield f"{why}（{len(photos)} 张）：{named}{'等' if len(photos) > _NAMED else ''}。"


class _Picked:
    """Finds picked photos in what is accepted now: another mail may have brought the same photo since, or taken over
    the file."""

    def __init__(
        self,
        mails: Sequence[FiledMail],
        sources: Mapping[str, AbstractSet[str]],
        wanted: AbstractSet[str],
        root: Path,
        limits: FileLimits,
        worker: Worker,
    ) -> None:
        """`sources`: the receipt numbers of the mails that brought a photo, by its SHA-256; `wanted` are all that are
        looked for."""
        self._stored = {mail.receipt: _list_stored(mail.items) for mail in mails}
        self._accepted = [(mail, item) for mail, item in accepted_items(mails) if picture_files(item)]
        self._sources = sources
        self._wanted = wanted
        self._root, self._limits, self._worker = root, limits, worker
        self._opened: dict[int, dict[str, bytes]] = {}

    def find(self, photo: SheetPhoto) -> ShownPhoto | None:
        """The photo as the report shows it; None where it is accepted no more, or cannot be opened."""
        for place, mail in self._places(photo):
            content = self._open(place).get(photo.sha256)
            if content is not None:
                return ShownPhoto(content, f"{mail.unit}：{photo.caption}")
        return None

    def _places(self, photo: SheetPhoto) -> list[tuple[int, FiledMail]]:
        """Where it may be: its unit's items first, newest first."""
        receipts = {photo.receipt, *self._sources.get(photo.sha256, ())}
        stored = frozenset().union(*(self._stored.get(receipt, frozenset()) for receipt in receipts))
        places = [
            (place, mail)
            for place, (mail, item) in enumerate(self._accepted)
            if not stored.isdisjoint(_list_stored([item]))
        ]
        return sorted(places, key=lambda found: (found[1].unit != photo.unit, -found[0]))

    def _open(self, place: int) -> dict[str, bytes]:
        if place not in self._opened:
            files = picture_files(self._accepted[place][1])
            self._opened[place] = make_small_pictures(files, self._wanted, self._root, self._limits, self._worker)
        return self._opened[place]


def _list_stored(items: Iterable[FiledItem]) -> frozenset[str]:
    return frozenset(file.sha256 for item in items for file in picture_files(item))


def _one_of_each_unit(services: Services, view: LedgerView) -> tuple[ShownPhoto, ...]:
    """The largest of what each unit sent last, so that every unit is seen before any is seen twice."""
    newest: dict[str, FiledMail] = {}
    for mail, item in accepted_items(view.mails):
        if mail.unit and any(file.kind in PHOTOS | ARCHIVES for file in item.files):
            newest[mail.unit] = mail
    limits = services.settings.intake.limits.files
    sheet = make_contact_sheet(newest.values(), services.home.files, limits, services.worker)
    shown: dict[str, ShownPhoto] = {}
    for line, picture in zip(sheet.lines, sheet.pictures, strict=True):
        shown.setdefault(line.unit, ShownPhoto(picture.content, f"{line.unit}：{line.caption}"))
    return tuple(shown.values())[:_MAXIMUM_UNPICKED]
