"""A ledger with damaged pages, damaged values, or in another program's hands: no mail pays for it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger import database
from tests.conftest import ImapHost
from tests.e2e.home import make_home, write_bureau
from tests.e2e.inspection import CommandResult, fates, run, text_of, unique_letters
from tests.e2e.mails import NOW, START, UNITS, Fate, accepted_mail, compose, rejected_mail
from tests.marking import slow, slow_but

AT_NOW = ("--now", NOW.isoformat())
TRIES = 5
"""More than the attempts that a mail is given."""


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A home with one mail settled, and another one in the mailbox."""
    root = make_home(tmp_path, {"hebei": account}, smtp_server)
    account.append(rejected_mail(), START)
    assert poll(root).code == 0
    account.append(accepted_mail(), START)
    return root


def poll(home: Path) -> CommandResult:
    ran = run("poll", "--home", home, *AT_NOW)
    assert "Traceback" not in ran.out + ran.err
    return ran


@contextmanager
def opened(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / "data" / "ledger.sqlite3", isolation_level=None)) as connection:
        yield connection


def attempts(home: Path) -> list[tuple[str, int]]:
    """State and counted attempts of each mail that is not settled."""
    with opened(home) as ledger:
        question = "SELECT state, attempts FROM message WHERE state IN ('new', 'spooled', 'held')"
        return [(state, count) for state, count in ledger.execute(question)]


def damage(home: Path, name: str) -> Callable[[], None]:
    """Overwrites the first page of a table or an index; returns what puts it back."""
    with opened(home) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = ledger.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        [size] = ledger.execute("PRAGMA page_size").fetchone()
    with (home / "data" / "ledger.sqlite3").open("r+b") as file:
        file.seek((page - 1) * size)
        whole = file.read(size)
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)

    def mend() -> None:
        with opened(home) as ledger:
            ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with (home / "data" / "ledger.sqlite3").open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(whole)

    return mend


@pytest.mark.parametrize(
    "index", ["ix_fingerprint_sha256", slow("ix_event_message"), slow("ix_item_notice_unit_material_day")]
)
def test_damaged_page_is_reported_each_time_and_never_counted(index: str, home: Path, smtp_server: SmtpServer) -> None:
    mend = damage(home, index)
    for _ in range(TRIES):
        ran = poll(home)
        assert ran.code == 1
        assert "台账数据库已损坏" in ran.out + ran.err
    assert [count for _, count in attempts(home)] in ([], [0])
    assert [state for state, _ in attempts(home) if state == "held"] == []
    mend()
    assert poll(home).code == 0
    assert fates(home) == [Fate.REJECTED, Fate.ACCEPTED]
    assert len(unique_letters(smtp_server.letters)) == 2


@pytest.mark.slow
def test_no_damaged_page_whatever_holds_a_mail(home: Path, smtp_server: SmtpServer) -> None:
    ledger_file = home / "data" / "ledger.sqlite3"
    with opened(home) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = ledger.execute("SELECT name FROM sqlite_master WHERE rootpage > 0 AND name NOT LIKE 'alembic%'")
        names = [name for (name,) in rows]
    whole = ledger_file.read_bytes()
    for name in names:
        # A new file each time: an exception may still hold a cursor of the last one, and with it its journal.
        for old in home.glob("data/ledger.sqlite3*"):
            old.unlink()
        ledger_file.write_bytes(whole)
        damage(home, name)
        for _ in range(4):
            ran = poll(home)
            assert ran.code in (0, 1), name
            assert ran.code == 0 or "台账" in ran.out + ran.err, name
        try:
            left = attempts(home)
        except sqlite3.DatabaseError:
            continue
        assert [one for one in left if one[0] == "held" or one[1] > 0] == [], name
    assert not any("连续" in text_of(letter) for letter in smtp_server.letters)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("item", "deadline", "2023-13-45"), slow("message", "internaldate", "soon"), slow("item", "decision", "accepteX")],
)
def test_damaged_value_of_another_mail_is_no_attempt_of_this_one(
    table: str, column: str, value: str, home: Path, account: ImapAccount
) -> None:
    """Single bytes overwritten inside a row, of which SQLite notices nothing."""
    account.append(compose(f"活动周{UNITS[1]}典型案例材料", message_id="<2@x>"), START)
    with opened(home) as ledger:
        ledger.execute("PRAGMA ignore_check_constraints = ON")
        before = ledger.execute(f"SELECT id, {column} FROM {table} LIMIT 1").fetchone()
        ledger.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (value, before[0]))
    codes = [poll(home).code for _ in range(TRIES)]
    assert set(codes) <= {0, 1}
    left = attempts(home)
    assert [one for one in left if one[0] == "held" or one[1] > 0] == []
    with opened(home) as ledger:
        ledger.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (before[1], before[0]))
    assert poll(home).code == 0
    assert attempts(home) == []
    assert Fate.HELD not in fates(home)


