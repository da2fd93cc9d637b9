"""The outbox: every letter of ours, as it was said, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from intake_bot.ledger.database import Condition, Database
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import Detail, Letter, LetterDraft, LetterKind
from intake_bot.ledger.states import LetterEvent, LetterState, next_letter_state
from intake_bot.ledger.tables import EventRow, LetterRow, SubmissionRow
from intake_bot.ledger.trail import add_event, add_letter_event

_WRITTEN = tuple(f"letter.{state}" for state in (LetterState.QUEUED, LetterState.WITHHELD))
"""The first event of every letter; one that is sent again is queued again, and still one letter."""


class Letters:
    """Sending is at least once, with one Message-ID. Each call is one transaction; an event that the state does not
    allow raises IllegalEvent, an unknown id NoResultFound, and both change nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def file_alert(self, bureau: str, what: str, detail: Detail, draft: LetterDraft, now: datetime) -> None:
        """An event (`mailbox.trouble`, `mailbox.recovered`) and the letter about it: both or none."""
        with self._database.writing() as session:
            add_event(session, bureau, what, detail, now)
            add_letter(session, bureau, LetterKind.ALERT, draft, now)

    def claim(self, bureau: str, now: datetime) -> Letter | None:
        """The oldest letter that is due, now SENDING and its attempt counted; None when nothing is due.

        To be called before the first byte goes to the server. No letter is given to two callers.
        """
        with self._database.writing() as session:
            due = select(LetterRow).where(LetterRow.bureau == bureau, _is_due(now)).order_by(col(LetterRow.id))
            row = session.exec(due.limit(1)).first()
            if row is None:
                return None
            row.state = next_letter_state(row.state, LetterEvent.CLAIM)
            row.attempts += 1
            row.next_attempt = None
            return letter_record(session, row)

    def in_doubt(self, bureau: str) -> tuple[Letter, ...]:
        """Letters found SENDING: at start, those of which nobody knows whether they went out. To be settled one by one
        with `sent` (there is evidence) or `requeue` (there is none)."""
        with self._database.reading() as session:
            return read_letters(session, bureau, LetterRow.state == LetterState.SENDING)

    def requeue(self, letter: int, now: datetime) -> None:
        """A letter in doubt is due again, at once and with the same Message-ID."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.REQUEUE, "", now)

    def sent(self, letter: int, now: datetime) -> None:
        """The server took it."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.SEND, "", now).sent = now

    def deferred(self, letter: int, until: datetime, error: str, now: datetime) -> None:
        """The server refused it for now; it is due again at `until`."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.DEFER, error, now).next_attempt = until

    def failed(self, letter: int, error: str, now: datetime) -> None:
        """It was refused for good, or given up."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.FAIL, error, now)

    def bounced(self, letter: int, error: str, now: datetime) -> None:
        """It came back."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.BOUNCE, error, now)

    def withhold_answers(self, bureau: str, now: datetime) -> int:
        """Answers that still wait to be sent never will be: the bureau is in shadow mode. Returns how many."""
        waiting = select(LetterRow.id).where(
            LetterRow.bureau == bureau,
            LetterRow.kind == LetterKind.ANSWER,
            col(LetterRow.state).in_((LetterState.QUEUED, LetterState.DEFERRED)),
        )
        with self._database.writing() as session:
            letters = session.exec(waiting).all()
            for letter in letters:
                _advance(session, letter, LetterEvent.WITHHOLD, "", now)
            return len(letters)

    def answers_since(self, bureau: str, address: str, start: datetime) -> int:
        """How many answers to mails were written to this address (compared without case) from `start` on."""
        # Found by their events: beside `created` stand the letters' bytes, which SQLite would have to read through.
        written = select(EventRow.letter).where(
            EventRow.bureau == bureau, col(EventRow.what).in_(_WRITTEN), col(EventRow.at) >= start
        )
        answers = select(LetterRow.recipients).where(
            col(LetterRow.id).in_(written), LetterRow.kind == LetterKind.ANSWER
        )
        wanted = address.lower()
        with self._database.reading() as session:
            return sum(wanted in map(str.lower, recipients) for recipients in session.exec(answers))

    def next_due(self, bureau: str) -> datetime | None:
        """The moment at which the next letter is due, in the past when one is waiting; None when none will be."""
        due = select(func.min(func.coalesce(LetterRow.next_attempt, LetterRow.created))).where(
            LetterRow.bureau == bureau, col(LetterRow.state).in_((LetterState.QUEUED, LetterState.DEFERRED))
        )
        with self._database.reading() as session:
            return session.exec(due).one()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(LetterRow.state) == LetterState.QUEUED,
        and_(col(LetterRow.state) == LetterState.DEFERRED, col(LetterRow.next_attempt) <= now),
    )


def _advance(session: Session, letter: int, event: LetterEvent, error: str, now: datetime) -> LetterRow:
    row = session.get_one(LetterRow, letter)
    row.state = next_letter_state(row.state, event)
    row.last_error = error
    add_letter_event(session, row, f"letter.{row.state}", {"attempt": row.attempts, "error": error}, now)
    return row


def add_letter(
    session: Session, bureau: str, kind: LetterKind, draft: LetterDraft, now: datetime, submission: int | None = None
) -> LetterRow:
    """Puts a finished letter into the outbox, within the caller's transaction."""
    row = LetterRow(
        bureau=bureau,
        kind=kind,
        submission=submission,
        recipients=list(draft.recipients),
        subject=draft.subject,
        message_id=draft.message_id,
        raw=draft.raw,
        text=draft.text,
        state=draft.state,
        created=now,
    )
    session.add(row)
    session.flush()
    add_letter_event(session, row, f"letter.{row.state}", {"kind": kind, "message_id": row.message_id}, now)
    return row


def read_letters(session: Session, bureau: str, condition: Condition) -> tuple[Letter, ...]:
    """A bureau's letters that meet the condition, oldest first."""
    rows = session.exec(select(LetterRow).where(LetterRow.bureau == bureau, condition).order_by(col(LetterRow.id)))
    return tuple(letter_record(session, row) for row in rows.all())


def letter_record(session: Session, row: LetterRow) -> Letter:
    answered = None if row.submission is None else session.get_one(SubmissionRow, row.submission)
    return Letter(
        id=row.id,
        bureau=row.bureau,
        kind=row.kind,
        receipt=None if answered is None else receipt_number(answered.message),
        recipients=tuple(row.recipients),
        subject=row.subject,
        message_id=row.message_id,
        raw=row.raw,
        text=row.text,
        state=row.state,
        attempts=row.attempts,
        next_attempt=row.next_attempt,
        last_error=row.last_error,
        created=row.created,
        sent=row.sent,
    )
