"""Opens, sets up and migrates the ledger's SQLite file, and translates its errors into ours.

A write transaction is BEGIN IMMEDIATE: two deferred ones that read first and write later end in "database is locked"
whatever the time-out. SQLAlchemy emits the BEGIN itself, so that CREATE TABLE is rolled back with everything else.

Many threads use one ledger. Within this process their write transactions queue for a lock of ours, since SQLite has
none that is fair: whoever waits for it asks again and again, and may never be the first. Other processes wait for each
other by SQLite's time-out.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoResultFound,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, SQLModel

from intake_bot.errors import LedgerDamaged, LedgerUnavailable, PermanentFailure
from intake_bot.ledger.stored_values import GUARDED_TYPES

SCHEMA = "0016"
"""The newest revision under migrations/versions, known here so that an up-to-date ledger opens without alembic."""

BUSY_SECONDS = 30
"""How long a transaction waits for the lock of another one before it fails."""

Condition = ColumnElement[bool] | bool
"""The type of a comparison with a column: a bool for the type checker, an SQL expression when it runs."""

_STAMP_CHANGES = text("UPDATE change SET event = (SELECT coalesce(max(id), 0) FROM event) WHERE event IS NULL")
"""The changes that triggers wrote down belong to the last event of their transaction."""

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
    """True where the column is one of these texts. There may be any number of them: they are sent as one JSON value, so
    that a hostile header does not exceed SQLite's limit of variables."""
    plain = json.dumps([text.encode("utf-8", "replace").decode() for text in texts])
    return column.in_(select(func.json_each(plain).table_valued("value").c.value))


def among_ids(column: Mapped[int] | Mapped[int | None], ids: Iterable[int]) -> ColumnElement[bool]:
    """The same for ids of rows."""
    return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))


def in_json(
    column: Mapped[str] | Mapped[str | None] | Mapped[int] | ColumnElement[int], name: str
) -> ColumnElement[bool]:
    """True where the column is in a JSON array that is bound by this name when the statement runs."""
    return column.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))


