"""What is known of prior mail when a mail is judged. Each question is one snapshot.

`asking` is the mail that is judged. It may be judged for the second time, so that what was received after it does not
count, nor what it has superseded itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Executable,
    and_,
    bindparam,
    exists,
    func,
    literal,
    not_,
    or_,
    text,
    union_all,
)
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, desc, select

from intake_bot.judging.verdict import QUESTION, Decision
from intake_bot.ledger.database import Condition, Database, among, among_ids, in_json, read_rows
from intake_bot.ledger.filed_mails import item_ids_of, read_mails, was_received_before
from intake_bot.ledger.letters import WRITTEN
from intake_bot.ledger.tables import (
    EventRow,
    FindingRow,
    FingerprintRow,
    ItemRow,
    LetterRow,
    LinkRow,
    MessageRow,
    SubmissionRow,
    SupplementRow,
)
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import FiledFingerprint, FiledMail, Fingerprint, MessageRecord
from intake_bot.ledger.values.states import LetterState

_BEFORE = or_(
    col(MessageRow.received) < bindparam("received"),
    and_(col(MessageRow.received) == bindparam("received"), col(MessageRow.id) < bindparam("asking")),
)
_OF_ASKING = (
    select(ItemRow.id)
    .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
    .where(col(SubmissionRow.message) == bindparam("asking"))
    .scalar_subquery()
)
_ITEMS_BEFORE = (
    select(SubmissionRow.message)
    .select_from(ItemRow)
    .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(
        _BEFORE,
        col(SubmissionRow.stands),
        col(ItemRow.notice) == bindparam("notice"),
        col(ItemRow.unit) == bindparam("unit"),
    )
)
_REJECTED = _ITEMS_BEFORE.where(
    col(ItemRow.decision) == Decision.REJECTED,
    or_(col(ItemRow.superseded_by).is_(None), col(ItemRow.superseded_by).in_(_OF_ASKING)),
)
_LINKED = (
    select(SubmissionRow.message)
    .join(LinkRow, col(LinkRow.submission) == SubmissionRow.id)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(
        _BEFORE,
        col(SubmissionRow.stands),
        col(SubmissionRow.notice) == bindparam("notice"),
        col(SubmissionRow.unit) == bindparam("unit"),
        text("NOT link.supplied"),
    )
)
_OPEN = union_all(
    _REJECTED.add_columns(literal(False).label("is_linked")), _LINKED.add_columns(literal(True).label("is_linked"))
)
_FINGERPRINTS = (
    select_columns(
        col(FingerprintRow.name),
        col(FingerprintRow.sha256),
        col(FingerprintRow.look),
        col(SubmissionRow.message),
        col(SubmissionRow.unit),
        col(MessageRow.sender),
    )
    .join(SubmissionRow, col(SubmissionRow.id) == FingerprintRow.submission)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(col(SubmissionRow.stands), col(SubmissionRow.notice) == bindparam("notice"))
    .order_by(col(FingerprintRow.id))
)
_SAME_CONTENT = _FINGERPRINTS.where(in_json(col(FingerprintRow.sha256), "hashes"))
_PICTURES = _FINGERPRINTS.where(col(FingerprintRow.look).is_not(None))


def _before(asking: MessageRecord) -> dict[str, object]:
    return {"received": asking.arrival.at, "asking": asking.id}


def _read(session: Session, messages: Set[int], asking: MessageRecord) -> tuple[FiledMail, ...]:
    return read_mails(session, among_ids(col(MessageRow.id), messages), asking=asking.id) if messages else ()


@dataclass(frozen=True)
class OpenMails:
    """Mails of a unit that another one may mend or complete, oldest first."""

    rejected: tuple[FiledMail, ...]
    """Those with a rejected item that nothing else has superseded."""
    linked: tuple[FiledMail, ...]
    """Those with a link that is not settled."""


class PriorMails:
    """Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_answered(
        self, bureau: str, message_ids: Iterable[str], receipts: Iterable[str], asking: MessageRecord
    ) -> tuple[FiledMail, ...]:
        """The submission that a mail with these Message-IDs (In-Reply-To, References) or receipt numbers replies to,
        and behind it its latest supplement, if there is one, which holds its good files too.

        Of several submissions it is the newest. Questions are skipped: they hold no files. Empty when none of these is
        known, or when what we answered was no submission.
        """
        answered = (
            select(SubmissionRow.message)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                MessageRow.bureau == bureau,
                col(SubmissionRow.id).in_(_select_answered(receipts, message_ids)),
                was_received_before(asking),
                not_(exists().where(col(FindingRow.submission) == SubmissionRow.id, col(FindingRow.code) == QUESTION)),
            )
            .order_by(desc(SubmissionRow.id))
            .limit(1)
        )
        with self._database.reading() as session:
            mail = session.exec(answered).first()
            if mail is None:
                return ()
            standing = select(SubmissionRow.id).where(SubmissionRow.message == mail, col(SubmissionRow.stands))
            found = session.exec(standing).one()
            latest = select(SubmissionRow.message).where(SubmissionRow.id == _latest_supplement(session, found, asking))
            # A supplement is seen after what it supplements, so that these are in order.
            either = or_(col(MessageRow.id) == mail, col(MessageRow.id).in_(latest))
            mails = {one.receipt: one for one in read_mails(session, either, asking=asking.id)}
            named = mails.pop(receipt_number(mail))
            return (named, *mails.values())

    def find_answered_since(self, bureau: str, people: Iterable[str], start: datetime) -> tuple[FiledMail, ...]:
        """The mails that were answered from `start` on, with a letter to one of these addresses (compared without
        case) that has not failed; oldest first. A bounced letter counts: anybody can write a bounce."""
        wanted = {address.lower() for address in people}
        # Found by their events: SQLite reads the raw bytes of each letter row to reach the columns behind them.
        written = (
            select(LetterRow.id, LetterRow.recipients)
            .join(EventRow, col(EventRow.letter) == LetterRow.id)
            .where(EventRow.bureau == bureau, col(EventRow.what).in_(WRITTEN), col(EventRow.at) >= start)
        )
        with self._database.reading() as session:
            letters = [letter for letter, to in session.exec(written) if not wanted.isdisjoint(map(str.lower, to))]
            answered = (
                select(SubmissionRow.message)
                .join(LetterRow, col(LetterRow.submission) == SubmissionRow.id)
                .where(
                    col(SubmissionRow.stands),
                    col(LetterRow.id).in_(letters),
                    LetterRow.state != LetterState.FAILED,
                )
            )
            return read_mails(session, col(MessageRow.id).in_(answered)) if letters else ()

    def find_open(self, notice: str, unit: str, asking: MessageRecord) -> OpenMails:
        """The unit's open mails that were received before `asking`."""
        with self._database.reading() as session:
            found = read_rows(session, _OPEN, notice=notice, unit=unit, **_before(asking))
            rejected = {one.message for one in found if not one.is_linked}
            linked = {one.message for one in found if one.is_linked}
            return OpenMails(_read(session, rejected, asking), _read(session, linked, asking))

    def find_standing(
        self, notice: str, unit: str, material: str, day: date | None, asking: MessageRecord
    ) -> tuple[FiledMail, ...]:
        """The mails received before `asking` with an accepted or held item of this unit, material and day that nothing
        else has superseded; oldest first."""
        standing = (
            select(SubmissionRow.message)
            .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                was_received_before(asking),
                col(SubmissionRow.stands),
                ItemRow.notice == notice,
                ItemRow.unit == unit,
                ItemRow.material == material,
                col(ItemRow.day).is_not_distinct_from(day),
                col(ItemRow.decision).in_((Decision.ACCEPTED, Decision.HELD)),
                or_(col(ItemRow.superseded_by).is_(None), col(ItemRow.superseded_by).in_(item_ids_of(asking.id))),
            )
        )
        with self._database.reading() as session:
            return read_mails(session, col(MessageRow.id).in_(standing), asking=asking.id)

    def count_accepted(self, notice: str, unit: str, material: str, besides: int = 0) -> int:
        """How much of a quota of this material the unit's accepted items fill. Superseded items do not count, nor those
        of the mail with the id `besides`."""
        count = (
            select(func.coalesce(func.sum(ItemRow.fills), 0))
            .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
            .where(
                *_is_accepted(notice, unit),
                ItemRow.material == material,
                SubmissionRow.message != besides,
                col(ItemRow.superseded_by).is_(None),
            )
        )
        with self._database.reading() as session:
            return session.exec(count).one()

    def find_same_content(self, notice: str, sha256: Iterable[str]) -> tuple[FiledFingerprint, ...]:
        """The files with one of these SHA-256 that were received for this notice, oldest first."""
        return self._fingerprints(_SAME_CONTENT, notice, hashes=json.dumps(sorted(sha256)))

    def find_pictures(self, notice: str) -> tuple[FiledFingerprint, ...]:
        """Every picture with a perceptual hash that was received for this notice, oldest first."""
        return self._fingerprints(_PICTURES, notice)

    def find_supplement_chain(self, receipt: str) -> frozenset[str]:
        """This receipt number, that of the submission which it supplements, and so on; empty where it is no
        submission's."""
        with self._database.reading() as session:
            chain = supplement_chain(session, receipt)
            messages = session.exec(select(SubmissionRow.message).where(col(SubmissionRow.id).in_(chain)))
            return frozenset(map(receipt_number, messages))

    def _fingerprints(self, statement: Executable, notice: str, **values: str) -> tuple[FiledFingerprint, ...]:
        with self._database.reading() as session:
            return tuple(
                FiledFingerprint(
                    receipt_number(one.message),
                    one.unit,
                    Fingerprint(one.name, one.sha256, None if one.look is None else int(one.look, 16)),
                    one.sender,
                )
                for one in read_rows(session, statement, notice=notice, **values)
            )


