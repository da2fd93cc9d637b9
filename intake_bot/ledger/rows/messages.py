"""The rows of mails."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from intake_bot.ledger.database import Values, in_json, insert_rows_with_ids, read_rows, table_of, update_rows
from intake_bot.ledger.tables import MessageRow
from intake_bot.ledger.trail import add_message_events
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import MessageRecord, SpooledRaw
from intake_bot.ledger.values.states import MessageEvent, MessageState, next_message_state
from intake_bot.mail.imap.arrival import Arrival, estimate_arrival
from intake_bot.mail.imap.mail_key import MailKey


def get_row(session: Session, message: int) -> MessageRow:
    """One row, read once for all that one transaction does with it. Raises NoResultFound for an unknown id."""
    row = session.get_one(MessageRow, message)
    # A session forgets what nobody else holds.
    session.info.setdefault("rows", []).append(row)
    return row


def advance(session: Session, message: int, event: MessageEvent) -> MessageRow:
    """Moves a mail into its next state. Raises IllegalEvent where its state does not allow the event, NoResultFound for
    an unknown id."""
    row = get_row(session, message)
    row.state = next_message_state(row.state, event)
    return row


def message_record(row: MessageRow | Row[Any]) -> MessageRecord:
    """The mail of one row."""
    return MessageRecord(
        id=row.id,
        key=MailKey(row.bureau, row.folder, row.uidvalidity, row.uid, row.internaldate, row.bytes),
        receipt=receipt_number(row.id),
        state=row.state,
        arrival=Arrival(row.received, row.latest_arrival),
        attempts=row.attempts,
        spool=row.spool,
        sha256=row.sha256,
        message_id=row.message_id,
        identity=row.identity,
        sender=row.sender,
        subject=row.subject,
        reason=row.reason,
        last_error=row.last_error,
    )


def find_rows(session: Session, messages: Collection[int]) -> Sequence[Row[Any]]:
    """The columns of these mails. Raises NoResultFound for an unknown id."""
    rows = read_rows(session, _BY_ID, messages=json.dumps(list(messages)))
    if len(rows) != len(messages):
        raise NoResultFound
    return rows


def find_by_keys(session: Session, keys: Sequence[MailKey]) -> dict[MailKey, MessageRecord]:
    """The known mails of these keys, of one folder."""
    if not keys:
        return {}
    first, uids = keys[0], json.dumps([key.uid for key in keys])
    place = {"bureau": first.bureau, "folder": first.folder, "uidvalidity": first.uidvalidity}
    return {record.key: record for record in map(message_record, read_rows(session, _IN_FOLDER, **place, uids=uids))}


def add_mails(session: Session, keys: Sequence[MailKey], now: datetime, *, junk: bool) -> None:
    """Adds the mails of these keys, of one folder, in this order, each with a receipt number and an event."""
    values: list[Values] = []
    for key in keys:
        arrival = estimate_arrival(key.internaldate, None, now)
        times = {"received": arrival.at, "latest_arrival": arrival.latest}
        values.append({**asdict(key), **times, **_AS_NEW, "junk": junk})
    ids = insert_rows_with_ids(session, MessageRow, values)
    update_rows(session, MessageRow, {message: {"receipt": receipt_number(message)} for message in ids})
    details: dict[int, Detail] = {
        message: {"folder": key.folder, "uid": key.uid} for message, key in zip(ids, keys, strict=True)
    }
    if keys:
        add_message_events(session, keys[0].bureau, EventName.MESSAGE_SEEN, details, now)


def spooled_columns(row: Row[Any], spooled: SpooledRaw) -> Values:
    """What changes of a mail whose raw bytes are on disk."""
    head, received = spooled.head, row.received
    if row.latest_arrival is not None:
        received = estimate_arrival(row.internaldate, head.stamped, row.latest_arrival).at
    return {
        "state": next_message_state(row.state, MessageEvent.SPOOL),
        "spool": spooled.spool,
        "sha256": spooled.sha256,
        "message_id": head.message_id,
        "identity": head.identity,
        "received": received,
    }


_AS_NEW: Values = {
    "state": MessageState.NEW, "attempts": 0, "sender": "", "subject": "", "reason": "", "last_error": "",
}  # fmt: skip
_TABLE = table_of(MessageRow)
_BY_ID = select_columns(_TABLE).where(in_json(_TABLE.c.id, "messages"))
_IN_FOLDER = select_columns(_TABLE).where(
    *(_TABLE.c[name] == bindparam(name) for name in ("bureau", "folder", "uidvalidity")), in_json(_TABLE.c.uid, "uids")
)
