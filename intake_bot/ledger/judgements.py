"""Writes one judgement: submission, items, findings, files, forms, the answer or the reason why there is none.

All functions run within the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, not_, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from intake_bot.judging.author import Author
from intake_bot.judging.sender import UNAUTHENTICATED
from intake_bot.judging.verdict import Decision, Disposition, FilledForm, Finding, ItemVerdict, MailKind
from intake_bot.ledger.database import (
    Values,
    in_json,
    insert_row,
    insert_rows,
    insert_rows_with_ids,
    read_rows,
    update_row,
)
from intake_bot.ledger.letters import add_letter
from intake_bot.ledger.prior_mail import supplement_chain
from intake_bot.ledger.tables import (
    FileRow,
    FindingRow,
    FingerprintRow,
    FormRow,
    ItemFileRow,
    ItemRow,
    LinkRow,
    MessageRow,
    PieceRow,
    SubmissionRow,
    SupplementRow,
)
from intake_bot.ledger.trail import add_event
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import (
    Fingerprint,
    Judgement,
    KeptFile,
    KeptLink,
    LetterKind,
    MessageRecord,
    SettledLinks,
)


@dataclass(frozen=True)
class _AddedItem:
    """An item that was just written, and what it may supersede others by."""

    id: int
    submission: int
    notice: str
    unit: str | None
    material: str
    day: date | None


def add_submission(session: Session, message: MessageRecord, judgement: Judgement, now: datetime) -> int:
    """Writes all rows of a judgement and returns the id of the first of them.

    Raises ValueError for a verdict that contradicts itself: a submission is not ignored, and nothing else is judged.
    """
    verdict, bureau = judgement.verdict, message.key.bureau
    if (verdict.kind is MailKind.SUBMISSION) is (verdict.disposition is Disposition.IGNORED):
        raise ValueError(f"no judgement: {verdict.kind}, {verdict.disposition}")
    submission = insert_row(
        session,
        SubmissionRow,
        message=message.id,
        stands=True,
        notice=judgement.notice,
        unit=verdict.unit,
        disposition=verdict.disposition,
    )
    files = _add_files(session, submission, judgement.files)
    _add_fingerprints(session, submission, judgement.fingerprints)
    _add_links(session, submission, judgement.links)
    _add_findings(session, submission, None, verdict.findings)
    chain = supplement_chain(session, judgement.supplements) if judgement.supplements else ()
    if chain:
        insert_rows(session, SupplementRow, [{"submission": submission, "earlier": chain[0]}])
    for item in verdict.items:
        added = _add_item(session, submission, judgement, item, files)
        if item.decision is Decision.ACCEPTED:
            by_clerk = any(finding.code == "clerk.accepted" for finding in item.findings)
            others = _find_replaceable(session, added, chain, judgement)
            _supersede(session, message, added, others, chain, judgement.author, by_clerk=by_clerk)
        elif any(finding.code == "clerk.rejected" for finding in item.findings):
            _settle_supplemented(session, added, chain)
    if judgement.answer is not None:
        add_letter(session, bureau, LetterKind.ANSWER, judgement.answer, now, submission=submission)
    for settled in judgement.settled_links:
        _settle_links(session, settled)
    for one in judgement.contest_letters:
        add_letter(session, bureau, LetterKind.ANSWER, one.letter, now)
        add_event(session, bureau, EventName.ITEM_CONTESTED, asdict(one.contest), now, message=message.id)
    if judgement.unanswered is not None:
        add_event(session, bureau, EventName.MAILBOX_UNANSWERED, judgement.unanswered, now)
    return submission


def standing_submission(session: Session, message: int) -> int | None:
    """The id of the judgement that stands for this mail; None where there is none."""
    standing = select(SubmissionRow.id).where(SubmissionRow.message == message, col(SubmissionRow.stands))
    return session.exec(standing).one_or_none()


def replace_submission(
    session: Session, message: MessageRecord, judgement: Judgement, now: datetime, restores: int | None = None
) -> int:
    """Writes a judgement that replaces the one that stands for this mail, if there is one. With `restores` it is that
    of this submission once more, which has fingerprints and forms of its own.

    The replaced judgement stays in the ledger, with its items, findings, files and letter. Pieces and supplements that
    pointed to it point to the new one, and items that its own had superseded are open to the new ones.
    """
    replaced = session.exec(
        select(SubmissionRow).where(SubmissionRow.message == message.id, col(SubmissionRow.stands))
    ).one_or_none()
    if replaced is None:
        return add_submission(session, message, judgement, now)
    replaced.stands = False
    session.flush()
    _reopen_superseded(session, replaced)
    if judgement.supplements is None:
        judgement = replace(judgement, supplements=_supplemented_receipt(session, replaced))
    submission = add_submission(session, message, judgement, now)
    for piece in session.exec(select(PieceRow).where(PieceRow.whole == replaced.id)):
        piece.whole = submission
    for newer in session.exec(select(SupplementRow).where(SupplementRow.earlier == replaced.id)):
        newer.earlier = submission
    measured = replaced if restores is None else session.get_one(SubmissionRow, restores)
    if not judgement.fingerprints:
        _copy_fingerprints(session, measured, submission)
    if not any(item.forms for item in judgement.verdict.items):
        _copy_forms(session, measured, submission)
    return submission


def _reopen_superseded(session: Session, withdrawn: SubmissionRow) -> None:
    """Items that this submission had superseded count again, or are superseded by what has superseded its own."""
    by = aliased(ItemRow)
    superseded = session.exec(
        select(ItemRow, by).join(by, col(by.id) == ItemRow.superseded_by).where(by.submission == withdrawn.id)
    )
    for item, successor in superseded.all():
        item.superseded_by = successor.superseded_by


def _supplemented_receipt(session: Session, submission: SubmissionRow) -> str | None:
    """Receipt number of what this submission supplements."""
    earlier = (
        select(SubmissionRow.message)
        .join(SupplementRow, col(SupplementRow.earlier) == SubmissionRow.id)
        .where(SupplementRow.submission == submission.id)
    )
    message = session.exec(earlier).one_or_none()
    return None if message is None else receipt_number(message)


def _copy_fingerprints(session: Session, replaced: SubmissionRow, submission: int) -> None:
    """A clerk's decision measures no files: they keep the fingerprints of the judgement that it replaces."""
    for row in session.exec(select(FingerprintRow).where(FingerprintRow.submission == replaced.id)).all():
        session.add(FingerprintRow(submission=submission, name=row.name, sha256=row.sha256, look=row.look))


