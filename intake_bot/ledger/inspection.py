"""What a file in the ledger's place is, found without making or migrating anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from intake_bot.ledger.database import BUSY_SECONDS, SCHEMA, translated_errors
from intake_bot.ledger.tables import LedgerTable
from intake_bot.ledger.values.receipt import FIRST

_FIRST_TABLES = frozenset({"message", "submission", "item", "file", "letter", "digest", "event"})
"""Those of every version."""


class LedgerKind(StrEnum):
    """What a file in the ledger's place is."""

    MISSING = "missing"
    EMPTY = "empty"
    """No byte, or no table."""
    FOREIGN = "foreign"
    """Tables of another program, or not all of ours."""
    UNUSED = "unused"
    """Our tables, and no mail was ever registered."""
    USED = "used"


def inspect_ledger(path: Path) -> LedgerKind:
    """What is in the ledger's place. A new ledger that took the place of a lost one, or came out of a backup, is USED.

    Raises LedgerDamaged and LedgerUnavailable as `Database.open`. SQLite must not open a missing or empty file: it
    would throw away the latest pages, which may lie beside it.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return LedgerKind.MISSING
    if size == 0:
        return LedgerKind.EMPTY
    with translated_errors(path), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return LedgerKind.EMPTY
        if not tables >= _FIRST_TABLES or "alembic_version" not in tables:
            return LedgerKind.FOREIGN
        if _revision(connection) == SCHEMA and not set(LedgerTable.metadata.tables) <= tables:
            return LedgerKind.FOREIGN
        used = "SELECT EXISTS (SELECT 1 FROM message) OR EXISTS (SELECT 1 FROM event WHERE what LIKE 'ledger.%')"
        return LedgerKind.USED if connection.execute(used).fetchone()[0] else LedgerKind.UNUSED


def _revision(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def last_number(path: Path) -> int:
    """The highest number (without its check digit) that a ledger gave out as a receipt; 0 where it gave none, or is too
    damaged to be asked. Never raises for a damaged file."""
    highest = 0
    if not path.is_file() or path.stat().st_size == 0:
        return highest
    for question in ("SELECT seq FROM sqlite_sequence WHERE name = 'message'", "SELECT max(id) FROM message"):
        try:
            with closing(sqlite3.connect(path)) as connection:
                row = connection.execute(question).fetchone()
        except sqlite3.Error:
            continue
        if row and isinstance(row[0], int) and row[0] > 0:
            highest = max(highest, row[0] + FIRST)
    return highest
