"""Mails and their items read back for the digest, the clerk and the ledger command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Select, not_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from intake_bot.judging.verdict import SENDER_DOUBTS, Decision, ReportedItem
from intake_bot.ledger.database import Database, among, among_ids
from intake_bot.ledger.filed_mails import is_held, read_columns, read_files_of_items, read_mails
from intake_bot.ledger.tables import FindingRow, ItemRow, MessageRow, PieceRow, SubmissionRow
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import FiledMail, LedgerItem
from intake_bot.ledger.values.states import MessageState

_BATCH = 500
"""Items read at a time, so that printing a long ledger neither fills the memory nor keeps a transaction open."""


class Submissions:
    """Each call is one read transaction; `iterate_items` takes several."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_mail(self, message: int) -> FiledMail:
        """One mail with all that was written down about it. Raises NoResultFound for an unknown id."""
        with self._database.reading() as session:
            session.get_one(MessageRow, message)
            return read_mails(session, MessageRow.id == message)[0]

    def get_replaced(self, message: int, submission: int) -> FiledMail:
        """The mail with this judgement of it, which a clerk's decision may have replaced since."""
        with self._database.reading() as session:
            return read_mails(session, MessageRow.id == message, submission=submission)[0]

    def find_judged(self, bureau: str, notice: str) -> tuple[FiledMail, ...]:
        """The mails of this bureau that were judged for a notice, oldest first; what no longer stands is left out."""
        judged = select(SubmissionRow.message).where(col(SubmissionRow.stands), SubmissionRow.notice == notice)
        with self._database.reading() as session:
            return read_mails(session, MessageRow.bureau == bureau, col(MessageRow.id).in_(judged))

    def find_held(self, bureau: str) -> tuple[FiledMail, ...]:
        """The mails that are held for a clerk, oldest first: unopened, or with a held item or verdict."""
        with self._database.reading() as session:
            return read_mails(session, MessageRow.bureau == bureau, is_held())

    def is_held(self, message: int) -> bool:
        """True when the mail with this id is held for a clerk."""
        return message in self.find_held_among([message])

    def find_held_among(self, messages: Collection[int]) -> frozenset[int]:
        """Which of the mails with these ids are held for a clerk."""
        held = select(MessageRow.id).where(among_ids(col(MessageRow.id), messages), is_held())
        with self._database.reading() as session:
            return frozenset(session.exec(held)) if messages else frozenset()

    def find_removable_spool_files(self, names: Collection[str]) -> frozenset[str]:
        """Which of these spool files belong to settled mails that are not held, nor pieces of a held one."""
        settled = select(MessageRow.spool).where(
            col(MessageRow.spool).in_(list(names)),
            col(MessageRow.state).in_((MessageState.JUDGED, MessageState.IGNORED, MessageState.DUPLICATE)),
            not_(is_held()),
        )
        with self._database.reading() as session:
            held = session.exec(select(MessageRow.id).where(is_held())).all()
            # A clerk may have the held mail judged again, and then its pieces with it.
            of_held = (
                select(PieceRow.message)
                .join(SubmissionRow, col(SubmissionRow.id) == PieceRow.whole)
                .where(col(SubmissionRow.message).in_(held))
            )
            removable = settled.where(col(MessageRow.id).not_in(of_held))
            return frozenset(name for name in session.exec(removable) if name is not None)

    def find_reported_items(
        self, notice: str, decisions: Collection[Decision], units: Collection[str] | None = None
    ) -> tuple[ReportedItem, ...]:
        """Every item of a notice, or of these units only, that was so decided and that no later one has superseded,
        oldest mail first."""
        # By their ids: in the order of the index, which is that of the units, rows are read all over the file.
        own = aliased(ItemRow)
        of_units = col(own.unit).is_not(None) if units is None else among(col(own.unit), units)
        ids = select(own.id).where(own.notice == notice, of_units)
        judged = (ItemRow.unit, ItemRow.material, ItemRow.day, ItemRow.late, ItemRow.decision, ItemRow.fills)
        columns = _judged_items((MessageRow.received, *judged)).where(
            col(ItemRow.id).in_(ids),
            col(SubmissionRow.stands),
            col(ItemRow.decision).in_(decisions),
            col(ItemRow.superseded_by).is_(None),
        )
        with self._database.reading() as session:
            found = read_columns(session, columns.order_by(col(MessageRow.id), col(ItemRow.id)))
            held = [row.submission for row in found if row.decision is Decision.HELD]
            doubted, doubted_mails = _find_doubted(session, held)
            # By their places: a digest reads tens of thousands, and names take longer.
            return tuple(
                ReportedItem(
                    unit, material, day, late, receipt_number(message), received, fills,
                    is_doubtful=decision is Decision.HELD and (item in doubted or submission in doubted_mails),
                    decision=decision,
                )
                for item, submission, message, received, unit, material, day, late, decision, fills in found
            )  # fmt: skip

    def iterate_items(self) -> Iterator[LedgerItem]:
        """All items of all bureaus in the order in which they were filed. Items that are filed during the iteration
        may be included."""
        last = 0
        while True:
            with self._database.reading() as session:
                batch = _items_after(session, last)
            if not batch:
                return
            yield from (item for _, item in batch)
            last = batch[-1][0]


def _find_doubted(session: Session, held: Iterable[int]) -> tuple[frozenset[int | None], frozenset[int]]:
    """Of these submissions, the ids of the items, and of those as a whole, that are held because of a doubt about who
    sent them."""
    doubts = select(FindingRow.item, FindingRow.submission).where(
        among_ids(col(FindingRow.submission), held), col(FindingRow.holds), col(FindingRow.code).in_(SENDER_DOUBTS)
    )
    found = list(session.exec(doubts))
    return frozenset(item for item, _ in found if item), frozenset(mail for item, mail in found if item is None)


def _items_after(session: Session, last: int) -> list[tuple[int, LedgerItem]]:
    """The next items after the one with the id `last`, each with its id."""
    wanted = (MessageRow.bureau, MessageRow.received, MessageRow.message_id, SubmissionRow.stands)
    judged = (ItemRow.notice, ItemRow.unit, ItemRow.material, ItemRow.day, ItemRow.decision, ItemRow.late)
    columns = _judged_items((*wanted, *judged, ItemRow.superseded_by)).where(col(ItemRow.id) > last)
    found = read_columns(session, columns.order_by(col(ItemRow.id)).limit(_BATCH))
    files = read_files_of_items(session, col(ItemRow.id).in_([row.item for row in found]))
    return [
        (
            row.item,
            LedgerItem(
                receipt=receipt_number(row.message),
                bureau=row.bureau,
                notice=row.notice,
                unit=row.unit,
                material=row.material,
                day=row.day,
                received=row.received,
                decision=row.decision,
                late=row.late,
                message_id=row.message_id,
                files=files[row.item],
                superseded=row.superseded_by is not None or not row.stands,
            ),
        )
        for row in found
    ]


def _judged_items(columns: tuple[Any, ...]) -> Select[Any]:
    """These columns of items with their mails, and the ids of all three."""
    return (
        select_columns(col(ItemRow.id).label("item"), col(ItemRow.submission), col(MessageRow.id).label("message"))
        .add_columns(*columns)
        .select_from(ItemRow)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    )