def _add_files(session: Session, submission: int, files: Sequence[KeptFile]) -> tuple[tuple[int, str], ...]:
    """The id and the name of each file."""
    values: list[Values] = [
        {
            "submission": submission,
            "name": file.name,
            "path": file.path,
            "sha256": file.sha256,
            "bytes": file.bytes,
            "kind": file.kind.value,
            "supplied": file.supplied,
        }
        for file in files
    ]
    ids = insert_rows_with_ids(session, FileRow, values)
    return tuple(zip(ids, (file.name for file in files), strict=True))


def _add_fingerprints(session: Session, submission: int, fingerprints: Iterable[Fingerprint]) -> None:
    values: list[Values] = [
        {
            "submission": submission,
            "name": one.name,
            "sha256": one.sha256,
            "look": None if one.look is None else f"{one.look:016x}",
        }
        for one in fingerprints
    ]
    insert_rows(session, FingerprintRow, values)


def _add_links(session: Session, submission: int, links: Iterable[KeptLink]) -> None:
    values: list[Values] = [
        {
            "submission": submission,
            "name": link.name,
            "link": link.link,
            "size": link.size,
            "expires": link.expires,
            "supplied": link.is_settled,
        }
        for link in links
    ]
    insert_rows(session, LinkRow, values)


def _settle_links(session: Session, settled: SettledLinks) -> None:
    found = (
        select(LinkRow)
        .join(SubmissionRow, col(SubmissionRow.id) == LinkRow.submission)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(MessageRow.receipt == settled.receipt, col(SubmissionRow.stands), col(LinkRow.link).in_(settled.links))
    )
    for link in session.exec(found):
        link.supplied = True


