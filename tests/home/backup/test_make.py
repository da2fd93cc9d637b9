"""`backup`: what is in it, where it may be written, and what a kill leaves."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.e2e.inspection import CommandResult, run
from tests.e2e.kills import kill_during
from tests.home.backup.conftest import kept


def test_backup_reports_its_file_and_the_number_of_entries(polled: Path, tmp_path: Path) -> None:
    target = tmp_path / "备份.zip"
    done = run("backup", "--home", polled, target)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"已备份到 {target}：台账和 7 个文件，")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_backup_is_readable_by_its_owner_only(backup: Path, empty: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert run("restore", "--home", empty, backup).code == 0
    assert stat.S_IMODE((empty / "data" / "ledger.sqlite3").stat().st_mode) == 0o600


def test_backup_has_a_manifest_and_no_secret(polled: Path, backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
    assert names == [*(entry["name"] for entry in manifest["entries"]), "manifest.json"]
    assert {entry["name"]: entry["sha256"] for entry in manifest["entries"][1:]} == kept(polled)
    assert "secret.txt" not in "".join(names)


def test_existing_backup_is_not_overwritten(polled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    target.write_text("older")
    assert run("backup", "--home", polled, target) == CommandResult(
        1, "", f"出错：{target} 已经有了，请换一个文件名；旧的备份不会被覆盖\n"
    )
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backup", "b.zip"], "还没有登记过邮件，没有可以备份的"),
        (["restore", "b.zip"], "没有 b.zip 这个文件"),
    ],
    ids=["backup", "restore"],
)
def test_backup_or_restore_without_its_source_is_refused(empty: Path, words: list[str], said: str) -> None:
    done = run(*words, "--home", empty)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said}\n")
    assert kept(empty) == {}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("away/b.zip", "没有 {folder}/away 这个文件夹"),
        ("file/b.zip", "没有 {folder}/file 这个文件夹"),
        ("", "{folder} 是文件夹，请写上备份文件的名字，如 {folder}/2023-05-17.zip"),
        ("长" * 200, "不能用 {folder}/" + "长" * 200 + " 这个文件名，请换一个短些的"),
    ],
    ids=["no folder", "a file as a folder", "a folder", "too long a name"],
)
@pytest.mark.skipif(os.name != "posix", reason="Windows has other separators, and a limit on whole paths")
def test_backup_to_an_unwritable_place_is_refused(target: str, said: str, polled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("backup", "--home", polled, tmp_path / target)
    assert (done.code, done.out, done.err) == (1, "", f"出错：{said.format(folder=tmp_path)}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGKILL")
def test_killed_backup_leaves_no_file_and_can_be_repeated(polled: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    kill_during("intake_bot.home.backup.make:_ArchiveWriter.add_text", "after", 1, "backup", "--home", polled, target)
    assert not (tmp_path / "b.zip").exists()
    assert run("backup", "--home", polled, tmp_path / "b.zip").code == 0
