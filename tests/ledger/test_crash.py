"""The process is killed inside or right after the transaction of a judgement: all of it is there then, or nothing."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.states import MessageState
from tests.ledger.samples import NOW, claim_oldest, draft, judgement, key, photo, spooled
from tests.marking import slow

_CHILD = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from intake_bot.ledger.ledger import Ledger
from tests.ledger.samples import NOW, draft, judgement, photo

def die():
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def die_at(connection, cursor, statement, *rest):
    if statement.startswith(sys.argv[2]):
        die()

ledger = Ledger.open(Path(sys.argv[1]))
event.listen(Engine, "after_cursor_execute", die_at)
if sys.argv[2] == "COMMIT":
    event.listen(Engine, "commit", lambda connection: die())
ledger.messages.record_judgement(1, judgement(answer=draft(), files=(photo(),)), NOW)
die()
"""


def _judge_and_die(path: Path, point: str) -> None:
    program = [sys.executable, "-X", "utf8", "-c", _CHILD, str(path), point]
    died = subprocess.run(program, capture_output=True, check=False, cwd=Path(__file__).parents[2])
    assert died.returncode in (-getattr(signal, "SIGKILL", 9), signal.SIGTERM), died.stderr.decode()


@pytest.mark.parametrize("point", ["INSERT INTO item", slow("INSERT INTO letter"), "COMMIT"])
def test_record_judgement_killed_inside_leaves_nothing(path: Path, point: str) -> None:
    with Ledger.open(path) as ledger:
        spooled(ledger, 1)
        before = ledger.reports.gather_day_report("puyang")
    _judge_and_die(path, point)
    with closing(sqlite3.connect(path)) as raw:
        counts = [
            raw.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("submission", "item", "file", "letter")
        ]
        assert counts == [0, 0, 0, 0]
    with Ledger.open(path) as ledger:
        assert ledger.reports.gather_day_report("puyang") == before
        ledger.messages.record_judgement(1, judgement(answer=draft(), files=(photo(),)), NOW)
        assert len(ledger.reports.gather_day_report("puyang").mails) == 1


def test_record_judgement_killed_after_leaves_everything(path: Path) -> None:
    with Ledger.open(path) as ledger:
        spooled(ledger, 1)
    _judge_and_die(path, "never")
    with Ledger.open(path) as ledger:
        assert ledger.messages.record_seen([key(1)], NOW)[0].state is MessageState.JUDGED
        (mail,) = ledger.reports.gather_day_report("puyang").mails
        assert (len(mail.items), mail.files) == (1, (photo(),))
        letter = claim_oldest(ledger, "puyang", NOW)
        assert letter is not None
        assert letter.message_id == draft().message_id
