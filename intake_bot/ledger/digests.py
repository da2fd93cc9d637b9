"""The digests that were filed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import true
from sqlmodel import Session, col, desc, select

from intake_bot.ledger.database import Database
from intake_bot.ledger.letters import add_letter, letter_record
from intake_bot.ledger.tables import DigestRow, LetterRow
from intake_bot.ledger.trail import add_event
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.records import LetterDraft, LetterKind
from intake_bot.ledger.values.reports import DayReport, DigestKind, DigestRecord, LastSaid


class Digests:
    """Several digests and notes a day. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, bureau: str, day: date) -> DigestRecord | None:
        """The newest digest of this day, or None when there is none yet."""
        with self._database.reading() as session:
            row = _row_of(session, bureau, day)
            return None if row is None else _record(session, row)

    def find_newest(self, bureau: str) -> DigestRecord | None:
        """The digest that was filed last, or None when there is none yet."""
        with self._database.reading() as session:
            row = newest_row(session, bureau)
            return None if row is None else _record(session, row)

    def find_last_said(self, bureau: str) -> LastSaid | None:
        """When the newest digest or note was filed, and until which event it tells; None when there is none yet."""
        newest = select(DigestRow).where(DigestRow.bureau == bureau).order_by(desc(DigestRow.id))
        with self._database.reading() as session:
            row = session.exec(newest.limit(1)).first()
            return None if row is None else LastSaid(row.created, row.upto)

    def add(
        self,
        day: date,
        due: datetime,
        report: DayReport,
        draft: LetterDraft,
        now: datetime,
        copies: Iterable[LetterDraft] = (),
    ) -> bool:
        """Files the digest made of this report, together with its letter, and with its `copies` for the other clerks,
        whose buttons have codes of their own. Returns False and writes nothing when the bureau has a digest of this
        day that was filed at `due` or later."""
        with self._database.writing() as session:
            if _row_of(session, report.bureau, day, due) is not None:
                return False
            _add(session, DigestKind.DIGEST, report.bureau, day, report.last_event, (draft, *copies), now)
            detail: Detail = {"day": day.isoformat(), "mails": report.sums.all_mails}
            add_event(session, report.bureau, EventName.DIGEST_FILED, detail, now)
            return True

    def add_note(self, bureau: str, day: date, upto: int, drafts: Sequence[LetterDraft], now: datetime) -> None:
        """Files a note about what newly waits until the event `upto`, with its letters."""
        with self._database.writing() as session:
            _add(session, DigestKind.NOTE, bureau, day, upto, drafts, now)
            add_event(session, bureau, EventName.NOTE_FILED, {"day": day.isoformat()}, now)


def newest_row(session: Session, bureau: str, before: date | None = None) -> DigestRow | None:
    """The row of the digest that was filed last, of a day before this one where it is given."""
    of_day = DigestRow.day < before if before is not None else true()
    newest = select(DigestRow).where(DigestRow.bureau == bureau, DigestRow.kind == DigestKind.DIGEST, of_day)
    return session.exec(newest.order_by(desc(DigestRow.id)).limit(1)).first()


def _add(
    session: Session,
    kind: DigestKind,
    bureau: str,
    day: date,
    upto: int,
    drafts: Sequence[LetterDraft],
    now: datetime,
) -> None:
    first, *_ = [add_letter(session, bureau, LetterKind.DIGEST, draft, now) for draft in drafts]
    session.add(DigestRow(bureau=bureau, day=day, upto=upto, letter=first, created=now, kind=kind))


def _row_of(session: Session, bureau: str, day: date, due: datetime | None = None) -> DigestRow | None:
    """The newest digest of this day, filed at `due` or later."""
    since = col(DigestRow.created) >= due if due is not None else true()
    rows = select(DigestRow).where(
        DigestRow.bureau == bureau, DigestRow.day == day, DigestRow.kind == DigestKind.DIGEST, since
    )
    return session.exec(rows.order_by(desc(DigestRow.id)).limit(1)).first()


def _record(session: Session, row: DigestRow) -> DigestRecord:
    letter = letter_record(session, session.get_one(LetterRow, row.letter))
    return DigestRecord(bureau=row.bureau, day=row.day, last_event=row.upto, created_at=row.created, letter=letter)
