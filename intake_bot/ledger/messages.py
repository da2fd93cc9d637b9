"""Each mail from when it was seen to when it was settled: judged, held, ignored or found to be a duplicate."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Text, and_, bindparam, literal_column, or_, update
from sqlalchemy import select as select_columns
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, col, desc, select

from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.database import (
    Condition,
    Database,
    among_ids,
    in_json,
    table_of,
    update_row,
    update_rows,
)
from intake_bot.ledger.judgements import add_submission, replace_submission, standing_submission
from intake_bot.ledger.letters import add_letter, mark_bounced
from intake_bot.ledger.orders import add_deciding_order
from intake_bot.ledger.rows.messages import (
    add_mails,
    advance,
    find_by_keys,
    find_rows,
    get_row,
    message_record,
    spooled_columns,
)
from intake_bot.ledger.tables import CommandRow, MessageRow, PieceRow
from intake_bot.ledger.trail import add_event, add_message_event, add_message_events
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.orders import CommandDraft, DecidedMeanwhile, DecidingOrder
from intake_bot.ledger.values.records import (
    BouncedLetter,
    Judgement,
    LetterDraft,
    LetterKind,
    MailHeaders,
    MessageRecord,
    SpooledRaw,
)
from intake_bot.ledger.values.states import UNFINISHED, MessageEvent, MessageState, next_message_state
from intake_bot.mail.imap.mail_key import MailKey

TRIAL = "trial"
"""Reason of a mail that was judged and answered, and not registered （预检）."""


class Messages:
    """The mails of all bureaus. Each call is one transaction; an event that the state does not allow raises
    IllegalEvent, an unknown id NoResultFound, and both change nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- queries -----------------------------------------------------------------------------------------------

    def find_known_keys(self, bureau: str, folder: str, uidvalidity: int, uids: Iterable[int]) -> frozenset[MailKey]:
        """The keys of all mails that were ever seen in this folder under one of these UIDs. A mail whose bytes changed
        has two."""
        columns = select(MessageRow.uid, MessageRow.internaldate, MessageRow.bytes, MessageRow.other_bytes).where(
            *_is_in(bureau, folder, uidvalidity), among_ids(col(MessageRow.uid), uids)
        )
        with self._database.reading() as session:
            return frozenset(
                MailKey(bureau, folder, uidvalidity, uid, internaldate, size)
                for uid, internaldate, *sizes in session.exec(columns)
                for size in sizes
                if size is not None
            )

    def find_last_uid(self, bureau: str, folder: str, uidvalidity: int) -> int | None:
        """The greatest UID that was ever seen in this folder; None where there was no mail."""
        greatest = select(MessageRow.uid).where(*_is_in(bureau, folder, uidvalidity)).order_by(desc(MessageRow.uid))
        with self._database.reading() as session:
            return session.exec(greatest.limit(1)).first()

    def find_resembling(self, key: MailKey) -> tuple[MessageRecord, ...]:
        """The mails whose key differs from this one in nothing but the size, oldest first."""
        rows = select(MessageRow).where(*_is_named(key)).order_by(col(MessageRow.id))
        with self._database.reading() as session:
            return tuple(message_record(row) for row in session.exec(rows))

    def find_unfinished(self, bureau: str) -> tuple[MessageRecord, ...]:
        """Mails that are NEW or SPOOLED, oldest first: after a crash, work goes on with these."""
        rows = select(MessageRow).where(MessageRow.bureau == bureau, col(MessageRow.state).in_(UNFINISHED))
        with self._database.reading() as session:
            return tuple(message_record(row) for row in session.exec(rows.order_by(col(MessageRow.id))))

    def find_by_receipt(self, receipt: str) -> MessageRecord | None:
        """The mail with this receipt number, or None when the number was never given out."""
        with self._database.reading() as session:
            row = session.exec(select(MessageRow).where(MessageRow.receipt == receipt)).one_or_none()
            return None if row is None else message_record(row)

    def get(self, message: int) -> MessageRecord:
        """One mail by its id."""
        return self.get_all([message])[message]

    def get_all(self, messages: Collection[int]) -> Mapping[int, MessageRecord]:
        """These mails by their ids."""
        with self._database.reading() as session:
            return {row.id: message_record(row) for row in find_rows(session, messages)}

    def find_repeated(self, messages: Collection[int]) -> frozenset[int]:
        """Which of these spooled mails have the bureau, Message-ID and bytes of another one."""
        return frozenset(row.id for row in self._database.read(_REPEATED, messages=json.dumps(list(messages))))

    def find_original(self, message: int) -> MessageRecord | None:
        """The mail of which this spooled one is a duplicate: same bureau, Message-ID and bytes.

        Of two equal mails that are both unfinished the one seen first is the original; a settled one always is. A mail
        that is a duplicate itself is never an original.
        """
        for row in self._database.read(_ORIGINAL, message=message):
            return message_record(row)
        return None

    # ---- received ----------------------------------------------------------------------------------------------

    def record_seen(self, keys: Sequence[MailKey], now: datetime, *, junk: bool = False) -> tuple[MessageRecord, ...]:
        """The mails of these keys, of one folder: each is added as NEW with a receipt number of its own, in this order,
        or is as it is already known.

        `junk`: the folder is one for junk, advertising or viruses.
        """
        with self._database.writing() as session:
            known = find_by_keys(session, keys)
            add_mails(session, [key for key in dict.fromkeys(keys) if key not in known], now, junk=junk)
            known = find_by_keys(session, keys)
            return tuple(known[key] for key in keys)

    def record_other_size(self, message: int, size: int, now: datetime) -> None:
        """The mail is the same, and has so many bytes now."""
        with self._database.writing() as session:
            row = get_row(session, message)
            row.other_bytes = size
            add_message_event(session, row, EventName.MESSAGE_CHANGED, {"bytes": size}, now)

    def count_attempt(self, message: int) -> None:
        """Counts one attempt, before the bytes are touched: a mail that kills the process is thereby counted."""
        self.count_attempts([message])

    def count_attempts(self, messages: Collection[int]) -> None:
        """Counts one attempt at each of these mails. Raises NoResultFound where one of them is not known."""
        counted = update(MessageRow).where(among_ids(col(MessageRow.id), messages))
        with self._database.writing() as session:
            done = session.connection().execute(counted.values(attempts=MessageRow.attempts + 1))
            if done.rowcount != len(messages):
                raise NoResultFound

    def uncount_attempt(self, message: int) -> None:
        """Takes an attempt back that was counted and not made."""
        with self._database.writing() as session:
            row = get_row(session, message)
            row.attempts = max(0, row.attempts - 1)

    def record_failed_attempt(self, message: int, error: str, now: datetime) -> None:
        """Keeps the error of the last attempt, which stays counted."""
        with self._database.writing() as session:
            row = get_row(session, message)
            row.last_error = error
            detail: Detail = {"attempt": row.attempts, "error": error}
            add_message_event(session, row, EventName.MESSAGE_FAILED, detail, now)

    def excuse_attempt(self, message: int, error: str, now: datetime) -> None:
        """Keeps the error of the last attempt and takes it off the count: the network or the disk failed."""
        with self._database.writing() as session:
            row = get_row(session, message)
            row.attempts = max(0, row.attempts - 1)
            row.last_error = error
            detail: Detail = {"attempt": row.attempts, "error": error}
            add_message_event(session, row, EventName.MESSAGE_EXCUSED, detail, now)

    def record_spooled(self, spooled: Mapping[int, SpooledRaw], now: datetime) -> None:
        """The raw bytes of these mails of one bureau, by their ids, are on disk."""
        with self._database.writing() as session:
            rows = find_rows(session, spooled)
            update_rows(session, MessageRow, {row.id: spooled_columns(row, spooled[row.id]) for row in rows})
            details: dict[int, Detail] = {row.id: {"sha256": spooled[row.id].sha256} for row in rows}
            add_message_events(session, rows[0].bureau, EventName.MESSAGE_SPOOLED, details, now)

    def record_headers(self, headers: Mapping[int, MailHeaders]) -> None:
        """Keeps sender and subject of these mails, so that a clerk finds one even if it is held unopened later."""
        with self._database.writing() as session:
            update_rows(session, MessageRow, {message: asdict(one) for message, one in headers.items()})

    def record_hard(self, message: int, now: datetime) -> None:
        """The files of the mail took much of the time that those of one mail may take."""
        with self._database.writing() as session:
            add_message_event(session, get_row(session, message), EventName.MESSAGE_HARD, {}, now)

    # ---- settled -----------------------------------------------------------------------------------------------

    def record_judgement(self, message: int, judgement: Judgement, now: datetime) -> None:
        """THE transaction: message, submission, items, findings, files, the finished answer, the trail.

        When it returns, we have taken responsibility; when it raises, nothing was written. Raises ValueError for a
        verdict on anything but a submission: such a mail is ignored, not judged.
        """
        if judgement.verdict.kind is not MailKind.SUBMISSION:
            raise ValueError(f"no judgement on a submission: {judgement.verdict.kind}")
        with self._database.writing() as session:
            (row,), verdict = find_rows(session, [message]), judgement.verdict
            state = next_message_state(row.state, MessageEvent.JUDGE)
            submission = add_submission(session, message_record(row), judgement, now)
            for piece in judgement.pieces:
                _merge(session, piece, message, submission, now)
            detail: Detail = {"notice": judgement.notice, "unit": verdict.unit, "items": len(verdict.items)}
            name = EventName.of_submission(verdict.disposition)
            settled = add_event(session, row.bureau, name, detail, now, message=message)
            changes = {"state": state, "kind": MailKind.SUBMISSION, "reason": "", "settled": settled}
            update_row(session, MessageRow, message, **changes)

    def record_decision(
        self,
        message: int,
        judgement: Judgement,
        name: EventName,
        detail: Detail,
        now: datetime,
        order: DecidingOrder | None = None,
    ) -> int | None:
        """A clerk decided: one transaction like `record_judgement`, which replaces the judgement that stood. Returns
        the number of the order by which she did.

        `name` is the event (HELD_ACCEPTED, HELD_REJECTED, HELD_CLOSED, HELD_SUPPLIED, HELD_RETRIED, HELD_CORRECTED,
        HELD_ANSWERED, HELD_UNDONE), `detail` holds the reason given. A question that was answered is no submission
        (`MailKind.OTHER`). Raises DecidedMeanwhile, and changes nothing, where another judgement stands than the one
        that the order saw.
        """
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.DECIDE)
            before = standing_submission(session, message)
            if order is not None and order.before != before:
                raise DecidedMeanwhile(f"{row.receipt} 刚刚又有人处理过，请再看一看")
            row.kind, row.reason = judgement.verdict.kind, ""
            restores = order.restores if order else None
            submission = replace_submission(session, message_record(row), judgement, now, restores)
            number = None
            if order is not None:
                number = add_deciding_order(session, order, message, submission, now)
                detail = {**detail, "clerk": order.entry.clerk, "order": number}
            _settle(session, row, name, {**detail, "disposition": judgement.verdict.disposition}, now)
            return number

    def mark_ignored(
        self, message: int, kind: MailKind, reason: str, now: datetime, bounced: BouncedLetter | None = None
    ) -> None:
        """It is machine mail, a command or no submission, for this reason; no answer is due.

        `bounced` is the letter of ours that this mail reports as bounced: it becomes BOUNCED in the same transaction.
        """
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.IGNORE)
            row.kind, row.reason = kind, reason
            if bounced is not None:
                mark_bounced(session, bounced, now)
            _settle(session, row, EventName.MESSAGE_IGNORED, {"kind": kind, "reason": reason}, now)

    def record_trial(self, message: int, answer: LetterDraft | None, unanswered: Detail | None, now: datetime) -> None:
        """The mail is a trial （预检）: only its answer is written down, or why there is none, as in `Judgement`."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.IGNORE)
            row.kind, row.reason = MailKind.OTHER, TRIAL
            if answer is not None:
                add_letter(session, row.bureau, LetterKind.ANSWER, answer, now)
            if unanswered is not None:
                add_event(session, row.bureau, EventName.MAILBOX_UNANSWERED, unanswered, now)
            _settle(session, row, EventName.MESSAGE_IGNORED, {"kind": row.kind, "reason": TRIAL}, now)

    def record_command(self, message: int, draft: CommandDraft, now: datetime) -> bool:
        """The mail is a command. False, and then there is nothing to carry out, where the same clerk's mail with the
        same Message-ID was recorded before: the server gave it twice, with other bytes."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.IGNORE)
            row.kind = MailKind.COMMAND
            is_new = not _is_repeated(session, row, draft.clerk)
            row.reason = "order" if is_new else "order, given before"
            if is_new:
                session.add(
                    CommandRow(
                        message=message,
                        clerk=draft.clerk,
                        letter=draft.letter,
                        code=draft.code,
                        words=draft.words,
                        files=[asdict(one) for one in draft.files],
                    )
                )
            _settle(session, row, EventName.MESSAGE_COMMAND, {"clerk": draft.clerk, "letter": draft.letter}, now)
            return is_new

    def record_refused(self, message: int, reason: str, detail: Detail, now: datetime) -> None:
        """The mail holds orders that nobody proved to be a clerk's: nothing is done, and the next digest says so.
        `detail` is that of MAILBOX_ORDER_REFUSED."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.IGNORE)
            row.kind, row.reason = MailKind.COMMAND, reason
            _settle(session, row, EventName.MESSAGE_COMMAND, {"refused": reason}, now)
            add_event(session, row.bureau, EventName.MAILBOX_ORDER_REFUSED, detail, now)

    def mark_duplicate(self, message: int, original: int, now: datetime) -> None:
        """It is a duplicate of the mail with the id `original`."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.DUPLICATE)
            row.reason = f"与回执编号 {get_row(session, original).receipt} 的邮件完全相同"
            _settle(session, row, EventName.MESSAGE_DUPLICATE, {"original": original}, now)

    def hold(self, message: int, reason: str, now: datetime) -> None:
        """It is held unopened for a clerk, for this reason (Chinese, for the digest)."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.HOLD)
            row.reason = reason
            _settle(session, row, EventName.MESSAGE_HELD, {"reason": reason, "attempts": row.attempts}, now)

    def reset_for_retry(self, message: int, now: datetime) -> None:
        """A mail that was held unopened is NEW again: the next poll cycle tries it as if it had just been received."""
        with self._database.writing() as session:
            row = advance(session, message, MessageEvent.RETRY)
            row.attempts, row.reason, row.settled = 0, "", None
            row.spool = row.sha256 = row.identity = None
            add_message_event(session, row, EventName.HELD_RETRIED, {}, now)


def _is_repeated(session: Session, row: MessageRow, clerk: str) -> bool:
    if not row.message_id:
        return False
    same = (
        select(CommandRow.message)
        .join(MessageRow, col(MessageRow.id) == CommandRow.message)
        .where(
            MessageRow.bureau == row.bureau,
            MessageRow.message_id == row.message_id,
            CommandRow.clerk == clerk,
            CommandRow.message != row.id,
        )
    )
    return session.exec(same.limit(1)).first() is not None


def _settle(session: Session, row: MessageRow, name: EventName, detail: Detail, now: datetime) -> None:
    """Adds the event by which the mail is settled; the next digest reports it."""
    row.settled = add_message_event(session, row, name, detail, now)


def _merge(session: Session, piece: int, leader: int, submission: int, now: datetime) -> None:
    """The waiting mail with the id `piece` was judged as part of this submission of the mail `leader`."""
    row = advance(session, piece, MessageEvent.JUDGE)
    row.kind, row.reason = MailKind.SUBMISSION, ""
    session.get_one(PieceRow, piece).whole = submission
    _settle(session, row, EventName.MESSAGE_JOINED, {"leader": leader}, now)


def _is_in(bureau: str, folder: str, uidvalidity: int) -> tuple[Condition, ...]:
    return MessageRow.bureau == bureau, MessageRow.folder == folder, MessageRow.uidvalidity == uidvalidity


def _is_named(key: MailKey) -> tuple[Condition, ...]:
    """The place and the date of a key; not the size."""
    return (
        *_is_in(key.bureau, key.folder, key.uidvalidity),
        MessageRow.uid == key.uid,
        MessageRow.internaldate == key.internaldate,
    )


_TABLE = table_of(MessageRow)
_COPY = _TABLE.alias()
_IS_SAME = and_(
    # With the plus sign, SQLite does not go through all mails of the bureau.
    _COPY.c.bureau == literal_column("+message.bureau", Text),
    _COPY.c.sha256 == _TABLE.c.sha256,
    _COPY.c.message_id.is_not_distinct_from(_TABLE.c.message_id),
    _COPY.c.id != _TABLE.c.id,
)
_REPEATED = select_columns(_COPY.c.id).join(_TABLE, _IS_SAME).where(in_json(_COPY.c.id, "messages"))
_ORIGINAL = (
    select_columns(_TABLE)
    .select_from(_TABLE)
    .join(_COPY, _IS_SAME)
    .where(
        _COPY.c.id == bindparam("message"),
        _TABLE.c.state != MessageState.DUPLICATE,
        or_(_TABLE.c.state.not_in(UNFINISHED), _TABLE.c.id < _COPY.c.id),
    )
    .order_by(_TABLE.c.id)
    .limit(1)
)
