"""What became of each mail, from the moment it was seen to the moment it was settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import not_, or_
from sqlmodel import Session, col, select

from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.database import Database
from intake_bot.ledger.events import Detail
from intake_bot.ledger.filing import add_submission, replace_submission
from intake_bot.ledger.letters import note_return
from intake_bot.ledger.mails import needs_a_person
from intake_bot.ledger.message_rows import advance, message_record, settle
from intake_bot.ledger.pieces import join
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.records import Judgement, MessageRecord, Returned
from intake_bot.ledger.states import UNFINISHED, MessageEvent, MessageState
from intake_bot.ledger.tables import MessageRow, PieceRow, SubmissionRow
from intake_bot.ledger.trail import add_message_event
from intake_bot.mail.key import MailKey


class Messages:
    """The mails of all bureaus. Each call is one transaction; an event that the state does not allow raises
    IllegalEvent, an unknown id NoResultFound, and both change nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, key: MailKey, now: datetime, *, junk: bool = False) -> MessageRecord:
        """The mail of this key: written down as NEW with a receipt number of its own, or as it is already known.

        `junk`: its folder is one for junk, advertising or viruses.
        """
        with self._database.writing() as session:
            row = _find(session, key)
            if row is None:
                row = _add(session, key, junk, now)
                add_message_event(session, row, "message.seen", {"folder": key.folder, "uid": key.uid}, now)
            return message_record(row)

    def known(self, bureau: str, folder: str, uidvalidity: int) -> frozenset[MailKey]:
        """The keys of all mails that were ever seen in this folder."""
        columns = select(MessageRow.uid, MessageRow.internaldate, MessageRow.bytes).where(
            MessageRow.bureau == bureau, MessageRow.folder == folder, MessageRow.uidvalidity == uidvalidity
        )
        with self._database.reading() as session:
            return frozenset(
                MailKey(bureau, folder, uidvalidity, uid, internaldate, size)
                for uid, internaldate, size in session.exec(columns)
            )

    def unfinished(self, bureau: str) -> tuple[MessageRecord, ...]:
        """Mails that are NEW or SPOOLED, oldest first: after a crash, this is where to go on."""
        rows = select(MessageRow).where(MessageRow.bureau == bureau, col(MessageRow.state).in_(UNFINISHED))
        with self._database.reading() as session:
            return tuple(message_record(row) for row in session.exec(rows.order_by(col(MessageRow.id))))

    def with_receipt(self, receipt: str) -> MessageRecord | None:
        """The mail that was given this receipt number, or None when it never was given out."""
        with self._database.reading() as session:
            row = session.exec(select(MessageRow).where(MessageRow.receipt == receipt)).one_or_none()
            return None if row is None else message_record(row)

    def count_attempt(self, message: int) -> None:
        """Counts one attempt. To be called before the bytes are touched: a mail that kills the process is thereby
        counted."""
        with self._database.writing() as session:
            row = session.get_one(MessageRow, message)
            row.attempts += 1

    def attempt_failed(self, message: int, error: str, now: datetime) -> None:
        """Notes what went wrong; the attempt stays counted."""
        with self._database.writing() as session:
            row = session.get_one(MessageRow, message)
            row.last_error = error
            add_message_event(session, row, "message.failed", {"attempt": row.attempts, "error": error}, now)

    def attempt_excused(self, message: int, error: str, now: datetime) -> None:
        """Takes the last attempt back: the network or the disk failed, and the mail is not to blame."""
        with self._database.writing() as session:
            row = session.get_one(MessageRow, message)
            row.attempts = max(0, row.attempts - 1)
            row.last_error = error
            add_message_event(session, row, "message.excused", {"attempt": row.attempts, "error": error}, now)

    def spooled(self, message: int, spool: str, sha256: str, message_id: str | None, now: datetime) -> None:
        """The raw bytes are on disk under this name; `sha256` is theirs, hexadecimal."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.SPOOL)
            row.spool, row.sha256, row.message_id = spool, sha256, message_id
            add_message_event(session, row, "message.spooled", {"sha256": sha256}, now)

    def headers_read(self, message: int, sender: str, subject: str) -> None:
        """Keeps who wrote and about what, so that even a mail that is held later can be found by a person."""
        with self._database.writing() as session:
            row = session.get_one(MessageRow, message)
            row.sender, row.subject = sender, subject

    def with_raw_mail_to_spare(self, names: Collection[str]) -> frozenset[str]:
        """Which of these spool files belong to mails that are settled and that no person has to look at any more."""
        settled = select(MessageRow.spool).where(
            col(MessageRow.spool).in_(list(names)),
            col(MessageRow.state).in_((MessageState.JUDGED, MessageState.IGNORED, MessageState.DUPLICATE)),
            not_(needs_a_person()),
        )
        with self._database.reading() as session:
            held = session.exec(select(MessageRow.id).where(needs_a_person())).all()
            # Judged as one with a mail that a person may have judged once more.
            of_held = (
                select(PieceRow.message)
                .join(SubmissionRow, col(SubmissionRow.id) == PieceRow.whole)
                .where(col(SubmissionRow.message).in_(held))
            )
            spare = settled.where(col(MessageRow.id).not_in(of_held))
            return frozenset(name for name in session.exec(spare) if name is not None)

    def earlier_copy(self, message: int) -> MessageRecord | None:
        """The mail of which this spooled one is a second copy: same bureau, Message-ID and bytes.

        Of two copies that are both unfinished the one seen first is the original; a settled one always is. Another
        copy's second copy is none.
        """
        with self._database.reading() as session:
            row = session.get_one(MessageRow, message)
            if row.sha256 is None:
                return None
            copies = select(MessageRow).where(
                MessageRow.id != message,
                MessageRow.bureau == row.bureau,
                MessageRow.sha256 == row.sha256,
                col(MessageRow.message_id).is_not_distinct_from(row.message_id),
                MessageRow.state != MessageState.DUPLICATE,
                or_(col(MessageRow.state).not_in(UNFINISHED), col(MessageRow.id) < message),
            )
            original = session.exec(copies.order_by(col(MessageRow.id)).limit(1)).first()
            return None if original is None else message_record(original)

    def file_judgement(self, message: int, judgement: Judgement, now: datetime) -> None:
        """THE transaction: message, submission, items, findings, files, the finished answer, the trail.

        When it returns, we have taken responsibility; when it raises, nothing was written. Raises ValueError for a
        verdict that is none on a submission: such a mail is ignored, not judged.
        """
        if judgement.verdict.kind is not MailKind.SUBMISSION:
            raise ValueError(f"no judgement on a submission: {judgement.verdict.kind}")
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.JUDGE)
            row.kind, row.reason = MailKind.SUBMISSION, ""
            submission = add_submission(session, row, judgement, now)
            for joined in judgement.joined:
                join(session, joined, row, submission.id, now)
            detail: Detail = {
                "notice": submission.notice,
                "unit": submission.unit,
                "items": len(judgement.verdict.items),
            }
            settle(session, row, f"submission.{submission.disposition}", detail, now)

    def file_ignored(
        self, message: int, kind: MailKind, reason: str, now: datetime, returned: Returned | None = None
    ) -> None:
        """It is machine mail, a command or nothing of ours, for this reason; no answer is due.

        `returned` is the letter of ours that a bounce brings back: with the bounce it becomes BOUNCED.
        """
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.IGNORE)
            row.kind, row.reason = kind, reason
            if returned is not None:
                note_return(session, returned, now)
            settle(session, row, "message.ignored", {"kind": kind, "reason": reason}, now)

    def file_duplicate(self, message: int, original: int, now: datetime) -> None:
        """It is a second copy of the mail with the id `original`."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.DUPLICATE)
            row.duplicate_of = original
            row.reason = f"与回执编号 {session.get_one(MessageRow, original).receipt} 的邮件完全相同"
            settle(session, row, "message.duplicate", {"original": original}, now)

    def decide(self, message: int, judgement: Judgement, what: str, detail: Detail, now: datetime) -> None:
        """A person had a look: one transaction like `file_judgement`, in the place of the judgement that stood.

        `what` names the event (`held.accepted`, `held.rejected`, `held.closed`, `held.supplied`), `detail` holds the
        reason given. A question that was answered is no submission (`MailKind.OTHER`).
        """
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.DECIDE)
            row.kind, row.reason = judgement.verdict.kind, ""
            submission = replace_submission(session, row, judgement, now)
            settle(session, row, what, {**detail, "disposition": submission.disposition}, now)

    def retry(self, message: int, now: datetime) -> None:
        """A mail that was held unopened begins anew: the next walk tries it as if it had just come."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.RETRY)
            row.attempts, row.reason, row.settled = 0, "", None
            row.spool = row.sha256 = None
            add_message_event(session, row, "held.retried", {}, now)

    def hold(self, message: int, reason: str, now: datetime) -> None:
        """It is set aside unopened, for a person, for this reason (Chinese, for the digest)."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.HOLD)
            row.reason = reason
            settle(session, row, "message.held", {"reason": reason, "attempts": row.attempts}, now)


def _find(session: Session, key: MailKey) -> MessageRow | None:
    return session.exec(
        select(MessageRow).where(
            MessageRow.bureau == key.bureau,
            MessageRow.folder == key.folder,
            MessageRow.uidvalidity == key.uidvalidity,
            MessageRow.uid == key.uid,
            MessageRow.internaldate == key.internaldate,
            MessageRow.bytes == key.bytes,
        )
    ).one_or_none()


def _add(session: Session, key: MailKey, junk: bool, now: datetime) -> MessageRow:
    row = MessageRow(
        bureau=key.bureau,
        folder=key.folder,
        uidvalidity=key.uidvalidity,
        uid=key.uid,
        internaldate=key.internaldate,
        bytes=key.bytes,
        state=MessageState.NEW,
        first_seen=now,
        junk=junk,
    )
    session.add(row)
    session.flush()
    row.receipt = receipt_number(row.id)
    return row
