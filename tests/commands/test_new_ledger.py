"""A new ledger in place of a lost one gives no receipt number twice."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from tests.commands.homes import NOW, TestHome
from tests.commands.lost_ledgers import LOSSES, ledger_of, of_another_program, receipts, remove_ledger
from tests.e2e.inspection import tree
from tests.marking import slow_but

FEW = ("missing, latest pages there", "without one table")
"""One of each kind; all of them are seen to stop the program by the tests of a lost ledger."""


@pytest.mark.parametrize("lose", slow_but(FEW, LOSSES))
def test_new_ledger_gives_no_receipt_number_twice(worked: TestHome, lose: Callable[[Path], None]) -> None:
    given = receipts(worked)
    files = tree(worked.root / "data" / "files")
    lose(ledger_of(worked))
    code, printed = worked.run("init", "--new-ledger", str(worked.root))
    assert code == 0, printed
    announced = re.search(r"回执编号从 (\d+-\d) 起", printed)
    assert announced
    worked.poll()
    now = receipts(worked)
    assert now[0] == announced[1]
    assert set(now) & set(given) == set()
    assert min(int(one[:-2]) for one in now) > max(int(one[:-2]) for one in given)
    assert len(now) == 2
    assert files.items() <= tree(worked.root / "data" / "files").items()
    assert worked.run("ledger", "verify")[0] == 0
    assert worked.run("held")[0] == 0
    assert worked.run("digest", "--now", NOW)[0] == 0
    # It is the home's own ledger from now on.
    worked.poll()
    assert receipts(worked) == now


def test_old_ledger_is_renamed_and_kept(worked: TestHome) -> None:
    path = ledger_of(worked)
    of_another_program(path)
    content = path.read_bytes()
    code, printed = worked.run("init", "--new-ledger", str(worked.root))
    [kept] = (worked.root / "data").glob("ledger-2*.sqlite3")
    assert (code, str(kept) in printed) == (0, True), printed
    assert kept.read_bytes() == content


def test_usable_ledger_is_not_replaced(worked: TestHome) -> None:
    before = receipts(worked)
    code, printed = worked.run("init", "--new-ledger", str(worked.root))
    assert (code, "台账是好的" in printed) == (1, True), printed
    assert receipts(worked) == before


def test_damaged_ledger_can_be_replaced_and_its_numbers_are_read(worked: TestHome) -> None:
    """The damage is in a page of the letters; the digests and the store are gone as well."""
    given = receipts(worked)
    with closing(sqlite3.connect(ledger_of(worked), isolation_level=None)) as ledger:
        ledger.execute("UPDATE sqlite_sequence SET seq = 4000 WHERE name = 'message'")
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = ledger.execute("SELECT rootpage FROM sqlite_master WHERE name = 'letter'").fetchone()
        [size] = ledger.execute("PRAGMA page_size").fetchone()
    with ledger_of(worked).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    shutil.rmtree(worked.root / "data" / "files")
    code, printed = worked.run("init", "--new-ledger", str(worked.root))
    assert code == 0, printed
    worked.poll()
    assert min(int(one[:-2]) for one in receipts(worked)) > 5000
    assert set(receipts(worked)) & set(given) == set()


def test_new_ledger_is_not_made_while_the_program_is_at_work(worked: TestHome) -> None:
    remove_ledger(ledger_of(worked))
    for lock, said in (
        ("intake-bot.lock", "另一个 intake-bot 正在使用"),
        ("desk.lock", "另一条命令（held 或 desk）正在处理"),
    ):
        with FileLock(worked.root / "data" / lock):
            code, printed = worked.run("init", "--new-ledger", str(worked.root))
        assert (code, said in printed) == (1, True), printed
    assert not ledger_of(worked).exists()


def test_new_ledger_wants_a_home(tmp_path: Path, office: TestHome) -> None:
    code, _ = office.run("init", "--new-ledger", str(tmp_path / "nothing"))
    assert code == 2


def test_killed_replacement_is_done_by_repeating_it(worked: TestHome) -> None:
    """The old ledger is renamed already, and half a new one lies there."""
    given = receipts(worked)
    ledger_of(worked).rename(worked.root / "data" / "ledger-20230517-150000.sqlite3")
    (worked.root / "data" / "ledger-new.sqlite3").write_bytes(b"half")
    assert worked.run("poll", "--now", NOW)[0] == 2
    shutil.rmtree(worked.root / "data" / "files")
    assert worked.run("init", "--new-ledger", str(worked.root))[0] == 0
    worked.poll()
    assert set(receipts(worked)) & set(given) == set()


def test_restore_is_the_other_way_on(worked: TestHome, tmp_path: Path) -> None:
    before = len(worked.letters)
    assert worked.run("backup", str(tmp_path / "b.zip"))[0] == 0
    given = receipts(worked)
    remove_ledger(ledger_of(worked))
    assert worked.run("poll", "--now", NOW)[0] == 2
    (worked.root / "data").rename(tmp_path / "old data")
    assert worked.run("restore", str(tmp_path / "b.zip"))[0] == 0
    worked.poll()
    assert receipts(worked)[: len(given)] == given
    assert len(receipts(worked)) == len(given) + 1
    assert len(worked.letters) == before + 1


def test_older_ledger_put_back_goes_on_above_the_numbers_in_the_store(worked: TestHome, tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger_of(worked))) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(ledger_of(worked), tmp_path / "older")
    worked.poll()
    given = receipts(worked)
    assert len(given) == 2
    remove_ledger(ledger_of(worked))
    shutil.copy(tmp_path / "older", ledger_of(worked))
    worked.poll()
    assert receipts(worked)[0] == given[0]
    assert int(receipts(worked)[1][:-2]) > int(given[1][:-2])
