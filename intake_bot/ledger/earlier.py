"""What a new mail may answer, supplement or repeat. Pure questions, each one snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, desc, select

from intake_bot.judging.replies import QUESTION
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.database import Condition, Database, among
from intake_bot.ledger.letters import WRITTEN
from intake_bot.ledger.mails import items_of, read_mails, received_before
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import FiledFingerprint, FiledMail, Fingerprint, MessageRecord
from intake_bot.ledger.states import LetterState
from intake_bot.ledger.tables import (
    EventRow,
    FindingRow,
    FingerprintRow,
    ItemRow,
    LetterRow,
    MessageRow,
    SubmissionRow,
    SupplementRow,
)


class Earlier:
    """Questions about the submissions before this one. Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answered(
        self, bureau: str, message_ids: Iterable[str], receipts: Iterable[str], asking: MessageRecord
    ) -> FiledMail | None:
        """The submission that a mail with these Message-IDs (In-Reply-To, References) or receipt numbers speaks of.

        Of several it is the newest; and where that was supplemented meanwhile, it is its latest supplement, which
        holds its good files too. A question in between is passed over: it holds nothing. None when none of these is
        known, or what we answered was no submission. It was received before the mail that is `asking`, which may be
        judged for the second time.
        """
        named = (
            select(SubmissionRow.message)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                MessageRow.bureau == bureau,
                or_(col(MessageRow.receipt).in_(list(receipts)), _is_answered_by(message_ids)),
                received_before(asking),
                col(SubmissionRow.id).not_in(select(FindingRow.submission).where(FindingRow.code == QUESTION)),
            )
            .order_by(desc(SubmissionRow.id))
            .limit(1)
        )
        with self._database.reading() as session:
            mail = session.exec(named).first()
            if mail is None:
                return None
            standing = select(SubmissionRow.id).where(SubmissionRow.message == mail, col(SubmissionRow.stands))
            found = session.exec(standing).one()
            latest = select(SubmissionRow.message).where(SubmissionRow.id == _latest_supplement(session, found, asking))
            return next(iter(read_mails(session, col(MessageRow.id).in_(latest), asking=asking.id)), None)

    def told_since(self, bureau: str, people: Iterable[str], start: datetime) -> tuple[FiledMail, ...]:
        """The mails that were answered from `start` on, with a letter to one of these addresses (compared without
        case) that has not failed; oldest first. One that came back counts: anybody can write a bounce."""
        wanted = {address.lower() for address in people}
        # By their events first: what stands behind a letter's bytes in its row is costly to ask.
        written = (
            select(LetterRow.id, LetterRow.recipients)
            .join(EventRow, col(EventRow.letter) == LetterRow.id)
            .where(EventRow.bureau == bureau, col(EventRow.what).in_(WRITTEN), col(EventRow.at) >= start)
        )
        with self._database.reading() as session:
            told = [letter for letter, to in session.exec(written) if not wanted.isdisjoint(map(str.lower, to))]
            answered = (
                select(SubmissionRow.message)
                .join(LetterRow, col(LetterRow.submission) == SubmissionRow.id)
                .where(
                    col(SubmissionRow.stands),
                    col(LetterRow.id).in_(told),
                    LetterRow.state != LetterState.FAILED,
                )
            )
            return read_mails(session, col(MessageRow.id).in_(answered)) if told else ()

    def unsettled(self, notice: str, unit: str, asking: MessageRecord) -> tuple[FiledMail, ...]:
        """The unit's mails received before the one that is `asking`, with a rejected item that nothing else has
        superseded; oldest first."""
        rejected = (
            select(SubmissionRow.message)
            .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                received_before(asking),
                col(SubmissionRow.stands),
                ItemRow.notice == notice,
                ItemRow.unit == unit,
                ItemRow.decision == Decision.REJECTED,
                or_(col(ItemRow.superseded_by).is_(None), col(ItemRow.superseded_by).in_(items_of(asking.id))),
            )
        )
        with self._database.reading() as session:
            return read_mails(session, col(MessageRow.id).in_(rejected), asking=asking.id)

    def same_content(self, notice: str, sha256: Iterable[str]) -> tuple[FiledFingerprint, ...]:
        """The files with one of these contents that came for this notice, oldest first."""
        return self._fingerprints(notice, among(col(FingerprintRow.sha256), sha256))

    def pictures(self, notice: str) -> tuple[FiledFingerprint, ...]:
        """Every picture with a perceptual hash that came for this notice, oldest first."""
        return self._fingerprints(notice, col(FingerprintRow.look).is_not(None))

    def line(self, receipt: str) -> frozenset[str]:
        """This receipt number, and those of the submissions that it supplements, one through the other."""
        with self._database.reading() as session:
            line = line_of(session, receipt)
            messages = session.exec(select(SubmissionRow.message).where(col(SubmissionRow.id).in_(line)))
            return frozenset(map(receipt_number, messages))

    def _fingerprints(self, notice: str, condition: Condition) -> tuple[FiledFingerprint, ...]:
        found = (
            select(FingerprintRow, SubmissionRow)
            .join(SubmissionRow, col(SubmissionRow.id) == FingerprintRow.submission)
            .where(col(SubmissionRow.stands), SubmissionRow.notice == notice, condition)
            .order_by(col(FingerprintRow.id))
        )
        with self._database.reading() as session:
            return tuple(
                FiledFingerprint(
                    receipt_number(submission.message),
                    submission.unit,
                    Fingerprint(row.name, row.sha256, None if row.look is None else int(row.look, 16)),
                )
                for row, submission in session.exec(found)
            )


def line_of(session: Session, receipt: str) -> tuple[int, ...]:
    """The submission of this receipt number and those that it supplements, newest first; empty for none."""
    submission = session.exec(
        select(SubmissionRow.id)
        .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
        .where(MessageRow.receipt == receipt, col(SubmissionRow.stands))
    ).first()
    line: list[int] = []
    while submission is not None:
        line.append(submission)
        submission = session.exec(
            select(SupplementRow.earlier).where(SupplementRow.submission == submission)
        ).one_or_none()
    return tuple(line)


def _is_answered_by(message_ids: Iterable[str]) -> ColumnElement[bool]:
    return col(SubmissionRow.id).in_(select(LetterRow.submission).where(among(col(LetterRow.message_id), message_ids)))


def _latest_supplement(session: Session, submission: int, asking: MessageRecord) -> int:
    while True:
        newer = (
            select(SupplementRow.submission)
            .join(SubmissionRow, col(SubmissionRow.id) == SupplementRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(SupplementRow.earlier == submission, received_before(asking))
        )
        found = session.exec(newer.order_by(desc(SupplementRow.submission)).limit(1)).first()
        if found is None:
            return submission
        submission = found
