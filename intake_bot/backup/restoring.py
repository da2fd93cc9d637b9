"""From a backup to data/: all of it, checked, or nothing.

    data/restoring/   being unpacked; a restore that was killed here has done nothing yet
    data/restored/    whole and checked, to be moved into its place; a restore that was killed here is brought to its
                      end by the next restore, or by the next start of the program

Nothing that lies in its place is ever removed or replaced.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from intake_bot.backup.archive import (
    CHUNK_BYTES,
    FOLDERS,
    LEDGER,
    MANIFEST,
    MOST_MANIFEST_BYTES,
    Entry,
    Manifest,
    open_private,
)
from intake_bot.disk import own_disk_failures_of, sync_folder
from intake_bot.errors import PermanentFailure
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger

_BESIDE_LEDGER = tuple(f"{LEDGER}{ending}" for ending in ("-wal", "-shm", "-journal"))
"""What SQLite would read into the ledger as its latest pages, whichever ledger it was written for."""


@dataclass(frozen=True)
class Restored:
    """What came back. `doubted` letters were waiting when the backup was made, and may have been sent since."""

    manifest: Manifest
    doubted: int


def restore(
    source: Path,
    home: Home,
    now: datetime,
    tracked: Callable[[Sequence[Entry]], Iterator[Entry]] = iter,
) -> Restored:
    """Brings a backup back into the home's data folder, which must hold none of ours yet; the caller holds the home,
    and has called `finish_restore`.

    Everything is unpacked aside and compared with the manifest first. After a failure before that is done data/ is as
    empty as before; after a later one `finish_restore` goes on. Raises PermanentFailure when data/ is not empty or
    `source` is no whole backup, TemporaryFailure when the disk refuses.
    """
    _require_room(home.data, (LEDGER, *_BESIDE_LEDGER, *FOLDERS))
    _require_file(source)
    half = _half(home)
    with own_disk_failures_of(home.data):
        if half.exists():  # of a restore that was killed
            shutil.rmtree(half)
        half.mkdir(mode=0o700)
        try:
            manifest = _unpack(source, half, tracked)
            doubted = _settle(half / LEDGER, manifest.made, now)
            _sync_folders(half)
            half.rename(_whole(home))
        finally:
            shutil.rmtree(half, ignore_errors=True)
    finish_restore(home)
    return Restored(manifest, doubted)


def finish_restore(home: Home) -> bool:
    """Moves into its place what a restore that was killed had unpacked and checked; false where nothing is left to
    move. The caller holds the home.

    Raises PermanentFailure when something lies there by now, TemporaryFailure when the disk refuses.
    """
    whole = _whole(home)
    if not whole.exists():
        return False
    left = [name for name in (*FOLDERS, LEDGER) if (whole / name).exists()]  # where the ledger is, all is
    _require_room(home.data, (*left, *(_BESIDE_LEDGER if LEDGER in left else ())))
    with own_disk_failures_of(home.data):
        for name in left:
            _move(whole / name, home.data / name)
        sync_folder(home.data)
        shutil.rmtree(whole)
    return bool(left)


def settle_killed_restore(home: Home) -> None:
    """To be called before anybody begins to work on a home: nothing of a restore that was killed is left then. The
    caller holds the home.

    Raises PermanentFailure when it was killed before all was unpacked: a program that begins without a ledger would
    answer all mails once more. Else as `finish_restore`.
    """
    finish_restore(home)
    half = _half(home)
    if half.exists() and not home.ledger.exists():
        raise PermanentFailure(f"上一次恢复没有做完，请再运行一次 intake-bot restore；不想恢复了，请先删除 {half}")
    shutil.rmtree(half, ignore_errors=True)


def _half(home: Home) -> Path:
    return home.data / "restoring"


def _whole(home: Home) -> Path:
    return home.data / "restored"


def _require_room(data: Path, names: Sequence[str]) -> None:
    """Raises PermanentFailure when one of these places in data/ is taken."""
    present = [name for name in names if _holds_something(data / name)]
    if present:
        raise PermanentFailure(
            f"{data} 里已经有数据（{'、'.join(present)}），恢复不会覆盖它们；要恢复，请先把整个 data 文件夹改名"
        )
    for place in (data / name for name in names):
        if place.is_symlink() or os.path.ismount(place):
            raise PermanentFailure(f"{place} 是链接或另一块盘，恢复放不进去；请先拿掉，恢复以后再把内容搬过去")


def _holds_something(path: Path) -> bool:
    return path.is_file() or any(one.is_symlink() or not one.is_dir() for one in path.rglob("*"))


def _require_file(source: Path) -> None:
    """Raises PermanentFailure for what is no backup by its kind."""
    try:
        is_folder, is_file = source.is_dir(), source.is_file()
    except OSError:  # no name at all, to this system
        is_folder = is_file = False
    if is_folder:
        raise PermanentFailure(f"{source} 是文件夹，请写明里面的哪个备份文件")
    if not is_file:
        raise PermanentFailure(f"没有 {source} 这个文件")


def _unpack(source: Path, aside: Path, tracked: Callable[[Sequence[Entry]], Iterator[Entry]]) -> Manifest:
    with _named_faults(source), zipfile.ZipFile(source) as archive:
        manifest = _manifest(archive)
        for entry in tracked(manifest.entries):
            target = aside.joinpath(*entry.name.split("/"))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(entry.name) as member:
                if _copied(member, target, entry.bytes) != (entry.bytes, entry.sha256):
                    raise PermanentFailure(f"备份 {source} 已损坏：{entry.name} 与清单不符，没有恢复任何东西")
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in archive.infolist()):
        raise zipfile.BadZipFile("packed as we pack nothing")
    if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
        raise zipfile.BadZipFile("the manifest is too large")
    manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    names = [entry.name for entry in manifest.entries]
    if LEDGER not in names or len(set(names)) != len(names):
        raise zipfile.BadZipFile("no ledger, or a name twice")
    return manifest


def _copied(member: IO[bytes], target: Path, most: int) -> tuple[int, str]:
    """Size and SHA-256 of what was written: not more than a piece beyond `most`."""
    digest, size = hashlib.sha256(), 0
    with open_private(target) as file:
        while size <= most and (data := member.read(CHUNK_BYTES)):
            file.write(data)
            digest.update(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _settle(ledger: Path, made: datetime, now: datetime) -> int:
    with Ledger.open(ledger) as restored:
        faults = restored.upkeep.faults()
        if faults:
            raise PermanentFailure(f"备份里的台账有错，没有恢复任何东西：{faults[0]}")
        return restored.upkeep.begin_after_restore(made, now)


def _sync_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root):
        sync_folder(Path(folder))


def _move(source: Path, place: Path) -> None:
    for folder, _, _ in os.walk(place, topdown=False):
        Path(folder).rmdir()  # all of them are empty; that of another would not go
    source.rename(place)


@contextmanager
def _named_faults(source: Path) -> Iterator[None]:
    """A file that cannot be read, or is no backup, in words."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        EOFError,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # of a place before the file's beginning
            raise
        raise PermanentFailure(f"{source} 不是 intake-bot 的备份，或已损坏，没有恢复任何东西") from error
