"""`restore` killed at each of its steps on the disk. Whatever the step, nothing is lost, and nothing is mixed."""

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
from tests.e2e.dying import die
from tests.e2e.home import make_home
from tests.e2e.looking import dump, run, tree
from tests.e2e.mails import BIG_ATTACHMENT, NOW, START, accepted_mail, compose
from tests.e2e.test_kill import forked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

AT_NOW = ("--now", NOW.isoformat())
STEPS = {"os.mkdir", "os.rename", "os.rmdir", "os.remove", "sqlite3.connect"}
"""What the system is asked to do with names; it is asked for a new file as well."""


def run_to_step(folder: Path, number: int, command: Sequence[str]) -> None:
    """The body of a process that dies before its step of this number below the folder, counted from 1."""
    steps = 0

    def notice(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        if not any(str(folder) in str(one) for one in arguments):
            return
        if event in STEPS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT):
            steps += 1
            if steps == number:
                die()

    sys.addaudithook(notice)
    cli.run(command)


def dies_at(number: int, home: Path, backup: Path) -> bool:
    """Restores as far as to this step; false when it was done before."""
    command = ["restore", "--home", str(home), str(backup)]
    doomed = forked(run_to_step, home / "data", number, command)
    doomed.join(60)
    assert doomed.exitcode in (0, -9)
    return doomed.exitcode == -9


@pytest.fixture(scope="module")
def account(pymap_server: ImapServer) -> ImapAccount:
    account = pymap_server.account("killed-restore@example.edu.cn")
    account.append(accepted_mail(), START)
    account.append(
        compose("活动周承德市教育局视频材料", text=BIG_ATTACHMENT, message_id="<held@example.edu.cn>"), START
    )
    return account


@pytest.fixture(scope="module")
def polled(account: ImapAccount, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with something in every folder. For reading only."""
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("polled"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        assert run("digest", "--home", home, *AT_NOW).code == 0
    return home


@pytest.fixture(scope="module")
def backup(polled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. For reading only."""
    target = tmp_path_factory.mktemp("backup") / "b.zip"
    assert run("backup", "--home", polled, target).code == 0
    return target


def kept(home: Path) -> dict[str, str]:
    """All that is in its place in data/ for good, but the ledger."""
    return {
        name: digest
        for name, digest in tree(home / "data").items()
        if name.startswith(("files/", "spool/", "digests/"))
    }


def is_whole(home: Path, polled: Path) -> bool:
    """All of the backup is in its place, and nothing else; only the restore itself is in the ledger besides."""
    found, wanted = dump(home), dump(polled)
    restored = found.pop("event")[len(wanted.pop("event")) :]
    return (
        kept(home) == kept(polled)
        and [event[3] for event in restored] == ["ledger.restored"]
        and found | {"sqlite_sequence": []} == wanted | {"sqlite_sequence": []}
    )


def looked_at(home: Path) -> frozenset[str]:
    """How far a restore has come, in names."""
    return frozenset(str(path.relative_to(home)) for path in (home / "data").rglob("*"))


def test_whatever_the_step_a_start_or_a_repetition_ends_whole(
    account: ImapAccount, smtp_server: SmtpServer, polled: Path, backup: Path, tmp_path: Path
) -> None:
    started: list[str] = []
    repeated: list[str] = []
    seen = {looked_at(make_home(tmp_path / "empty", {"hebei": account}, smtp_server))}
    for number in count(1):
        home = make_home(tmp_path / str(number), {"hebei": account}, smtp_server)
        if not dies_at(number, home, backup):
            break
        if looked_at(home) not in seen:
            seen.add(looked_at(home))
            started.append(outcome_of_a_start(shutil.copytree(home, tmp_path / f"{number} started"), polled))
            repeated.append(outcome_of_a_repetition(home, backup, polled))
    assert [*dict.fromkeys(started)] == ["begins with nothing", "refuses", "whole"]
    assert [*dict.fromkeys(repeated)] == ["restored", "finished", "was done"]
    assert (started, repeated) == (sorted(started), sorted(repeated, key=["restored", "finished", "was done"].index))


def outcome_of_a_start(home: Path, polled: Path) -> str:
    before = looked_at(home)
    done = run("poll", "--home", home, *AT_NOW)
    if done.code == 1:
        assert "上一次恢复没有做完，请再运行一次 intake-bot restore" in done.err
        assert looked_at(home) - {"data/intake-bot.lock"} == before - {"data/intake-bot.lock"}
        return "refuses"
    assert "restored" not in " ".join(looked_at(home))
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
