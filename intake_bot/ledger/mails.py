"""Whole mails read back: the message with its submission, items, findings and files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import Decision, Disposition, Finding
from intake_bot.ledger.database import Condition
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import FiledItem, FiledMail, KeptFile, KeptLink, MessageRecord
from intake_bot.ledger.states import LetterState, MessageState
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


def read_mails(session: Session, *conditions: Condition, asking: int = 0) -> tuple[FiledMail, ...]:
    """The mails whose MessageRow meets all conditions, oldest first. What nothing but the mail with the id `asking` has
    superseded is still open to it: it may be judged for the second time."""
    wanted = select(MessageRow.id).where(*conditions)
    whole = aliased(SubmissionRow)
    found = session.exec(
        select(MessageRow, SubmissionRow, whole, PieceRow)
        .outerjoin(SubmissionRow, (col(SubmissionRow.message) == MessageRow.id) & col(SubmissionRow.stands))
        .outerjoin(PieceRow, col(PieceRow.message) == MessageRow.id)
        .outerjoin(whole, col(whole.id) == PieceRow.whole)
        .where(*conditions)
        .order_by(col(MessageRow.id))
    ).all()
    submissions = select(SubmissionRow.id).where(col(SubmissionRow.message).in_(wanted))
    findings = _findings(session, col(FindingRow.submission).in_(submissions))
    items = _items(session, col(ItemRow.submission).in_(submissions), findings, items_of(asking))
    files = _files(session, col(FileRow.submission).in_(submissions))
    links = _links(session, col(LinkRow.submission).in_(submissions))
    answers = _answers(session, col(LetterRow.submission).in_(submissions))
    supplemented = _supplemented(session, col(SupplementRow.earlier).in_(submissions))
    return tuple(
        _joined(message, leading, piece)
        if submission is None
        else replace(
            _judged(
                message,
                submission,
                items[submission.id],
                findings[submission.id, None],
                files[submission.id],
                links[submission.id],
            ),
            answer=answers.get(submission.id),
            supplemented=submission.id in supplemented,
        )
        for message, submission, leading, piece in found
    )


def items_of(message: int) -> SelectOfScalar[int]:
    """The ids of all items of this mail."""
    return (
        select(ItemRow.id)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .where(SubmissionRow.message == message)
    )


def received_before(mail: MessageRecord) -> ColumnElement[bool]:
    """True for mails received before this one; of two mails of one moment the one seen first was."""
    moment = col(MessageRow.internaldate)
    return or_(moment < mail.key.internaldate, and_(moment == mail.key.internaldate, col(MessageRow.id) < mail.id))


def needs_a_person() -> ColumnElement[bool]:
    """A held item that was superseded needs nobody any more."""
    settled = select(ItemRow.submission).where(
        ItemRow.decision == Decision.HELD, col(ItemRow.superseded_by).is_not(None)
    )
    held_verdicts = select(SubmissionRow.message).where(
        col(SubmissionRow.stands),
        SubmissionRow.disposition == Disposition.HELD,
        col(SubmissionRow.id).not_in(settled),
    )
    held_items = (
        select(SubmissionRow.message)
        .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
        .where(col(SubmissionRow.stands), ItemRow.decision == Decision.HELD, col(ItemRow.superseded_by).is_(None))
    )
    return or_(
        col(MessageRow.state) == MessageState.HELD,
        col(MessageRow.id).in_(held_verdicts),
        col(MessageRow.id).in_(held_items),
    )


def files_of_items(session: Session, condition: Condition) -> defaultdict[int, tuple[KeptFile, ...]]:
    """The files that serve each item whose ItemRow meets the condition, by item id."""
    files: defaultdict[int, tuple[KeptFile, ...]] = defaultdict(tuple)
    for item, row in session.exec(
        select(ItemFileRow.item, FileRow)
        .join(FileRow, col(FileRow.id) == ItemFileRow.file)
        .join(ItemRow, col(ItemRow.id) == ItemFileRow.item)
        .where(condition)
        .order_by(col(FileRow.id))
    ):
        files[item] += (_kept_file(row),)
    return files


FindingsByOwner = defaultdict[tuple[int, int | None], tuple[Finding, ...]]
"""By submission and item; None for what is said about the mail itself."""


def _findings(session: Session, condition: Condition) -> FindingsByOwner:
    findings: FindingsByOwner = defaultdict(tuple)
    for row in session.exec(select(FindingRow).where(condition).order_by(col(FindingRow.id))):
        findings[row.submission, row.item] += (_finding(row),)
    return findings


def _items(
    session: Session, condition: Condition, findings: FindingsByOwner, own: SelectOfScalar[int]
) -> defaultdict[int, tuple[FiledItem, ...]]:
    files = files_of_items(session, condition)
    open_to = {None, *session.exec(own)}
    items: defaultdict[int, tuple[FiledItem, ...]] = defaultdict(tuple)
    for row in session.exec(select(ItemRow).where(condition).order_by(col(ItemRow.id))):
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


def _files(session: Session, condition: Condition) -> defaultdict[int, tuple[KeptFile, ...]]:
    files: defaultdict[int, tuple[KeptFile, ...]] = defaultdict(tuple)
    for row in session.exec(select(FileRow).where(condition).order_by(col(FileRow.id))):
        files[row.submission] += (_kept_file(row),)
    return files


def _links(session: Session, condition: Condition) -> defaultdict[int, tuple[KeptLink, ...]]:
    links: defaultdict[int, tuple[KeptLink, ...]] = defaultdict(tuple)
    for row in session.exec(select(LinkRow).where(condition).order_by(col(LinkRow.id))):
        links[row.submission] += (KeptLink(row.name, row.link, row.size, row.expires, row.supplied),)
    return links


def _answers(session: Session, condition: Condition) -> dict[int | None, LetterState]:
    """What became of the answer to each submission that has one."""
    answers = session.exec(select(LetterRow.submission, LetterRow.state).where(condition))
    return {submission: LetterState(state) for submission, state in answers}


def _supplemented(session: Session, condition: Condition) -> frozenset[int]:
    """The submissions that one which stands supplements."""
    standing = select(SupplementRow.earlier).join(SubmissionRow, col(SubmissionRow.id) == SupplementRow.submission)
    return frozenset(session.exec(standing.where(col(SubmissionRow.stands), condition)))


def _unjudged(message: MessageRow) -> FiledMail:
    return FiledMail(
        receipt=receipt_number(message.id),
        bureau=message.bureau,
        received=message.internaldate,
        sender=message.sender,
        subject=message.subject,
        state=message.state,
        attempts=message.attempts,
        kind=message.kind,
        reason=message.reason,
        disposition=None,
        notice=None,
        unit=None,
        items=(),
        findings=(),
        files=(),
        junk_folder=message.folder if message.junk else "",
    )


def _joined(message: MessageRow, whole: SubmissionRow | None, piece: PieceRow | None) -> FiledMail:
    mail = _unjudged(message)
    if whole is None:
        return replace(mail, unit=piece.unit) if piece else mail
    return replace(
        mail,
        disposition=whole.disposition,
        notice=whole.notice,
        unit=whole.unit,
        joined=receipt_number(whole.message),
    )


def _judged(
    message: MessageRow,
    submission: SubmissionRow,
    items: tuple[FiledItem, ...],
    findings: tuple[Finding, ...],
    files: tuple[KeptFile, ...],
    links: tuple[KeptLink, ...],
) -> FiledMail:
    return replace(
        _unjudged(message),
        disposition=submission.disposition,
        notice=submission.notice,
        unit=submission.unit,
        items=items,
        findings=findings,
        files=files,
        links=links,
    )


def _finding(row: FindingRow) -> Finding:
    return Finding(
        code=row.code,
        severity=row.severity,
        found=row.found,
        asked=row.asked,
        todo=row.todo,
        file=row.file,
        clause=row.clause,
        quote=row.quote,
        holds=row.holds,
        private=row.private,
    )


def _kept_file(row: FileRow) -> KeptFile:
    return KeptFile(row.name, row.path, row.sha256, row.bytes, Kind(row.kind), row.supplied)
