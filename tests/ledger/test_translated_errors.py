"""Which of SQLite's errors are the ledger's trouble, and which are the fault of the values given to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlmodel import Session

from intake_bot.errors import LedgerDamaged, LedgerUnavailable
from intake_bot.ledger.database import Database, translated_errors

Act = Callable[[Session], object]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(tmp_path / "ledger.sqlite3")
    yield opened
    opened.close()


def sql(statement: str, **values: object) -> Act:
    return lambda session: session.connection().execute(text(statement), values).all()


VALUE_FAULTS: dict[str, tuple[Act, type[Exception]]] = {
    "constraint": (sql("INSERT INTO digest (id) VALUES (1)"), IntegrityError),
    "type that cannot be stored": (sql("SELECT :x", x={1}), (InterfaceError, ProgrammingError)),  # type: ignore[dict-item]
    "too large": (sql("SELECT zeroblob(3000000000)"), DataError),
    "number too large": (sql("SELECT :x", x=1 << 70), OverflowError),
    "statement": (sql("SELECT json('{')"), OperationalError),
    "too many terms": (sql("SELECT " + "+".join(["1"] * 3000)), OperationalError),
}


@pytest.mark.parametrize(("act", "error"), VALUE_FAULTS.values(), ids=VALUE_FAULTS)
def test_fault_of_the_values_comes_through_as_it_is(opened: Database, act: Act, error: type[Exception]) -> None:
    with pytest.raises(error), opened.writing() as session:
        act(session)


DAMAGE: dict[str, str] = {
    "table gone": "DROP TABLE link",
    "column gone": "ALTER TABLE link RENAME COLUMN name TO title",
    "no text": "INSERT INTO link VALUES (1, 1, CAST(x'ff41' AS TEXT), '', '', '', 0)",
}


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_ledger_that_is_not_what_it_was_is_damaged(opened: Database, statement: str) -> None:
    with sqlite3.connect(opened.path) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute(statement)
    with pytest.raises(LedgerDamaged, match="台账"), opened.reading() as session:
        session.connection().execute(text("SELECT id, name FROM link")).all()


@contextmanager
def raising(path: Path, code: int) -> Iterator[None]:
    error = sqlite3.OperationalError("as SQLite reports it")
    error.sqlite_errorcode = code
    with translated_errors(path):
        raise error
    yield


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_BUSY, LedgerUnavailable),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, LedgerUnavailable),
        (sqlite3.SQLITE_LOCKED, LedgerUnavailable),
        (sqlite3.SQLITE_FULL, LedgerUnavailable),
        (sqlite3.SQLITE_IOERR_SHORT_READ, LedgerUnavailable),
        (sqlite3.SQLITE_NOMEM, LedgerUnavailable),
        (sqlite3.SQLITE_CORRUPT, LedgerDamaged),
        (sqlite3.SQLITE_CORRUPT_INDEX, LedgerDamaged),
        (sqlite3.SQLITE_NOTADB, LedgerDamaged),
        (sqlite3.SQLITE_READONLY_DBMOVED, LedgerDamaged),
        (sqlite3.SQLITE_CANTOPEN, LedgerDamaged),
        (sqlite3.SQLITE_PERM, LedgerDamaged),
        (sqlite3.SQLITE_SCHEMA, LedgerDamaged),
        (sqlite3.SQLITE_INTERNAL, LedgerDamaged),
        (sqlite3.SQLITE_AUTH, LedgerDamaged),
    ],
)
def test_sqlite_code_tells_trouble_that_passes_from_damage(
    tmp_path: Path, code: int, expected: type[Exception]
) -> None:
    with pytest.raises(expected, match=r"台账|磁盘|内存|文件|没有权限"), raising(tmp_path, code):
        pass
