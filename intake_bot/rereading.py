"""Edits to config/ and templates/ while the program runs: read anew once they are whole and without a fault."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, IntakeError
from intake_bot.home import Home

log = logging.getLogger(__name__)

RETRY_LOOKS = 20
"""So often a faulty edit is read again: a file that was locked or not ours to read may have become free."""

_Files = frozenset[tuple[str, int, int]]


@dataclass(frozen=True)
class FaultyEdit:
    """An edit that is not taken over. `why` is in words for the admin."""

    since: datetime
    why: str


class Rereading:
    """Watches the files that admins edit. What is wrong with an edit stays in `faulty` until it is mended."""

    def __init__(self, home: Home, read: Callable[[], Settings], clock: Clock) -> None:
        """`read` reads them all; it raises ConfigError for a fault."""
        self._home = home
        self._read = read
        self._clock = clock
        self._known = self._seen = _files(home)
        self._looks = 0
        self.faulty: FaultyEdit | None = None

    def settings(self) -> Settings | None:
        """New settings, once, after an edit; None while nothing was edited, or with a fault.

        Asked every few seconds. Files that have changed since they were last looked at are left for the next time:
        somebody is at work, or half of them is copied.
        """
        files = _files(self._home)
        rested, self._seen = files == self._seen, files
        self._looks += 1
        is_due = self.faulty is not None and self._looks % RETRY_LOOKS == 0
        if files is None or not rested or (files == self._known and not is_due):
            return None
        self._known = files
        try:
            settings = self._read()
        except (IntakeError, OSError) as error:
            since = self.faulty.since if self.faulty else self._clock()
            self.faulty = FaultyEdit(since, _words(error))
            log.warning("edit not taken over: %s", self.faulty.why)
            return None
        self.faulty = None
        return settings


def _words(error: IntakeError | OSError) -> str:
    faults = error.faults if isinstance(error, ConfigError) else (error,)
    more = f"等 {len(faults)} 处（运行 intake-bot check 可以看到全部）" if len(faults) > 1 else ""
    return f"{faults[0]}{more}"


def _files(home: Home) -> _Files | None:
    """Name, size and time of writing (nanoseconds) of each. Excel and editors put files of their own beside them. None
    while a folder comes or goes."""
    folders = (home.config, home.own_templates)
    try:
        return frozenset(file for folder in folders for path in folder.rglob("*") for file in _file(path))
    except OSError:
        return None


def _file(path: Path) -> Iterator[tuple[str, int, int]]:
    if path.name.startswith((".", "~$")) or path.name.endswith("~"):
        return
    try:
        status = path.stat()
    except OSError:  # it went while we looked
        return
    if path.is_file():
        yield str(path), status.st_size, status.st_mtime_ns
