"""Shortcuts that save the tests time and change nothing that they test.

A new ledger is made by the statements that the migrations end in, instead of by the migrations. Its SQL is compiled
once for all ledgers. The parser of the arguments is built once. The last good configuration is written as YAML once for
equal values. A worker that was closed is used again by the next test that would start one with the same limits,
environment and folder. Nothing is forced onto the disk: a process that is killed loses nothing by that, and no test
cuts the power. Tests of these things themselves use the fixture `nothing_shared`. Processes that tests start have no
shortcuts.
"""

from __future__ import annotations

import argparse
import atexit
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from intake_bot import cli
from intake_bot.commands.console.arguments import build_parser
from intake_bot.config import last_good
from intake_bot.files.limits import Allowance
from intake_bot.files.worker import worker as worker_module
from intake_bot.files.worker.worker import Worker
from intake_bot.ledger import database

_migrate: Callable[[Path, Connection], None] = database._migrate
_engine: Callable[[Path], Engine] = database._engine
_build_parser: Callable[[], argparse.ArgumentParser] = build_parser
_dump: Callable[[Mapping[str, object]], str] = last_good._dump
_start = Worker._start
_end = Worker.close

WorkerKind = tuple[Allowance, tuple[tuple[str, str], ...], str]
"""Limits, environment and folder of a worker."""


class Shortcuts:
    """All shortcuts, switched on and off."""

    def __init__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        self._idle: dict[WorkerKind, list[subprocess.Popen[bytes]]] = {}

    def on(self) -> None:
        self._patch.setattr(database, "_migrate", _make_or_migrate)
        self._patch.setattr(database, "_engine", _engine_with_shared_cache)
        self._patch.setattr(cli, "build_parser", _built_parser)
        self._patch.setattr(last_good, "_dump", _dump_once)
        self._patch.setattr(os, "fsync", _leave_in_memory)
        self._patch.setattr(Worker, "_start", lambda one: self._reuse_or_start(one))
        self._patch.setattr(Worker, "close", lambda one: self._keep_for_reuse(one))
        atexit.register(self.off)

    def off(self) -> None:
        self._patch.undo()
        atexit.unregister(self.off)
        for processes in self._idle.values():
            for process in processes:
                _end_process(process)
        self._idle.clear()

    @contextmanager
    def paused(self) -> Iterator[None]:
        self.off()
        try:
            yield
        finally:
            self.on()

    def _reuse_or_start(self, one: Worker) -> subprocess.Popen[bytes]:
        idle = self._idle.get(_worker_kind(one), [])
        while idle:
            process = idle.pop()
            if process.poll() is None:
                one._process = process
                return process
            _end_process(process)
        return _start(one)

    def _keep_for_reuse(self, one: Worker) -> None:
        process, one._process = one._process, None
        if process is not None:
            self._idle.setdefault(_worker_kind(one), []).append(process)


def _worker_kind(one: Worker) -> WorkerKind:
    return one.allowance, tuple(sorted(worker_module._environment().items())), str(Path.cwd())


def _end_process(process: subprocess.Popen[bytes]) -> None:
    worker = Worker(Allowance(1, 1, 1))
    worker._process = process
    _end(worker)


def _make_or_migrate(path: Path, connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    if raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        _migrate(path, connection)
    else:
        for statement in _statements():
            raw.execute(statement)


@cache
def _built_parser() -> argparse.ArgumentParser:
    return _build_parser()


_dumped: dict[str, str] = {}


def _dump_once(values: Mapping[str, object]) -> str:
    key = repr(values)
    if key not in _dumped:
        _dumped[key] = _dump(values)
    return _dumped[key]


@cache
def _statements() -> tuple[str, ...]:
    """The SQL of an empty ledger of the newest version, dumped by SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        engine = _engine(path)
        with engine.begin() as connection:
            _migrate(path, connection)
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            statements = tuple(raw.iterdump())
        engine.dispose()
    return tuple(one for one in statements if one not in ("BEGIN TRANSACTION;", "COMMIT;"))


@cache
def _shared_engine() -> Engine:
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder) / "ledger.db")
        engine.connect().close()  # its dialect learns now what it asks of the library
        engine.dispose()
    return engine


def _engine_with_shared_cache(path: Path) -> Engine:
    """Compiled statements are kept by engine and dialect."""
    engine = _engine(path)
    engine.dialect = engine.pool._dialect = _shared_engine().dialect
    engine._compiled_cache = _shared_engine()._compiled_cache
    event.listen(engine, "connect", _write_without_waiting)
    return engine


def _write_without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _leave_in_memory(_file: int) -> None:
    """In place of `os.fsync`."""
