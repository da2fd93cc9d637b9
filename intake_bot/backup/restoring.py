"""From a backup to data/: all of it, checked, or nothing."""

from __future__ import annotations

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

from pydantic import ValidationError

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
from intake_bot.disk import disk_failures_of, sync_folder
from intake_bot.errors import PermanentFailure
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger


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
    """Brings a backup back into the home's data folder, which must hold none of ours yet; the caller holds the home.

    Everything is unpacked aside and compared with the manifest first; the ledger moves into its place last. After any
    failure data/ is as empty as before; a restore that was killed may be repeated. Raises PermanentFailure when data/
    is not empty or `source` is no whole backup, TemporaryFailure when the disk refuses.
    """
    aside = home.data / "restoring"
    # The ledger moves last: while it lies aside and none is in its place, all that is in data/ came from a restore that
    # was killed, and nobody has worked on it.
    was_killed = (aside / LEDGER).exists() and not home.ledger.exists()
    present = [name for name in (LEDGER, *FOLDERS) if _holds_something(home.data / name)]
    if present and not was_killed:
        raise PermanentFailure(
            f"{home.data} 里已经有数据（{'、'.join(present)}），恢复不会覆盖它们；要恢复，请先把整个 data 文件夹改名"
        )
    with disk_failures_of(home.data):
        for name in present:
            shutil.rmtree(home.data / name)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        try:
            manifest = _unpack(source, aside, tracked)
            doubted = _settle(aside / LEDGER, manifest.made, now)
            for name in (*FOLDERS, LEDGER):
                _move(aside / name, home.data / name)
            sync_folder(home.data)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Restored(manifest, doubted)


def _holds_something(path: Path) -> bool:
    return path.is_file() or any(one.is_file() for one in path.rglob("*"))


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


def _move(source: Path, place: Path) -> None:
    if not source.exists():
        return
    if place.is_dir():
        shutil.rmtree(place)  # it holds no file
    source.replace(place)


@contextmanager
def _named_faults(source: Path) -> Iterator[None]:
    """A file that cannot be read, or is no backup, in words."""
    try:
        yield
    except FileNotFoundError as error:
        raise PermanentFailure(f"没有 {source} 这个文件") from error
    except (
        zipfile.BadZipFile,
        ValidationError,
        KeyError,
        EOFError,
        zlib.error,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise PermanentFailure(f"{source} 不是 intake-bot 的备份，或已损坏，没有恢复任何东西") from error
