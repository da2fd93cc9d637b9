"""Ways to lose the ledger of a home."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from intake_bot.ledger.ledger import Ledger
from tests.commands.homes import TestHome
from tests.commands.mails import PHOTOS, mail, photos_zip

GOOD = mail(PHOTOS, {"照片.zip": photos_zip()})


def ledger_of(office: TestHome) -> Path:
    return office.root / "data" / "ledger.sqlite3"


def receipts(office: TestHome) -> list[str]:
    with closing(sqlite3.connect(ledger_of(office))) as ledger:
        return [receipt for (receipt,) in ledger.execute("SELECT receipt FROM message ORDER BY id")]


def remove_ledger(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def _missing(path: Path) -> None:
    remove_ledger(path)


def _missing_beside_its_latest_pages(path: Path) -> None:
    remove_ledger(path)
    path.with_name(path.name + "-wal").write_bytes(b"\x37\x7f\x06\x82" + bytes(4096))


def zero_bytes(path: Path) -> None:
    remove_ledger(path)
    path.touch()


def _zero_bytes_beside_latest_pages(path: Path) -> None:
    _missing_beside_its_latest_pages(path)
    path.touch()


def without_tables(path: Path) -> None:
    remove_ledger(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")


def of_another_program(path: Path) -> None:
    remove_ledger(path)
    with closing(sqlite3.connect(path)) as other:
        other.executescript("CREATE TABLE users (id INTEGER); INSERT INTO users VALUES (1)")


def _of_another_program_with_migrations(path: Path) -> None:
    remove_ledger(path)
    with closing(sqlite3.connect(path)) as other:
        other.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('0001');"
            "CREATE TABLE message (id INTEGER); INSERT INTO message VALUES (1)"
        )


def without_one_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("DROP TABLE link")


def fresh(path: Path) -> None:
    remove_ledger(path)
    Ledger.open(path).close()


LOSSES = {
    "missing": _missing,
    "missing, latest pages there": _missing_beside_its_latest_pages,
    "zero bytes": zero_bytes,
    "zero bytes, latest pages there": _zero_bytes_beside_latest_pages,
    "without tables": without_tables,
    "of another program": of_another_program,
    "of another program with migrations": _of_another_program_with_migrations,
    "without one table": without_one_table,
    "fresh": fresh,
}