def _add_findings(session: Session, submission: int, item: int | None, findings: Iterable[Finding]) -> None:
    values: list[Values] = [
        {
            "submission": submission,
            "item": item,
            "code": finding.code,
            "severity": finding.severity,
            "holds": finding.holds,
            "file": finding.file,
            "clause": finding.clause,
            "quote": finding.quote,
            "found": finding.found,
            "asked": finding.asked,
            "todo": finding.todo,
            "private": finding.private,
        }
        for finding in findings
    ]
    insert_rows(session, FindingRow, values)


def _add_item(
    session: Session, submission: int, judgement: Judgement, item: ItemVerdict, files: tuple[tuple[int, str], ...]
) -> _AddedItem:
    notice, unit = judgement.notice, judgement.verdict.unit
    added = insert_row(
        session,
        ItemRow,
        submission=submission,
        notice=notice,
        unit=unit,
        material=item.material,
        day=item.day,
        deadline=item.deadline,
        late=item.late,
        decision=item.decision,
        superseded_by=None,
        fills=item.fills,
    )
    served: list[Values] = [{"item": added, "file": file} for file, name in files if _serves(name, item.files)]
    insert_rows(session, ItemFileRow, served)
    _add_findings(session, submission, added, item.findings)
    if item.decision is not Decision.REJECTED:
        # Those of a rejected item are not kept: they are sent again, corrected.
        _add_forms(session, added, item.forms)
    return _AddedItem(added, submission, notice, unit, item.material, item.day)


def _serves(kept: str, names: tuple[str, ...]) -> bool:
    """A kept file serves an item by its own name, or as the archive that holds a file which does."""
    return any(name == kept or name.startswith(f"{kept}/") for name in names)


def _find_replaceable(
    session: Session, item: _AddedItem, chain: tuple[int, ...], judgement: Judgement
) -> Sequence[Row[Any]]:
    """The items that an accepted one may replace: those open or accepted for the same unit, material and day, and those
    open in the submissions that it supplements, whatever their unit or day.

    Of a cumulative material a second item counts beside the first, so that only supplemented ones are replaced.
    """
    asked: Values = {"submission": item.submission, "material": item.material}
    slot: Values = {"notice": item.notice, "unit": item.unit, "day": item.day}
    supplemented = json.dumps(chain)
    if item.material in judgement.cumulative:
        return read_rows(session, _SUPPLEMENTED, chain=supplemented, **asked) if chain else ()
    if chain:
        return read_rows(session, _SAME_SLOT_OR_SUPPLEMENTED, chain=supplemented, **asked, **slot)
    return read_rows(session, _SAME_SLOT, **asked, **slot)


def _supersede(
    session: Session,
    message: MessageRecord,
    item: _AddedItem,
    others: Iterable[Row[Any]],
    chain: tuple[int, ...],
    author: Author | None,
    *,
    by_clerk: bool,
) -> None:
    """Of two accepted items the one received later counts, in whichever order the two were judged; of two received at
    the same time the one seen later. But one of somebody else counts only where its author may replace the other, or a
    clerk has accepted it. An open item of somebody else stays open, unless it is rejected and supplemented; so does one
    that is held because its address may be forged: nobody knows that it is the author's own. All rows stay."""
    for other in others:
        is_later = (message.arrival.at, message.id) > (other.received, other.message)
        is_own = _is_same_author(author, message, other.sender)
        if other.decision is not Decision.ACCEPTED:
            is_supplemented = other.submission in chain and other.decision is Decision.REJECTED
            is_superseded = is_later and (is_own or is_supplemented)
            older, newer = (other.id, item.id) if is_superseded else (None, None)
        elif (by_clerk and not is_own) or (
            is_later and (is_own or (author is not None and author.may_replace(other.sender)))
        ):
            older, newer = other.id, item.id
        else:
            older, newer = item.id, other.id
        if older is not None:
            update_row(session, ItemRow, older, superseded_by=newer)