def supplement_chain(session: Session, receipt: str) -> tuple[int, ...]:
    """Ids of the submission with this receipt number and of those that it supplements, newest first; empty for none."""
    submission = session.exec(
        select(SubmissionRow.id)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(MessageRow.receipt == receipt, col(SubmissionRow.stands))
    ).first()
    chain: list[int] = []
    while submission is not None:
        chain.append(submission)
        submission = session.exec(
            select(SupplementRow.earlier).where(SupplementRow.submission == submission)
        ).one_or_none()
    return tuple(chain)


def _is_accepted(notice: str, unit: str) -> tuple[Condition, ...]:
    return (
        ItemRow.notice == notice,
        ItemRow.unit == unit,
        ItemRow.decision == Decision.ACCEPTED,
        col(SubmissionRow.stands).is_(True),
    )


def _select_answered(receipts: Iterable[str], message_ids: Iterable[str]) -> CompoundSelect[Any]:
    """The ids of submissions with one of these receipt numbers, or that a letter with one of these Message-IDs answers.
    Two lists, so that each is found by its index."""
    asked, its = aliased(MessageRow), aliased(SubmissionRow)
    by_receipt = select(its.id).join(asked, col(asked.id) == its.message).where(col(asked.receipt).in_(list(receipts)))
    return union_all(by_receipt, select(LetterRow.submission).where(among(col(LetterRow.message_id), message_ids)))


def _latest_supplement(session: Session, submission: int, asking: MessageRecord) -> int:
    while True:
        newer = (
            select(SupplementRow.submission)
            .join(SubmissionRow, col(SubmissionRow.id) == SupplementRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(SupplementRow.earlier == submission, was_received_before(asking))
        )
        found = session.exec(newer.order_by(desc(SupplementRow.submission)).limit(1)).first()
        if found is None:
            return submission
        submission = found
