"""The outbox: every letter of ours, as it was written, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from sqlalchemy import BindParameter, ColumnElement, Executable, Row, and_, bindparam, exists, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col, desc, select

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.database import (
    Condition,
    Database,
    among,
    insert_row,
    is_any,
    read_rows,
    table_of,
    update_row,
)
from intake_bot.ledger.tables import (
    ClosedLetterRow,
    EventRow,
    ItemRow,
    LetterRow,
    MessageRow,
    OrderCodeRow,
    SheetPhotoRow,
    SubmissionRow,
)
from intake_bot.ledger.trail import add_event, add_letter_event
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import (
    BouncedLetter,
    DueLetter,
    Letter,
    LetterDraft,
    LetterKind,
    letter_sha256,
)
from intake_bot.ledger.values.states import LETTER, UNSENT, LetterEvent, LetterState, next_letter_state
from intake_bot.ledger.values.written_answers import WrittenAnswer, WrittenAnswers

WRITTEN = (EventName.LETTER_QUEUED, EventName.LETTER_WITHHELD)
"""The first event of every letter. A letter that is sent again is queued again and has this event twice."""


TRIAL_SUBJECT = "【预检"
"""Every answer to a trial begins so, and no other letter."""
_MAXIMUM_OF_SUBJECT = 20
"""Letters of one subject that are looked at: each clerk has a digest in a letter of her own."""


_ANSWERS: Executable = (
    # Found by their events: SQLite reads the raw bytes of each letter row to reach the columns behind them.
    select_columns(
        col(EventRow.id).label("event"),
        col(LetterRow.id).label("letter"),
        col(EventRow.at),
        col(LetterRow.recipients),
        col(MessageRow.sender),
        col(SubmissionRow.unit),
    )
    .join(EventRow, col(EventRow.letter) == LetterRow.id)
    .outerjoin(SubmissionRow, col(SubmissionRow.id) == LetterRow.submission)
    .outerjoin(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(
        col(EventRow.bureau) == bindparam("bureau"),
        col(LetterRow.kind) == LetterKind.ANSWER,
        is_any(col(EventRow.what), WRITTEN),
        col(EventRow.at) >= bindparam("start"),
        col(EventRow.id) > bindparam("upto"),
    )
    .order_by(col(EventRow.id))
)


def _written_answer(row: Any) -> WrittenAnswer:
    people = frozenset(map(str.lower, (*row.recipients, row.sender or ""))) - {""}
    return WrittenAnswer(row.at, people, row.unit)


class Letters:
    """Sending is at least once, with one Message-ID. Each call is one transaction; an event that the state does not
    allow raises IllegalEvent, an unknown id NoResultFound, and both change nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._answers: dict[str, WrittenAnswers] = {}
        """What is committed, of each bureau; never changed once it stands here, as other threads read it."""

    def add_alert(self, bureau: str, name: EventName, detail: Detail, draft: LetterDraft, now: datetime) -> None:
        """Adds an event (such as MAILBOX_ALERTED) and the letter about it: both or none."""
        with self._database.writing() as session:
            add_event(session, bureau, name, detail, now)
            add_letter(session, bureau, LetterKind.ALERT, draft, now)

    def find_due(self, bureau: str, now: datetime) -> tuple[DueLetter, ...]:
        """The letters that may be sent now, oldest first."""
        of_bureau = (LetterRow.bureau == bureau, _is_due(now))
        letters = select(LetterRow.id, LetterRow.kind, LetterRow.recipients, LetterRow.created).where(*of_bureau)
        answered = (
            select(LetterRow.id, SubmissionRow.disposition)
            .join(SubmissionRow, col(SubmissionRow.id) == LetterRow.submission)
            .where(*of_bureau)
        )
        deadlines = (
            select(LetterRow.id, func.min(ItemRow.deadline))
            .join(ItemRow, col(ItemRow.submission) == LetterRow.submission)
            .where(*of_bureau, ItemRow.decision == Decision.REJECTED, col(ItemRow.deadline) > now)
            .group_by(col(LetterRow.id))
        )
        with self._database.reading() as session:
            dispositions = {letter: Disposition(disposition) for letter, disposition in session.exec(answered)}
            mend_by = dict(session.exec(deadlines).all())
            return tuple(
                DueLetter(
                    letter, LetterKind(kind), tuple(recipients), created, dispositions.get(letter), mend_by.get(letter)
                )
                for letter, kind, recipients, created in session.exec(letters.order_by(col(LetterRow.id)))
            )

    def add_reminder(self, bureau: str, details: Iterable[Detail], draft: LetterDraft, now: datetime) -> None:
        """Adds a letter that reminds a unit, and an event UNIT_REMINDED with each of these details: all or none. It
        counts against the caps as an answer does, and shadow mode withholds it."""
        with self._database.writing() as session:
            letter = add_letter(session, bureau, LetterKind.ANSWER, draft, now)
            for detail in details:
                add_event(session, bureau, EventName.UNIT_REMINDED, detail, now, letter=letter)

    def claim(self, letter: int, now: datetime) -> Letter | None:
        """This letter, now SENDING and its attempt counted; None when it is not due, or not any more.

        To be called before the first byte goes to the server. No letter is given to two callers.
        """
        with self._database.writing() as session:
            for row in read_rows(session, _DUE_LETTER, letter=letter, now=now):
                state, attempts = next_letter_state(row.state, LetterEvent.CLAIM), row.attempts + 1
                update_row(session, LetterRow, letter, state=state, attempts=attempts, next_attempt=None)
                claimed = _letter(row, None if row.answered is None else receipt_number(row.answered))
                return replace(claimed, state=state, attempts=attempts, next_attempt=None)
            return None

    def find_in_doubt(self, bureau: str, now: datetime) -> tuple[Letter, ...]:
        """Letters found SENDING, of which nobody knows whether they went out: those of a process that died, at once,
        and those marked in doubt, from their time on. To be settled one by one with `mark_sent` (there is evidence) or
        `requeue` (there is none)."""
        due = or_(col(LetterRow.next_attempt).is_(None), _has_waited(now))
        with self._database.reading() as session:
            return read_letters(session, LetterRow.bureau == bureau, col(LetterRow.state) == LetterState.SENDING, due)

    def mark_in_doubt(self, letter: int, until: datetime, error: str, now: datetime) -> None:
        """The connection broke before the server's answer. It stays SENDING, and is to be settled at `until`."""
        with self._database.writing() as session:
            row = session.get_one(LetterRow, letter)
            row.next_attempt, row.last_error = until, error
            add_letter_event(session, row, EventName.LETTER_DOUBTED, {"attempt": row.attempts, "error": error}, now)

    def requeue(self, letter: int, now: datetime) -> None:
        """A letter in doubt is due again, at once and with the same Message-ID."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.REQUEUE, "", now)

    def mark_sent(self, letter: int, now: datetime) -> None:
        """The server took it."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.SEND, "", now, sent=now)

    def mark_deferred(self, letter: int, until: datetime, error: str, now: datetime) -> None:
        """The server refused it for now; it is due again at `until`."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.DEFER, error, now, next_attempt=until)

    def mark_failed(self, letter: int, error: str, now: datetime) -> None:
        """The server refused it for good, or it is given up."""
        with self._database.writing() as session:
            _advance(session, letter, LetterEvent.FAIL, error, now)

    def record_spam_refusal(self, letter: Letter, now: datetime) -> None:
        """A server took it for spam: its text must not be offered to that server again."""
        with self._database.writing() as session:
            row = session.get_one(LetterRow, letter.id)
            add_letter_event(session, row, EventName.LETTER_REFUSED_AS_SPAM, {"text": _hash(letter)}, now)

    def is_known_spam(self, letter: Letter) -> bool:
        """True when another letter with the same subject and text was taken for spam."""
        spam = self._database.read(_SPAM, bureau=letter.bureau, besides=letter.id)
        return bool(spam) and any(detail["text"] == _hash(letter) for (detail,) in spam)

    def has_any(self, message_ids: Iterable[str]) -> bool:
        """True when one of these Message-IDs (of In-Reply-To or References) is that of a letter of ours, whichever
        bureau's."""
        ours = select(LetterRow.id).where(among(col(LetterRow.message_id), message_ids)).limit(1)
        with self._database.reading() as session:
            return session.exec(ours).first() is not None

    def has_trial_answer(self, message_ids: Iterable[str]) -> bool:
        """True when one of these Message-IDs is that of our answer to a trial （预检）."""
        answers = select(LetterRow.id).where(
            among(col(LetterRow.message_id), message_ids),
            LetterRow.kind == LetterKind.ANSWER,
            col(LetterRow.submission).is_(None),
            col(LetterRow.subject).startswith(TRIAL_SUBJECT),
        )
        with self._database.reading() as session:
            return session.exec(answers.limit(1)).first() is not None

    def find_by_message_id(self, bureau: str, message_ids: Iterable[str]) -> Letter | None:
        """The newest letter of this bureau with one of these Message-IDs."""
        with self._database.reading() as session:
            return _newest(session, LetterRow.bureau == bureau, among(col(LetterRow.message_id), message_ids))

    def find_answer_to(self, bureau: str, receipt: str) -> Letter | None:
        """The newest letter of this bureau that answers the mail with this receipt number."""
        answered = (
            select(SubmissionRow.id)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(MessageRow.receipt == receipt)
        )
        with self._database.reading() as session:
            return _newest(session, LetterRow.bureau == bureau, col(LetterRow.submission).in_(answered))

    def find_by_subject(self, bureau: str, subject: str) -> tuple[Letter, ...]:
        """The newest letters of this bureau with exactly this subject, newest first: a few, as a reminder of the same
        words goes to one unit."""
        with self._database.reading() as session:
            same = select(LetterRow).where(LetterRow.bureau == bureau, LetterRow.subject == subject)
            newest = session.exec(same.order_by(desc(LetterRow.id)).limit(_MAXIMUM_OF_SUBJECT)).all()
            return tuple(letter_record(session, row) for row in newest)

    def withhold_answers(self, bureau: str, now: datetime) -> None:
        """Answers that wait to be sent become WITHHELD: the bureau is in shadow mode."""
        waiting = select(LetterRow.id).where(
            LetterRow.bureau == bureau,
            LetterRow.kind == LetterKind.ANSWER,
            col(LetterRow.state).in_(UNSENT),
        )
        with self._database.writing() as session:
            for letter in session.exec(waiting).all():
                _advance(session, letter, LetterEvent.WITHHOLD, "", now)

    def find_answers_since(self, bureau: str, start: datetime) -> WrittenAnswers:
        """The letters to schools that were written from `start` on, and perhaps earlier ones: answers to mails, and
        letters about contested items, which belong to no mail of their recipient's and have no unit."""
        start = start.astimezone(UTC)
        with self._database.reading() as session:
            # What is not committed may yet be undone: it is kept with its transaction, and grows there.
            kept = session.info.setdefault("answers", {}) if self._database.is_together else self._answers
            known: WrittenAnswers | None = kept.get(bureau) if kept is not self._answers else None
            if known is None:
                known = self._answers.get(bureau, WrittenAnswers()).copy_from(start)
            if start < known.start:
                known = WrittenAnswers(start)
            for row in read_rows(session, _ANSWERS, bureau=bureau, start=known.start, upto=known.newest_event):
                known.add(row.letter, _written_answer(row))
                known.newest_event = row.event
        kept[bureau] = known
        return known

    def count_unsent(self, bureau: str) -> int:
        """How many letters wait, be it for their turn or for a later attempt."""
        waiting = select(func.count()).select_from(LetterRow).where(LetterRow.bureau == bureau)
        with self._database.reading() as session:
            return session.exec(waiting.where(col(LetterRow.state).in_(UNSENT))).one()

    def has_due(self, bureau: str, now: datetime) -> bool:
        """True when a letter may be sent now."""
        return bool(self._database.read(_ANY_DUE, bureau=bureau, now=now))


