"""The trail: one event per fact. Events are only ever added; the database refuses to change or delete one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from intake_bot.ledger.database import Database, Values, insert_row, insert_rows, table_of
from intake_bot.ledger.tables import EventRow, LetterRow, MessageRow
from intake_bot.ledger.values.events import Detail, EventName, EventRecord


class Trail:
    """Events that belong to no mail and no letter, such as MAILBOX_TROUBLE. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, bureau: str, name: EventName, detail: Detail, now: datetime) -> None:
        """Adds one event. `detail` holds no body text and no secret."""
        with self._database.writing() as session:
            add_event(session, bureau, name, detail, now)

    def find_last(self, bureau: str, names: Collection[EventName]) -> EventRecord | None:
        """The newest event with one of these names, or None when there is none."""
        for row in self._database.read(_NEWEST, bureau=bureau, names=list(names)):
            return event_record(row)
        return None

    def find_since(self, bureau: str, name: EventName, start: datetime) -> tuple[EventRecord, ...]:
        """All events of this name from a time on, in order."""
        events = select(EventRow).where(EventRow.bureau == bureau, EventRow.what == name, col(EventRow.at) >= start)
        with self._database.reading() as session:
            return tuple(event_record(row) for row in session.exec(events.order_by(col(EventRow.id))))

    def find_last_id(self, at: datetime) -> int:
        """The id of the last event that was written down until this time (aware), whichever bureau's; 0 for none."""
        with self._database.reading() as session:
            last = select(func.max(EventRow.id)).where(col(EventRow.at) <= at)
            return session.exec(last).one() or 0

    def find_since_last(self, bureau: str, name: EventName, last: EventName) -> tuple[EventRecord, ...]:
        """All events named `name` after the newest one named `last`, in order; all when there is none such."""
        return tuple(map(event_record, self._database.read(_SINCE_LAST, bureau=bureau, name=name, last=last)))


def add_message_event(session: Session, message: MessageRow, name: EventName, detail: Detail, now: datetime) -> int:
    """Adds an event of a mail within the caller's transaction; returns its id."""
    return add_event(session, message.bureau, name, detail, now, message=message.id)


def add_message_events(
    session: Session, bureau: str, name: EventName, details: Mapping[int, Detail], now: datetime
) -> None:
    """Adds an event of each of these mails, by their ids, within the caller's transaction."""
    insert_rows(session, EventRow, [_values(bureau, name, detail, now, one) for one, detail in details.items()])


def add_letter_event(session: Session, letter: LetterRow, name: EventName, detail: Detail, now: datetime) -> None:
    """Adds an event of a letter within the caller's transaction."""
    add_event(session, letter.bureau, name, detail, now, letter=letter.id)


def add_event(
    session: Session,
    bureau: str,
    name: EventName,
    detail: Detail,
    now: datetime,
    message: int | None = None,
    letter: int | None = None,
) -> int:
    """Adds an event within the caller's transaction, of the mail or letter with this id, if any; returns its id."""
    return insert_row(session, EventRow, **_values(bureau, name, detail, now, message, letter))


def _values(
    bureau: str, name: EventName, detail: Detail, now: datetime, message: int | None, letter: int | None = None
) -> Values:
    return {"at": now, "bureau": bureau, "what": name, "message": message, "letter": letter, "detail": dict(detail)}


def event_record(row: EventRow | Row[Any]) -> EventRecord:
    return EventRecord(at=row.at, bureau=row.bureau, name=row.what, detail=row.detail)


_EVENT = table_of(EventRow)
_NEWEST = (
    select_columns(_EVENT)
    .where(_EVENT.c.bureau == bindparam("bureau"), _EVENT.c.what.in_(bindparam("names", expanding=True)))
    .order_by(_EVENT.c.id.desc())
    .limit(1)
)
_LAST = select_columns(func.max(_EVENT.c.id)).where(
    _EVENT.c.bureau == bindparam("bureau"), _EVENT.c.what == bindparam("last")
)
_SINCE_LAST = (
    select_columns(_EVENT)
    .where(
        _EVENT.c.bureau == bindparam("bureau"),
        _EVENT.c.what == bindparam("name"),
        _EVENT.c.id > func.coalesce(_LAST.scalar_subquery(), 0),
    )
    .order_by(_EVENT.c.id)
)
