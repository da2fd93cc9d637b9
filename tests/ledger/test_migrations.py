from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from intake_bot.ledger import database
from intake_bot.ledger.database import SCHEMA, Database
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.tables import LedgerTable
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import letter_sha256
from tests.ledger.samples import NOW, key

pytestmark = pytest.mark.usefixtures("nothing_shared")


def _upgrade(path: Path, revision: str) -> None:
    """Makes or upgrades a ledger to what an earlier version of the program made of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations").replace("%", "%%"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_make_what_the_models_say(path: Path, tmp_path: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    LedgerTable.metadata.create_all(made)
    Database.open(path).close()
    migrated = create_engine(f"sqlite:///{path}")
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert context.get_current_revision() == SCHEMA
        assert compare_metadata(context, LedgerTable.metadata) == []
    # What alembic does not compare: CHECKs, names, AUTOINCREMENT, indexes of expressions.
    assert _shape(migrated) == _shape(made)
    migrated.dispose()
    made.dispose()


def _shape(engine: Engine) -> dict[str, object]:
    about = inspect(engine)
    with engine.connect() as connection:
        numbered = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        indexes = "SELECT sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix_message_sender_%' ORDER BY sql"
        shape: dict[str, object] = {
            "autoincrement": connection.execute(text(numbered)).scalars().all(),
            "senders": connection.execute(text(indexes)).scalars().all(),
        }
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


MAILS_OF_0001 = """
    INSERT INTO message VALUES
     (1,'puyang','INBOX',1,1,'2023-05-17 07:00:00',9,'judged',1,'1001-9','2023-05-17 07:00:00',2,NULL,'aa',
      NULL,'a@b','x','submission','','',NULL),
     (7,'puyang','INBOX',1,2,'2023-05-17 07:00:00',9,'duplicate',1,'1007-1','2023-05-17 07:00:00',2,NULL,'aa',
      NULL,'a@b','x',NULL,'','',1);
    INSERT INTO submission VALUES (1,1,'puyang-2023','濮阳县教育局','rejected');
    INSERT INTO item VALUES (1,1,'puyang-2023','濮阳县教育局','照片','2023-05-17',NULL,0,'rejected',NULL);
    INSERT INTO finding VALUES (1,1,1,'part.missing','error',0,NULL,NULL,'','没有找到照片','','');
    INSERT INTO event VALUES (1,'2023-05-17 07:00:00','puyang','message.seen',7,NULL,'{}');
"""


def test_ledger_of_the_first_version_keeps_its_mails(path: Path) -> None:
    """The message table is made anew: every row, id, key and number comes back, and the next mail gets the next one."""
    _upgrade(path, "0001")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(MAILS_OF_0001)
    _upgrade(path, "0005")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT id, duplicate_of FROM message").fetchall() == [(1, None), (7, 1)]
    with Ledger.open(path) as ledger:
        new = ledger.messages.record_seen([key(3)], NOW)[0]
        (mail,) = ledger.prior_mails.find_open("puyang-2023", "濮阳县教育局", new).rejected
        assert (mail.receipt, [item.material for item in mail.items]) == ("1001-9", ["照片"])
        assert new.id == 8
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert raw.execute("SELECT id FROM message ORDER BY id").fetchall() == [(1,), (7,), (8,)]
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


MAILS_OF_0005 = """
    INSERT INTO message VALUES
     (3,'puyang','INBOX',1,1,'2023-05-17 07:00:00',9,'judged',1,'1003-5','2023-05-17 07:01:00',4,'3.eml','aa',
      '<3@school>','a@b','x','submission','原因','错误',NULL,0),
     (5,'puyang','垃圾邮件',2,2,'2023-05-17 08:00:00',10,'duplicate',2,'1005-6','2023-05-17 08:01:00',2,NULL,'aa',
      '<3@school>','a@b','x',NULL,'','',3,1),
     (6,'puyang','INBOX',1,4,'2023-05-17 09:00:00',11,'waiting',0,'1006-2','2023-05-17 09:01:00',NULL,'6.eml','bb',
      NULL,'','',NULL,'','',NULL,0);
    INSERT INTO submission VALUES (1,3,1,'puyang-2023','濮阳县教育局','accepted');
    INSERT INTO piece VALUES (6,'puyang-2023','濮阳县教育局','["照片"]','2023-05-17',1,2,NULL);
    INSERT INTO letter VALUES (1,'puyang','answer',1,'["a@b"]','已收到','<1@intake>',x'00','已收到','sent',1,NULL,'',
      '2023-05-17 07:02:00','2023-05-17 07:03:00');
    INSERT INTO event VALUES
     (1,'2023-05-17 07:01:00','puyang','message.seen',3,NULL,'{}'),
     (2,'2023-05-17 08:01:00','puyang','message.duplicate',5,NULL,'{"original": 3}');
"""


_NOT_KEPT = ("first_seen", "duplicate_of", "received", "latest_arrival", "identity", "other_bytes")


def _rows(path: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, without the columns that 0006 drops and later versions add."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [
                {name: value for name, value in dict(row).items() if name not in _NOT_KEPT}
                for row in raw.execute(f"SELECT * FROM {table}")
            ]
            for table in tables
            if table != "alembic_version"
        }


@pytest.mark.parametrize("mails", [MAILS_OF_0005, ""], ids=["with mails", "empty"])
def test_dropping_unread_columns_keeps_every_row(path: Path, mails: str) -> None:
    _upgrade(path, "0005")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(mails)
    before = _rows(path)
    _upgrade(path, "0006")
    assert _rows(path) == before
    with closing(sqlite3.connect(path)) as raw:
        columns = {name for _, name, *_ in raw.execute("PRAGMA table_info(message)")}
        assert columns & {"first_seen", "duplicate_of"} == set()
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("mails", [MAILS_OF_0005, ""], ids=["with mails", "empty"])
def test_dropping_unread_columns_keeps_the_receipt_numbers_skipped(path: Path, mails: str) -> None:
    """After a restore the counter is ahead of the ids."""
    _upgrade(path, "0005")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(mails)
        raw.execute("DELETE FROM sqlite_sequence WHERE name = 'message'")
        raw.execute("INSERT INTO sqlite_sequence VALUES ('message', 1006)")
        raw.commit()
    with Ledger.open(path) as ledger:
        assert ledger.messages.record_seen([key(9)], NOW)[0].receipt == receipt_number(1007)


def test_letters_that_are_there_get_their_hashes(path: Path) -> None:
    """One whose recipients cannot be read any more gets none, and is not sent."""
    _upgrade(path, "0006")
    unread_columns = MAILS_OF_0005.partition("INSERT INTO letter")[2].partition("INSERT INTO event")[0]
    letter = "INSERT INTO letter" + unread_columns.replace("1,'puyang','answer',1", "1,'puyang','answer',NULL")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(letter)
        raw.executescript(letter.replace("VALUES (1,", "VALUES (2,").replace("<1@", "<2@").replace('["a@b"]', '["a@'))
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as raw:
        hashes = raw.execute("SELECT sha256 FROM letter ORDER BY id").fetchall()
    assert hashes == [(letter_sha256(b"\0", ["a@b"]),), ("",)]
