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
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex
from sqlalchemy.exc import IntegrityError, StatementError

from intake_bot.errors import PermanentFailure, TemporaryFailure
from intake_bot.ledger import database
from intake_bot.ledger.database import SCHEMA, Database
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.tables import EventRow, LedgerTable, MessageRow
from tests.ledger.samples import NOW, judged, judgement, key


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


def test_migrations_make_what_the_models_say(path: Path, tmp_path: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    LedgerTable.metadata.create_all(made)
    Database.open(path).close()
    migrated = create_engine(f"sqlite:///{path}")
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert context.get_current_revision() == SCHEMA
        assert compare_metadata(context, LedgerTable.metadata) == []
    # What alembic does not compare: CHECKs, names, AUTOINCREMENT.
    assert _shape(migrated) == _shape(made)
    migrated.dispose()
    made.dispose()


def _shape(engine: Engine) -> dict[str, object]:
    about = inspect(engine)
    with engine.connect() as connection:
        numbered = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        shape: dict[str, object] = {"autoincrement": connection.execute(text(numbered)).scalars().all()}
    for table in set(about.get_table_names()) - {"alembic_version"}:
        shape[table] = (
            [(c["name"], str(c["type"]), c["nullable"]) for c in about.get_columns(table)],
            about.get_pk_constraint(table),
            sorted(map(str, about.get_check_constraints(table))),
            sorted(map(str, about.get_unique_constraints(table))),
            sorted(map(str, about.get_foreign_keys(table))),
            sorted(_index(one) for one in about.get_indexes(table)),
        )
    return shape


def _index(reflected: ReflectedIndex) -> str:
    """Its condition (WHERE) is an object that compares by identity."""
    options = {name: str(value) for name, value in reflected.get("dialect_options", {}).items()}
    return str({**reflected, "dialect_options": options})


def test_open_rolls_back_a_migration_that_fails_half_way(path: Path) -> None:
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
def test_trail_refuses_to_be_changed(path: Path, statement: str) -> None:
    with Ledger.open(path) as ledger:
        ledger.trail.note("puyang", "mailbox.trouble", {}, NOW)
    with _opened(path) as opened, pytest.raises(IntegrityError, match="append-only"), opened.writing() as session:
        session.connection().exec_driver_sql(statement)


def test_write_refuses_a_word_that_the_enum_does_not_have(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.messages.seen(key(1), NOW)
    with _opened(path) as opened, pytest.raises(IntegrityError, match="ck_message_state"), opened.writing() as session:
        session.connection().exec_driver_sql("UPDATE message SET state = 'lost'")


def test_write_refuses_a_moment_without_a_time_zone(ledger: Ledger) -> None:
    with pytest.raises(StatementError, match="timezone"):
        ledger.trail.note("puyang", "x", {}, NOW.replace(tzinfo=None))


def test_write_refuses_a_second_row_for_the_same_mail(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.messages.seen(key(1), NOW)
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
def test_open_says_what_is_wrong_with_the_file(path: Path, spoil: Callable[[Path], None], message: str) -> None:
    spoil(path)
    with pytest.raises(PermanentFailure, match=message):
        Database.open(path)


def test_open_says_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(PermanentFailure, match="cannot create the ledger"):
        Database.open(tmp_path / "data" / "ledger.db")


def test_write_gives_up_for_now_when_another_program_holds_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.open(path).close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Ledger.open(path) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TemporaryFailure, match="database is locked"):
            ledger.trail.note("puyang", "x", {}, NOW)
        assert ledger.trail.last("puyang", ["x"]) is None


def test_write_gives_up_for_now_when_the_disk_is_full(path: Path) -> None:
    with _opened(path) as opened:
        with pytest.raises(TemporaryFailure, match="disk is full"), opened.writing() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count = 1")
            session.add(EventRow(at=NOW, bureau="puyang", what="x", detail={"long": "长" * 100_000}))
        with opened.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM event").scalar() == 0


def test_a_ledger_of_the_first_version_keeps_its_mails(path: Path) -> None:
    """The message table is made anew: every row, id, key and number comes back, and the next mail gets the next one."""
    _make_old(path, "0001")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(
            "INSERT INTO message VALUES"
            " (1,'puyang','INBOX',1,1,'2023-05-17 07:00:00',9,'judged',1,'1001-9','2023-05-17 07:00:00',2,NULL,'aa',"
            "  NULL,'a@b','x','submission','','',NULL),"
            " (7,'puyang','INBOX',1,2,'2023-05-17 07:00:00',9,'duplicate',1,'1007-1','2023-05-17 07:00:00',2,NULL,'aa',"
            "  NULL,'a@b','x',NULL,'','',1);"
            "INSERT INTO submission VALUES (1,1,'puyang-2023','濮阳县教育局','rejected');"
            "INSERT INTO item VALUES (1,1,'puyang-2023','濮阳县教育局','照片','2023-05-17',NULL,0,'rejected',NULL);"
            "INSERT INTO finding VALUES (1,1,1,'part.missing','error',0,NULL,NULL,'','没有找到照片','','');"
            "INSERT INTO event VALUES (1,'2023-05-17 07:00:00','puyang','message.seen',7,NULL,'{}');"
        )
    with Ledger.open(path) as ledger:
        new = ledger.messages.seen(key(3), NOW)
        (mail,) = ledger.earlier.unsettled("puyang-2023", "濮阳县教育局", new)
        assert (mail.receipt, [item.material for item in mail.items]) == ("1001-9", ["照片"])
        assert new.id == 8
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert raw.execute("SELECT id, duplicate_of FROM message").fetchall() == [(1, None), (7, 1), (8, None)]
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _make_old(path: Path, revision: str) -> None:
    """An empty ledger as an earlier version of the program made it."""
    path.parent.mkdir(parents=True)
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations").replace("%", "%%"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
