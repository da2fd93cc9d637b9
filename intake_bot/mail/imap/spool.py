"""The spool: raw mails on our disk, before anything counts that is read of them (step 2 of the order of writes).

A mail is written to `NAME.part`, flushed to the disk and renamed, so a file `NAME.eml` is always complete. Memory does
not grow with the mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.disk.growing import mark_growing
from intake_bot.disk.hashing import HashingWriter, sha256_of
from intake_bot.disk.wave import Wave
from intake_bot.errors import own_disk_failures_of
from intake_bot.mail.imap.mail_key import MailKey

Write = Callable[[bytes], object]
"""Takes the next bytes of a mail."""


@dataclass(frozen=True)
class SpooledMail:
    """One raw mail on disk, complete and flushed. `sha256` is hexadecimal."""

    path: Path
    sha256: str
    bytes: int


class Spool:
    """A folder of raw mails. Every method raises TemporaryFailure if the disk is full, read-only or fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wave: Wave | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """The mails that are saved within the block are at their places, and durable, when it ends; none of them when
        it raises."""
        self._make_folder()
        self._wave = wave = Wave()
        try:
            yield
            with own_disk_failures_of(self._folder):
                wave.finish()
        finally:
            self._wave = None
            wave.discard()

    def save(
        self, key: MailKey, source: Callable[[Write], object], follow: Callable[[Path], object] | None = None
    ) -> SpooledMail:
        """Stores what `source` writes, over leftovers of an earlier attempt; a failure leaves no partial file.

        `source` is called once with the function to write to; its exceptions are passed on. Before it `follow` is
        called with a `GrowingFile`, where the system has such files.
        """
        path = self._folder / key.file_name
        part = path.with_suffix(".part")
        wave = self._wave or Wave()
        if wave is not self._wave:
            self._make_folder()
        with own_disk_failures_of(path):
            try:
                with part.open("wb") as file:
                    writer = HashingWriter(file)
                    if follow is not None and mark_growing(file):
                        follow(part)
                    source(writer.write)
                wave.add(part, path)
                if wave is not self._wave:
                    wave.finish()
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return SpooledMail(path, writer.sha256, writer.bytes)

    def _make_folder(self) -> None:
        with own_disk_failures_of(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)

    def find(self, key: MailKey) -> SpooledMail | None:
        """The mail that an earlier run stored, read once for its hash; None if there is none."""
        path = self._folder / key.file_name
        with own_disk_failures_of(path):
            try:
                return SpooledMail(path, sha256_of(path), path.stat().st_size)
            except FileNotFoundError:
                return None

    def discard(self, spooled: SpooledMail) -> None:
        """Removes a mail; one that is already gone is no error."""
        with own_disk_failures_of(spooled.path):
            spooled.path.unlink(missing_ok=True)

    def names(self) -> frozenset[str]:
        """File names of all complete mails."""
        with own_disk_failures_of(self._folder):
            return frozenset(path.name for path in self._folder.glob("*.eml"))

    def remove(self, names: Iterable[str]) -> None:
        """Removes mails by their file names; one that is already gone is no error."""
        with own_disk_failures_of(self._folder):
            for name in names:
                (self._folder / name).unlink(missing_ok=True)

    def sweep(self, now: datetime, older_than: timedelta) -> int:
        """Removes partial files that were not written to for `older_than`; returns their number."""
        limit = (now - older_than).timestamp()
        with own_disk_failures_of(self._folder):
            stale = [part for part in self._folder.glob("*.part") if part.stat().st_mtime < limit]
            for part in stale:
                part.unlink(missing_ok=True)
        return len(stale)
