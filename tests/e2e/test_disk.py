"""Disk failures: full, read-only, locked, damaged. Each is reported clearly, and over when its cause is."""

from __future__ import annotations

import multiprocessing
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger import database
from tests.conftest import ImapHost
from tests.e2e.disks import read_only, read_only_disk, small_disk
from tests.e2e.home import edit, make_home
from tests.e2e.inspection import CommandResult, fates, run, tree, unique_letters
from tests.e2e.kills import kill_during, run_limited, start_forked
from tests.e2e.mails import NOW, START, UNITS, Fate, accepted_mail, compose, rejected_mail
from tests.marking import slow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="mounts, modes and limits are POSIX")

AT_NOW = ("--now", NOW.isoformat())
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A home without a minimum of free disk space, which has its own test."""
    root = make_home(tmp_path, {"hebei": account}, smtp_server)
    edit(root, "config/intake.yaml", "free_disk_bytes: 200000000", "free_disk_bytes: 0")
    return root


def large_mail() -> bytes:
    photo = jpeg(640, 480, min_bytes=200_000)
    files = {"典型案例.docx": docx([chinese_text(900)]), "现场.jpg": photo}
    return compose(f"活动周{UNITS[0]}典型案例材料", files, message_id="<large@example.edu.cn>")


def poll(home: Path) -> CommandResult:
    return run("poll", "--home", home, *AT_NOW)


def said(ran: CommandResult) -> str:
    """The output of a failed command. Asserts that it is Chinese and no traceback."""
    words = ran.out + ran.err
    assert ran.code == 1, words
    assert "Traceback" not in words
    assert CHINESE.search(words)
    return words


def is_settled(home: Path, smtp: SmtpServer, *expected: Fate) -> bool:
    """True when every mail has its outcome and answer, and the store has every file of the ledger unchanged."""
    assert fates(home) == list(expected)
    assert len(unique_letters(smtp.letters)) == len(expected)
    listed = run("ledger", "--json", "--home", home).objects
    known = {file["sha256"] for item in listed for file in item["files"]}
    stored = tree(home / "data" / "files")
    assert [name for name in stored if ".incoming" in name] == []
    return known <= set(stored.values())


def test_full_disk_is_reported_and_mail_is_settled_once_it_has_room(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    for raw in (large_mail(), accepted_mail()):
        account.append(raw, START)
    (home / "data").mkdir(exist_ok=True)
    with small_disk(home / "data", 4_000_000) as disk:
        words = []
        # More polls than a mail has attempts: failures of the disk count no attempt.
        for free in (0, 100_000, 400_000, 500_000, 600_000, 700_000, 800_000):
            disk.leave_free(free)
            polled = poll(home)
            if polled.code:
                words.append(said(polled))
        assert len(words) >= 4
        assert all("磁盘" in one for one in words)
        disk.empty()
        assert poll(home).code == 0
        assert is_settled(home, smtp_server, Fate.ACCEPTED, Fate.ACCEPTED)
        assert list(tree(home / "data" / "spool")) == []


def test_nearly_full_disk_stops_the_poll_before_any_mail(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    edit(home, "config/intake.yaml", "free_disk_bytes: 0", "free_disk_bytes: 1000000")
    account.append(accepted_mail(), START)
    (home / "data").mkdir(exist_ok=True)
    with small_disk(home / "data", 4_000_000) as disk:
        assert run("held", "--home", home).code == 0
        disk.leave_free(990_000)
        assert "磁盘只剩 0 MB，暂停收信" in said(poll(home))
        assert smtp_server.letters == ()
        disk.empty()
        assert poll(home).code == 0
        assert is_settled(home, smtp_server, Fate.ACCEPTED)


def poll_limited(home: Path, maximum: int) -> CommandResult:
    """Polls in a process that can write no file of more than `maximum` bytes."""
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        limited = start_forked(run_limited, maximum, theirs, ["poll", "--home", home, *AT_NOW])
        ran: CommandResult = ours.recv()
        limited.join()
    return ran


def test_backup_and_restore_onto_a_full_disk_leave_no_files(
    home: Path, account: ImapAccount, smtp_server: SmtpServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    account.append(large_mail(), START)
    assert poll(home).code == 0
    other = tmp_path_factory.mktemp("other")
    (other / "data").mkdir()
    make_home(other, {"hebei": account}, smtp_server)
    with small_disk(other / "data", 2_000_000) as disk:
        target = other / "data" / "backup.zip"
        for free in (10_000, 300_000):
            disk.leave_free(free)
            assert "磁盘" in said(run("backup", "--home", home, target))
            assert sorted(path.name for path in target.parent.iterdir()) == ["ballast"]
        disk.empty()
        assert run("backup", "--home", home, target).code == 0
        shutil.move(target, other / "backup.zip")
        disk.leave_free(300_000)
        assert "磁盘" in said(run("restore", "--home", other, other / "backup.zip"))
        assert not (other / "data" / "restoring").exists()
        disk.empty()
        assert run("restore", "--home", other, other / "backup.zip").code == 0
        assert tree(other / "data" / "files") == tree(home / "data" / "files")


@pytest.mark.parametrize(
    "most",
    [slow(0, id="nothing"), slow(30_000, id="less than a ledger"), slow(250_000, id="less than the mail")],
)
def test_file_size_limit_is_reported_and_mail_is_settled_without_it(
    most: int, home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    """A write that fails in its middle, as on a full disk; it needs no right to mount."""
    account.append(large_mail(), START)
    for _ in range(4):
        assert "磁盘" in said(poll_limited(home, most))
    assert smtp_server.letters == ()
    assert poll(home).code == 0
    assert is_settled(home, smtp_server, Fate.ACCEPTED)


@pytest.mark.parametrize("polled_before", [False, True], ids=["at the first start", "later"])
def test_read_only_data_folder_is_reported_and_mail_is_settled_later(
    polled_before: bool, home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    expected = []
    (home / "data").mkdir(exist_ok=True)
    if polled_before:
        account.append(rejected_mail(), START)
        assert poll(home).code == 0
        expected.append(Fate.REJECTED)
    account.append(accepted_mail(), START)
    with read_only(home / "data"):
        for command in (["poll"], ["digest"]):
            words = said(run(*command, "--home", home, *AT_NOW))
            assert "只读" in words or "权限" in words
        # Commands that read need a file beside the ledger, too.
        assert run("held", "--home", home).code in (0, 1)
        assert run("ledger", "--home", home).code in (0, 1)
    assert poll(home).code == 0
    assert is_settled(home, smtp_server, *expected, Fate.ACCEPTED)


def test_disk_turned_read_only_is_reported_and_mail_is_settled_later(
    home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    (home / "data").mkdir(exist_ok=True)
    account.append(rejected_mail(), START)
    with small_disk(home / "data", 8_000_000):
        assert poll(home).code == 0
        account.append(accepted_mail(), START)
        with read_only_disk(home / "data"):
            assert "只读" in said(poll(home))
        assert poll(home).code == 0
        assert is_settled(home, smtp_server, Fate.REJECTED, Fate.ACCEPTED)


def test_locked_ledger_is_reported_and_mail_is_settled_later(
    home: Path, account: ImapAccount, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    account.append(rejected_mail(), START)
    assert poll(home).code == 0
    account.append(accepted_mail(), START)
    with closing(sqlite3.connect(home / "data" / "ledger.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in ("poll", "digest"):
            assert "正被别的程序占用" in said(run(command, "--home", home, *AT_NOW))
        other.execute("ROLLBACK")
    assert poll(home).code == 0
    assert is_settled(home, smtp_server, Fate.REJECTED, Fate.ACCEPTED)


def _begin_with_noise(ledger: Path) -> None:
    with ledger.open("rb+") as file:
        file.write(b"\xa5" * 100)


def _noise_in_the_middle(ledger: Path) -> None:
    size = ledger.stat().st_size
    with ledger.open("rb+") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def _cut_off(ledger: Path) -> None:
    with ledger.open("rb+") as file:
        file.truncate(5000)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(_begin_with_noise, id="begins with noise"),
        pytest.param(_noise_in_the_middle, id="noise in the middle"),
        slow(_cut_off, id="cut off"),
    ],
)
def test_damaged_ledger_is_reported_by_every_command_and_not_changed(
    damage: Callable[[Path], None], home: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    account.append(accepted_mail(), START)
    assert poll(home).code == 0
    damage(home / "data" / "ledger.sqlite3")
    before = (home / "data" / "ledger.sqlite3").read_bytes()
    for command in (["poll", *AT_NOW], ["digest", *AT_NOW], ["held"], ["ledger"]):
        assert "损坏" in said(run(*command, "--home", home))
    assert (home / "data" / "ledger.sqlite3").read_bytes() == before
    assert len(smtp_server.letters) == 1


@pytest.mark.parametrize("loss", ["gone", "damaged"])
def test_lost_raw_mail_is_fetched_again(loss: str, home: Path, account: ImapAccount, smtp_server: SmtpServer) -> None:
    account.append(accepted_mail(), START)
    kill_during("intake_bot.intake.batch.ahead:ReadAhead.start", "before", 1, "poll", "--home", home, *AT_NOW)
    (raw,) = (home / "data" / "spool").iterdir()
    if loss == "gone":
        raw.unlink()
    else:
        raw.write_bytes(bytes(raw.stat().st_size))
    assert poll(home).code == 0
    assert is_settled(home, smtp_server, Fate.ACCEPTED)
