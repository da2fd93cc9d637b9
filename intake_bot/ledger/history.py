"""What judging and the digest ask about the past: pure questions, each one snapshot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from intake_bot.judging.verdict import Decision
from intake_bot.ledger.database import Condition, Database, among
from intake_bot.ledger.mails import files_of_items, needs_a_person, read_mails, received_before
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import FiledMail, LedgerItem, MessageRecord
from intake_bot.ledger.reports import ReportedItem
from intake_bot.ledger.tables import ItemRow, LetterRow, MessageRow, SubmissionRow

_BATCH = 500
"""Items read at a time, so that printing a long ledger neither fills the memory nor keeps a transaction open."""


class History:
    """Questions about the past. Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def filled_days(self, notice: str, unit: str, material: str, asking: MessageRecord) -> frozenset[date]:
        """The days for which this unit had an accepted item of this material when the mail that is `asking` was
        received, be it superseded since."""
        days = (
            select(col(ItemRow.day))
            .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(*_accepted(notice, unit, material), received_before(asking))
            .distinct()
        )
        with self._database.reading() as session:
            return frozenset(day for day in session.exec(days) if day is not None)

    def accepted_count(self, notice: str, unit: str, material: str, besides: int = 0) -> int:
        """How much of a quota of this material the unit's accepted items fill; superseded ones do not count, nor those
        of the mail with the id `besides`."""
        count = (
            select(func.coalesce(func.sum(ItemRow.fills), 0))
            .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
            .where(
                *_accepted(notice, unit, material),
                SubmissionRow.message != besides,
                col(ItemRow.superseded_by).is_(None),
            )
        )
        with self._database.reading() as session:
            return session.exec(count).one()

    def is_our_letter(self, message_ids: Iterable[str]) -> bool:
        """True when one of these Message-IDs (of In-Reply-To or References) is that of a letter of ours."""
        ours = select(LetterRow.id).where(among(col(LetterRow.message_id), message_ids)).limit(1)
        with self._database.reading() as session:
            return session.exec(ours).first() is not None

    def reported_items(self, notice: str, decisions: Collection[Decision]) -> tuple[ReportedItem, ...]:
        """Every item of a notice that was so decided and that no later one has superseded, oldest mail first."""
        found = (
            select(ItemRow, MessageRow)
            .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                ItemRow.notice == notice,
                col(SubmissionRow.stands),
                col(ItemRow.decision).in_(decisions),
                col(ItemRow.superseded_by).is_(None),
                col(ItemRow.unit).is_not(None),
            )
            .order_by(col(MessageRow.id), col(ItemRow.id))
        )
        with self._database.reading() as session:
            return tuple(
                ReportedItem(
                    unit=item.unit or "",
                    material=item.material,
                    day=item.day,
                    late=item.late,
                    receipt=receipt_number(message.id),
                    received=message.internaldate,
                    fills=item.fills,
                )
                for item, message in session.exec(found)
            )

    def held(self, bureau: str) -> tuple[FiledMail, ...]:
        """The mails that a person must look at, oldest first: held unopened, or with a held item or verdict."""
        with self._database.reading() as session:
            return read_mails(session, MessageRow.bureau == bureau, needs_a_person())

    def is_held(self, message: int) -> bool:
        """True when a person must look at this mail."""
        with self._database.reading() as session:
            held = select(MessageRow.id).where(MessageRow.id == message, needs_a_person())
            return session.exec(held).first() is not None

    def mail(self, message: int) -> FiledMail:
        """One mail with all that was written down about it. Raises NoResultFound for an unknown id."""
        with self._database.reading() as session:
            session.get_one(MessageRow, message)
            return read_mails(session, MessageRow.id == message)[0]

    def items(self) -> Iterator[LedgerItem]:
        """All items of all bureaus in the order in which they were filed; what is filed meanwhile may be included."""
        last = 0
        while True:
            with self._database.reading() as session:
                batch = _items_after(session, last)
            if not batch:
                return
            yield from (item for _, item in batch)
            last = batch[-1][0]


def _accepted(notice: str, unit: str, material: str) -> tuple[Condition, ...]:
    return (
        ItemRow.notice == notice,
        ItemRow.unit == unit,
        ItemRow.material == material,
        ItemRow.decision == Decision.ACCEPTED,
        col(SubmissionRow.stands).is_(True),
    )


def _items_after(session: Session, last: int) -> list[tuple[int, LedgerItem]]:
    found = session.exec(
        select(ItemRow, MessageRow, SubmissionRow)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(col(ItemRow.id) > last)
        .order_by(col(ItemRow.id))
        .limit(_BATCH)
    ).all()
    files = files_of_items(session, col(ItemRow.id).in_([item.id for item, _, _ in found]))
    return [
        (
            item.id,
            LedgerItem(
                receipt=receipt_number(message.id),
                bureau=message.bureau,
                notice=item.notice,
                unit=item.unit,
                material=item.material,
                day=item.day,
                received=message.internaldate,
                decision=item.decision,
                late=item.late,
                message_id=message.message_id,
                files=files[item.id],
                superseded=item.superseded_by is not None or not submission.stands,
            ),
        )
        for item, message, submission in found
    ]
