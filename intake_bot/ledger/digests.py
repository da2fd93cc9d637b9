"""The digests that were filed, and the report that the next one is made of."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlmodel import Session, col, desc, select

from intake_bot.ledger.database import Database
from intake_bot.ledger.events import EventRecord
from intake_bot.ledger.letters import add_letter, letter_record, read_letters
from intake_bot.ledger.mails import read_mails
from intake_bot.ledger.records import Letter, LetterDraft, LetterKind
from intake_bot.ledger.reports import DayReport, DigestRecord
from intake_bot.ledger.states import UNFINISHED, LetterState, MessageState
from intake_bot.ledger.tables import DigestRow, EventRow, LetterRow, MessageRow
from intake_bot.ledger.trail import add_event, event_record


class Digests:
    """One digest per bureau and day. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, bureau: str, day: date) -> DigestRecord | None:
        """The digest of this day, or None when there is none yet."""
        with self._database.reading() as session:
            row = _of(session, bureau, day)
            return None if row is None else _record(session, row)

    def newest(self, bureau: str) -> DigestRecord | None:
        """The digest that was filed last, or None when there is none yet."""
        with self._database.reading() as session:
            row = _last(session, bureau)
            return None if row is None else _record(session, row)

    def report(self, bureau: str) -> DayReport:
        """All that happened since the last digest of this bureau was filed."""
        with self._database.reading() as session:
            last = _last(session, bureau)
            since = 0 if last is None else last.upto
            upto = session.exec(select(func.coalesce(func.max(EventRow.id), 0))).one()
            ours = MessageRow.bureau == bureau
            return DayReport(
                bureau=bureau,
                since=None if last is None else last.created,
                upto=upto,
                mails=read_mails(session, ours, col(MessageRow.settled) > since, not_(_is_mere_junk())),
                unfinished=read_mails(session, ours, col(MessageRow.state).in_(UNFINISHED)),
                undelivered=_undelivered(session, bureau, since),
                withheld=read_letters(session, bureau, _happened(since, LetterState.WITHHELD)),
                trouble=_trouble(session, bureau, since),
                waiting=read_mails(session, ours, MessageRow.state == MessageState.WAITING),
            )

    def file(self, day: date, report: DayReport, draft: LetterDraft, now: datetime) -> bool:
        """Writes down the digest made of this report together with its letter. Returns False, with nothing written,
        when the bureau has a digest of this day already."""
        with self._database.writing() as session:
            if _of(session, report.bureau, day) is not None:
                return False
            letter = add_letter(session, report.bureau, LetterKind.DIGEST, draft, now)
            row = DigestRow(bureau=report.bureau, day=day, upto=report.upto, letter=letter.id, created=now)
            session.add(row)
            add_event(session, report.bureau, "digest.filed", {"day": day.isoformat(), "mails": len(report.mails)}, now)
            return True


def _is_mere_junk() -> ColumnElement[bool]:
    """It lay in a junk folder, and rightly so: nobody wants to read of it every day."""
    return and_(col(MessageRow.junk), col(MessageRow.state).in_((MessageState.IGNORED, MessageState.DUPLICATE)))


def _of(session: Session, bureau: str, day: date) -> DigestRow | None:
    return session.exec(select(DigestRow).where(DigestRow.bureau == bureau, DigestRow.day == day)).one_or_none()


def _last(session: Session, bureau: str) -> DigestRow | None:
    newest = select(DigestRow).where(DigestRow.bureau == bureau).order_by(desc(DigestRow.id))
    return session.exec(newest.limit(1)).first()


def _undelivered(session: Session, bureau: str, since: int) -> tuple[Letter, ...]:
    gone = (LetterState.FAILED, LetterState.BOUNCED)
    return read_letters(
        session,
        bureau,
        or_(
            col(LetterRow.state) == LetterState.DEFERRED,
            and_(col(LetterRow.state) == LetterState.SENDING, col(LetterRow.next_attempt).is_not(None)),
            and_(col(LetterRow.state).in_(gone), _happened(since, *gone)),
        ),
    )


def _happened(since: int, *states: LetterState) -> ColumnElement[bool]:
    """True for letters that came into one of these states after the event `since`."""
    names = [f"letter.{state}" for state in states]
    return col(LetterRow.id).in_(select(EventRow.letter).where(col(EventRow.id) > since, col(EventRow.what).in_(names)))


def _trouble(session: Session, bureau: str, since: int) -> tuple[EventRecord, ...]:
    events = select(EventRow).where(
        EventRow.bureau == bureau, col(EventRow.id) > since, col(EventRow.what).startswith("mailbox.")
    )
    return tuple(event_record(row) for row in session.exec(events.order_by(col(EventRow.id))))


def _record(session: Session, row: DigestRow) -> DigestRecord:
    letter = letter_record(session, session.get_one(LetterRow, row.letter))
    return DigestRecord(bureau=row.bureau, day=row.day, upto=row.upto, created=row.created, letter=letter)
