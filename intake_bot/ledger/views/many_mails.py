"""What is said of very many mails at once, without reading each: their sums, and which of them are worth reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.database import Condition
from intake_bot.ledger.filed_mails import read_columns
from intake_bot.ledger.tables import (
    FileRow,
    FindingRow,
    ItemFileRow,
    ItemRow,
    MessageRow,
    PieceRow,
    SubmissionRow,
)
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import Outcome, find_outcome
from intake_bot.ledger.values.reports import AcceptedEntry, DaySums


def sum_up_mails(session: Session, *conditions: Condition) -> DaySums:
    """How many of the mails whose MessageRow meets all conditions had which outcome, and their items which result."""
    own, whole = SubmissionRow, aliased(SubmissionRow)
    outcomes: Counter[Outcome | None] = Counter()
    # The state comes last: else it draws the index of all states, and every mail of the bureau is read.
    results = (col(own.disposition), col(whole.disposition), col(MessageRow.state))
    mails = (
        select_columns(*results, func.count())
        .select_from(MessageRow)
        .outerjoin(own, and_(col(own.message) == MessageRow.id, col(own.stands)))
        .outerjoin(PieceRow, col(PieceRow.message) == MessageRow.id)
        .outerjoin(whole, col(whole.id) == PieceRow.whole)
        .group_by(*results)
    )
    for disposition, of_whole, state, count in read_columns(session, mails, *conditions):
        outcomes[find_outcome(state, disposition or of_whole)] += count
    items = (
        select_columns(col(ItemRow.decision), col(ItemRow.late), func.count())
        .select_from(MessageRow)
        .join(own, and_(col(own.message) == MessageRow.id, col(own.stands)))
        .join(ItemRow, col(ItemRow.submission) == own.id)
        .group_by(col(ItemRow.decision), col(ItemRow.late))
    )
    found = read_columns(session, items, *conditions)
    return DaySums(dict(outcomes), {(decision, late): count for decision, late, count in found})


def has_more_to_show() -> ColumnElement[bool]:
    """True for mails that were not judged, came from a junk folder or have a finding for clerks only."""
    judged = aliased(SubmissionRow)
    standing = and_(col(judged.message) == MessageRow.id, col(judged.stands))
    private = exists().where(standing, col(FindingRow.submission) == judged.id, col(FindingRow.private))
    return or_(col(MessageRow.junk), not_(exists().where(standing)), private)


def has_accepted_files(kinds: Collection[Kind]) -> ColumnElement[bool]:
    """True for mails with an accepted item that no later one has superseded, served by a file of one of these kinds."""
    serving = (
        select(ItemRow.id)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .join(ItemFileRow, col(ItemFileRow.item) == ItemRow.id)
        .join(FileRow, col(FileRow.id) == ItemFileRow.file)
        .where(
            col(SubmissionRow.message) == MessageRow.id,
            col(SubmissionRow.stands),
            ItemRow.decision == Decision.ACCEPTED,
            col(ItemRow.superseded_by).is_(None),
            col(FileRow.kind).in_([kind.value for kind in kinds]),
        )
    )
    return serving.exists()


def read_accepted(session: Session, *conditions: Condition) -> tuple[AcceptedEntry, ...]:
    """The accepted items of the mails whose MessageRow meets all conditions, oldest mail first."""
    files = select(func.count()).where(ItemFileRow.item == ItemRow.id).correlate(ItemRow).scalar_subquery()
    item = (SubmissionRow.unit, ItemRow.material, ItemRow.day, MessageRow.id)
    times = (MessageRow.received, ItemRow.deadline, ItemRow.late)
    accepted = (
        select_columns(*map(col, item), *map(col, times), files)
        .select_from(MessageRow)
        .join(SubmissionRow, and_(col(SubmissionRow.message) == MessageRow.id, col(SubmissionRow.stands)))
        .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
        .where(col(ItemRow.decision) == Decision.ACCEPTED)
        .order_by(col(MessageRow.id), col(ItemRow.id))
    )
    return tuple(
        AcceptedEntry(unit or "", material, day, receipt_number(message), *rest)
        for unit, material, day, message, *rest in read_columns(session, accepted, *conditions)
    )
