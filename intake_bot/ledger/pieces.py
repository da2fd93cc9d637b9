"""Mails that belong together （2/3）: who waits for whom, and as part of which they were judged."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from intake_bot.judging.pieces import Piece
from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.database import Database
from intake_bot.ledger.events import Detail
from intake_bot.ledger.message_rows import advance, message_record, settle
from intake_bot.ledger.records import MessageRecord, WaitingMail
from intake_bot.ledger.states import MessageEvent, MessageState
from intake_bot.ledger.tables import MessageRow, PieceRow, SubmissionRow
from intake_bot.ledger.trail import add_message_event


class Pieces:
    """Each call is one transaction; it raises as those of `Messages` do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wait(self, message: int, piece: Piece, now: datetime) -> None:
        """It waits for the mails that belong to it; its raw bytes must stay in the spool. Its attempts begin anew."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.WAIT)
            row.attempts = 0
            # In the place of what it was when it waited before: a person may have had it tried again.
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
            add_message_event(session, row, "message.waiting", detail, now)

    def waiting(self, bureau: str) -> tuple[WaitingMail, ...]:
        """Mails that wait for others, in the order in which they were received."""
        rows = (
            select(MessageRow, PieceRow)
            .join(PieceRow, col(PieceRow.message) == MessageRow.id)
            .where(MessageRow.bureau == bureau, MessageRow.state == MessageState.WAITING)
            .order_by(col(MessageRow.internaldate), col(MessageRow.id))
        )
        with self._database.reading() as session:
            return tuple(WaitingMail(message_record(row), _piece(piece)) for row, piece in session.exec(rows))

    def joined_to(self, message: int) -> tuple[tuple[MessageRecord, Piece], ...]:
        """The mails that were judged as part of this one, in the order in which they were received."""
        rows = (
            select(MessageRow, PieceRow)
            .join(PieceRow, col(PieceRow.message) == MessageRow.id)
            .join(SubmissionRow, col(SubmissionRow.id) == PieceRow.whole)
            .where(SubmissionRow.message == message, col(SubmissionRow.stands))
            .order_by(col(MessageRow.internaldate), col(MessageRow.id))
        )
        with self._database.reading() as session:
            return tuple((message_record(row), _piece(piece)) for row, piece in session.exec(rows))


def join(session: Session, message: int, leader: MessageRow, submission: int, now: datetime) -> None:
    """The mail was judged as part of this submission of `leader`, within the caller's transaction."""
    row = advance(session, message, MessageEvent.JUDGE)
    row.kind, row.reason = MailKind.SUBMISSION, ""
    session.get_one(PieceRow, message).whole = submission
    settle(session, row, "message.joined", {"leader": leader.id}, now)


def _piece(row: PieceRow) -> Piece:
    return Piece(row.notice, row.unit, tuple(row.materials), row.day, row.number, row.total)
