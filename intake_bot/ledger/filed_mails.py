"""Mails read back whole: the message with its submission, items, findings and files.

A digest reads tens of thousands: columns are read, and no objects of rows are made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, literal_column, or_, text, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Finding
from intake_bot.ledger.database import Condition, among_ids
from intake_bot.ledger.tables import (
    FileRow,
    FindingRow,
    ItemFileRow,
    ItemRow,
    LetterRow,
    LinkRow,
    MessageRow,
    PieceRow,
    SubmissionRow,
    SupplementRow,
)
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import FiledItem, FiledMail, KeptFile, KeptLink, MessageRecord
from intake_bot.ledger.values.states import LetterState


def read_mails(
    session: Session, *conditions: Condition, asking: int = 0, submission: int | None = None
) -> tuple[FiledMail, ...]:
    """The mails whose MessageRow meets all conditions, oldest first. An item that only the mail with the id `asking`
    has superseded is not marked as superseded: that mail may be judged for the second time.

    With the judgement that stands, or with the one with the id `submission`, whether it stands or not."""
    chosen = col(SubmissionRow.stands) if submission is None else col(SubmissionRow.id) == submission
    found = read_columns(session, _judged_messages(chosen).order_by(col(MessageRow.id)), *conditions)
    if not found:
        return ()
    submissions = [row.submission for row in found if row.submission is not None]
    findings = _findings(session, among_ids(col(FindingRow.submission), submissions))
    items = _items(session, among_ids(col(ItemRow.submission), submissions), findings, item_ids_of(asking))
    files = _files(session, among_ids(col(FileRow.submission), submissions))
    links = _links(session, among_ids(col(LinkRow.submission), submissions))
    answers = _answers(session, among_ids(col(LetterRow.submission), submissions))
    supplemented = _find_supplemented(session, among_ids(col(SupplementRow.earlier), submissions))
    return tuple(
        FiledMail(
            **_own_facts(row),
            **_judgement(row),
            items=items[row.submission],
            findings=findings[row.submission, None],
            files=files[row.submission],
            links=links[row.submission],
            answer=answers.get(row.submission),
            supplemented=row.submission in supplemented,
            submission=row.submission,
        )
        for row in found
    )


def read_columns(session: Session, columns: Select[*tuple[Any, ...]], *conditions: Condition) -> Sequence[Any]:
    """Rows of columns, by position or name."""
    met: tuple[Any, ...] = conditions
    return session.connection().execute(columns.where(*met)).all()


def _judged_messages(chosen: ColumnElement[bool] | Mapped[bool]) -> Select[Any]:
    """Messages with the chosen judgement, and, for a piece, with the judgement that it was merged into."""
    judged, whole = SubmissionRow, aliased(SubmissionRow)
    message = (MessageRow.id, MessageRow.bureau, MessageRow.received, MessageRow.sender, MessageRow.subject)
    fate = (MessageRow.state, MessageRow.kind, MessageRow.reason, MessageRow.junk, MessageRow.folder)
    return (
        select_columns(*map(col, (*message, *fate)))
        .add_columns(col(judged.id).label("submission"), col(judged.disposition), col(judged.notice), col(judged.unit))
        .add_columns(
            col(whole.message).label("whole_message"),
            col(whole.disposition).label("whole_disposition"),
            col(whole.notice).label("whole_notice"),
            col(whole.unit).label("whole_unit"),
            col(PieceRow.unit).label("piece_unit"),
        )
        .select_from(MessageRow)
        .outerjoin(judged, and_(col(judged.message) == MessageRow.id, chosen))
        .outerjoin(PieceRow, col(PieceRow.message) == MessageRow.id)
        .outerjoin(whole, col(whole.id) == PieceRow.whole)
    )


def _own_facts(row: Any) -> Mapping[str, Any]:
    """What is known of a mail without a judgement."""
    return {
        "receipt": receipt_number(row.id),
        "bureau": row.bureau,
        "received": row.received,
        "sender": row.sender,
        "subject": row.subject,
        "state": row.state,
        "kind": row.kind,
        "reason": row.reason,
        "junk_folder": row.folder if row.junk else "",
    }


def _judgement(row: Any) -> Mapping[str, Any]:
    """What was decided: about the mail, else about those that it was merged with. Of a waiting piece, its unit."""
    if row.submission is not None:
        return {"disposition": row.disposition, "notice": row.notice, "unit": row.unit}
    if row.whole_message is None:
        return {"disposition": None, "notice": None, "unit": row.piece_unit}
    return {
        "disposition": row.whole_disposition,
        "notice": row.whole_notice,
        "unit": row.whole_unit,
        "merged_into": receipt_number(row.whole_message),
    }


def item_ids_of(message: int) -> SelectOfScalar[int]:
    """The ids of all items of this mail."""
    return (
        select(ItemRow.id)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .where(SubmissionRow.message == message)
    )


def was_received_before(mail: MessageRecord) -> ColumnElement[bool]:
    """True for mails received before this one; of two received at the same time the one seen first was."""
    received = col(MessageRow.received)
    return or_(received < mail.arrival.at, and_(received == mail.arrival.at, col(MessageRow.id) < mail.id))


@cache
def is_held() -> ColumnElement[bool]:
    """True for mails that are held for a clerk: unopened, with a held item or verdict that was not superseded, or with
    a link that is not settled, whatever the verdict. Made once: that takes longer than to ask it."""
    # Written as the indexes for them are: SQLite recognises neither a bound value nor `supplied = 0`.
    is_held_item, is_open_link = text("item.decision = 'held'"), text("NOT link.supplied")
    settled = select(ItemRow.submission).where(is_held_item, col(ItemRow.superseded_by).is_not(None))
    held_verdicts = select(SubmissionRow.message).where(
        text("submission.stands AND submission.disposition = 'held'"), col(SubmissionRow.id).not_in(settled)
    )
    held_items = (
        select(SubmissionRow.message)
        .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
        .where(col(SubmissionRow.stands), is_held_item, col(ItemRow.superseded_by).is_(None))
    )
    open_links = (
        select(SubmissionRow.message)
        .join(LinkRow, col(LinkRow.submission) == SubmissionRow.id)
        .where(col(SubmissionRow.stands), is_open_link)
    )
    unopened = aliased(MessageRow, name="unopened")
    held_messages = select(unopened.id).where(text("unopened.state = 'held'"))
    return col(MessageRow.id).in_(union_all(held_messages, open_links, held_verdicts, held_items))


def is_of_bureau(bureau: str) -> ColumnElement[bool]:
    """True for mails of this bureau, to be asked of the few that another condition (such as `is_held`) finds. The plus
    keeps SQLite from beginning with all mails of the bureau."""
    return literal_column("+message.bureau", Text) == bureau


# The columns of each value, in the order of its fields.
_FILE: tuple[Any, ...] = (
    FileRow.name, FileRow.path, FileRow.sha256, FileRow.bytes, FileRow.kind, FileRow.supplied,
)  # fmt: skip
_LINK: tuple[Any, ...] = (LinkRow.name, LinkRow.link, LinkRow.size, LinkRow.expires, LinkRow.supplied)
_FINDING: tuple[Any, ...] = (
    FindingRow.code, FindingRow.severity, FindingRow.found, FindingRow.asked, FindingRow.todo,
    FindingRow.file, FindingRow.clause, FindingRow.quote, FindingRow.holds, FindingRow.private,
)  # fmt: skip
_ITEM: tuple[Any, ...] = (
    ItemRow.submission, ItemRow.id, ItemRow.material, ItemRow.day, ItemRow.deadline, ItemRow.late,
    ItemRow.decision, ItemRow.superseded_by, ItemRow.fills,
)  # fmt: skip
_KINDS = {kind.value: kind for kind in Kind}


def read_files_of_items(session: Session, condition: Condition) -> defaultdict[int, tuple[KeptFile, ...]]:
    """The files that serve each item whose ItemRow meets the condition, by item id."""
    files: defaultdict[int, tuple[KeptFile, ...]] = defaultdict(tuple)
    columns = (
        select_columns(col(ItemFileRow.item), *_FILE)
        .join(FileRow, col(FileRow.id) == ItemFileRow.file)
        .join(ItemRow, col(ItemRow.id) == ItemFileRow.item)
        .order_by(col(FileRow.id))
    )
    for row in read_columns(session, columns, condition):
        files[row[0]] += (_kept_file(*row[1:]),)
    return files


FindingsByOwner = defaultdict[tuple[int, int | None], tuple[Finding, ...]]
"""By submission and item; the item is None for findings about the mail itself."""


def _findings(session: Session, condition: Condition) -> FindingsByOwner:
    findings: FindingsByOwner = defaultdict(tuple)
    columns = select_columns(col(FindingRow.submission), col(FindingRow.item), *_FINDING).order_by(col(FindingRow.id))
    for row in read_columns(session, columns, condition):
        findings[row[0], row[1]] += (Finding(*row[2:]),)
    return findings


def _items(
    session: Session, condition: Condition, findings: FindingsByOwner, own: SelectOfScalar[int]
) -> defaultdict[int | None, tuple[FiledItem, ...]]:
    files = read_files_of_items(session, condition)
    open_to = {None, *session.exec(own)}
    items: defaultdict[int | None, tuple[FiledItem, ...]] = defaultdict(tuple)
    for row in read_columns(session, select_columns(*_ITEM).order_by(col(ItemRow.id)), condition):
        items[row.submission] += (
            FiledItem(
                material=row.material,
                day=row.day,
                deadline=row.deadline,
                late=row.late,
                decision=row.decision,
                findings=findings[row.submission, row.id],
                files=files[row.id],
                superseded=row.superseded_by not in open_to,
                fills=row.fills,
            ),
        )
    return items


def _files(session: Session, condition: Condition) -> defaultdict[int | None, tuple[KeptFile, ...]]:
    files: defaultdict[int | None, tuple[KeptFile, ...]] = defaultdict(tuple)
    for row in read_columns(
        session, select_columns(col(FileRow.submission), *_FILE).order_by(col(FileRow.id)), condition
    ):
        files[row[0]] += (_kept_file(*row[1:]),)
    return files


def _links(session: Session, condition: Condition) -> defaultdict[int | None, tuple[KeptLink, ...]]:
    links: defaultdict[int | None, tuple[KeptLink, ...]] = defaultdict(tuple)
    for row in read_columns(
        session, select_columns(col(LinkRow.submission), *_LINK).order_by(col(LinkRow.id)), condition
    ):
        links[row[0]] += (KeptLink(*row[1:]),)
    return links


def _answers(session: Session, condition: Condition) -> dict[int | None, LetterState]:
    """What became of the answer to each submission that has one."""
    answers = session.exec(select(LetterRow.submission, LetterRow.state).where(condition))
    return {submission: LetterState(state) for submission, state in answers}


def _find_supplemented(session: Session, condition: Condition) -> frozenset[int]:
    """The submissions that are supplemented by one that stands."""
    standing = select(SupplementRow.earlier).join(SubmissionRow, col(SubmissionRow.id) == SupplementRow.submission)
    return frozenset(session.exec(standing.where(col(SubmissionRow.stands), condition)))


def _kept_file(name: str, path: str, sha256: str, size: int, kind: str, supplied: bool) -> KeptFile:
    return KeptFile(name, path, sha256, size, _KINDS[kind], supplied)
