"""Makes a package: one zip, written as a stream, however many files it takes."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from intake_bot.config.settings import Bureau
from intake_bot.digests.package.contents import open_item
from intake_bot.digests.package.places import own_folder
from intake_bot.digests.package.selection import PackageNames, PackedItem, Wanted, select_items
from intake_bot.digests.workbook.gather import WORKBOOK_NAME, gather_ledger_view
from intake_bot.digests.workbook.sheet import Cell, Sheet
from intake_bot.digests.workbook.sheets import make_sheets
from intake_bot.digests.workbook.write import write_workbook
from intake_bot.disk.writing import sync_file, sync_folder
from intake_bot.errors import PermanentFailure, TemporaryFailure, disk_words
from intake_bot.files.store import safe_name
from intake_bot.home.services import Services

LIST_NAME = "清单.xlsx"
_LIST_HEADER = ("序号", "文件", "单位", "材料", "日期", "原来的文件名", "大小（字节）", "收到时间", "回执编号")
_MISSING_HEADER = ("单位", "材料", "日期", "原来的文件名", "原因", "回执编号")
_CHUNK_BYTES = 1 << 20
_PACKED_ALREADY = frozenset(
    {"jpg", "jpeg", "png", "mp4", "mov", "heic", "docx", "xlsx", "pptx", "zip", "rar", "7z", "pdf"}
)
"""Suffixes of files that do not become smaller."""

Track = Callable[[Sequence[PackedItem]], Iterable[PackedItem]]
"""Passes the items on, and may show how far it is."""


@dataclass(frozen=True)
class Package:
    """A package that was made."""

    path: Path
    files: int
    """Files of schools in it, without the workbook and the list."""
    bytes: int
    missing: tuple[str, ...]
    """Names of files that could not be packed, each with its unit and the reason."""


def package_folder(services: Services) -> Path:
    """Where packages are laid: the shared folder of the settings, else exports/ in the home."""
    shared = services.settings.intake.archive_dir
    return services.home.root / shared if shared else services.home.exports


def package_name(bureau: Bureau, wanted: Wanted, now: datetime) -> str:
    """濮阳市教育局_照片_5月17日_20230517-1635.zip. `now` is the bureau's own time."""
    days = [f"{day.month}月{day.day}日" for day in sorted(wanted.days)]
    words = [bureau.name, *sorted(wanted.materials), *days, f"{now:%Y%m%d-%H%M}"]
    return safe_name("_".join(words) + ".zip")


def make_package(
    services: Services, bureau: Bureau, wanted: Wanted, target: Path, now: datetime, track: Track = iter
) -> Package | None:
    """Writes the package to `target`, which appears when it is whole; None where nothing accepted is wanted.

    Raises TemporaryFailure where the disk refuses, PermanentFailure where no notice applies.
    """
    view = gather_ledger_view(services, bureau, now)
    context = services.find_notice_context(bureau, now)
    if view is None or context is None:
        raise PermanentFailure(f"{bureau.name}现在没有适用的通知")
    items = select_items(view.mails, wanted, [material.name for material in context.notice.materials])
    if not items:
        return None
    # A name of its own: somebody else may be making a package of the same name.
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            with own_folder(services.home) as work, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                packing = _Packing(services, archive, view.now)
                packing.add_items(track(items), work)
                packing.add(WORKBOOK_NAME, write_workbook(make_sheets(view), view.now))
                packing.add(LIST_NAME, write_workbook(packing.list_sheets(), view.now))
            sync_file(file)
        aside.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise TemporaryFailure(f"写不了 {target}：{disk_words(target.parent, error)}") from error
    finally:
        aside.unlink(missing_ok=True)
    return Package(target, len(packing.rows), target.stat().st_size, packing.missing_names())


class _Packing:
    """One package while it is written."""

    def __init__(self, services: Services, archive: zipfile.ZipFile, now: datetime) -> None:
        self._services = services
        self._archive = archive
        self._now = now
        self._names = PackageNames()
        self.rows: list[tuple[Cell, ...]] = []
        self._missing: list[tuple[Cell, ...]] = []

    def add_items(self, items: Iterable[PackedItem], work: Path) -> None:
        for item in items:
            with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
                self._add_item(item, Path(folder))

    def _add_item(self, item: PackedItem, work: Path) -> None:
        zone = self._now.tzinfo
        received = item.received.astimezone(zone).replace(tzinfo=None, microsecond=0)
        for file in open_item(self._services, item, work):
            if file.trouble:
                self._missing.append((item.unit, item.material, item.day, file.name, file.trouble, item.receipt))
                continue
            place = self._names.next(item, file.name)
            size = self._copy(place, file.path, received)
            number = len(self.rows) + 1
            self.rows.append(
                (number, place, item.unit, item.material, item.day, file.name, size, received, item.receipt)
            )

    def _copy(self, place: str, source: Path, modified: datetime) -> int:
        """Copies one file as a stream; returns its bytes."""
        entry = _entry(place, modified)
        if PurePosixPath(place).suffix.lstrip(".") in _PACKED_ALREADY:
            entry.compress_type = zipfile.ZIP_STORED
        entry.file_size = source.stat().st_size
        with source.open("rb") as reading, self._archive.open(entry, "w") as writing:
            shutil.copyfileobj(reading, writing, _CHUNK_BYTES)
        return entry.file_size

    def add(self, name: str, content: bytes) -> None:
        self._archive.writestr(_entry(name, self._now), content)

    def list_sheets(self) -> list[Sheet]:
        sheets = [Sheet("清单", _LIST_HEADER, tuple(self.rows), 2)]
        return sheets + ([Sheet("没有放进去的", _MISSING_HEADER, tuple(self._missing))] if self._missing else [])

    def missing_names(self) -> tuple[str, ...]:
        return tuple(f"{row[0]} {row[3]}：{row[4]}" for row in self._missing)


def _entry(name: str, modified: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, max(modified.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
