"""Makes a ledger long: copies what is in it, again and again, as other mails of other days."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_TIMES = {"internaldate", "received", "latest_arrival", "next_attempt", "created", "sent", "at", "deadline"}
_UNIQUE_TEXTS = {("message", "receipt"), ("message", "message_id"), ("message", "identity"), ("letter", "message_id")}
_KEPT = {
    "alembic_version", "digest", "change", "ordercode", "command", "clerkorder", "extension", "sheetphoto", "pick",
    "closedletter",
}  # fmt: skip
"""Tables of which no copies are made: what clerks ordered, and the changes, which triggers write down."""
_EVENTS = {("message", "settled"), ("digest", "upto")}
"""Numbers of events that are no foreign keys."""


def multiply(ledger: Path, copies: int, weeks_apart: int) -> None:
    """Adds so many copies of everything. Copy n lies n times so many weeks back; where that is not 0, it belongs to
    a notice of its own, as a former year's does, else to the present one.

    No statistics are made (ANALYZE): no ledger has any, and SQLite plans otherwise with them."""
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = _tables(connection)
        highest = {table: _highest(connection, table) for table in tables}
        for copy in range(1, copies + 1):
            for table in tables:
                columns = _columns(connection, table)
                values = [_value(connection, table, column, copy, weeks_apart, highest) for column in columns]
                own = f"WHERE rowid <= {highest[table]}" if "id" in columns else _of_first(connection, table, highest)
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} {own}"
                )
        connection.execute("UPDATE change SET event = (SELECT max(id) FROM event) WHERE event IS NULL")
        connection.commit()
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()


def report_since(ledger: Path, event: str) -> None:
    """Lets the next digest report what happened after this event, an SQL expression: the last one was yesterday's, as
    those of one day all report the whole day."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(f"UPDATE digest SET upto = {event}, day = date(day, '-1 day')")


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return [name for (name,) in rows if name not in _KEPT]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _highest(connection: sqlite3.Connection, table: str) -> int:
    column = "id" if "id" in _columns(connection, table) else "rowid"
    return int(connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0])


def _references(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Column → table that it points to."""
    return {row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}


def _of_first(connection: sqlite3.Connection, table: str, highest: dict[str, int]) -> str:
    """For tables without a number of their own: the rows that were there first, by what they point to."""
    (column, target), *_ = _references(connection, table).items()
    return f"WHERE {column} <= {highest[target]}"


def _value(
    connection: sqlite3.Connection, table: str, column: str, copy: int, weeks_apart: int, highest: dict[str, int]
) -> str:
    target = _references(connection, table).get(column)
    if column == "id" or target:
        return f"{column} + {copy * highest[target or table]}"
    if (table, column) == ("letter", "raw"):
        return "zeroblob(200)"  # what is not sent again need not be copied
    if (table, column) in _EVENTS:
        return f"{column} + {copy * highest['event']}"
    if (table, column) in _UNIQUE_TEXTS:
        return f"'{copy}.' || {column}"
    if (table, column) == ("message", "uid"):
        return f"{column} + {copy * 1_000_000}"
    if column in _TIMES and weeks_apart:
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-{copy * weeks_apart * 7} days') || '000'"
    if column == "day" and weeks_apart:
        return f"date({column}, '-{copy * weeks_apart * 7} days')"
    if column == "notice" and weeks_apart:
        return f"{column} || '-{copy}'"
    return column
