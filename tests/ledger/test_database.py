from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, StatementError

from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.ledger import database
from intake_bot.ledger.database import Database
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.tables import EventRow, MessageRow
from intake_bot.ledger.values.events import EventName
from tests.ledger.samples import NOW, judged, judgement, key

pytestmark = pytest.mark.usefixtures("nothing_shared")


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    opened = Database.open(path)
    try:
        yield opened
    finally:
        opened.close()


def _tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@pytest.mark.usefixtures("nothing_shared")
def test_open_sets_up_every_connection(path: Path) -> None:
    with _opened(path) as opened, opened.reading() as first, opened.reading() as second:
        for session in (first, second):
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            values = [session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
            assert values == ["wal", 2, 1, 30_000]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_open_makes_a_private_file(path: Path) -> None:
    with _opened(path) as opened, opened.writing() as session:
        session.add(EventRow(at=NOW, bureau="puyang", what="x"))
        session.flush()
        assert {name.name: stat.S_IMODE(name.stat().st_mode) for name in path.parent.iterdir()} == {
            "ledger.db": 0o600,
            "ledger.db-wal": 0o600,
            "ledger.db-shm": 0o600,
        }


def test_open_again_changes_nothing(path: Path) -> None:
    with Ledger.open(path) as ledger:
        judged(ledger, 1, judgement())
    with closing(sqlite3.connect(path)) as raw:
        before = list(raw.iterdump())
    Ledger.open(path).close()
    with closing(sqlite3.connect(path)) as raw:
        assert list(raw.iterdump()) == before


def test_open_rolls_back_a_migration_that_fails(path: Path) -> None:
    def fail(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "CREATE TABLE digest" in statement:
            raise RuntimeError("power cut")

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(RuntimeError, match="power cut"):
            Database.open(path)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert _tables(path) == set()
    Database.open(path).close()
    assert "digest" in _tables(path)


def test_open_by_several_programs_at_once_migrates_once(path: Path) -> None:
    code = "import sys, pathlib; from intake_bot.ledger.ledger import Ledger; Ledger.open(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-X", "utf8", "-c", code, str(path)]
    programs = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    assert [program.communicate()[1].decode() for program in programs] == [""] * 3
    assert "event" in _tables(path)


def test_write_rolls_back_a_created_table(path: Path) -> None:
    with _opened(path) as opened:
        with pytest.raises(RuntimeError, match="no"), opened.writing() as session:
            session.connection().exec_driver_sql("CREATE TABLE half (id INTEGER)")
            raise RuntimeError("no")
        assert "half" not in _tables(path)


@pytest.mark.parametrize("statement", ["UPDATE event SET what = 'y'", "DELETE FROM event"], ids=["update", "delete"])
def test_trail_refuses_update_and_delete(path: Path, statement: str) -> None:
    with Ledger.open(path) as ledger:
        ledger.trail.add("puyang", EventName.MAILBOX_TROUBLE, {}, NOW)
    with _opened(path) as opened, pytest.raises(IntegrityError, match="append-only"), opened.writing() as session:
        session.connection().exec_driver_sql(statement)


def test_write_of_a_word_outside_the_enum_is_refused(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.messages.record_seen([key(1)], NOW)
    with _opened(path) as opened, pytest.raises(IntegrityError, match="ck_message_state"), opened.writing() as session:
        session.connection().exec_driver_sql("UPDATE message SET state = 'lost'")


def test_write_of_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="timezone"):
        ledger.trail.add("puyang", EventName.MAILBOX_TROUBLE, {}, NOW.replace(tzinfo=None))


def test_write_of_a_second_row_for_the_same_mail_is_refused(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.messages.record_seen([key(1)], NOW)
    with _opened(path) as opened, pytest.raises(IntegrityError, match="UNIQUE"), opened.writing() as session:
        session.add(MessageRow(**session.get_one(MessageRow, 1).model_dump(exclude={"id", "receipt"})))


def _newer(path: Path) -> None:
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE album (id INTEGER)")


def _text_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("这不是数据库。" * 1000, encoding="utf-8")


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _damaged(path: Path) -> None:
    Database.open(path).close()
    pages = path.read_bytes()
    path.write_bytes(pages[:100] + b"\xff" * 8000 + pages[8100:])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_newer, "请升级收件程序 .made by a newer version"),
        (_foreign, "不是台账"),
        (_text_file, "not a database"),
        (_folder, "cannot open the database"),
        (_damaged, "database is damaged"),
    ],
)
def test_open_names_the_fault_of_an_unusable_file(path: Path, spoil: Callable[[Path], None], message: str) -> None:
    spoil(path)
    with pytest.raises(PermanentFailure, match=message):
        Database.open(path)


def test_open_in_a_folder_that_cannot_be_made_names_the_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(PermanentFailure, match="cannot create the ledger"):
        Database.open(tmp_path / "data" / "ledger.db")


def test_write_under_a_foreign_lock_is_a_temporary_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(path).close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Ledger.open(path) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryFailure, match="database is locked"):
            ledger.trail.add("puyang", EventName.MAILBOX_TROUBLE, {}, NOW)
        assert ledger.trail.find_last("puyang", [EventName.MAILBOX_TROUBLE]) is None


def test_write_on_a_full_disk_is_a_temporary_failure(path: Path) -> None:
    with _opened(path) as opened:
        with pytest.raises(TemporaryFailure, match="disk is full"), opened.writing() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
            session.add(EventRow(at=NOW, bureau="puyang", what="x", detail={"long": "长" * 100_000}))
        with opened.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM event").scalar() == 0
