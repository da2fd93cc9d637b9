"""Restores a backup into data/: all of it, verified, or nothing.

    data/restoring/   being unpacked; a restore that is killed at this stage has changed nothing
    data/restored/    complete and verified, to be moved into its place; a restore that is killed at this stage is
                      finished by the next restore, or by the next start of the program

Existing files in data/ are never removed or replaced.
"""

from __future__ import annotations

import errno
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

from intake_bot.disk.hashing import HashingWriter
from intake_bot.disk.writing import sync_file, sync_folder
from intake_bot.errors import PermanentFailure, own_disk_failures_of
from intake_bot.home.backup.archive import (
    CHUNK_BYTES,
    FOLDERS,
    LEDGER,
    MANIFEST,
    MAXIMUM_MANIFEST_BYTES,
    Entry,
    Manifest,
    open_private,
)
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import SIDE_FILE_ENDINGS

_BESIDE_LEDGER = tuple(f"{LEDGER}{ending}" for ending in SIDE_FILE_ENDINGS)


@dataclass(frozen=True)
class RestoreResult:
    """The manifest of the restored backup, and the letters whose state is unknown."""

    manifest: Manifest
    letters_in_doubt: int
    """Letters that waited to be sent when the backup was made, and may have been sent since."""


def restore(
    source: Path,
    home: Home,
    now: datetime,
    tracked: Callable[[Sequence[Entry]], Iterator[Entry]] = iter,
) -> RestoreResult:
    """Restores a backup into the home's data folder, which must hold no data of the program yet. The caller holds
    the home's lock and has called `finish_restore`.

    Everything is unpacked into data/restoring/ and compared with the manifest first. After a failure up to there,
    data/ is unchanged; after a later failure `finish_restore` completes the restore. `tracked` yields the entries
    again and reports progress. Raises PermanentFailure when data/ is not empty or `source` is no complete backup,
    TemporaryFailure when the disk refuses.
    """
    _require_free(home.data, (LEDGER, *_BESIDE_LEDGER, *FOLDERS))
    _require_file(source)
    unpacking = _unpacking_folder(home)
    with own_disk_failures_of(home.data):
        if unpacking.exists():  # of a restore that was killed
            shutil.rmtree(unpacking)
        unpacking.mkdir(mode=0o700)
        try:
            manifest = _unpack(source, unpacking, tracked)
            in_doubt = _settle_letters(unpacking / LEDGER, manifest.made, now)
            _sync_folders(unpacking)
            unpacking.rename(_verified_folder(home))
        finally:
            shutil.rmtree(unpacking, ignore_errors=True)
    finish_restore(home)
    return RestoreResult(manifest, in_doubt)


def finish_restore(home: Home) -> bool:
    """Completes a killed restore whose data were unpacked and verified; false where there is none. The caller holds
    the home's lock.

    Raises PermanentFailure when data/ has such data by now, TemporaryFailure when the disk refuses.
    """
    verified = _verified_folder(home)
    if not verified.exists():
        return False
    remaining = [name for name in (*FOLDERS, LEDGER) if (verified / name).exists()]  # the ledger is moved last
    _require_free(home.data, (*remaining, *(_BESIDE_LEDGER if LEDGER in remaining else ())))
    with own_disk_failures_of(home.data):
        for name in remaining:
            _move(verified / name, home.data / name)
        sync_folder(home.data)
        shutil.rmtree(verified)
    return bool(remaining)


def settle_killed_restore(home: Home) -> None:
    """Completes or removes what a killed restore left. Called before the program starts to work on a home; the
    caller holds the home's lock.

    Raises PermanentFailure when the restore was killed while it unpacked: a program that starts without a ledger
    would answer all mails again. Otherwise raises as `finish_restore`.
    """
    finish_restore(home)
    unpacking = _unpacking_folder(home)
    if unpacking.exists() and not home.ledger.exists():
        raise PermanentFailure(f"上一次恢复没有做完，请再运行一次 intake-bot restore；不想恢复了，请先删除 {unpacking}")
    shutil.rmtree(unpacking, ignore_errors=True)


def _unpacking_folder(home: Home) -> Path:
    return home.data / "restoring"


def _verified_folder(home: Home) -> Path:
    return home.data / "restored"


def _require_free(data: Path, names: Sequence[str]) -> None:
    """Raises PermanentFailure when one of these names in data/ holds a file, is a link or a mount point."""
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
    """Raises PermanentFailure when `source` is a folder or does not exist."""
    try:
        is_folder, is_file = source.is_dir(), source.is_file()
    except OSError:  # a name that this system cannot represent
        is_folder = is_file = False
    if is_folder:
        raise PermanentFailure(f"{source} 是文件夹，请写明里面的哪个备份文件")
    if not is_file:
        raise PermanentFailure(f"没有 {source} 这个文件")


def _unpack(source: Path, aside: Path, tracked: Callable[[Sequence[Entry]], Iterator[Entry]]) -> Manifest:
    with _named_faults(source), zipfile.ZipFile(source) as archive:
        manifest = _read_manifest(archive)
        for entry in tracked(manifest.entries):
            target = aside.joinpath(*entry.name.split("/"))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with archive.open(entry.name) as member:
                if _copy(member, target, entry.bytes) != (entry.bytes, entry.sha256):
                    raise PermanentFailure(f"备份 {source} 已损坏：{entry.name} 与清单不符，没有恢复任何东西")
    return manifest


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in archive.infolist()):
        raise zipfile.BadZipFile("a compression that no backup uses")
    if archive.getinfo(MANIFEST).file_size > MAXIMUM_MANIFEST_BYTES:
        raise zipfile.BadZipFile("the manifest is too large")
    manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    names = [entry.name for entry in manifest.entries]
    if LEDGER not in names or len(set(names)) != len(names):
        raise zipfile.BadZipFile("no ledger, or a name twice")
    return manifest


def _copy(member: IO[bytes], target: Path, maximum: int) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what was written. Stops within CHUNK_BYTES after `maximum` bytes."""
    with open_private(target) as file:
        writer = HashingWriter(file)
        while writer.bytes <= maximum and (data := member.read(CHUNK_BYTES)):
            writer.write(data)
        sync_file(file)
    return writer.bytes, writer.sha256


def _settle_letters(ledger: Path, made: datetime, now: datetime) -> int:
    """Marks unsent letters as in doubt; returns how many. Raises PermanentFailure for a damaged ledger."""
    with Ledger.open(ledger) as restored:
        faults = restored.upkeep.find_faults()
        if faults:
            raise PermanentFailure(f"备份里的台账有错，没有恢复任何东西：{faults[0]}")
        return restored.upkeep.begin_after_restore(made, now)


def _sync_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root):
        sync_folder(Path(folder))


def _move(source: Path, place: Path) -> None:
    """Moves a file or folder to `place`, where only empty folders may be."""
    for folder, _, _ in os.walk(place, topdown=False):
        Path(folder).rmdir()  # fails for one that is not empty
    source.rename(place)


@contextmanager
def _named_faults(source: Path) -> Iterator[None]:
    """Turns the errors of a damaged or foreign zip into PermanentFailure."""
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
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # EINVAL: an offset before the start of the file
            raise
        raise PermanentFailure(f"{source} 不是 intake-bot 的备份，或已损坏，没有恢复任何东西") from error
