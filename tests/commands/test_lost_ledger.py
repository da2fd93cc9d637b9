"""A home whose ledger is lost: nothing begins; and where the numbers that it gave are found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from intake_bot.home.home import Home
from intake_bot.home.receipt_traces import highest_known_number
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.receipt import receipt_number
from tests.commands.homes import NOW, TestHome
from tests.commands.lost_ledgers import (
    LOSSES,
    fresh,
    ledger_of,
    receipts,
    remove_ledger,
    without_one_table,
    without_tables,
    zero_bytes,
)
from tests.e2e.inspection import tree
from tests.marking import slow_but

COMMANDS = (
    ["poll", "--now", NOW],
    ["run"],
    ["held"],
    ["held", "accept", "1001-9", "--now", NOW],
    ["digest", "--now", NOW],
    ["digest", "--preview", "--now", NOW],
    ["desk", "谁没报", "--now", NOW],
    ["ledger"],
    ["ledger", "export", "台账.xlsx", "--now", NOW],
    ["export", "--now", NOW],
    ["week", "--now", NOW],
    ["status"],
)


FEW = ("missing", "zero bytes, latest pages there", "of another program with migrations", "without one table")


@pytest.mark.parametrize("lose", slow_but(FEW, LOSSES))
def test_nothing_begins_without_the_ledger(worked: TestHome, lose: Callable[[Path], None]) -> None:
    lose(ledger_of(worked))
    letters, before = worked.letters, tree(worked.root / "data")
    for command in COMMANDS:
        code, printed = worked.run(*command)
        assert code == 2, (command, printed)
        assert printed.startswith("出错：台账")
        assert "intake-bot restore" in printed
        assert f"intake-bot init --new-ledger {worked.root}" in printed
        assert "Traceback" not in printed
    assert worked.letters == letters
    after = tree(worked.root / "data")
    assert {name: after[name] for name in before if not name.endswith(("-shm", ".lock"))} == {
        name: digest for name, digest in before.items() if not name.endswith(("-shm", ".lock"))
    }


@pytest.mark.parametrize("lose", [zero_bytes, without_tables, without_one_table, fresh])
def test_verify_finds_no_ledger_well_that_is_not_ours(worked: TestHome, lose: Callable[[Path], None]) -> None:
    lose(ledger_of(worked))
    code, printed = worked.run("ledger", "verify")
    assert (code, printed[:5]) == (2, "出错：台账")


@pytest.mark.parametrize(
    "trace", ["files/puyang/2023-05-17/濮阳县教育局/1001-9/照片.zip", "spool/a.eml", "digests/puyang/2023-05-17.html"]
)
def test_each_trace_alone_is_enough(office: TestHome, trace: str) -> None:
    path = office.root / "data" / trace
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    code, printed = office.run("poll", "--now", NOW)
    assert (code, f"以前登记过的东西（{trace.partition('/')[0]}）" in printed) == (2, True), printed


def test_home_without_traces_begins(office: TestHome) -> None:
    for folder in ("files/puyang", "spool", "digests"):
        (office.root / "data" / folder).mkdir(parents=True)
    ledger_of(office).touch()
    office.poll()
    remove_ledger(ledger_of(office))
    office.poll()


def test_digest_before_the_first_mail_is_no_trace_of_a_lost_ledger(office: TestHome) -> None:
    assert office.run("digest", "--now", NOW)[0] == 0
    office.poll()
    assert office.run("digest", "--now", "2023-05-18T18:00:00+08:00")[0] == 0


# ---- where numbers are found ----------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "data").mkdir()
    yield tmp_path / "data"


def _stored(data: Path) -> None:
    (data / "files" / "puyang" / "2023-05-17" / "濮阳县教育局" / "1234-0").mkdir(parents=True)
    (data / "files" / "puyang" / "2023-05-17" / "濮阳县教育局" / "9999-0").mkdir()  # a wrong check digit


def _logged(data: Path) -> None:
    (data / "logs").mkdir()
    (data / "logs" / "intake-bot.log.2").write_text("INFO judged receipt=1234-0 disposition=accepted\n\xff", "latin-1")


def _reported(data: Path) -> None:
    (data / "health.json").write_text(json.dumps({"last_receipt": "1234-0"}))


def _digested(data: Path) -> None:
    (data / "digests" / "puyang").mkdir(parents=True)
    page = "<b>1234-0</b> 99999999-0 0393-8991718 2023-05-17 <span>1001-9</span>"
    (data / "digests" / "puyang" / "2023-05-17.html").write_text(page)


def _set_aside(data: Path) -> None:
    old = data / "ledger-20230517-150000.sqlite3"
    with Ledger.open(old) as ledger:
        ledger.upkeep.skip_receipt_numbers(1002, datetime.fromisoformat(NOW))
    with closing(sqlite3.connect(old)) as opened, opened:
        opened.execute("UPDATE sqlite_sequence SET seq = 234")


@pytest.mark.parametrize("leave", [_stored, _logged, _reported, _digested, _set_aside])
def test_number_is_found_wherever_it_is_left(data: Path, leave: Callable[[Path], None]) -> None:
    assert receipt_number(234) == "1234-0"
    leave(data)
    assert highest_known_number(Home(data.parent)) == 1234


def test_health_file_names_the_last_receipt(worked: TestHome) -> None:
    health = json.loads((worked.root / "data" / "health.json").read_bytes())
    assert health["last_receipt"] == receipts(worked)[-1]
