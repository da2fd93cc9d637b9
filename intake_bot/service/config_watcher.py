"""Watches config/ and templates/ while the program runs, and takes over edits that are complete and without a fault."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake_bot.clock import Clock
from intake_bot.config.partial import PartialSettings
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, IntakeError
from intake_bot.home.home import Home

log = logging.getLogger(__name__)

RETRY_CHECKS = 20
"""Number of checks after which a faulty edit is read again: a file that was locked may have become readable."""

EVERYBODY = ""
"""In place of a bureau's id: all bureaus."""

_Files = frozenset[tuple[str, int, int]]


@dataclass(frozen=True)
class FaultyEdit:
    """An edit that is not taken over. `why` is in words for the admin; `since` is an aware time."""

    since: datetime
    why: str


class ConfigWatcher:
    """Watches the files that admins edit.

    `faulty` are the edits that could not be taken over, until they are corrected: by the id of the bureau whose files
    have the fault, or EVERYBODY."""

    def __init__(self, home: Home, read: Callable[[Settings], PartialSettings], clock: Clock) -> None:
        """`read` reads the whole configuration, given the settings that a faulty bureau keeps. It raises ConfigError
        for faults that concern everybody."""
        self._home = home
        self._read = read
        self._clock = clock
        self._known = self._seen = _list_files(home)
        self._letters = _below(self._known, home.own_templates)
        """The letters when settings were returned last."""
        self._checks = 0
        self.faulty: Mapping[str, FaultyEdit] = {}

    def take_edit(self, running: Settings) -> Settings | None:
        """The settings after an edit, once; None where nothing was edited, or nothing of it can be taken over.

        Called every few seconds. Files that changed since the last call are left to the next call, since the edit may
        not be complete.
        """
        files = _list_files(self._home)
        is_stable, self._seen = files == self._seen, files
        self._checks += 1
        is_retry = bool(self.faulty) and self._checks % RETRY_CHECKS == 0
        if files is None or not is_stable or (files == self._known and not is_retry):
            return None
        self._known = files
        try:
            found = self._read(running)
        except ConfigError as error:
            self._report({EVERYBODY: error.faults})
            return None
        except (IntakeError, OSError) as error:
            self._report({EVERYBODY: (error,)})
            return None
        self._report(found.faults)
        letters = _below(files, self._home.own_templates)
        if found.faults and letters == self._letters and _is_same(found.settings, running):
            return None
        self._letters = letters
        return found.settings

    def read_again(self) -> None:
        """Lets the next call find the edit that it returned last once more, since it could not be taken over."""
        self._known = None

    def _report(self, faults: Mapping[str, Sequence[object]]) -> None:
        now = self._clock()
        self.faulty = {
            bureau: FaultyEdit(self.faulty[bureau].since if bureau in self.faulty else now, _fault_words(found))
            for bureau, found in faults.items()
        }
        for bureau, edit in self.faulty.items():
            log.warning("edit not taken over bureau=%s: %s", bureau or "all", edit.why)


def _below(files: _Files | None, folder: Path) -> _Files:
    return frozenset(file for file in files or () if Path(file[0]).is_relative_to(folder))


def _is_same(one: Settings, other: Settings) -> bool:
    return (one.intake, one.bureaus, one.notices) == (other.intake, other.bureaus, other.notices)


def _fault_words(faults: Sequence[object]) -> str:
    more = f"等 {len(faults)} 处（运行 intake-bot check 可以看到全部）" if len(faults) > 1 else ""
    return f"{faults[0]}{more}"


def _list_files(home: Home) -> _Files | None:
    """Path, size in bytes and modification time in nanoseconds of each file; None while a folder appears or
    disappears. Lock and backup files of Excel and editors are left out."""
    folders = (home.config, home.own_templates)
    try:
        return frozenset(file for folder in folders for path in folder.rglob("*") for file in _file_stamp(path))
    except OSError:
        return None


def _file_stamp(path: Path) -> Iterator[tuple[str, int, int]]:
    if path.name.startswith((".", "~$")) or path.name.endswith("~"):
        return
    try:
        status = path.stat()
    except OSError:  # removed meanwhile
        return
    if path.is_file():
        yield str(path), status.st_size, status.st_mtime_ns
