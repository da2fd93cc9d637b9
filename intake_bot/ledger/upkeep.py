"""The ledger as a file that is checked, copied and restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from intake_bot.ledger.database import Database, translated_errors
from intake_bot.ledger.filed_mails import is_held
from intake_bot.ledger.tables import FileRow, LetterRow, MessageRow, SubmissionRow
from intake_bot.ledger.trail import add_event, add_letter_event
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.receipt import FIRST, receipt_number
from intake_bot.ledger.values.records import letter_sha256
from intake_bot.ledger.values.states import UNSENT, LetterEvent, next_letter_state

SKIPPED_NUMBERS = 1000
"""Receipt numbers that are never given out after a restore: they may have been, since the backup was made."""

SIDE_FILE_ENDINGS = ("-wal", "-shm", "-journal")
"""Files beside the ledger's own, named after it with one of these endings. SQLite reads them into the ledger as its
latest pages, even when they were written for another one."""

_CONTRADICTIONS = (
    (
        "SELECT id FROM message WHERE settled IS NOT NULL AND settled NOT IN (SELECT id FROM event)",
        "邮件 {} 的处理结果没有对应的流水记录",
    ),
    (
        "SELECT id FROM message WHERE state = 'judged'"
        " AND id NOT IN (SELECT message FROM submission WHERE stands)"
        " AND id NOT IN (SELECT message FROM piece WHERE whole IS NOT NULL)",
        "邮件 {} 记为已判定，却没有判定结果",
    ),
)
"""Contradictions that no foreign key can refuse: a query for message ids, and the sentence for a receipt number."""


def _changed_letters(session: Session) -> Iterator[str]:
    """A sentence for each letter that is not what was filed. One is read at a time: together they are large."""
    for letter in session.exec(select(LetterRow.id).order_by(col(LetterRow.id))).all():
        row = session.get_one(LetterRow, letter)
        if letter_sha256(row.raw, row.recipients) != row.sha256:
            words = f"（{row.created:%Y-%m-%d} 写）" if row.submission is None else f"（{_receipt(session, row)}）"
            yield f"给 {'、'.join(row.recipients)} 的信{words}与登记的不一样，不会寄出"
        session.expunge(row)


def _receipt(session: Session, letter: LetterRow) -> str:
    submission = session.get(SubmissionRow, letter.submission)
    return f"回执编号 {receipt_number(submission.message)}" if submission else "没有对应的邮件"


def _last_id(session: Session) -> int:
    """The id that a mail was given last, whether or not the mail is still there."""
    row = session.connection().execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'message'")).scalar()
    return row or 0


def _set_last_id(session: Session, last: int) -> None:
    connection = session.connection()
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'message'"))
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('message', :last)"), {"last": last})


@dataclass(frozen=True)
class StoredFile:
    """One file that must be in the store."""

    receipt: str
    path: str
    """Relative to the store's root, with `/`."""
    bytes: int
    sha256: str


@dataclass(frozen=True)
class RawMail:
    """One raw mail that should be in the spool."""

    receipt: str
    name: str
    sha256: str


class Upkeep:
    """The ledger as a whole. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_faults(self) -> tuple[str, ...]:
        """What is wrong inside the database, in Chinese: its structure, references that lead nowhere, rows that
        contradict each other. A damaged file may also raise PermanentFailure."""
        with self._database.reading() as session:
            connection = session.connection()
            letters = tuple(_changed_letters(session))
            structure = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            contradictions = [
                words.format(receipt_number(row))
                for query, words in _CONTRADICTIONS
                for row in connection.execute(text(query)).scalars()
            ]
        return (
            *(f"数据库结构有错：{line}" for line in structure if line != "ok"),
            *(f"表 {table} 第 {row} 行指向 {parent} 里不存在的一行" for table, row, parent, _ in references),
            *contradictions,
            *letters,
        )

    def find_stored_files(self) -> tuple[StoredFile, ...]:
        """Every file in the store that the ledger knows, once for each path."""
        rows = (
            select(FileRow, MessageRow.receipt)
            .join(SubmissionRow, col(SubmissionRow.id) == FileRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .order_by(col(FileRow.id))
        )
        with self._database.reading() as session:
            found = {
                row.path: StoredFile(receipt or "", row.path, row.bytes, row.sha256)
                for row, receipt in session.exec(rows)
            }
        return tuple(found.values())

    def find_raw_mails(self) -> tuple[RawMail, ...]:
        """The raw mails of held messages. Those of waiting pieces are not needed: they can be fetched again."""
        rows = select(MessageRow).where(is_held(), col(MessageRow.spool).is_not(None))
        with self._database.reading() as session:
            return tuple(
                RawMail(row.receipt or "", row.spool or "", row.sha256 or "")
                for row in session.exec(rows.order_by(col(MessageRow.id)))
            )

    def copy(self, target: Path) -> None:
        """Copies the ledger as it is at this instant into a new file, while others go on writing.

        Raises TemporaryFailure when the disk does not take it.
        """
        with self._database.reading() as session, translated_errors(target), closing(sqlite3.connect(target)) as copy:
            source = session.connection().connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            # All pages in one step, which is one snapshot: in several steps, each write of others would restart it.
            source.backup(copy)

    def last_receipt(self) -> str:
        """The receipt number that was given out last; empty where there was none."""
        with self._database.reading() as session:
            last = _last_id(session)
            return receipt_number(last) if last else ""

    def skip_receipt_numbers(self, given: int, now: datetime) -> bool:
        """Lets the next receipt number stand above `given`, a number without its check digit, if it does not; true if
        that was needed."""
        with self._database.writing() as session:
            if _last_id(session) + FIRST >= given:
                return False
            _set_last_id(session, given - FIRST + SKIPPED_NUMBERS)
            add_event(session, "", EventName.LEDGER_NUMBERS_SKIPPED, {"given": given}, now)
            return True

    def begin_anew(self, given: int, now: datetime) -> str:
        """Begins a ledger in the place of one that is lost. Receipt numbers go on above `given`, a number without its
        check digit; returns the next one."""
        with self._database.writing() as session:
            _set_last_id(session, max(0, given - FIRST) + SKIPPED_NUMBERS)
            add_event(session, "", EventName.LEDGER_BEGUN_ANEW, {"given": given}, now)
            return receipt_number(_last_id(session) + 1)

    def begin_after_restore(self, made: datetime, now: datetime) -> int:
        """Settles what may have happened since the backup was made at the time `made`; returns how many letters.

        Letters that waited to be sent may have been sent: they are in doubt now. SKIPPED_NUMBERS receipt numbers, which
        may have been given out, are skipped.
        """
        with self._database.writing() as session:
            waiting = select(LetterRow).where(col(LetterRow.state).in_(UNSENT))
            letters = session.exec(waiting).all()
            for row in letters:
                row.state = next_letter_state(row.state, LetterEvent.CLAIM)
                row.next_attempt = None
                add_letter_event(session, row, EventName.LETTER_DOUBTED, {"made": made.isoformat()}, now)
            session.connection().execute(
                text("UPDATE sqlite_sequence SET seq = seq + :more WHERE name = 'message'"), {"more": SKIPPED_NUMBERS}
            )
            add_event(session, "", EventName.LEDGER_RESTORED, {"made": made.isoformat()}, now)
            return len(letters)