def _is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    # The first condition is the one that the index serves: by the other alone, all letters of the bureau are read.
    return and_(
        is_any(col(LetterRow.state), (LetterState.QUEUED, LetterState.DEFERRED)),
        or_(col(LetterRow.state) == LetterState.QUEUED, _has_waited(now)),
    )


def _has_waited(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Its time has come; or it was put off at a time after now: the clock was set back since, and its time is void."""
    put_off = (
        select(EventRow.at)
        .where(EventRow.letter == LetterRow.id)
        .order_by(desc(EventRow.id))
        .limit(1)
        .correlate(LetterRow)
        .scalar_subquery()
    )
    return or_(col(LetterRow.next_attempt) <= now, put_off > now)


def mark_bounced(session: Session, bounced: BouncedLetter, now: datetime) -> None:
    """A server returned a letter: it becomes BOUNCED, within the caller's transaction.

    A second bounce of a letter (of two recipients), or one of a letter that never left, only adds an event.
    """
    row = session.get_one(LetterRow, bounced.letter)
    detail: Detail = {"error": bounced.error, "words": bounced.words}
    if LetterEvent.BOUNCE not in LETTER[row.state]:
        add_letter_event(session, row, EventName.LETTER_RETURNED, detail, now)
        return
    row.state, row.last_error = next_letter_state(row.state, LetterEvent.BOUNCE), bounced.error
    add_letter_event(session, row, EventName.of_letter(row.state), detail, now)


def _hash(letter: Letter) -> str:
    return hashlib.sha256(f"{letter.subject}\n{letter.text}".encode("utf-8", "replace")).hexdigest()


def _newest(session: Session, *conditions: Condition) -> Letter | None:
    row = session.exec(select(LetterRow).where(*conditions).order_by(desc(LetterRow.id)).limit(1)).first()
    return None if row is None else letter_record(session, row)


def _advance(session: Session, letter: int, event: LetterEvent, error: str, now: datetime, **changes: datetime) -> None:
    """Moves a letter into its next state, and changes these columns with it. Raises IllegalEvent where its state does
    not allow the event, NoResultFound for an unknown id."""
    [row] = read_rows(session, _STATE, letter=letter) or _raise_unknown()
    state = next_letter_state(row.state, event)
    update_row(session, LetterRow, letter, state=state, last_error=error, **changes)
    detail: Detail = {"attempt": row.attempts, "error": error}
    add_event(session, row.bureau, EventName.of_letter(state), detail, now, letter=letter)


def _raise_unknown() -> NoReturn:
    raise NoResultFound


def withdraw_letter(session: Session, letter: int, now: datetime) -> LetterState:
    """Withholds a letter that has not left yet, within the caller's transaction; returns the state that it was in, in
    which one that has left stays."""
    state = session.get_one(LetterRow, letter).state
    if state in UNSENT:
        _advance(session, letter, LetterEvent.WITHHOLD, "", now)
    return state


def add_letter(
    session: Session, bureau: str, kind: LetterKind, draft: LetterDraft, now: datetime, submission: int | None = None
) -> int:
    """Puts a finished letter into the outbox, with the codes of its buttons and the numbers of its photos, within the
    caller's transaction; returns its id."""
    letter = insert_row(
        session,
        LetterRow,
        bureau=bureau,
        kind=kind,
        submission=submission,
        recipients=list(draft.recipients),
        subject=draft.subject,
        message_id=draft.message_id,
        raw=draft.raw,
        text=draft.text,
        sha256=letter_sha256(draft.raw, draft.recipients),
        state=draft.state,
        attempts=0,
        last_error="",
        created=now,
    )
    session.add_all(
        OrderCodeRow(code=one.code, bureau=bureau, clerk=one.clerk, letter=letter, line=one.line, created=now)
        for one in draft.codes
    )
    session.add_all(SheetPhotoRow(letter=letter, **asdict(photo)) for photo in draft.photos)
    detail: Detail = {"kind": kind, "message_id": draft.message_id}
    add_event(session, bureau, EventName.of_letter(draft.state), detail, now, letter=letter)
    return letter


def read_letters(session: Session, *conditions: Condition) -> tuple[Letter, ...]:
    """The letters that meet all conditions, oldest first."""
    rows = session.exec(select(LetterRow).where(*conditions).order_by(col(LetterRow.id)))
    return tuple(letter_record(session, row) for row in rows.all())


def is_closed() -> ColumnElement[bool]:
    """True for letters that did not arrive, of which a clerk has said that nothing more is to be done."""
    # By the letter, so that its index serves.
    return exists().where(col(ClosedLetterRow.letter) == LetterRow.id, col(ClosedLetterRow.withdrawn_by).is_(None))


def letter_record(session: Session, row: LetterRow) -> Letter:
    answered = None if row.submission is None else session.get_one(SubmissionRow, row.submission)
    return _letter(row, None if answered is None else receipt_number(answered.message))


def _letter(row: LetterRow | Row[Any], receipt: str | None) -> Letter:
    """The letter of a row, which answers the mail with this receipt number."""
    return Letter(
        id=row.id,
        bureau=row.bureau,
        kind=row.kind,
        receipt=receipt,
        recipients=tuple(row.recipients),
        subject=row.subject,
        message_id=row.message_id,
        raw=row.raw,
        text=row.text,
        state=row.state,
        attempts=row.attempts,
        next_attempt=row.next_attempt,
        last_error=row.last_error,
        created_at=row.created,
        sent_at=row.sent,
        sha256=row.sha256,
    )


_LETTER = table_of(LetterRow)
_NOW: BindParameter[datetime] = bindparam("now")
_DUE_LETTER = (
    select_columns(_LETTER, col(SubmissionRow.message).label("answered"))
    .outerjoin(SubmissionRow, col(SubmissionRow.id) == _LETTER.c.submission)
    .where(_LETTER.c.id == bindparam("letter"), _is_due(_NOW))
)
_ANY_DUE = select_columns(_LETTER.c.id).where(_LETTER.c.bureau == bindparam("bureau"), _is_due(_NOW)).limit(1)
_STATE = select_columns(_LETTER.c.bureau, _LETTER.c.state, _LETTER.c.attempts).where(
    _LETTER.c.id == bindparam("letter")
)
_SPAM = select_columns(col(EventRow.detail)).where(
    col(EventRow.bureau) == bindparam("bureau"),
    col(EventRow.what) == EventName.LETTER_REFUSED_AS_SPAM,
    col(EventRow.letter) != bindparam("besides"),
)
