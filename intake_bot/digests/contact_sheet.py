"""The contact sheet: small pictures of the photos that were accepted, so that good ones can be picked at a glance; and
of those that were picked."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import ARCHIVES, PHOTOS, Unreadable
from intake_bot.files.inspect import InspectedFile, inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.mail_budget import MailBudget
from intake_bot.files.measure import write_thumbnail
from intake_bot.files.worker.worker import Worker
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.orders import SheetPhoto
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptFile
from intake_bot.letters.digest_lines import PhotoLine
from intake_bot.mail.message import Attachment
from intake_bot.mail.smtp.outgoing import Picture

log = logging.getLogger(__name__)

MAXIMUM_PHOTOS = 24
MAXIMUM_BYTES = 700_000
"""Of all small pictures of one digest."""
_MAXIMUM_OF_ITEM = 3


@dataclass(frozen=True)
class ContactSheet:
    """The lines of the digest, and the picture that belongs to each."""

    lines: tuple[PhotoLine, ...] = ()
    pictures: tuple[Picture, ...] = ()
    photos: tuple[SheetPhoto, ...] = ()
    """What each number stands for, for the ledger."""


@dataclass(frozen=True)
class _Chosen:
    """An accepted item whose photos are shown."""

    receipt: str
    unit: str
    files: tuple[KeptFile, ...]
    photos: int
    """Maximum number of its photos."""


def choose_items(mails: Iterable[FiledMail]) -> tuple[_Chosen, ...]:
    """The accepted items with photos or archives, newest first, so many that their photos fill the sheet."""
    found = [
        (mail, files)
        for mail in mails
        for item in mail.items
        if item.decision is Decision.ACCEPTED and not item.superseded and (files := picture_files(item))
    ][::-1][:MAXIMUM_PHOTOS]
    share = min(_MAXIMUM_OF_ITEM, max(1, MAXIMUM_PHOTOS // max(1, len(found))))
    return tuple(_Chosen(mail.receipt, mail.unit or "", files, share) for mail, files in found)


def picture_files(item: FiledItem) -> tuple[KeptFile, ...]:
    """The files of an item in which there may be photos."""
    return tuple(file for file in item.files if file.kind in PHOTOS | ARCHIVES)


def make_contact_sheet(mails: Iterable[FiledMail], root: Path, limits: FileLimits, worker: Worker) -> ContactSheet:
    """Opens the stored files below `root` in the worker, within the limits of one mail for all of them together.

    A file that cannot be opened, or is not there any more, is left out: the sheet is an extra.
    """
    lines: list[PhotoLine] = []
    pictures: list[Picture] = []
    photos: list[SheetPhoto] = []
    budget = MailBudget.of(limits)
    with tempfile.TemporaryDirectory(prefix="intake-sheet-") as folder:
        for number, chosen in enumerate(choose_items(mails)):
            for found in _open(chosen, root, Path(folder) / str(number), limits, worker, budget):
                content = _thumbnail(found, Path(folder) / "small.jpg", limits, worker, budget)
                if content is None or sum(len(one.content) for one in pictures) + len(content) > MAXIMUM_BYTES:
                    continue
                line = _line(found, chosen, len(lines) + 1)
                lines.append(line)
                pictures.append(Picture(line.cid, content))
                photos.append(SheetPhoto(line.number, line.unit, line.caption, line.receipt, found.facts.sha256))
                if len(lines) == MAXIMUM_PHOTOS:
                    return ContactSheet(tuple(lines), tuple(pictures), tuple(photos))
    return ContactSheet(tuple(lines), tuple(pictures), tuple(photos))


def make_small_pictures(
    files: Sequence[KeptFile], sha256: Collection[str], root: Path, limits: FileLimits, worker: Worker
) -> dict[str, bytes]:
    """Small JPEGs of the photos with these SHA-256 in the stored files of one item, by their SHA-256; none of what
    cannot be opened."""
    budget = MailBudget.of(limits)
    pictures: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="intake-sheet-") as folder:
        for found in _photos(files, root, Path(folder) / "files", limits, worker, budget):
            if found.facts.sha256 in sha256 and found.facts.sha256 not in pictures:
                content = _thumbnail(found, Path(folder) / "small.jpg", limits, worker, budget)
                if content is not None:
                    pictures[found.facts.sha256] = content
    return pictures


def _open(
    chosen: _Chosen, root: Path, work: Path, limits: FileLimits, worker: Worker, budget: MailBudget
) -> list[InspectedFile]:
    """The first photos of an item, the largest ones first."""
    return _largest(_photos(chosen.files, root, work, limits, worker, budget))[: chosen.photos]


def _photos(
    kept: Sequence[KeptFile], root: Path, work: Path, limits: FileLimits, worker: Worker, budget: MailBudget
) -> list[InspectedFile]:
    """All photos of an item; none where its files cannot be opened now."""
    files = [_attachment(root, file) for file in kept if (root / file.path).is_file()]
    work.mkdir()
    try:
        found = inspect_files(files, work, limits, worker, budget)
    except TemporaryFailure as error:
        log.warning("contact sheet: files not opened %s: %s", [file.path for file in kept], error)
        return []
    return [one for one in found if one.facts.photo is not None and one.facts.kind in PHOTOS]


def _largest(photos: Sequence[InspectedFile]) -> list[InspectedFile]:
    return sorted(photos, key=lambda one: -(one.facts.photo.width * one.facts.photo.height if one.facts.photo else 0))


def _attachment(root: Path, file: KeptFile) -> Attachment:
    return Attachment(file.name, root / file.path, file.bytes, file.sha256, "application/octet-stream")


def _thumbnail(
    found: InspectedFile, target: Path, limits: FileLimits, worker: Worker, budget: MailBudget
) -> bytes | None:
    if budget.is_spent:
        return None
    try:
        worker.ask(write_thumbnail, found.path, found.facts.kind, target, limits, budget=budget.time)
        return target.read_bytes()
    except (Unreadable, TemporaryFailure, OSError) as error:
        log.info("contact sheet: no picture of %s: %s", found.facts.sha256[:12], error)
        return None


def _line(found: InspectedFile, chosen: _Chosen, number: int) -> PhotoLine:
    photo = found.facts.photo
    pixels = f"{photo.width}×{photo.height}" if photo else ""
    caption = PurePosixPath(found.facts.name).stem
    return PhotoLine(f"p{number}.{chosen.receipt}@intake", chosen.unit, caption, pixels, chosen.receipt, number)