def is_any(column: Mapped[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """True where the column is one of these few values. Unlike those of `in_`, they are not written into the statement
    anew each time that it runs."""
    return or_(*(column == value for value in values))


class Database:
    """An open ledger file. Any thread may use it; each `reading` or `writing` block is one transaction."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._writer = engine
        # The same pool and the same events; only the BEGIN differs. In WAL mode a reader waits for no writer.
        self._reader = engine.execution_options(begin="DEFERRED")
        self._alone = engine.execution_options(begin=None)
        self._thread = threading.local()

    @classmethod
    def open(cls, path: Path) -> Database:
        """Opens the file, creates it where there is none, and migrates its tables to SCHEMA.

        Raises PermanentFailure when the file cannot be used (damaged, no ledger, made by a newer version, no
        permission), TemporaryFailure when it is locked or the disk is full.
        """
        _make_private(path)
        engine = _engine(path)
        try:
            with translated_errors(path), engine.begin() as connection:
                _migrate(path, connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(path, engine)

    @classmethod
    def show(cls, path: Path, views: Iterable[str]) -> Database:
        """Opens an up-to-date file to be read only through these temporary views. Raises as `open` does."""
        statements = tuple(views)
        engine = _engine(path)

        def add_views(connection: DBAPIConnection, _record: object) -> None:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            cursor.close()

        event.listen(engine, "connect", add_views)
        return cls(path, engine)

    def close(self) -> None:
        self._writer.dispose()

    def read(self, statement: Executable, **values: object) -> Sequence[Any]:
        """The rows that one statement with bound values finds. It is a snapshot by itself, and needs no transaction
        around it. Raises as `open` does."""
        if (shared := self._shared) is not None:
            return read_rows(shared, statement, **values)
        with translated_errors(self.path), self._alone.connect() as connection:
            return connection.execute(statement, values).all()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot, never waiting for a writer. Raises as `open` does."""
        if (shared := self._shared) is not None:
            yield shared
            return
        with translated_errors(self.path), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises. Raises as `open` does.

        Everybody else waits for it: no network and no measuring within the block, and no other block."""
        if (shared := self._shared) is not None:
            yield shared
            shared.flush()
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise LedgerUnavailable(f"{_TEMPORARY[sqlite3.SQLITE_BUSY]}：{self.path}")
        try:
            with translated_errors(self.path), Session(self._writer) as session, session.begin():
                yield session
                session.flush()
                connection_of(session).execute(_STAMP_CHANGES)
        finally:
            self._turn.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all blocks of this thread within this one: all of them are committed at its end, or none.

        Everybody else waits for it: no network and no measuring within the block. Raises as `open` does.
        """
        with self.writing() as session:
            self._thread.session = session
            try:
                yield
            finally:
                self._thread.session = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Within `together`, a part that is undone alone when it raises; elsewhere nothing of its own."""
        if (shared := self._shared) is None:
            yield
            return
        with translated_errors(self.path):
            shared.flush()
            try:
                # By the connection: the session's own savepoints take as long as five statements.
                with connection_of(shared).begin_nested():
                    yield
                    shared.flush()
            except BaseException:
                # What the session read and kept within the part is undone with it.
                shared.expunge_all()
                shared.info.clear()
                raise

    @property
    def is_together(self) -> bool:
        """Whether this thread is within `together`."""
        return self._shared is not None

    @property
    def _shared(self) -> Session | None:
        """The session of this thread's `together`, if it is within one."""
        session: Session | None = getattr(self._thread, "session", None)
        return session


def _make_private(path: Path) -> None:
    """Creates the file with mode 0600: the ledger names people and schools. SQLite gives the files beside it
    (-wal, -shm) the same mode. Windows has no such mode: there the permissions of the folder decide."""
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
        max_overflow=-1,  # as many connections as threads ask at once: there are some for each bureau
        pool_use_lifo=True,  # the last one first, which still has in memory what it read
        json_serializer=_plain_json,
    )
    engine.dialect.colspecs = {**engine.dialect.colspecs, **GUARDED_TYPES}
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _plain_json(value: object) -> str:
    """JSON with Chinese unescaped, to be readable in other programs; half a surrogate pair becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _set_up(connection: DBAPIConnection, _record: object) -> None:
    # Transactions are opened by `_begin`, and not by the sqlite3 module.
    connection.isolation_level = None
    cursor = connection.cursor()
    # What a savepoint may have to undo is kept in memory: a mail's pages are more than SQLite keeps there by itself.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "IMMEDIATE")
    if kind is not None:
        connection.exec_driver_sql(f"BEGIN {kind}")


def _migrate(path: Path, connection: Connection) -> None:
    """Migrates the tables within the caller's transaction, so that two programs cannot do it at once."""
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


_VALUE_FAULTS = (IntegrityError, DataError, InterfaceError, ProgrammingError, NotSupportedError)
"""What SQLite or its driver refuses because of the values that it was given: a bug, and met with one mail only."""
_SCHEMA_LOST = re.compile(r"no such (table|column|index|trigger|view)|has no column|malformed database schema")


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite reports about the file, the disk and the locks into LedgerUnavailable and LedgerDamaged. What
    it refuses because of a statement or of its values comes through as it is."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reported = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(error, _VALUE_FAULTS) or _is_about_the_statement(reported):
            raise
        raise _ledger_error(path, reported) from error


def _primary_code(error: BaseException | None) -> int:
    """Extended codes hold the primary one in the low byte: https://www.sqlite.org/rescode.html. 0 where the driver
    raised by itself."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _is_about_the_statement(error: BaseException | None) -> bool:
    return _primary_code(error) == sqlite3.SQLITE_ERROR and not _SCHEMA_LOST.search(str(error))


def _ledger_error(path: Path, error: BaseException | None) -> LedgerUnavailable | LedgerDamaged:
    code = _primary_code(error)
    if code in _TEMPORARY:
        return LedgerUnavailable(f"{_TEMPORARY[code]}：{path}")
    if code in _PERMANENT:
        return LedgerDamaged(f"{_PERMANENT[code]}：{path}")
    # The driver could not read a value, as where a damaged page is no text any more, or SQLite met what nobody foresaw.
    return LedgerDamaged(f"台账数据库已损坏或读不出来，请从备份恢复 ({error})：{path}")


# ---- rows, with little work: the unit of work costs more than the statements -----------------------------------------

Values = dict[str, Any]
"""Column → value; every column without a default of the database must be there."""


def connection_of(session: Session) -> Connection:
    """The connection of the session's one transaction. To ask the session for it takes a good part of a statement."""
    if "connection" not in session.info:
        session.info["connection"] = session.connection()
    connection: Connection = session.info["connection"]
    return connection


def read_rows(session: Session, statement: Executable, **values: object) -> Sequence[Any]:
    """The rows that a statement with bound values finds. It is made once: that takes longer than to run it."""
    session.flush()
    return connection_of(session).execute(statement, values).all()


def insert_row(session: Session, row: type[SQLModel], **values: object) -> int:
    """Adds one row; returns its id. What the session holds of other tables may be written later."""
    inserted = connection_of(session).execute(_insert(row), values)
    return int(inserted.lastrowid)


def insert_rows(session: Session, row: type[SQLModel], values: Sequence[Values]) -> None:
    """Adds rows that nobody asks for by their ids."""
    if values:
        connection_of(session).execute(_insert(row), values)


def insert_rows_with_ids(session: Session, row: type[SQLModel], values: Sequence[Values]) -> tuple[int, ...]:
    """Adds rows; returns their ids, in the same order."""
    if not values:
        return ()
    # SQLite counts ids up in the order of the values. Only that of the rows that it returns is left open.
    return tuple(sorted(added.id for added in connection_of(session).execute(_insert_with_id(row), values)))


def update_row(session: Session, row: type[SQLModel], id_: int, **values: object) -> None:
    """Changes columns of the row with this id; what the session holds of it is read anew. Raises NoResultFound for an
    unknown id."""
    update_rows(session, row, {id_: values})


def update_rows(session: Session, row: type[SQLModel], changes: Mapping[int, Values]) -> None:
    """Changes the same columns of several rows, by their ids, as `update_row` does."""
    if not changes:
        return
    session.flush()
    columns = tuple(next(iter(changes.values())))
    values = [{"_id": id_, **changed} for id_, changed in changes.items()]
    done = connection_of(session).execute(_update(row, columns), values)
    if done.rowcount != len(changes):
        raise NoResultFound
    for id_ in changes:
        held = session.identity_map.get(identity_key(row, id_))
        if held is not None:
            session.expire(held)


def table_of(row: type[SQLModel]) -> Table:
    """The table of a class."""
    table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table
    assert isinstance(table, Table)
    return table


@cache
def _insert(row: type[SQLModel]) -> Insert:
    # The driver tells the id of the last row: no RETURNING is wanted.
    return table_of(row).insert().inline()


@cache
def _insert_with_id(row: type[SQLModel]) -> ReturningInsert[tuple[int]]:
    table = table_of(row)
    return table.insert().returning(table.c.id)


@cache
def _update(row: type[SQLModel], columns: tuple[str, ...]) -> Update:
    table = table_of(row)
    return table.update().where(table.c.id == bindparam("_id")).values({name: bindparam(name) for name in columns})
