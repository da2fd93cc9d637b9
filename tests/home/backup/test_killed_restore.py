"""`restore` killed at each of its steps on the disk: nothing is lost or mixed with other data."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest

from intake_bot import cli
from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.e2e.home import make_home
from tests.e2e.inspection import dump, run
from tests.e2e.kills import kill_this_process, start_forked
from tests.e2e.mails import BIG_ATTACHMENT, START, accepted_mail, compose
from tests.home.backup.conftest import AT_NOW, kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

STEPS = {"os.mkdir", "os.rename", "os.rmdir", "os.remove", "sqlite3.connect"}
"""Audit events that change names on the disk; opening a new file counts as well."""


def run_to_step(folder: Path, number: int, command: Sequence[str]) -> None:
    """The body of a process that kills itself before its step of this number below the folder, counted from 1."""
    steps = 0

    def notice(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if not any(str(folder) in str(one) for one in arguments):
            return
        if event in STEPS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT):
            steps += 1
            if steps == number:
                kill_this_process()

    sys.addaudithook(notice)
    cli.run(command)


def is_killed_at(number: int, home: Path, backup: Path) -> bool:
    """Restores up to this step; false when the restore ends before it."""
    command = ["restore", "--home", str(home), str(backup)]
    process = start_forked(run_to_step, home / "data", number, command)
    process.join(60)
    assert process.exitcode in (0, -9)
    return process.exitcode == -9


@pytest.fixture(scope="module")
def account(pymap_server: ImapServer) -> ImapAccount:
    account = pymap_server.account("killed-restore@example.edu.cn")
    account.append(accepted_mail(), START)
    account.append(
        compose("活动周承德市教育局视频材料", text=BIG_ATTACHMENT, message_id="<held@example.edu.cn>"), START
    )
    return account


def is_whole(home: Path, polled: Path) -> bool:
    """True when the home equals the one that was backed up, but for the event of the restore in the ledger."""
    found, wanted = dump(home), dump(polled)
    restored = found.pop("event")[len(wanted.pop("event")) :]
    return (
        kept(home) == kept(polled)
        and [event[3] for event in restored] == ["ledger.restored"]
        and found | {"sqlite_sequence": []} == wanted | {"sqlite_sequence": []}
    )


def paths_in(home: Path) -> frozenset[str]:
    """All paths below data/, which show how far a restore has come."""
    return frozenset(str(path.relative_to(home)) for path in (home / "data").rglob("*"))


@pytest.mark.slow
def test_restore_killed_at_any_step_is_completed_by_a_start_or_a_repetition(
    account: ImapAccount, smtp_server: SmtpServer, polled: Path, backup: Path, tmp_path: Path
) -> None:
    started: list[str] = []
    repeated: list[str] = []
    seen = {paths_in(make_home(tmp_path / "empty", {"hebei": account}, smtp_server))}
    for number in count(1):
        home = make_home(tmp_path / str(number), {"hebei": account}, smtp_server)
        if not is_killed_at(number, home, backup):
            break
        if paths_in(home) not in seen:
            seen.add(paths_in(home))
            started.append(outcome_of_a_start(shutil.copytree(home, tmp_path / f"{number} started"), polled))
            repeated.append(outcome_of_a_repetition(home, backup, polled))
    assert [*dict.fromkeys(started)] == ["begins with nothing", "refuses", "whole"]
    assert [*dict.fromkeys(repeated)] == ["restored", "finished", "was done"]
    assert (started, repeated) == (sorted(started), sorted(repeated, key=["restored", "finished", "was done"].index))


def outcome_of_a_start(home: Path, polled: Path) -> str:
    before = paths_in(home)
    done = run("poll", "--home", home, *AT_NOW)
    if done.code == 1:
        assert "上一次恢复没有做完，请再运行一次 intake-bot restore" in done.err
        assert paths_in(home) - {"data/intake-bot.lock"} == before - {"data/intake-bot.lock"}
        return "refuses"
    assert "restored" not in " ".join(paths_in(home))
    if is_whole(home, polled):
        return "whole"
    assert not any("restoring" in name for name in before)
    return "begins with nothing"


def outcome_of_a_repetition(home: Path, backup: Path, polled: Path) -> str:
    done = run("restore", "--home", home, backup)
    assert is_whole(home, polled)
    assert run("ledger", "verify", "--home", home).code == 0
    if done.code == 0:
        return "restored" if "全部核对无误" in done.out else "finished"
    assert "里已经有数据" in done.err
    return "was done"
