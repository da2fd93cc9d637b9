"""The names under which units sent something, and what is to be done when a unit is renamed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update

from intake_bot.ledger.database import Database
from intake_bot.ledger.tables import ItemRow, PieceRow, SubmissionRow
from intake_bot.ledger.trail import add_event
from intake_bot.ledger.values.events import EventName

_TABLES = (SubmissionRow, ItemRow, PieceRow)


class Units:
    """The units in the ledger, by name. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_names(self, notices: Collection[str]) -> frozenset[str]:
        """The names of all units in submissions and pieces for these notices."""
        with self._database.reading() as session:
            names: set[str] = set()
            for table in _TABLES:
                found = select(func.coalesce(col(table.unit), "")).where(col(table.notice).in_(notices)).distinct()
                names.update(session.exec(found))
            return frozenset(names - {""})

    def rename(self, bureau: str, notices: Collection[str], renamed: Mapping[str, str], now: datetime) -> None:
        """Gives what units sent for these notices to their present names: former name → present name.

        An event of the trail keeps each former name. Files and letters stay as they are.
        """
        with self._database.writing() as session:
            for former, present in renamed.items():
                for table in _TABLES:
                    rows = update(table).where(col(table.unit) == former, col(table.notice).in_(notices))
                    session.exec(rows.values(unit=present))
                add_event(session, bureau, EventName.UNIT_RENAMED, {"former": former, "unit": present}, now)
