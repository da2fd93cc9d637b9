"""Mails that are pieces of one submission （2/3）: which of them wait, and which were merged into another."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.ledger.database import Database
from intake_bot.ledger.rows.messages import advance, message_record
from intake_bot.ledger.tables import MessageRow, PieceRow, SubmissionRow
from intake_bot.ledger.trail import add_message_event
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.records import MessageRecord, WaitingMail
from intake_bot.ledger.values.states import MessageEvent, MessageState


class Pieces:
    """Each call is one transaction; it raises as those of `Messages` do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark_waiting(self, message: int, piece: Piece, now: datetime) -> None:
        """It waits for the other pieces; its raw bytes must stay in the spool. Its attempts count from 0 again."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.WAIT)
            row.attempts = 0
            # Replaces the row of an earlier wait: a clerk may have had the mail tried again.
            session.merge(
                PieceRow(
                    message=message,
                    notice=piece.notice,
                    unit=piece.unit,
                    materials=list(piece.materials),
                    day=piece.day,
                    number=piece.number,
                    total=piece.total,
                )
            )
            detail: Detail = {"unit": piece.unit, "number": piece.number, "total": piece.total}
            add_message_event(session, row, EventName.MESSAGE_WAITING, detail, now)

    def find_waiting(self, bureau: str) -> tuple[WaitingMail, ...]:
        """Mails that wait for other pieces, in the order in which they were received."""
        rows = (
            select(MessageRow, PieceRow)
            .join(PieceRow, col(PieceRow.message) == MessageRow.id)
            .where(MessageRow.bureau == bureau, MessageRow.state == MessageState.WAITING)
            .order_by(col(MessageRow.received), col(MessageRow.id))
        )
        with self._database.reading() as session:
            return tuple(WaitingMail(message_record(row), _piece(piece)) for row, piece in session.exec(rows))

    def find_merged_into(self, message: int) -> tuple[tuple[MessageRecord, Piece], ...]:
        """The mails that were judged as pieces of this one, in the order in which they were received."""
        rows = (
            select(MessageRow, PieceRow)
            .join(PieceRow, col(PieceRow.message) == MessageRow.id)
            .join(SubmissionRow, col(SubmissionRow.id) == PieceRow.whole)
            .where(SubmissionRow.message == message, col(SubmissionRow.stands))
            .order_by(col(MessageRow.received), col(MessageRow.id))
        )
        with self._database.reading() as session:
            return tuple((message_record(row), _piece(piece)) for row, piece in session.exec(rows))


def _piece(row: PieceRow) -> Piece:
    return Piece(row.notice, row.unit, tuple(row.materials), row.day, row.number, row.total)
