"""From data/ to one file: the ledger as it is at this moment, and every file that it speaks of."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_bot import __version__
from intake_bot.backup.archive import CHUNK_BYTES, LEDGER, MANIFEST, Entry, Manifest, open_private
from intake_bot.disk import own_disk_failures_of, sync_folder
from intake_bot.errors import PermanentFailure
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile

_OLDEST_YEAR = 1980
"""Of a zip; a machine without a battery begins in 1970."""


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds; `faults` are what should have been in it as well."""

    entries: tuple[Entry, ...]
    bytes: int
    faults: tuple[str, ...]


def back_up(
    ledger: Ledger,
    home: Home,
    target: Path,
    now: datetime,
    tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]] = iter,
) -> BackedUp:
    """Writes a backup to `target`, readable by its owner only, while others may go on working.

    The ledger goes first: its files never change, so that all that it speaks of is there afterwards. Memory does not
    grow with them. After a failure there is no `target`. Raises PermanentFailure when there is one already or cannot
    be one, TemporaryFailure when the disk does not take it.
    """
    _require_new(target)
    with own_disk_failures_of(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".intake-bot-") as aside:
        copy, half = Path(aside) / LEDGER, Path(aside) / "half"
        ledger.upkeep.copy(copy)
        with Ledger.open(copy) as snapshot:
            stored = snapshot.upkeep.stored_files()
        done = _written(half, copy, stored, home, now, tracked)
        half.replace(target)
        sync_folder(target.parent)
    return done


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


def _written(
    half: Path,
    copy: Path,
    stored: Sequence[StoredFile],
    home: Home,
    now: datetime,
    tracked: Callable[[Sequence[StoredFile]], Iterator[StoredFile]],
) -> BackedUp:
    with open_private(half) as file:
        with zipfile.ZipFile(file, "w") as archive:
            writing = _Writing(archive, now)
            writing.add(copy, LEDGER)
            faults = tuple(_stored(writing, home.files, tracked(stored)))
            for path in (*sorted(home.spool.glob("*.eml")), *sorted(home.digests.rglob("*.html"))):
                writing.add(path, path.relative_to(home.data).as_posix())
            manifest = Manifest(program=__version__, made=now, entries=tuple(writing.entries))
            writing.add_text(MANIFEST, manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return BackedUp(manifest.entries, half.stat().st_size, faults)


def _stored(writing: _Writing, root: Path, stored: Iterator[StoredFile]) -> Iterator[str]:
    """Adds the files of the store, and tells of those that are not what the ledger says."""
    for file in stored:
        entry = writing.add(root / file.path, f"files/{file.path}")
        if entry is None:
            yield f"回执编号 {file.receipt} 的文件不见了：{root / file.path}"
        elif (entry.bytes, entry.sha256) != (file.bytes, file.sha256):
            yield f"回执编号 {file.receipt} 的文件与登记的不一样：{root / file.path}"


class _Writing:
    """Adds files to an archive, and remembers what they were."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive = archive
        self._date = now.timetuple()[:6] if now.year >= _OLDEST_YEAR else (_OLDEST_YEAR, 1, 1, 0, 0, 0)
        self.entries: list[Entry] = []

    def add(self, path: Path, name: str) -> Entry | None:
        """None when there is no such file any more: the daemon removes a raw mail once it is done with."""
        with suppress(FileNotFoundError, IsADirectoryError), path.open("rb") as source:
            digest, size = hashlib.sha256(), 0
            with self._archive.open(self._info(name), "w", force_zip64=True) as member:
                while data := source.read(CHUNK_BYTES):
                    member.write(data)
                    digest.update(data)
                    size += len(data)
            entry = Entry(name=name, bytes=size, sha256=digest.hexdigest())
            self.entries.append(entry)
            return entry
        return None

    def add_text(self, name: str, content: str) -> None:
        self._archive.writestr(self._info(name), content.encode("utf-8"))

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._date)
        # Photos and videos do not shrink; the ledger, full of letters, does to a tenth.
        info.compress_type = zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info
