"""One judgement written down: submission, items, findings, files, the answer. All within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from intake_bot.judging.verdict import Decision, Disposition, Finding, ItemVerdict, MailKind
from intake_bot.ledger.letters import add_letter
from intake_bot.ledger.records import Judgement, KeptFile, LetterKind
from intake_bot.ledger.tables import FileRow, FindingRow, ItemFileRow, ItemRow, MessageRow, SubmissionRow


def add_submission(session: Session, message: MessageRow, judgement: Judgement, now: datetime) -> SubmissionRow:
    """Writes all rows of a judgement and returns the first of them.

    Raises ValueError for a verdict that is none on a submission: such a mail is ignored, not judged.
    """
    verdict = judgement.verdict
    if verdict.kind is not MailKind.SUBMISSION or verdict.disposition is Disposition.IGNORED:
        raise ValueError(f"no judgement on a submission: {verdict.kind}, {verdict.disposition}")
    submission = SubmissionRow(
        message=message.id, notice=judgement.notice, unit=verdict.unit, disposition=verdict.disposition
    )
    session.add(submission)
    session.flush()
    files = _add_files(session, submission, judgement.files)
    _add_findings(session, submission, None, verdict.findings)
    for item in verdict.items:
        row = _add_item(session, submission, item, files)
        if item.decision is Decision.ACCEPTED and item.material not in judgement.cumulative:
            _supersede(session, message, row)
    if judgement.answer is not None:
        add_letter(session, message.bureau, LetterKind.ANSWER, judgement.answer, now, submission=submission.id)
    return submission


def _add_files(session: Session, submission: SubmissionRow, files: Iterable[KeptFile]) -> tuple[FileRow, ...]:
    rows = tuple(
        FileRow(
            submission=submission.id,
            name=file.name,
            path=file.path,
            sha256=file.sha256,
            bytes=file.bytes,
            kind=file.kind.value,
        )
        for file in files
    )
    session.add_all(rows)
    session.flush()
    return rows


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
    )
    session.add(row)
    session.flush()
    session.add_all(ItemFileRow(item=row.id, file=file.id) for file in files if _serves(file.name, item.files))
    _add_findings(session, submission, row, item.findings)
    return row


def _serves(kept: str, wanted: tuple[str, ...]) -> bool:
    """A kept file serves an item by its own name, or as the archive that holds a file which does."""
    return any(name == kept or name.startswith(f"{kept}/") for name in wanted)


def _supersede(session: Session, message: MessageRow, item: ItemRow) -> None:
    """Of two accepted items of one unit, material and day, the one received later counts, in whichever order the two
    were judged. Both rows stay."""
    found = session.exec(
        select(ItemRow, MessageRow.internaldate)
        .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(
            ItemRow.id != item.id,
            ItemRow.notice == item.notice,
            ItemRow.unit == item.unit,
            ItemRow.material == item.material,
            col(ItemRow.day).is_not_distinct_from(item.day),
            ItemRow.decision == Decision.ACCEPTED,
            col(ItemRow.superseded_by).is_(None),
        )
    ).first()
    if found is None:
        return
    other, received = found
    if received <= message.internaldate:
        other.superseded_by = item.id
    else:
        item.superseded_by = other.id
