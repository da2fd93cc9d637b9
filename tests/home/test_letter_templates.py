"""Letters of a home after an upgrade: what nobody edited is the new version's, what an admin edited stays."""

from __future__ import annotations

import io
import os
import shutil
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake_bot import cli
from intake_bot.clock import stopped_clock
from intake_bot.commands.console.inspection import inspect
from intake_bot.config import defaults
from intake_bot.config.defaults import defaults_dir, packaged_templates
from intake_bot.config.load import load
from intake_bot.config.shipped_templates import RECORD, find_edited, find_outdated, renew_outdated
from intake_bot.home.home import Home
from intake_bot.home.letter_templates import home_templates
from intake_bot.service.workplace import Workplace
from tests.e2e.disks import read_only

WORDS, GONE = "words/held.txt", "words/gone.txt"
OLDER = (
    "{# 日报的邮件主题。 #}\n"
    "{% block subject %}【活动周日报】{{ digest.bureau }} {{ digest.day|month_day }}：未报 {{ digest.missing_units }}，"
    "已收 {{ digest.accepted|length + digest.late|length }}，待人工 {{ digest.held|length }}"
    '{{ "，机器故障 " ~ digest.trouble|length if digest.trouble else "" }}{% endblock %}\n'
)
"""words/digest.txt as an earlier version shipped it."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that was made by an earlier version: other words, and a file that is shipped no more."""
    before = tmp_path / "before" / "defaults"
    for name in ("config", "templates"):
        shutil.copytree(defaults_dir() / name, before / name)
    words = before / "templates" / WORDS
    words.write_text(words.read_text("utf-8").replace("{% block", "{# 以前 #}{% block", 1), "utf-8")
    (before / "templates" / GONE).write_text("{{ gone }}", "utf-8")
    with monkeypatch.context() as patch, redirect_stdout(io.StringIO()):
        patch.setattr(defaults, "_PACKAGE", tmp_path / "before")
        assert cli.run(["init", str(tmp_path / "home")]) == 0
        assert find_edited(tmp_path / "home" / "templates") == frozenset()
    return Home(tmp_path / "home")


def raw(home: Home, name: str) -> str:
    return (home.own_templates / name).read_text("utf-8")


def packaged(name: str) -> str:
    return (packaged_templates() / name).read_text("utf-8")


def start(home: Home) -> None:
    """What `run` and `poll` do first."""
    Workplace(load(home.root), home, stopped_clock(datetime(2023, 5, 17, tzinfo=UTC))).close()


def test_home_of_this_version_has_nothing_to_renew(tmp_path: Path) -> None:
    with redirect_stdout(io.StringIO()):
        cli.run(["init", str(tmp_path)])
    own = tmp_path / "templates"
    assert (find_outdated(own), find_edited(own), renew_outdated(own)) == (frozenset(), frozenset(), ())
    assert not inspect(Home(tmp_path)).letters_rendered


def test_letters_that_nobody_edited_are_those_of_the_new_version(home: Home) -> None:
    assert find_outdated(home.own_templates) == {WORDS, GONE}
    found = inspect(home)
    assert (found.faults, found.letters_rendered) == ((), False)
    source = home_templates(home)._environment.loader
    assert source is not None
    assert source.get_source(home_templates(home)._environment, WORDS)[0] == packaged(WORDS)
    assert "以前" in raw(home, WORDS)
    start(home)
    assert raw(home, WORDS) == packaged(WORDS)
    assert find_outdated(home.own_templates) == {GONE}
    assert find_edited(home.own_templates) == frozenset()


def test_letter_that_an_admin_edited_stays_and_is_tried(home: Home) -> None:
    mine = raw(home, WORDS).replace("以前", "我的")
    (home.own_templates / WORDS).write_text(mine, "utf-8")
    assert find_edited(home.own_templates) == {WORDS}
    assert inspect(home).letters_rendered
    start(home)
    assert raw(home, WORDS) == mine
    source = home_templates(home)._environment.loader
    assert source is not None
    assert source.get_source(home_templates(home)._environment, WORDS)[0] == mine


def test_letter_that_is_edited_after_it_was_renewed_stays(home: Home) -> None:
    start(home)
    mine = raw(home, WORDS) + "{# 我的 #}\n"
    (home.own_templates / WORDS).write_text(mine, "utf-8")
    start(home)
    assert raw(home, WORDS) == mine
    assert find_edited(home.own_templates) == {WORDS}


def test_fault_of_an_outdated_letter_is_none_of_the_admins(home: Home) -> None:
    """What it calls has another name now."""
    (home.own_templates / "words/digest.txt").write_text(OLDER, "utf-8")
    found = inspect(home)
    assert (found.faults, found.letters_rendered) == ((), False)


def test_home_without_a_record_is_known_by_what_earlier_versions_shipped(home: Home) -> None:
    (home.own_templates / RECORD).unlink()
    (home.own_templates / "words/digest.txt").write_text(OLDER, "utf-8")
    assert find_outdated(home.own_templates) == {"words/digest.txt"}
    assert find_edited(home.own_templates) == {WORDS, GONE}
    start(home)
    assert raw(home, "words/digest.txt") == packaged("words/digest.txt")


@pytest.mark.parametrize("record", [b"", b"\xff\xfe", b"nonsense\n\n  \n"])
def test_record_that_cannot_be_read_makes_letters_count_as_edited(home: Home, record: bytes) -> None:
    (home.own_templates / RECORD).write_bytes(record)
    assert find_edited(home.own_templates) == {WORDS, GONE}
    start(home)
    assert "以前" in raw(home, WORDS)


@pytest.mark.skipif(os.name != "posix", reason="mounts and modes are POSIX")
def test_letters_in_a_folder_that_cannot_be_written_are_not_used_either(home: Home) -> None:
    with read_only(home.own_templates / "words"):
        start(home)
    assert "以前" in raw(home, WORDS)
    assert find_outdated(home.own_templates) == {WORDS, GONE}
