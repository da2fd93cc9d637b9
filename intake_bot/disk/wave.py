"""Many files made durable at once, which costs little more than one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from intake_bot.disk.writing import sync_file, sync_folder

_THREADS = 8
"""Flushes that wait at the same time: a journal takes them together."""


class Wave:
    """Files that lie complete beside their places. `finish` flushes all of them, then renames them in their order, then
    flushes their folders: whatever the instant of a power cut, a file is at its place whole or not at all."""

    def __init__(self) -> None:
        self._files: list[tuple[Path, Path]] = []
        self._folders: dict[Path, None] = {}

    def add(self, aside: Path, place: Path) -> None:
        """A complete file that is still `aside`."""
        self._files.append((aside, place))
        self.add_folder(place.parent)

    def add_folder(self, folder: Path) -> None:
        """A folder that got new names."""
        self._folders[folder] = None

    def finish(self) -> None:
        """Makes all of it durable. Raises OSError; then nothing more is renamed."""
        asides = [aside for aside, _ in self._files]
        if len(asides) > 1:
            with ThreadPoolExecutor(min(_THREADS, len(asides))) as pool:
                list(pool.map(_sync, asides))
        else:
            for aside in asides:
                _sync(aside)
        while self._files:
            aside, place = self._files[0]
            aside.replace(place)
            self._files.pop(0)
        for folder in self._folders:
            sync_folder(folder)
        self._folders.clear()

    def discard(self) -> None:
        """Removes what is still aside. On a disk that became read-only it stays until the next attempt."""
        for aside, _ in self._files:
            with suppress(OSError):
                aside.unlink()
        self._files.clear()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        sync_file(file)
