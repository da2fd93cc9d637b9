"""Makes a backup: one zip with a snapshot of the ledger and every file in it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_bot import __version__
from intake_bot.disk.hashing import HashingWriter
from intake_bot.disk.writing import sync_file, sync_folder
from intake_bot.errors import PermanentFailure, own_disk_failures_of
from intake_bot.home.backup.archive import CHUNK_BYTES, LEDGER, MANIFEST, Entry, Manifest, open_private
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile

_OLDEST_YEAR = 1980
"""Earliest year that a zip can store; a machine without a clock battery starts in 1970."""


@dataclass(frozen=True)
class BackupResult:
    """The content of a backup and its size. `faults` are the files that are missing or changed, in words."""

    entries: tuple[Entry, ...]
    bytes: int
    faults: tuple[str, ...]


def back_up(
    ledger: Ledger,
    home: Home,
    target: Path,
    now: datetime,
    tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]] = iter,
) -> BackupResult:
    """Writes a backup to `target`, readable by its owner only. The daemon may run at the same time.

    The ledger is copied first: stored files never change, so every file of that snapshot still exists afterwards.
    Memory does not grow with the number or size of the files. `tracked` yields the files again and reports progress.
    After a failure `target` does not exist. Raises PermanentFailure when it exists already or is no usable name,
    TemporaryFailure when the disk refuses.
    """
    _require_new(target)
    with own_disk_failures_of(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".intake-bot-") as aside:
        copy, half = Path(aside) / LEDGER, Path(aside) / "half"
        ledger.upkeep.copy(copy)
        with Ledger.open(copy) as snapshot:
            stored = snapshot.upkeep.find_stored_files()
        result = _write(half, copy, stored, home, now, tracked)
        half.replace(target)
        sync_folder(target.parent)
    return result


def _require_new(target: Path) -> None:
    try:
        is_folder, exists, has_parent = target.is_dir(), target.exists(), target.parent.is_dir()
    except OSError as error:
        raise PermanentFailure(f"不能用 {target} 这个文件名，请换一个短些的") from error
    if is_folder:
        raise PermanentFailure(f"{target} 是文件夹，请写上备份文件的名字，如 {target / '2023-05-17.zip'}")
    if exists:
        raise PermanentFailure(f"{target} 已经有了，请换一个文件名；旧的备份不会被覆盖")
    if not has_parent:
        raise PermanentFailure(f"没有 {target.parent} 这个文件夹")


def _write(
    half: Path,
    copy: Path,
    stored: Sequence[StoredFile],
    home: Home,
    now: datetime,
    tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]],
) -> BackupResult:
    with open_private(half) as file:
        with zipfile.ZipFile(file, "w") as archive:
            writer = _ArchiveWriter(archive, now)
            writer.add(copy, LEDGER)
            faults = tuple(_add_stored(writer, home.files, tracked(stored)))
            for path in (*sorted(home.spool.glob("*.eml")), *sorted(home.digests.rglob("*.html"))):
                writer.add(path, path.relative_to(home.data).as_posix())
            manifest = Manifest(program=__version__, made=now, entries=tuple(writer.entries))
            writer.add_text(MANIFEST, manifest.model_dump_json(indent=1))
        sync_file(file)
    return BackupResult(manifest.entries, half.stat().st_size, faults)


def _add_stored(writer: _ArchiveWriter, root: Path, stored: Iterator[StoredFile]) -> Iterator[str]:
    """Adds the files of the store, and yields a sentence for each that is missing or differs from the ledger."""
    for file in stored:
        entry = writer.add(root / file.path, f"files/{file.path}")
        if entry is None:
            yield f"回执编号 {file.receipt} 的文件不见了：{root / file.path}"
        elif (entry.bytes, entry.sha256) != (file.bytes, file.sha256):
            yield f"回执编号 {file.receipt} 的文件与登记的不一样：{root / file.path}"


class _ArchiveWriter:
    """Adds files to an archive, and collects their manifest entries."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive = archive
        self._date = now.timetuple()[:6] if now.year >= _OLDEST_YEAR else (_OLDEST_YEAR, 1, 1, 0, 0, 0)
        self.entries: list[Entry] = []

    def add(self, path: Path, name: str) -> Entry | None:
        """Adds one file. None where it no longer exists: the daemon removes a raw mail once the mail is settled."""
        with suppress(FileNotFoundError, IsADirectoryError), path.open("rb") as source:
            with self._archive.open(self._info(name), "w", force_zip64=True) as member:
                hashing = HashingWriter(member)
                while data := source.read(CHUNK_BYTES):
                    hashing.write(data)
            entry = Entry(name=name, bytes=hashing.bytes, sha256=hashing.sha256)
            self.entries.append(entry)
            return entry
        return None

    def add_text(self, name: str, content: str) -> None:
        self._archive.writestr(self._info(name), content.encode("utf-8"))

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._date)
        # Photos and videos do not compress; the ledger, full of letters, shrinks to a tenth.
        info.compress_type = zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info
