"""The one place where the ledger's SQLite file is made, set up and migrated, and where its errors are translated.

A write transaction is BEGIN IMMEDIATE: two deferred ones that read first and write later end in "database is locked"
whatever the time-out. SQLAlchemy emits the BEGIN itself, so that CREATE TABLE is rolled back with everything else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped
from sqlmodel import Session

from intake_bot.errors import PermanentFailure, TemporaryFailure

SCHEMA = "0005"
"""The newest revision under migrations/versions, known here so that an up-to-date ledger opens without alembic."""

BUSY_SECONDS = 30
"""How long a transaction waits for another one's lock before it gives up."""

Condition = ColumnElement[bool] | bool
"""What comparing a column gives: a bool to the type checker, an SQL expression in truth."""

_TEMPORARY = {
    sqlite3.SQLITE_BUSY: "台账数据库正被别的程序占用，稍后自动重试 (database is locked)",
    sqlite3.SQLITE_LOCKED: "台账数据库正被占用，稍后自动重试 (database table is locked)",
    sqlite3.SQLITE_PROTOCOL: "台账数据库正被占用，稍后自动重试 (locking protocol)",
    sqlite3.SQLITE_FULL: "磁盘已满，台账写不进去，请清理磁盘 (disk is full)",
    sqlite3.SQLITE_IOERR: "读写台账数据库时磁盘出错 (disk I/O error)",
    sqlite3.SQLITE_NOMEM: "内存不足，台账数据库暂时无法使用 (out of memory)",
}
_PERMANENT = {
    sqlite3.SQLITE_CORRUPT: "台账数据库已损坏，请从备份恢复 (database is damaged)",
    sqlite3.SQLITE_NOTADB: "这个文件不是台账数据库，或已损坏 (not a database)",
    sqlite3.SQLITE_READONLY: "台账数据库是只读的，请检查文件权限 (database is read-only)",
    sqlite3.SQLITE_CANTOPEN: "无法打开台账数据库，请检查路径和权限 (cannot open the database)",
    sqlite3.SQLITE_PERM: "没有权限访问台账数据库 (permission denied)",
}


def among(column: Mapped[str] | Mapped[str | None], texts: Iterable[str]) -> ColumnElement[bool]:
    """The column is one of these texts, of which there may be any number: they are one JSON value, since a hostile
    header must not exceed SQLite's limit of variables."""
    plain = json.dumps([text.encode("utf-8", "replace").decode() for text in texts])
    return column.in_(select(func.json_each(plain).table_valued("value").c.value))


class Database:
    """An open ledger file. Sessions of any thread; each `reading` or `writing` block is one transaction."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._writer = engine
        # The same pool and the same events; only the BEGIN differs. A reader in WAL mode waits for nobody.
        self._reader = engine.execution_options(begin="DEFERRED")

    @classmethod
    def open(cls, path: Path) -> Database:
        """Opens the file, makes it where there is none, and brings its tables up to date.

        Raises PermanentFailure when the file cannot be used (damaged, no ledger, made by a newer version, no
        permission), TemporaryFailure when it is locked or the disk is full.
        """
        _make_private(path)
        engine = _engine(path)
        try:
            with translated(path), engine.begin() as connection:
                _migrate(path, connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(path, engine)

    def close(self) -> None:
        self._writer.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot, never waiting for a writer. Raises as `open` does."""
        with translated(self.path), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises. Raises as `open` does."""
        with translated(self.path), Session(self._writer) as session, session.begin():
            yield session


def _make_private(path: Path) -> None:
    """The ledger names people and schools, so only its owner may read it (0600). SQLite gives the files beside it
    (-wal, -shm) the same mode. Windows knows no such mode: there the folder's own permissions decide."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise PermanentFailure(f"无法建立台账数据库 {path} (cannot create the ledger): {error}") from error


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS},
        json_serializer=_plain_json,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _plain_json(value: object) -> str:
    """Chinese as it is, for whoever opens the file with another program; half a surrogate becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _set_up(connection: DBAPIConnection, _record: object) -> None:
    # sqlite3 must not open transactions of its own accord; `_begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'IMMEDIATE')}")


def _migrate(path: Path, connection: Connection) -> None:
    """Brings the tables up to date within the caller's transaction, so that two programs cannot do it at once."""
    tables = inspect(connection).get_table_names()
    revision: Any = None
    if "alembic_version" in tables:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    elif tables:
        raise PermanentFailure(f"{path} 是别的程序的数据库，不是台账 (the database of another program)")
    if revision == SCHEMA:
        return

    # Importing alembic takes 0.7 s, and it is needed once per version.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # The file is read by configparser, to which a percent sign is special.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    if revision not in (None, *(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())):
        raise PermanentFailure(
            f"台账数据库 {path} 由更新的版本建立（{revision}），请升级收件程序 (made by a newer version of intake-bot)"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns what SQLite reports about the file, the disk and the locks into our errors; a bug stays a bug."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = error.orig if isinstance(error, DBAPIError) else error
        # Extended codes hold the primary one in the low byte: https://www.sqlite.org/rescode.html
        code = getattr(told, "sqlite_errorcode", 0) & 0xFF
        if code in _TEMPORARY:
            raise TemporaryFailure(f"{_TEMPORARY[code]}：{path}") from error
        if code in _PERMANENT:
            raise PermanentFailure(f"{_PERMANENT[code]}：{path}") from error
        raise
