"""The row of one mail: moved on, settled, read. All within the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from intake_bot.ledger.events import Detail
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import MessageRecord
from intake_bot.ledger.states import MessageEvent, next_message_state
from intake_bot.ledger.tables import MessageRow
from intake_bot.ledger.trail import add_message_event
from intake_bot.mail.key import MailKey


def advance(session: Session, message: int, event: MessageEvent) -> MessageRow:
    """Raises IllegalEvent where the state does not allow the event, NoResultFound for an unknown id."""
    row = session.get_one(MessageRow, message)
    row.state = next_message_state(row.state, event)
    return row


def settle(session: Session, row: MessageRow, what: str, detail: Detail, now: datetime) -> None:
    """Adds the event by which the mail is settled; the next digest tells of it."""
    row.settled = add_message_event(session, row, what, detail, now)


def message_record(row: MessageRow) -> MessageRecord:
    return MessageRecord(
        id=row.id,
        key=MailKey(row.bureau, row.folder, row.uidvalidity, row.uid, row.internaldate, row.bytes),
        receipt=receipt_number(row.id),
        state=row.state,
        attempts=row.attempts,
        spool=row.spool,
        sha256=row.sha256,
        message_id=row.message_id,
        sender=row.sender,
        subject=row.subject,
        kind=row.kind,
        reason=row.reason,
        last_error=row.last_error,
    )
