"""The spool: raw mail on our own disk before anything is read of it (step 2 of the order of writes).

A mail is written aside as `NAME.part`, flushed to the disk, and renamed; a file named `NAME.eml` is therefore always
whole. Memory does not grow with the mail.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.disk import own_disk_failures_of, sync_folder
from intake_bot.mail.key import MailKey

Write = Callable[[bytes], object]
"""Takes the next bytes of a mail."""

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Spooled:
    """One raw mail on disk, whole and fsynced."""

    path: Path
    sha256: str
    bytes: int


class Spool:
    """A folder of raw mails. Every method raises TemporaryFailure where the disk refuses (full, read-only)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, key: MailKey, source: Callable[[Write], object]) -> Spooled:
        """Stores what `source` writes, replacing leftovers of an earlier try; after any failure nothing is left.

        `source` is called once with a function to write to; what it raises comes through.
        """
        path = self._folder / key.file_name
        part = path.with_suffix(".part")
        digest = hashlib.sha256()
        count = 0
        with own_disk_failures_of(path):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("wb") as file:

                    def write(data: bytes) -> None:
                        nonlocal count
                        file.write(data)
                        digest.update(data)
                        count += len(data)

                    source(write)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
                sync_folder(self._folder)
            finally:
                part.unlink(missing_ok=True)
        return Spooled(path, digest.hexdigest(), count)

    def find(self, key: MailKey) -> Spooled | None:
        """The mail as an earlier run left it, read through once for its hash; None when there is none."""
        path = self._folder / key.file_name
        digest = hashlib.sha256()
        count = 0
        with own_disk_failures_of(path):
            try:
                with path.open("rb") as file:
                    while data := file.read(_READ_BYTES):
                        digest.update(data)
                        count += len(data)
            except FileNotFoundError:
                return None
        return Spooled(path, digest.hexdigest(), count)

    def discard(self, spooled: Spooled) -> None:
        """Removes a mail that is no longer needed; one that is gone already is fine."""
        with own_disk_failures_of(spooled.path):
            spooled.path.unlink(missing_ok=True)

    def names(self) -> frozenset[str]:
        """File names of the whole mails that lie here."""
        with own_disk_failures_of(self._folder):
            return frozenset(path.name for path in self._folder.glob("*.eml"))

    def remove(self, names: Iterable[str]) -> None:
        """Removes mails by their file names; one that is gone already is fine."""
        with own_disk_failures_of(self._folder):
            for name in names:
                (self._folder / name).unlink(missing_ok=True)

    def sweep(self, now: datetime, older_than: timedelta) -> int:
        """Removes half-written files that nobody has touched for `older_than`; returns how many."""
        limit = (now - older_than).timestamp()
        with own_disk_failures_of(self._folder):
            stale = [part for part in self._folder.glob("*.part") if part.stat().st_mtime < limit]
            for part in stale:
                part.unlink(missing_ok=True)
        return len(stale)
