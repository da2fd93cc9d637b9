"""The ledger as it was after one of its events: temporary views that stand in front of the tables of one connection.

Every query that reads the tables then reads the past, without a word of its own. Rows from before the ledger wrote down
its changes are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Integer, Table
from sqlmodel import SQLModel

from intake_bot.ledger.database import table_of
from intake_bot.ledger.tables import (
    ClosedLetterRow,
    DigestRow,
    ExtensionRow,
    ItemRow,
    LetterRow,
    LinkRow,
    MessageRow,
    PieceRow,
    SubmissionRow,
    SupplementRow,
)

_CHANGING: Mapping[type[SQLModel], tuple[str, ...]] = {
    MessageRow: ("state", "sender", "subject", "reason", "kind", "settled", "received"),
    SubmissionRow: ("stands",),
    ItemRow: ("superseded_by",),
    LinkRow: ("supplied",),
    LetterRow: ("state", "next_attempt", "last_error", "sent"),
    PieceRow: ("whole",),
    SupplementRow: ("earlier",),
    ExtensionRow: ("withdrawn_by",),
    ClosedLetterRow: ("withdrawn_by",),
    DigestRow: (),
}
"""As the triggers of the ledger write down their changes."""
_LATER = "(event IS NULL OR event > {})"
_GROWING = (MessageRow, SubmissionRow, LetterRow, PieceRow, DigestRow, ExtensionRow, ClosedLetterRow)


def views_as_of(event: int) -> Iterator[str]:
    """The statements that show a connection the ledger as it was after the event with this id."""
    yield f"CREATE TEMP VIEW event AS SELECT * FROM main.event WHERE id <= {int(event)}"  # noqa: S608 - a number
    for row, fields in _CHANGING.items():
        table = table_of(row)
        key = next(iter(table.primary_key.columns)).name
        columns = ", ".join(
            _past(table, key, column.name, isinstance(column.type, Integer) or column.name == "stands", int(event))
            if column.name in fields
            else f"now.{column.name}"
            for column in table.columns
        )
        shown = f" WHERE {_is_there(table.name, key, int(event))}" if row in _GROWING else ""
        yield f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM main.{table.name} AS now{shown}"  # noqa: S608 - own names


def _past(table: Table, key: str, field: str, is_number: bool, event: int) -> str:
    """The value before the first change that came after the event, else the value of now."""
    changed = f"place = '{table.name}' AND row = now.{key} AND field = '{field}'"
    later = f"FROM main.change WHERE {changed} AND {_LATER.format(event)}"
    old = f"(SELECT {'CAST(old AS INTEGER)' if is_number else 'old'} {later} ORDER BY id LIMIT 1)"
    return f"CASE WHEN EXISTS (SELECT 1 {later}) THEN {old} ELSE now.{field} END AS {field}"


def _is_there(table: str, key: str, event: int) -> str:
    came = f"SELECT 1 FROM main.change WHERE place = '{table}' AND row = now.{key} AND field = ''"  # noqa: S608 - our own words
    return f"NOT EXISTS ({came} AND {_LATER.format(event)})"
