"""The outbox: every letter of ours, as it was said, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, desc, select

from intake_bot.ledger.database import Condition, Database, among
from intake_bot.ledger.events import SPAM, Detail
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import Letter, LetterDraft, LetterKind, Returned, WrittenAnswer
from intake_bot.ledger.states import LETTER, UNSENT, LetterEvent, LetterState, next_letter_state
from intake_bot.ledger.tables import EventRow, LetterRow, MessageRow, SubmissionRow
from intake_bot.ledger.trail import add_event, add_letter_event

WRITTEN = tuple(f"letter.{state}" for state in (LetterState.QUEUED, LetterState.WITHHELD))
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

    def in_doubt(self, bureau: str, now: datetime) -> tuple[Letter, ...]:
        """Letters found SENDING, of which nobody knows whether they went out: those that a run left so, at once, and
        those that are `doubted`, at their time. To be settled one by one with `sent` (there is evidence) or `requeue`
        (there is none)."""
        due = or_(col(LetterRow.next_attempt).is_(None), _has_waited(now))
        with self._database.reading() as session:
            return read_letters(session, bureau, and_(col(LetterRow.state) == LetterState.SENDING, due))

    def doubted(self, letter: int, until: datetime, error: str, now: datetime) -> None:
        """The line broke before the server's answer. It stays SENDING, and is to be settled at `until`."""
        with self._database.writing() as session:
            row = session.get_one(LetterRow, letter)
            row.next_attempt, row.last_error = until, error
            add_letter_event(session, row, "letter.doubted", {"attempt": row.attempts, "error": error}, now)

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

    def remember_spam(self, letter: Letter, now: datetime) -> None:
        """A server took it for spam: what it says must not be offered to that server again."""
        with self._database.writing() as session:
            row = session.get_one(LetterRow, letter.id)
            add_letter_event(session, row, SPAM, {"text": _hash(letter)}, now)

    def repeats_spam(self, letter: Letter) -> bool:
        """True when another letter of the same words was taken for spam."""
        spam = select(EventRow).where(
            EventRow.bureau == letter.bureau, EventRow.what == SPAM, EventRow.letter != letter.id
        )
        with self._database.reading() as session:
            return any(event.detail["text"] == _hash(letter) for event in session.exec(spam))

    def with_message_id(self, bureau: str, message_ids: Iterable[str]) -> Letter | None:
        """The newest letter of this bureau with one of these Message-IDs."""
        with self._database.reading() as session:
            return _newest(session, LetterRow.bureau == bureau, among(col(LetterRow.message_id), message_ids))

    def answer_to(self, bureau: str, receipt: str) -> Letter | None:
        """The newest letter of this bureau that answers the mail with this receipt number."""
        answered = (
            select(SubmissionRow.id)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(MessageRow.receipt == receipt)
        )
        with self._database.reading() as session:
            return _newest(session, LetterRow.bureau == bureau, col(LetterRow.submission).in_(answered))

    def withhold_answers(self, bureau: str, now: datetime) -> None:
        """Answers that still wait to be sent never will be: the bureau is in shadow mode."""
        waiting = select(LetterRow.id).where(
            LetterRow.bureau == bureau,
            LetterRow.kind == LetterKind.ANSWER,
            col(LetterRow.state).in_(UNSENT),
        )
        with self._database.writing() as session:
            for letter in session.exec(waiting).all():
                _advance(session, letter, LetterEvent.WITHHOLD, "", now)

    def answers_since(self, bureau: str, start: datetime) -> tuple[WrittenAnswer, ...]:
        """The answers to mails that were written from `start` on, oldest first."""
        # Found by their events: beside `created` stand the letters' bytes, which SQLite would have to read through.
        answers = (
            select(LetterRow.id, EventRow.at, LetterRow.recipients, MessageRow.sender)
            .join(EventRow, col(EventRow.letter) == LetterRow.id)
            .join(SubmissionRow, col(SubmissionRow.id) == LetterRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(EventRow.bureau == bureau, col(EventRow.what).in_(WRITTEN), col(EventRow.at) >= start)
            .order_by(desc(EventRow.id))
        )
        with self._database.reading() as session:
            # Newest first, so that of a letter queued twice the first time stays.
            found = {
                letter: WrittenAnswer(at, frozenset(map(str.lower, (*recipients, sender))) - {""})
                for letter, at, recipients, sender in session.exec(answers)
            }
        return tuple(found[letter] for letter in sorted(found))

    def something_is_due(self, bureau: str, now: datetime) -> bool:
        """True when `claim` would give a letter."""
        due = select(LetterRow.id).where(LetterRow.bureau == bureau, _is_due(now))
        with self._database.reading() as session:
            return session.exec(due.limit(1)).first() is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        col(LetterRow.state) == LetterState.QUEUED,
        and_(col(LetterRow.state) == LetterState.DEFERRED, _has_waited(now)),
    )


def _has_waited(now: datetime) -> ColumnElement[bool]:
    """Its time has come; or it was put off later than now: the clock was set back since, and its time means nothing."""
    put_off = (
        select(EventRow.at)
        .where(EventRow.letter == LetterRow.id)
        .order_by(desc(EventRow.id))
        .limit(1)
        .correlate(LetterRow)
        .scalar_subquery()
    )
    return or_(col(LetterRow.next_attempt) <= now, put_off > now)


def note_return(session: Session, returned: Returned, now: datetime) -> None:
    """A letter came back: it is BOUNCED where it was on its way, within the caller's transaction.

    A second bounce of one letter (two recipients), or one of a letter that never left, changes nothing but the trail.
    """
    row = session.get_one(LetterRow, returned.letter)
    detail: Detail = {"error": returned.error, "words": returned.words}
    if LetterEvent.BOUNCE not in LETTER[row.state]:
        add_letter_event(session, row, "letter.returned", detail, now)
        return
    row.state, row.last_error = next_letter_state(row.state, LetterEvent.BOUNCE), returned.error
    add_letter_event(session, row, f"letter.{row.state}", detail, now)


def _hash(letter: Letter) -> str:
    return hashlib.sha256(f"{letter.subject}\n{letter.text}".encode("utf-8", "replace")).hexdigest()


def _newest(session: Session, *conditions: Condition) -> Letter | None:
    row = session.exec(select(LetterRow).where(*conditions).order_by(desc(LetterRow.id)).limit(1)).first()
    return None if row is None else letter_record(session, row)


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
