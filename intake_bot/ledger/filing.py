"""One judgement written down: submission, items, findings, files, the answer or why there is none.

All of it within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind
from intake_bot.ledger.database import Condition
from intake_bot.ledger.earlier import line_of
from intake_bot.ledger.events import UNANSWERED
from intake_bot.ledger.forms import add_forms, copy_forms
from intake_bot.ledger.letters import add_letter
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import Fingerprint, Judgement, KeptFile, KeptLink, LetterKind
from intake_bot.ledger.tables import (
    FileRow,
    FindingRow,
    FingerprintRow,
    ItemFileRow,
    ItemRow,
    LinkRow,
    MessageRow,
    PieceRow,
    SubmissionRow,
    SupplementRow,
)
from intake_bot.ledger.trail import add_event


def add_submission(session: Session, message: MessageRow, judgement: Judgement, now: datetime) -> SubmissionRow:
    """Writes all rows of a judgement and returns the first of them.

    Raises ValueError for a verdict that contradicts itself: a submission is not ignored, and nothing else is judged.
    """
    verdict = judgement.verdict
    if (verdict.kind is MailKind.SUBMISSION) is (verdict.disposition is Disposition.IGNORED):
        raise ValueError(f"no judgement: {verdict.kind}, {verdict.disposition}")
    submission = SubmissionRow(
        message=message.id, notice=judgement.notice, unit=verdict.unit, disposition=verdict.disposition
    )
    session.add(submission)
    session.flush()
    files = _add_files(session, submission, judgement.files)
    _add_fingerprints(session, submission, judgement.prints)
    _add_links(session, submission, judgement.links)
    _add_findings(session, submission, None, verdict.findings)
    line = line_of(session, judgement.supplements) if judgement.supplements else ()
    if line:
        session.add(SupplementRow(submission=submission.id, earlier=line[0]))
    for item in verdict.items:
        row = _add_item(session, submission, item, files)
        if item.decision is Decision.ACCEPTED:
            _supersede(session, message, row, _replaced(row, line, judgement))
    if judgement.answer is not None:
        add_letter(session, message.bureau, LetterKind.ANSWER, judgement.answer, now, submission=submission.id)
    if judgement.unanswered is not None:
        add_event(session, message.bureau, UNANSWERED, judgement.unanswered, now)
    return submission


def replace_submission(session: Session, message: MessageRow, judgement: Judgement, now: datetime) -> SubmissionRow:
    """Writes a judgement in the place of the one that stands for this mail, if there is one.

    The earlier one stays, with its items, findings, files and letter; what pointed to it (pieces, supplements) points
    to the new one, and what its items had superseded waits for what the new ones supersede.
    """
    earlier = session.exec(
        select(SubmissionRow).where(SubmissionRow.message == message.id, col(SubmissionRow.stands))
    ).one_or_none()
    if earlier is None:
        return add_submission(session, message, judgement, now)
    earlier.stands = False
    session.flush()
    _let_go(session, earlier)
    if judgement.supplements is None:
        judgement = replace(judgement, supplements=_supplemented(session, earlier))
    submission = add_submission(session, message, judgement, now)
    for piece in session.exec(select(PieceRow).where(PieceRow.whole == earlier.id)):
        piece.whole = submission.id
    for newer in session.exec(select(SupplementRow).where(SupplementRow.earlier == earlier.id)):
        newer.earlier = submission.id
    if not judgement.prints:
        _copy_fingerprints(session, earlier, submission)
    if not any(item.forms for item in judgement.verdict.items):
        copy_forms(session, earlier, submission)
    return submission


def _let_go(session: Session, withdrawn: SubmissionRow) -> None:
    """What its items had superseded counts again, or is superseded by what has superseded these in their turn."""
    by = aliased(ItemRow)
    superseded = session.exec(
        select(ItemRow, by).join(by, col(by.id) == ItemRow.superseded_by).where(by.submission == withdrawn.id)
    )
    for item, successor in superseded.all():
        item.superseded_by = successor.superseded_by


def _supplemented(session: Session, submission: SubmissionRow) -> str | None:
    """Receipt number of what this submission supplements."""
    earlier = (
        select(SubmissionRow.message)
        .join(SupplementRow, col(SupplementRow.earlier) == SubmissionRow.id)
        .where(SupplementRow.submission == submission.id)
    )
    message = session.exec(earlier).one_or_none()
    return None if message is None else receipt_number(message)


def _copy_fingerprints(session: Session, earlier: SubmissionRow, submission: SubmissionRow) -> None:
    """The files of a mail that a person decided about are known again too, though nobody measured them anew."""
    for row in session.exec(select(FingerprintRow).where(FingerprintRow.submission == earlier.id)).all():
        session.add(FingerprintRow(submission=submission.id, name=row.name, sha256=row.sha256, look=row.look))


def _add_files(session: Session, submission: SubmissionRow, files: Iterable[KeptFile]) -> tuple[FileRow, ...]:
    rows = tuple(
        FileRow(
            submission=submission.id,
            name=file.name,
            path=file.path,
            sha256=file.sha256,
            bytes=file.bytes,
            kind=file.kind.value,
            supplied=file.supplied,
        )
        for file in files
    )
    session.add_all(rows)
    session.flush()
    return rows


def _add_fingerprints(session: Session, submission: SubmissionRow, prints: Iterable[Fingerprint]) -> None:
    session.add_all(
        FingerprintRow(
            submission=submission.id,
            name=print_.name,
            sha256=print_.sha256,
            look=None if print_.look is None else f"{print_.look:016x}",
        )
        for print_ in prints
    )


def _add_links(session: Session, submission: SubmissionRow, links: Iterable[KeptLink]) -> None:
    session.add_all(
        LinkRow(
            submission=submission.id,
            name=link.name,
            link=link.link,
            size=link.size,
            expires=link.expires,
            supplied=link.supplied,
        )
        for link in links
    )


def _add_findings(
    session: Session, submission: SubmissionRow, item: ItemRow | None, findings: Iterable[Finding]
) -> None:
    session.add_all(
        FindingRow(
            submission=submission.id,
            item=None if item is None else item.id,
            code=finding.code,
            severity=finding.severity,
            holds=finding.holds,
            file=finding.file,
            clause=finding.clause,
            quote=finding.quote,
            found=finding.found,
            asked=finding.asked,
            todo=finding.todo,
            private=finding.private,
        )
        for finding in findings
    )
    session.flush()


def _add_item(session: Session, submission: SubmissionRow, item: ItemVerdict, files: tuple[FileRow, ...]) -> ItemRow:
    row = ItemRow(
        submission=submission.id,
        notice=submission.notice,
        unit=submission.unit,
        material=item.material,
        day=item.day,
        deadline=item.deadline,
        late=item.late,
        decision=item.decision,
        fills=item.fills,
    )
    session.add(row)
    session.flush()
    session.add_all(ItemFileRow(item=row.id, file=file.id) for file in files if _serves(file.name, item.files))
    _add_findings(session, submission, row, item.findings)
    add_forms(session, row, item.forms)
    return row


def _serves(kept: str, wanted: tuple[str, ...]) -> bool:
    """A kept file serves an item by its own name, or as the archive that holds a file which does."""
    return any(name == kept or name.startswith(f"{kept}/") for name in wanted)


def _replaced(item: ItemRow, line: tuple[int, ...], judgement: Judgement) -> Condition:
    """Which items an accepted one takes the place of: what was open or accepted for the same unit, material and day,
    and what was open in the submissions that it supplements, whatever unit or day they were thought to be of.

    Of a cumulative material a second one stands beside the first, so that only the supplemented ones are replaced.
    """
    supplemented: ColumnElement[bool] = col(ItemRow.submission).in_(line) & (col(ItemRow.decision) != Decision.ACCEPTED)
    if item.material in judgement.cumulative:
        return supplemented
    same_slot = (
        (col(ItemRow.notice) == item.notice)
        & (col(ItemRow.unit) == item.unit)
        & col(ItemRow.day).is_not_distinct_from(item.day)
    )
    return or_(supplemented, same_slot)


def _supersede(session: Session, message: MessageRow, item: ItemRow, replaced: Condition) -> None:
    """Of two accepted items the one received later counts, in whichever order the two were judged; of two mails of one
    moment the one seen later. All rows stay."""
    found = session.exec(
        select(ItemRow, MessageRow.internaldate, MessageRow.id)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(
            ItemRow.submission != item.submission,
            col(SubmissionRow.stands),
            ItemRow.material == item.material,
            replaced,
            col(ItemRow.superseded_by).is_(None),
        )
        .order_by(col(ItemRow.id))
    ).all()
    for other, received, seen in found:
        if (received, seen) < (message.internaldate, message.id):
            other.superseded_by = item.id
        elif other.decision is Decision.ACCEPTED:
            item.superseded_by = other.id
