"""A new ledger in the place of one that is lost or damaged, when an admin asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from intake_bot.disk.writing import sync_folder
from intake_bot.errors import LedgerDamaged, PermanentFailure, own_disk_failures_of
from intake_bot.home.backup.restore import settle_killed_restore
from intake_bot.home.home import Home
from intake_bot.home.lock import DESK_IS_BUSY
from intake_bot.home.receipt_traces import highest_known_number
from intake_bot.ledger.inspection import LedgerKind, inspect_ledger
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import SIDE_FILE_ENDINGS

_ASIDE = "ledger-new.sqlite3"


@dataclass(frozen=True)
class NewLedger:
    """`first_receipt` is the next receipt number that is given out; `set_aside` is where the old file lies now."""

    first_receipt: str
    set_aside: Path | None


def begin_new_ledger(home: Home, now: datetime) -> NewLedger:
    """Puts a new ledger into the place of the old one, whose files are renamed and kept. Its receipt numbers go on
    above every one that anything in data/ speaks of. The caller holds the home.

    Raises PermanentFailure when the old ledger can be used or a clerk's command is at work, TemporaryFailure when the
    disk refuses. After a failure the old files are where they were, or there is no ledger and this can be repeated.
    """
    settle_killed_restore(home)
    try:
        with FileLock(home.desk_lock, timeout=0), own_disk_failures_of(home.data):
            if _is_usable(home.ledger):
                raise PermanentFailure(f"台账是好的（{home.ledger}），不用另建")
            return _replace(home, now)
    except Timeout as error:
        raise PermanentFailure(DESK_IS_BUSY) from error


def _is_usable(path: Path) -> bool:
    try:
        if inspect_ledger(path) is not LedgerKind.USED:
            return False
        with Ledger.open(path) as ledger:
            return not ledger.upkeep.find_faults()
    except LedgerDamaged:
        return False


def _replace(home: Home, now: datetime) -> NewLedger:
    given = highest_known_number(home)
    aside = home.data / _ASIDE
    for ending in ("", *SIDE_FILE_ENDINGS):  # of a run that was killed
        aside.with_name(aside.name + ending).unlink(missing_ok=True)
    with Ledger.open(aside) as ledger:
        first = ledger.upkeep.begin_anew(given, now)
    set_aside = _set_aside(home, now)
    aside.rename(home.ledger)
    sync_folder(home.data)
    return NewLedger(first, set_aside)


def _set_aside(home: Home, now: datetime) -> Path | None:
    """Renames the old ledger with what SQLite put beside it, so that nothing of it is read into the new one."""
    old = home.ledger
    target = home.data / f"ledger-{now:%Y%m%d-%H%M%S}.sqlite3"
    number = 1
    while target.exists():
        number += 1
        target = home.data / f"ledger-{now:%Y%m%d-%H%M%S}-{number}.sqlite3"
    found = [ending for ending in (*SIDE_FILE_ENDINGS, "") if old.with_name(old.name + ending).exists()]
    for ending in found:
        old.with_name(old.name + ending).rename(target.with_name(target.name + ending))
    return target if found else None