_IS_POSSIBLY_FORGED = exists().where(
    col(FindingRow.submission) == col(ItemRow.submission),
    col(FindingRow.code) == UNAUTHENTICATED,
    col(FindingRow.holds),
)
_REPLACEABLE = (
    select_columns(
        col(ItemRow.id),
        col(ItemRow.submission),
        col(ItemRow.decision),
        col(SubmissionRow.message),
        col(MessageRow.received),
        col(MessageRow.sender),
    )
    .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(
        col(ItemRow.submission) != bindparam("submission"),
        col(SubmissionRow.stands),
        col(ItemRow.material) == bindparam("material"),
        col(ItemRow.superseded_by).is_(None),
        not_(_IS_POSSIBLY_FORGED),
    )
    .order_by(col(ItemRow.id))
)
_IS_IN_SLOT = and_(
    col(ItemRow.notice) == bindparam("notice"),
    col(ItemRow.unit).is_not_distinct_from(bindparam("unit")),
    col(ItemRow.day).is_not_distinct_from(bindparam("day")),
)
_IS_SUPPLEMENTED = and_(in_json(col(ItemRow.submission), "chain"), col(ItemRow.decision) != Decision.ACCEPTED)
_SAME_SLOT = _REPLACEABLE.where(_IS_IN_SLOT)
_SUPPLEMENTED = _REPLACEABLE.where(_IS_SUPPLEMENTED)
_SAME_SLOT_OR_SUPPLEMENTED = _REPLACEABLE.where(or_(_IS_SUPPLEMENTED, _IS_IN_SLOT))


def _settle_supplemented(session: Session, item: _AddedItem, chain: tuple[int, ...]) -> None:
    """A clerk has rejected this item: what waited for her in the mails that it supplements is settled with it."""
    held = select(ItemRow).where(
        col(ItemRow.submission).in_(chain),
        ItemRow.decision == Decision.HELD,
        ItemRow.material == item.material,
        col(ItemRow.day).is_not_distinct_from(item.day),
        col(ItemRow.superseded_by).is_(None),
    )
    for other in session.exec(held):
        other.superseded_by = item.id


def _is_same_author(author: Author | None, message: MessageRecord, sender: str) -> bool:
    return message.sender.lower() == sender.lower() or (author is not None and author.is_same(sender))


def _add_forms(session: Session, item: int, forms: Iterable[FilledForm]) -> None:
    values: list[Values] = [
        {"item": item, "title": form.title, "file": form.file, "rows": [dict(row) for row in form.rows]}
        for form in forms
    ]
    insert_rows(session, FormRow, values)


def _copy_forms(session: Session, replaced: SubmissionRow, submission: int) -> None:
    """Gives the items of a submission, but the rejected ones, the forms of the same items of the submission that it
    replaces."""
    kept = select(ItemRow).where(ItemRow.submission == submission, ItemRow.decision != Decision.REJECTED)
    items = {(item.material, item.day): item.id for item in session.exec(kept)}
    found = session.exec(
        select(FormRow, ItemRow)
        .join(ItemRow, col(ItemRow.id) == FormRow.item)
        .where(ItemRow.submission == replaced.id)
        .order_by(col(FormRow.id))
    ).all()
    for form, old in found:
        new = items.get((old.material, old.day))
        if new is not None:
            _add_forms(session, new, [FilledForm(form.title, form.file, tuple(form.rows))])
