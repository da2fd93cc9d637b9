"""What the tests share is as good as what each would make for itself."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.errors import PermanentFailure
from intake_bot.files.limits import Allowance
from intake_bot.files.worker.worker import Worker
from intake_bot.ledger.ledger import Ledger

ALLOWANCE = Allowance(seconds=60, memory_bytes=1_000_000_000, file_bytes=2_000_000_000)


def made(path: Path) -> list[str]:
    Ledger.open(path).close()
    with closing(sqlite3.connect(path)) as ledger:
        return list(ledger.iterdump())


def process_id() -> int:
    """A task of the worker: its answer needs a declared type."""
    return os.getpid()


def test_shortcut_ledger_equals_the_migrated_one(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    quickly = made(tmp_path / "quick.db")
    request.getfixturevalue("nothing_shared")
    assert made(tmp_path / "migrated.db") == quickly
    assert len(quickly) > 20


def test_shortcut_ledger_refuses_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE album (id INTEGER)")
    with pytest.raises(PermanentFailure, match="不是台账"):
        Ledger.open(path)


def test_nothing_is_forced_onto_the_disk(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    def synchronous() -> object:
        with Ledger.open(tmp_path / "ledger.db") as ledger, ledger._database.reading() as session:
            return session.connection().exec_driver_sql("PRAGMA synchronous").scalar()

    fsync = os.fsync
    assert synchronous() == 0
    request.getfixturevalue("nothing_shared")
    assert synchronous() == 2
    assert os.fsync is not fsync


@pytest.mark.slow
def test_closed_worker_is_reused_for_the_same_limits_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(allowance: Allowance) -> int:
        with Worker(allowance) as worker:
            return worker.ask(process_id)

    first = process(ALLOWANCE)
    assert process(ALLOWANCE) == first
    assert process(Allowance(30, ALLOWANCE.memory_bytes, ALLOWANCE.file_bytes)) != first
    with Worker(ALLOWANCE) as one, Worker(ALLOWANCE) as other:
        assert one.ask(process_id) != other.ask(process_id)
    monkeypatch.chdir(tmp_path)
    assert process(ALLOWANCE) != first


def test_dead_worker_is_not_reused() -> None:
    with Worker(ALLOWANCE) as worker:
        first = worker.ask(process_id)
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
    with Worker(ALLOWANCE) as worker:
        assert worker.ask(process_id) != first
