"""The trail: one line per fact, only ever added to (the database refuses the rest)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, desc, select

from intake_bot.ledger.database import Database
from intake_bot.ledger.events import Detail, EventRecord
from intake_bot.ledger.tables import EventRow, LetterRow, MessageRow


class Trail:
    """Events that belong to no mail and no letter, such as `mailbox.trouble`. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, bureau: str, what: str, detail: Detail, now: datetime) -> None:
        """Adds one event. `detail` holds no body text and no secret."""
        with self._database.writing() as session:
            add_event(session, bureau, what, detail, now)

    def last(self, bureau: str, among: Collection[str]) -> EventRecord | None:
        """The newest event with one of these names: `mailbox.trouble` or `mailbox.recovered`, for example, to alert
        once and to recover once."""
        with self._database.reading() as session:
            newest = (
                select(EventRow)
                .where(EventRow.bureau == bureau, col(EventRow.what).in_(among))
                .order_by(desc(EventRow.id))
            )
            row = session.exec(newest.limit(1)).first()
            return None if row is None else event_record(row)

    def since_last(self, bureau: str, what: str, last: str) -> tuple[EventRecord, ...]:
        """All events named `what` that came after the newest one named `last`, in order."""
        with self._database.reading() as session:
            newest = select(func.max(EventRow.id)).where(EventRow.bureau == bureau, EventRow.what == last)
            events = select(EventRow).where(
                EventRow.bureau == bureau,
                EventRow.what == what,
                col(EventRow.id) > func.coalesce(newest.scalar_subquery(), 0),
            )
            return tuple(event_record(row) for row in session.exec(events.order_by(col(EventRow.id))))


def add_event(session: Session, bureau: str, what: str, detail: Detail, now: datetime) -> None:
    """Adds an event within the caller's transaction."""
    _add(session, EventRow(at=now, bureau=bureau, what=what, detail=dict(detail)))


def add_message_event(session: Session, message: MessageRow, what: str, detail: Detail, now: datetime) -> int:
    """Adds an event of a mail within the caller's transaction; returns its id."""
    return _add(session, EventRow(at=now, bureau=message.bureau, what=what, message=message.id, detail=dict(detail)))


def add_letter_event(session: Session, letter: LetterRow, what: str, detail: Detail, now: datetime) -> None:
    """Adds an event of a letter within the caller's transaction."""
    _add(session, EventRow(at=now, bureau=letter.bureau, what=what, letter=letter.id, detail=dict(detail)))


def _add(session: Session, row: EventRow) -> int:
    session.add(row)
    session.flush()
    return row.id


def event_record(row: EventRow) -> EventRecord:
    return EventRecord(at=row.at, bureau=row.bureau, what=row.what, detail=row.detail)
