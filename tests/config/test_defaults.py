"""New homes made of the shipped configuration."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from intake_bot.config import defaults
from intake_bot.config.defaults import defaults_dir, init_home
from intake_bot.config.load import load
from intake_bot.errors import ConfigError, TemporaryFailure


def test_new_home_loads_and_contains_all_shipped_files(tmp_path: Path) -> None:
    home = tmp_path / "新家"
    written = init_home(home)
    assert len(load(home, {}).notices) == 4
    assert sorted(path.relative_to(home) for path in written) == sorted(
        path.relative_to(defaults_dir())
        for folder in ("config", "templates")
        for path in (defaults_dir() / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )


@pytest.mark.skipif(os.name != "posix", reason="rights of folders are a POSIX matter")
def test_data_folder_is_for_owner_only(tmp_path: Path) -> None:
    init_home(tmp_path)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_init_with_existing_file_writes_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "config" / "intake.yaml"
    mine.parent.mkdir()
    mine.write_text("# 我的\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        init_home(tmp_path)
    assert str(caught.value) == "config/intake.yaml：已经有这个文件了，不会覆盖它；请换一个空文件夹。"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text(encoding="utf-8") == "# 我的\n"


def test_init_with_existing_files_reports_them_in_one_line(tmp_path: Path) -> None:
    written = init_home(tmp_path)
    with pytest.raises(ConfigError) as caught:
        init_home(tmp_path)
    there = f"已经有这个文件了（这样的文件共 {len(written)} 个）"
    assert str(caught.value) == f"config/bureaus/hebei.yaml：{there}，不会覆盖它；请换一个空文件夹。"


def test_init_in_folder_that_cannot_be_made_raises(tmp_path: Path) -> None:
    (tmp_path / "文件").write_bytes(b"")
    with pytest.raises(TemporaryFailure) as caught:
        init_home(tmp_path / "文件")
    place = tmp_path / "文件" / "config" / "bureaus"
    assert str(caught.value) == f"建不了工作目录：应该是文件夹，却不是 {place}"


def test_init_leaves_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.sqlite3").write_bytes(b"kept")
    (tmp_path / "说明.txt").write_bytes(b"kept")
    init_home(tmp_path)
    assert (tmp_path / "data" / "ledger.sqlite3").read_bytes() == b"kept"
    assert (tmp_path / "说明.txt").read_bytes() == b"kept"


def test_defaults_of_package_win_over_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defaults, "_PACKAGE", tmp_path / "intake_bot")
    assert defaults_dir() == tmp_path
    (tmp_path / "intake_bot" / "defaults").mkdir(parents=True)
    assert defaults_dir() == tmp_path / "intake_bot" / "defaults"
