"""The shared folder, kept filled with accepted files as they come: unpacked and named as in a package."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from intake_bot.config.settings import Bureau
from intake_bot.digests.archive_trouble import find_archive_trouble
from intake_bot.digests.package.contents import open_item
from intake_bot.digests.package.places import own_folder
from intake_bot.digests.package.selection import EVERYTHING, PackageNames, PackedItem, select_items
from intake_bot.disk.writing import replace_file, sync_file
from intake_bot.errors import TemporaryFailure, disk_words
from intake_bot.files.store import safe_name
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.events import EventName

log = logging.getLogger(__name__)

REPLACED = "已替换"
"""Folder for the files of items that a later one has superseded. Nothing is deleted."""
_Index = dict[str, list[str]]
"""By item, the places of its files below the bureau's folder."""


def keep_archive_filled(services: Services, bureau: Bureau, now: datetime) -> None:
    """Fills the archive. Where a disk refuses, the next call tries again, and an event says once since when files wait
    for it, for digest and status; another one that none waits any more."""
    if not services.settings.intake.is_archive_kept:
        return
    trouble = find_archive_trouble(services.settings, services.ledger, bureau)
    try:
        fill_archive(services, bureau, now)
    except TemporaryFailure as error:
        log.warning("archive not filled bureau=%s: %s", bureau.id, error)
        if trouble is None:
            services.ledger.trail.add(bureau.id, EventName.ARCHIVE_AWAY, {"why": str(error)}, now)
    else:
        if trouble is not None:
            services.ledger.trail.add(bureau.id, EventName.ARCHIVE_BACK, {}, now)


def fill_archive(services: Services, bureau: Bureau, now: datetime) -> int:
    """Lays the files of newly accepted items into the shared folder, and what they superseded aside; returns how many
    items were new. Nothing where the settings do not ask for it. A crash leaves whole files, which the next call finds.

    Raises TemporaryFailure where a disk refuses.
    """
    settings = services.settings.intake
    context = services.find_notice_context(bureau, now)
    if not settings.is_archive_kept or context is None:
        return 0
    notice, folder = context.notice, services.home.root / settings.archive_dir / safe_name(bureau.name)
    index_file = services.home.data / f"archived-{bureau.id}-{notice.id}.json"
    index = _read(index_file)
    reported = services.ledger.submissions.find_reported_items(notice.id, (Decision.ACCEPTED,))
    wanted = {_key(item.receipt, item.material, item.day) for item in reported}
    if wanted == index.keys():
        return 0
    _require_folder(folder, index)
    mails = services.ledger.submissions.find_judged(bureau.id, notice.id)
    items = select_items(mails, EVERYTHING, [material.name for material in notice.materials])
    new = 0
    try:
        for key in [one for one in index if one not in wanted]:
            _set_aside(folder, index.pop(key))
            _write(index_file, index)
        for item in sorted(items, key=lambda one: (one.received, one.receipt)):
            key = _key(item.receipt, item.material, item.day)
            if key in wanted and key not in index:
                index[key] = list(_lay(services, folder, item, _names_after(index, item)))
                _write(index_file, index)
                new += 1
        index.update((key, []) for key in wanted if key not in index)  # nothing of it can be laid: not asked again
        _write(index_file, index)
    except OSError as error:
        raise TemporaryFailure(f"写不了 {folder}：{disk_words(folder, error)}") from error
    log.info("archive filled bureau=%s items=%d", bureau.id, new)
    return new


def _require_folder(folder: Path, index: _Index) -> None:
    """Raises TemporaryFailure where files were laid into the folder and it is not there: where a drive is not
    connected, the place for it is often an empty folder of this machine, in which nothing must be laid."""
    try:
        is_there = folder.is_dir()
    except OSError as error:
        raise TemporaryFailure(f"打不开 {folder}：{error.strerror}") from error
    if not is_there and any(index.values()):
        raise TemporaryFailure(f"找不到 {folder}，可能是共享盘断开了；换了地方的话，请先建好它")


def _key(receipt: str, material: str, day: date | None) -> str:
    return "|".join((receipt, material, day.isoformat() if day else ""))


def _names_after(index: Mapping[str, list[str]], item: PackedItem) -> PackageNames:
    """Names that go on behind the last number that this unit, material and day have."""
    names = PackageNames()
    first = PurePosixPath(PackageNames().next(item, ""))
    prefix = first.stem.rpartition("_")[0]
    given = [PurePosixPath(place) for places in index.values() for place in places]
    numbers = [
        int(number)
        for place in given
        if place.parent == first.parent
        for stem, _, number in [place.stem.rpartition("_")]
        if stem == prefix and number.isdecimal()
    ]
    names.skip(item, max(numbers, default=0))
    return names


def _lay(services: Services, folder: Path, item: PackedItem, names: PackageNames) -> Iterator[str]:
    """Copies the files of one item; yields their places."""
    with own_folder(services.home) as own:
        for file in open_item(services, item, own):
            if file.trouble:
                log.warning("not archived receipt=%s: %s", item.receipt, file.trouble)
                continue
            place = names.next(item, file.name)
            _copy(file.path, folder / PurePosixPath(place))
            yield place


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as reading, aside.open("wb") as writing:
            shutil.copyfileobj(reading, writing, 1 << 20)
            sync_file(writing)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _set_aside(folder: Path, places: list[str]) -> None:
    """Moves files into the folder for replaced ones, beside those of the same name. One that somebody has taken away is
    none of ours."""
    for place in places:
        source = folder / PurePosixPath(place)
        target = folder / REPLACED / source.name
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{source.stem} ({number}){source.suffix}")
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)


def _read(path: Path) -> _Index:
    """The index; empty where there is none, or it cannot be read: then the files are laid once more."""
    try:
        read: _Index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read


def _write(path: Path, index: _Index) -> None:
    replace_file(path, json.dumps(index, ensure_ascii=False, indent=1).encode())
