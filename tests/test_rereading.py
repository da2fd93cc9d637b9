"""Edits of a running program's configuration, as editors and hands make them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from intake_bot.commands.inspecting import fit_for_work
from intake_bot.config.defaults import init_home
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.home import Home
from intake_bot.rereading import RETRY_LOOKS, FaultyEdit, Rereading

NOON = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)


class Desk:
    """A home and whoever watches it, with a clock that goes on a minute with each look."""

    def __init__(self, root: Path) -> None:
        init_home(root)
        self.root = root
        self.now = NOON
        home = Home(root)
        self.rereading = Rereading(home, partial(fit_for_work, home), lambda: self.now)

    def look(self) -> str | None:
        """The first bureau's name in the settings that were read anew, if any were."""
        self.now += timedelta(minutes=1)
        settings = self.rereading.settings()
        return settings.bureaus[0].name if settings else None

    def write(self, before: str, after: str) -> None:
        path = self.root / "config" / "bureaus" / "hebei.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "家")


def test_nothing_is_read_while_nothing_is_edited(desk: Desk) -> None:
    assert [desk.look() for _ in range(3)] == [None, None, None]


def test_an_edit_is_read_once_when_it_has_rested(desk: Desk) -> None:
    desk.write("name: 河北省教育厅", "name: 河北省教育厅职成处")
    assert [desk.look() for _ in range(3)] == [None, "河北省教育厅职成处", None]


def test_who_is_still_at_work_is_waited_for(desk: Desk) -> None:
    looks = []
    for name in ("甲", "乙乙", "丙丙丙"):
        desk.write("name: ", f"name: {name}")
        looks.append(desk.look())
    assert [*looks, desk.look()] == [None, None, None, "丙丙丙乙乙甲河北省教育厅"]


def test_a_faulty_edit_is_kept_until_it_is_mended(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "intake_bot.rereading")
    desk.write("mode: live", "mode: Schatten")
    assert [desk.look(), desk.look(), desk.look()] == [None, None, None]
    faulty = desk.rereading.faulty
    assert faulty is not None
    assert faulty.since == NOON + timedelta(minutes=2)
    assert faulty.why.startswith("config/bureaus/hebei.yaml 第 ")
    desk.write("name: ", "nam: ")
    assert [desk.look(), desk.look()] == [None, None]
    worse = desk.rereading.faulty
    assert worse is not None
    assert (worse.since, "等 2 处（运行 intake-bot check 可以看到全部）" in worse.why) == (faulty.since, True)
    desk.write("nam: ", "name: ")
    desk.write("mode: Schatten", "mode: live")
    assert [desk.look(), desk.look()] == [None, "河北省教育厅"]
    assert desk.rereading.faulty is None
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "edit not taken over", "edit not taken over"
    ]  # fmt: skip


def _a_letter_of_ones_own(root: Path) -> None:
    (root / "templates" / "words" / "accepted.txt").write_text("{% block", encoding="utf-8")


def _a_roster_that_went(root: Path) -> None:
    (root / "config" / "rosters" / "hebei.csv").unlink()


@pytest.mark.parametrize("edit", [_a_letter_of_ones_own, _a_roster_that_went])
def test_letters_and_rosters_are_watched_too(desk: Desk, edit: Callable[[Path], None]) -> None:
    edit(desk.root)
    assert [desk.look(), desk.look()] == [None, None]
    assert isinstance(desk.rereading.faulty, FaultyEdit)


def test_a_file_that_could_not_be_read_is_tried_again(desk: Desk) -> None:
    home = Home(desk.root)
    refusals = [PermissionError("busy"), ConfigError((ConfigFault("a.yaml", 1, 1, "打不开这个文件。"),))]

    def read() -> Settings:
        if refusals:
            raise refusals.pop(0)
        return fit_for_work(home)

    desk.rereading = Rereading(home, read, lambda: desk.now)
    desk.write("name: 河北省教育厅", "name: 河北省教育厅职成处")
    looks = [desk.look() for _ in range(2 * RETRY_LOOKS)]
    assert [name for name in looks if name] == ["河北省教育厅职成处"]
    assert desk.rereading.faulty is None


@pytest.mark.parametrize("name", ["~$hebei.csv", ".~lock.hebei.csv#", ".hebei.csv.swp", "hebei.csv~"])
def test_what_editors_put_beside_a_file_is_no_edit(desk: Desk, name: str) -> None:
    (desk.root / "config" / "rosters" / name).write_bytes(b"locked")
    assert [desk.look(), desk.look()] == [None, None]
    assert desk.rereading.faulty is None
