"""`restore`: all of a backup or nothing, never over existing data, and repeatable after a kill."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.e2e.inspection import CommandResult, dump, fates, read, run, tree
from tests.e2e.kills import kill_during
from tests.e2e.mails import START, Fate, compose
from tests.home.backup.conftest import AT_NOW, kept
from tests.home.backup.damaged_backups import DAMAGES


def test_restored_home_equals_the_home_that_was_backed_up(polled: Path, backup: Path, empty: Path) -> None:
    restored = run("restore", "--home", empty, backup)
    assert (restored.code, restored.err) == (0, "")
    assert "台账和 7 个文件，全部核对无误" in restored.out
    assert kept(empty) == kept(polled)
    before, after = dump(polled), dump(empty)
    assert after.pop("event")[:-1] == before.pop("event")
    assert after.pop("sqlite_sequence") != before.pop("sqlite_sequence")
    assert after == before
    assert not (empty / "data" / "restoring").exists()
    verified = run("ledger", "verify", "--home", empty)
    assert verified == CommandResult(0, "没有问题：台账完好，登记的 5 个文件都在，都没有变。\n", "")


def test_restored_home_continues_without_reusing_a_receipt_number(
    backup: Path, empty: Path, account: ImapAccount, smtp_server: SmtpServer
) -> None:
    assert run("restore", "--home", empty, backup).code == 0
    account.append(compose("活动周唐山市教育局照片材料", message_id="<new@example.edu.cn>"), START)
    polled = run("poll", "--home", empty, *AT_NOW)
    assert "新邮件 1 封，处理完 1 封" in polled.out
    assert fates(empty) == [Fate.ACCEPTED, Fate.HELD, Fate.REJECTED, Fate.OTHER, Fate.REJECTED]
    (letter,) = smtp_server.letters
    assert "（回执编号 2005-" in read(letter)["Subject"]


def test_letters_queued_at_the_backup_are_in_doubt_after_the_restore(copy: Path, empty: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE letter SET state = 'queued' WHERE id = 1")
        ledger.execute("UPDATE letter SET state = 'deferred', next_attempt = created WHERE id = 2")
    assert run("backup", "--home", copy, tmp_path / "b.zip").code == 0
    restored = run("restore", "--home", empty, tmp_path / "b.zip")
    assert "有 2 封信备份时还没有发出" in restored.out
    with closing(sqlite3.connect(empty / "data" / "ledger.sqlite3")) as ledger:
        states = ledger.execute("SELECT state, next_attempt FROM letter ORDER BY id").fetchall()
    assert states[:2] == [("sending", None)] * 2
    assert {state for state, _ in states[2:]} == {"sent"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "{folder} 是文件夹，请写明里面的哪个备份文件"),
        ("away.zip", "没有 {folder}/away.zip 这个文件"),
        ("长" * 200, "没有 {folder}/" + "长" * 200 + " 这个文件"),
        ("empty.zip", "{folder}/empty.zip 不是 intake-bot 的备份，或已损坏，没有恢复任何东西"),
        ("pipe", "没有 {folder}/pipe 这个文件"),
    ],
    ids=["a folder", "nothing", "too long a name", "an empty file", "a pipe"],
)
@pytest.mark.skipif(os.name != "posix", reason="Windows has other separators, and no pipes of this kind")
def test_file_that_is_no_backup_is_not_restored(source: str, said: str, empty: Path, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "empty.zip").touch()
    os.mkfifo(folder / "pipe")
    done = run("restore", "--home", empty, folder / source)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(folder=folder)}\n")
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}


def test_home_with_data_is_not_overwritten_by_a_restore(backup: Path, copy: Path) -> None:
    before = dump(copy), kept(copy)
    done = run("restore", "--home", copy, backup)
    assert done.code == 1
    assert "里已经有数据（ledger.sqlite3、files、spool、digests），恢复不会覆盖它们" in done.err
    assert (dump(copy), kept(copy)) == before


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_leftovers_of_another_ledger_are_not_merged_into_the_restored_one(
    ending: str, backup: Path, empty: Path
) -> None:
    stale = empty / "data" / f"ledger.sqlite3{ending}"
    stale.write_bytes(b"pages")
    done = run("restore", "--home", empty, backup)
    assert (done.code, f"里已经有数据（ledger.sqlite3{ending}）" in done.err) == (1, True)
    assert stale.read_bytes() == b"pages"


@pytest.mark.parametrize("left", ["restoring", "restored"])
def test_only_copy_of_the_files_survives_leftovers_of_a_restore(left: str, backup: Path, copy: Path) -> None:
    data = copy / "data"
    (data / left).mkdir()
    shutil.move(data / "ledger.sqlite3", data / left / "ledger.sqlite3")
    shutil.copytree(data / "digests", data / left / "digests")
    for aside in data.glob("ledger.sqlite3-*"):
        aside.unlink()
    before = kept(copy)
    done = run("restore", "--home", copy, backup)
    assert (done.code, "里已经有数据（" in done.err) == (1, True)
    assert kept(copy) == before


def test_leftovers_of_a_restore_are_removed_by_the_next_run(copy: Path) -> None:
    left = copy / "data" / "restoring" / "files"
    left.mkdir(parents=True)
    (left / "x").write_text("x")
    before = kept(copy)
    assert run("digest", "--home", copy, *AT_NOW).code == 0
    assert not left.parent.exists()
    assert kept(copy) == before


@pytest.mark.skipif(os.name != "posix", reason="Windows asks for a right to make links")
def test_data_folder_that_is_a_link_is_not_replaced(backup: Path, empty: Path, tmp_path: Path) -> None:
    (tmp_path / "big disk").mkdir()
    (empty / "data" / "files").symlink_to(tmp_path / "big disk")
    done = run("restore", "--home", empty, backup)
    place = empty / "data" / "files"
    assert done.err == f"出错：{place} 是链接或另一块盘，恢复放不进去；请先拿掉，恢复以后再把内容搬过去\n"
    assert place.is_symlink()
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_backup_restores_nothing(
    damage: Callable[[Path, Path], None], backup: Path, empty: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.zip"
    damage(backup, damaged)
    done = run("restore", "--home", empty, damaged)
    assert (done.code, done.out) == (1, "")
    assert "没有恢复任何东西" in done.err
    assert tree(empty / "data").keys() <= {".gitkeep", "intake-bot.lock"}
    assert run("restore", "--home", empty, backup).code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_killed_restore_can_be_repeated(number: int, polled: Path, backup: Path, empty: Path) -> None:
    kill_during("intake_bot.home.backup.restore:_move", "before", number, "restore", "--home", empty, backup)
    assert not (empty / "data" / "ledger.sqlite3").exists()
    assert run("restore", "--home", empty, backup).code == 0
    assert kept(empty) == kept(polled)
    assert run("ledger", "verify", "--home", empty).code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_restore_killed_after_its_check_is_completed(polled: Path, backup: Path, empty: Path) -> None:
    kill_during("intake_bot.home.backup.restore:_move", "after", 4, "restore", "--home", empty, backup)
    assert run("ledger", "verify", "--home", empty).code == 0
    assert "已经有数据" in run("restore", "--home", empty, backup).err
    assert kept(empty) == kept(polled)


@pytest.mark.skipif(os.name != "posix", reason="Windows words it otherwise")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("data", "名字已经被占用，建不了 {home}/data"),
        ("data/restoring", "应该是文件夹，却不是 {home}/data/restoring"),
        ("data/restored", "应该是文件夹，却不是 {home}/data/restored"),
    ],
)
def test_file_in_place_of_a_folder_is_reported(place: str, said: str, backup: Path, empty: Path) -> None:
    if place == "data":
        shutil.rmtree(empty / "data")
    (empty / place).write_text("x")
    done = run("restore", "--home", empty, backup)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(home=empty)}\n")
    assert (empty / place).read_text() == "x"