def test_fault_of_a_mails_own_values_is_its_attempt_and_stops_no_other(home: Path, account: ImapAccount) -> None:
    account.append(compose(f"活动周{UNITS[1]}典型案例材料", message_id="<2@x>"), START)
    with opened(home) as ledger:
        ledger.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON submission WHEN NEW.unit = "
            f"'{UNITS[1]}' BEGIN SELECT RAISE(ABORT, 'no such unit'); END"
        )
    assert [poll(home).code for _ in range(4)] == [1, 1, 1, 0]
    assert fates(home) == [Fate.REJECTED, Fate.ACCEPTED, Fate.HELD]


class Holder(threading.Thread):
    """Another program that takes the ledger as soon as a mail's bytes are on the disk, and keeps it until released."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._released = threading.Event()
        self.held = False

    def run(self) -> None:
        while not self._released.is_set() and not list((self._home / "data" / "spool").glob("*")):
            time.sleep(0.001)
        with opened(self._home) as ledger:
            ledger.execute("PRAGMA busy_timeout = 5000")
            ledger.execute("BEGIN IMMEDIATE")
            self.held = True
            self._released.wait(30)
            ledger.execute("ROLLBACK")

    def release(self) -> None:
        self._released.set()
        self.join()


def test_ledger_locked_in_the_middle_of_a_mail_is_no_attempt_of_it(
    home: Path, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    for _ in range(TRIES):
        for left in (home / "data" / "spool").glob("*"):
            left.unlink()
        holder = Holder(home)
        holder.start()
        ran = poll(home)
        holder.release()
        assert holder.held
        assert ran.code == 1
        assert "正被别的程序占用" in ran.out + ran.err
    assert poll(home).code == 0
    assert fates(home) == [Fate.REJECTED, Fate.ACCEPTED]
    assert len(unique_letters(smtp_server.letters)) == 2
    assert list((home / "data" / "excuses").glob("*")) == []


# ---- letters that are not what was filed -----------------------------------------------------------------------


@pytest.fixture
def waiting(home: Path, account: ImapAccount, smtp_server: SmtpServer) -> Path:
    """A home whose newest letter waits, since its server was away."""
    with SmtpServer("secret") as gone:
        pass
    write_bureau(home, "hebei", account, gone)
    assert poll(home).code == 1
    write_bureau(home, "hebei", account, smtp_server)
    return home


LATER = ("--now", "2023-05-19T08:00:00+08:00")
CHANGES = {
    "text": "UPDATE letter SET raw = CAST(replace(raw, 'MIME-Version', 'MIME-version') AS BLOB) WHERE id = :id",
    "cut": "UPDATE letter SET raw = substr(raw, 1, length(raw) - 20) WHERE id = :id",
    "recipient": """UPDATE letter SET recipients = '["other@example.com"]' WHERE id = :id""",
    "hash": "UPDATE letter SET sha256 = '' WHERE id = :id",
}


@pytest.mark.parametrize("change", slow_but(("text", "recipient"), CHANGES))
def test_changed_letter_is_not_sent_and_is_reported(change: str, waiting: Path, smtp_server: SmtpServer) -> None:
    with opened(waiting) as ledger:
        [letter] = ledger.execute("SELECT max(id) FROM letter").fetchone()
        ledger.execute(change, {"id": letter})
        [receipt] = ledger.execute("SELECT receipt FROM message ORDER BY id DESC LIMIT 1").fetchone()
    verified = run("ledger", "verify", "--home", waiting)
    assert verified.code == 1
    assert f"的信（回执编号 {receipt}）与登记的不一样，不会寄出" in verified.out
    ran = run("poll", "--home", waiting, *LATER)
    assert (ran.code, "发不出 1 封" in ran.out) == (1, True), ran.out + ran.err
    assert len(smtp_server.letters) == 1
    preview = run("digest", "--preview", "--home", waiting, *LATER)
    assert "这封信在台账里损坏了，或者被改动过，没有寄出" in preview.out
    assert run("poll", "--home", waiting, *LATER).code == 0
    assert len(smtp_server.letters) == 1


def test_unchanged_letter_is_sent_later(waiting: Path, smtp_server: SmtpServer) -> None:
    assert run("ledger", "verify", "--home", waiting).code == 0
    assert run("poll", "--home", waiting, *LATER).code == 0
    assert len(smtp_server.letters) == 2


def test_letters_of_an_older_version_get_their_hash_with_the_migration(waiting: Path, smtp_server: SmtpServer) -> None:
    with opened(waiting) as ledger:
        [hashes] = ledger.execute("SELECT group_concat(sha256) FROM letter").fetchone()
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name != 'event'"
        for (trigger,) in ledger.execute(names).fetchall():
            ledger.execute(f"DROP TRIGGER {trigger}")
        for later in (
            "change",
            "closedletter",
            "pick",
            "sheetphoto",
            "extension",
            "clerkorder",
            "command",
            "ordercode",
        ):
            ledger.execute(f"DROP TABLE {later}")
        ledger.execute("ALTER TABLE letter DROP COLUMN sha256")
        ledger.execute("UPDATE alembic_version SET version_num = '0007'")
    assert run("ledger", "verify", "--home", waiting).code == 0
    with opened(waiting) as ledger:
        assert ledger.execute("SELECT group_concat(sha256) FROM letter").fetchone() == (hashes,)
    assert run("poll", "--home", waiting, *LATER).code == 0
    assert len(smtp_server.letters) == 2
