"""How things stand with a bureau right now, in figures."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select

from intake_bot.ledger.database import Database
from intake_bot.ledger.mails import needs_a_person
from intake_bot.ledger.reports import Standing
from intake_bot.ledger.states import UNFINISHED, UNSENT, LetterState, MessageState
from intake_bot.ledger.tables import LetterRow, MessageRow


class Standings:
    """Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, bureau: str) -> Standing:
        """The figures of this bureau."""
        mails = select(func.count()).select_from(MessageRow).where(MessageRow.bureau == bureau)
        letters = select(func.count(), func.min(LetterRow.created)).where(LetterRow.bureau == bureau)
        with self._database.reading() as session:
            queued, oldest = session.exec(letters.where(col(LetterRow.state).in_(UNSENT))).one()
            in_doubt, _ = session.exec(letters.where(col(LetterRow.state) == LetterState.SENDING)).one()
            return Standing(
                queued=queued,
                oldest_queued=oldest,
                in_doubt=in_doubt,
                held=session.exec(mails.where(needs_a_person())).one(),
                waiting=session.exec(mails.where(col(MessageRow.state) == MessageState.WAITING)).one(),
                unfinished=session.exec(mails.where(col(MessageRow.state).in_(UNFINISHED))).one(),
            )
