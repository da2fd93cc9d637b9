"""The ledger as a file to be copied, checked and brought back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, select

from intake_bot.ledger.database import Database, translated
from intake_bot.ledger.mails import needs_a_person
from intake_bot.ledger.receipt import receipt_number
from intake_bot.ledger.states import UNSENT, LetterEvent, next_letter_state
from intake_bot.ledger.tables import FileRow, LetterRow, MessageRow, SubmissionRow
from intake_bot.ledger.trail import add_event, add_letter_event

RESTORED = "ledger.restored"
SKIPPED_NUMBERS = 1000
"""Receipt numbers that are never given out after a restore: they may have been, since the backup was made."""

_LOOSE_ENDS = (
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
"""What no foreign key can say, each with the sentence for a receipt number."""


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
    """Looks after the ledger as a whole. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def faults(self) -> tuple[str, ...]:
        """What is wrong inside the database, in Chinese: its structure, references that lead nowhere, rows that
        contradict each other. A damaged file may also raise PermanentFailure."""
        with self._database.reading() as session:
            connection = session.connection()
            structure = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            loose = [
                words.format(receipt_number(row))
                for question, words in _LOOSE_ENDS
                for row in connection.execute(text(question)).scalars()
            ]
        return (
            *(f"数据库结构有错：{line}" for line in structure if line != "ok"),
            *(f"表 {table} 第 {row} 行指向 {parent} 里不存在的一行" for table, row, parent, _ in references),
            *loose,
        )

    def stored_files(self) -> tuple[StoredFile, ...]:
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

    def raw_mails(self) -> tuple[RawMail, ...]:
        """The raw mails that wait for a person. One that waits for others is fetched again where it is lost."""
        rows = select(MessageRow).where(needs_a_person(), col(MessageRow.spool).is_not(None))
        with self._database.reading() as session:
            return tuple(
                RawMail(row.receipt or "", row.spool or "", row.sha256 or "")
                for row in session.exec(rows.order_by(col(MessageRow.id)))
            )

    def copy(self, target: Path) -> None:
        """Copies the ledger as it is at this moment into a new file, while others go on writing.

        Raises TemporaryFailure when the disk does not take it.
        """
        with self._database.reading() as session, translated(target), closing(sqlite3.connect(target)) as copy:
            source = session.connection().connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            # All pages in one step, which is one snapshot: in several, every write of others would begin it anew.
            source.backup(copy)

    def begin_after_restore(self, made: datetime, now: datetime) -> int:
        """Puts right what the time since the backup was made, `made`, may have overtaken; returns how many letters.

        Letters that were waiting to be sent may have been: they are in doubt now. Receipt numbers go on behind those
        that may have been given out.
        """
        with self._database.writing() as session:
            waiting = select(LetterRow).where(col(LetterRow.state).in_(UNSENT))
            letters = session.exec(waiting).all()
            for row in letters:
                row.state = next_letter_state(row.state, LetterEvent.CLAIM)
                row.next_attempt = None
                add_letter_event(session, row, "letter.doubted", {"made": made.isoformat()}, now)
            session.connection().execute(
                text("UPDATE sqlite_sequence SET seq = seq + :more WHERE name = 'message'"), {"more": SKIPPED_NUMBERS}
            )
            add_event(session, "", RESTORED, {"made": made.isoformat()}, now)
            return len(letters)
