"""Edits of a running program's configuration, as editors write them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from intake_bot.commands.console.inspection import load_usable_parts
from intake_bot.config.defaults import init_home
from intake_bot.config.load import load
from intake_bot.config.partial import PartialSettings
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home.home import Home
from intake_bot.service.config_watcher import EVERYBODY, RETRY_CHECKS, ConfigWatcher, FaultyEdit

NOON = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)


class WatchedHome:
    """A home and its watcher, with a clock that advances a minute with each check."""

    def __init__(self, root: Path) -> None:
        init_home(root)
        self.root = root
        self.now = NOON
        self.home = Home(root)
        self.running = load(root)
        self.watcher = ConfigWatcher(self.home, partial(load_usable_parts, self.home), lambda: self.now)

    def check(self) -> str | None:
        """The first bureau's name in the settings that were taken over; None if none were."""
        self.now += timedelta(minutes=1)
        settings = self.watcher.take_edit(self.running)
        self.running = settings or self.running
        return settings.bureaus[0].name if settings else None

    @property
    def faults(self) -> dict[str, str]:
        """The file of the first fault, by bureau."""
        return {bureau: edit.why.partition(" ")[0] for bureau, edit in self.watcher.faulty.items()}

    def write(self, before: str, after: str, file: str = "bureaus/hebei.yaml") -> None:
        path = self.root / "config" / file
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@pytest.fixture
def watched(tmp_path: Path) -> WatchedHome:
    return WatchedHome(tmp_path / "家")


def test_unedited_configuration_is_not_read(watched: WatchedHome) -> None:
    assert [watched.check() for _ in range(3)] == [None, None, None]


def test_edit_is_read_once_when_it_is_stable(watched: WatchedHome) -> None:
    watched.write("name: 河北省教育厅", "name: 河北省教育厅职成处")
    assert [watched.check() for _ in range(3)] == [None, "河北省教育厅职成处", None]


def test_edit_in_progress_is_not_read(watched: WatchedHome) -> None:
    checks = []
    for name in ("甲", "乙乙", "丙丙丙"):
        watched.write("name: ", f"name: {name}")
        checks.append(watched.check())
    assert [*checks, watched.check()] == [None, None, None, "丙丙丙乙乙甲河北省教育厅"]


def test_faulty_edit_is_reported_until_it_is_corrected(watched: WatchedHome, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "intake_bot.service.config_watcher")
    watched.write("mode: live", "mode: Schatten")
    assert [watched.check(), watched.check(), watched.check()] == [None, None, None]
    faulty = watched.watcher.faulty["hebei"]
    assert faulty.since == NOON + timedelta(minutes=2)
    assert faulty.why.startswith("config/bureaus/hebei.yaml 第 ")
    watched.write("name: ", "nam: ")
    assert [watched.check(), watched.check()] == [None, None]
    worse = watched.watcher.faulty["hebei"]
    assert (worse.since, "等 2 处（运行 intake-bot check 可以看到全部）" in worse.why) == (faulty.since, True)
    watched.write("nam: ", "name: ")
    watched.write("mode: Schatten", "mode: live")
    assert [watched.check(), watched.check()] == [None, "河北省教育厅"]
    assert watched.watcher.faulty == {}
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "edit not taken over bureau=hebei", "edit not taken over bureau=hebei"
    ]  # fmt: skip


def _add_broken_template(root: Path) -> None:
    (root / "templates" / "words" / "accepted.txt").write_text("{% block", encoding="utf-8")


def _remove_roster(root: Path) -> None:
    (root / "config" / "rosters" / "hebei.csv").unlink()


@pytest.mark.parametrize(("edit", "concerned"), [(_add_broken_template, EVERYBODY), (_remove_roster, "hebei")])
def test_edit_of_templates_and_rosters_is_noticed(
    watched: WatchedHome, edit: Callable[[Path], None], concerned: str
) -> None:
    edit(watched.root)
    assert [watched.check(), watched.check()] == [None, None]
    assert all(isinstance(one, FaultyEdit) for one in watched.watcher.faulty.values())
    assert list(watched.watcher.faulty) == [concerned]


def test_unreadable_file_is_read_again(watched: WatchedHome) -> None:
    home = Home(watched.root)
    refusals = [PermissionError("busy"), ConfigError((ConfigFault("a.yaml", 1, 1, "打不开这个文件。"),))]

    def read(running: Settings) -> PartialSettings:
        if refusals:
            raise refusals.pop(0)
        return load_usable_parts(home, running)

    watched.watcher = ConfigWatcher(home, read, lambda: watched.now)
    watched.write("name: 河北省教育厅", "name: 河北省教育厅职成处")
    checks = [watched.check() for _ in range(2 * RETRY_CHECKS)]
    assert [name for name in checks if name] == ["河北省教育厅职成处"]
    assert watched.watcher.faulty == {}


@pytest.mark.parametrize("name", ["~$hebei.csv", ".~lock.hebei.csv#", ".hebei.csv.swp", "hebei.csv~"])
def test_lock_and_backup_files_of_editors_are_no_edit(watched: WatchedHome, name: str) -> None:
    (watched.root / "config" / "rosters" / name).write_bytes(b"locked")
    assert [watched.check(), watched.check()] == [None, None]
    assert watched.watcher.faulty == {}


def test_edit_of_one_bureau_is_taken_over_beside_a_faulty_one_of_another(watched: WatchedHome) -> None:
    watched.write("mode: live", "mode: Schatten")
    watched.write("name: 合肥市教育局", "name: 合肥市教育局职成处", "bureaus/hefei.yaml")
    assert [watched.check(), watched.check()] == [None, "河北省教育厅"]
    assert watched.faults == {"hebei": "config/bureaus/hebei.yaml"}
    assert [bureau.name for bureau in watched.running.bureaus[:2]] == ["河北省教育厅", "合肥市教育局职成处"]
    watched.write("mode: Schatten", "mode: shadow")
    assert [watched.check(), watched.check()] == [None, "河北省教育厅"]
    assert (watched.faults, watched.running.bureaus[0].mode) == ({}, "shadow")


def test_letters_are_taken_over_beside_a_faulty_edit(watched: WatchedHome) -> None:
    watched.write("mode: live", "mode: Schatten")
    assert [watched.check(), watched.check()] == [None, None]
    letter = watched.root / "templates" / "words" / "accepted.txt"
    letter.write_text(letter.read_text(encoding="utf-8").replace("谢谢", "多谢"), encoding="utf-8")
    assert [watched.check(), watched.check(), watched.check()] == [None, "河北省教育厅", None]
    assert watched.faults == {"hebei": "config/bureaus/hebei.yaml"}
