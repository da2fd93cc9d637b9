"""What was parsed once is not parsed again, and says the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.config.kept_trees import keep_trees, read_trees
from intake_bot.config.load import load
from intake_bot.config.yaml_text import parse
from intake_bot.errors import ConfigError

NOTICE = "config/notices/puyang-2023.yaml"
PING = "https://hc-ping.com/5f1c7a52-0000-4000-8000-123456789abc"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_home(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def kept(home: Path) -> Path:
    path = home / "data" / "kept.json"
    keep_trees(load(home).trees, path)
    return path


def edit(home: Path, name: str, old: str, new: str) -> None:
    text = (home / name).read_text(encoding="utf-8")
    assert old in text
    (home / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_unchanged_files_are_read_without_the_parser(home: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "intake_bot.config.yaml_text", None)
    found = load(home, kept_trees=kept)
    assert len(found.trees) == 9
    with pytest.raises(ImportError):
        load(home)


def test_settings_and_remarks_are_those_of_the_parsed_files(home: Path, kept: Path) -> None:
    edit(home, "config/bureaus/puyang.yaml", "secret_env: PUYANG_MAIL_SECRET", "secret_env: GONE")
    settings = load(home)
    keep_trees(settings.trees, kept)
    assert load(home, kept_trees=kept) == settings
    assert any("GONE" in str(remark) and remark.line for remark in settings.remarks)


def test_edited_file_is_parsed_and_its_fault_is_found(home: Path, kept: Path) -> None:
    edit(home, NOTICE, "bureau: puyang", "bureau: puyang\nnonsense: 1")
    with pytest.raises(ConfigError) as parsed:
        load(home)
    with pytest.raises(ConfigError) as raised:
        load(home, kept_trees=kept)
    assert raised.value.faults == parsed.value.faults
    assert [fault.file for fault in raised.value.faults] == [NOTICE]


def test_fault_that_comes_with_another_file_has_its_position_in_the_unchanged_one(home: Path, kept: Path) -> None:
    (home / "config" / "rosters" / "puyang.csv").unlink()
    with pytest.raises(ConfigError) as parsed:
        load(home)
    with pytest.raises(ConfigError) as raised:
        load(home, kept_trees=kept)
    assert raised.value.faults == parsed.value.faults
    assert any(fault.file == "config/bureaus/puyang.yaml" and fault.line > 1 for fault in raised.value.faults)


def _another_version(text: str) -> str:
    return json.dumps({**json.loads(text), "version": "0.0"})


def _another_shape(text: str) -> str:
    return json.dumps({**json.loads(text), "trees": {sha256: [1, 1, None] for sha256 in json.loads(text)["trees"]}})


@pytest.mark.parametrize(
    "damage",
    [lambda text: text[: len(text) // 2], lambda _: "", lambda _: "[]", _another_version, _another_shape],
    ids=["cut off", "empty", "a list", "another version", "another shape"],
)
def test_damaged_file_is_no_harm_and_is_written_anew(home: Path, kept: Path, damage: Callable[[str], str]) -> None:
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(damage(whole), encoding="utf-8")
    assert read_trees(kept) == {}
    settings = load(home, kept_trees=kept)
    keep_trees(settings.trees, kept)
    assert load(home, kept_trees=kept) == settings == load(home)


def test_only_the_owner_may_read_what_is_kept(kept: Path) -> None:
    assert kept.stat().st_mode & 0o077 == 0


def test_neither_comments_nor_the_address_of_a_monitor_are_kept(home: Path, kept: Path) -> None:
    edit(home, "config/bureaus/puyang.yaml", "name:", "# 授权码 ABCDEFGH\nname:")
    with (home / "config" / "intake.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\nhealth:\n  ping_url: {PING}\n")
    settings = load(home)
    keep_trees(settings.trees, kept)
    assert [word for word in ("ABCDEFGH", "hc-ping") if word in kept.read_text(encoding="utf-8")] == []
    assert replace(load(home, kept_trees=kept), trees={}) == replace(settings, trees={})


def test_every_kind_of_node_comes_back(tmp_path: Path) -> None:
    tree = parse("a: [1, 2.5, yes, null, 2023-05-14, '1', ~]\nb: &b {x: 'text', ? [k] : v}\nc: {<<: *b}\nd:\n")
    assert tree is not None
    keep_trees({"one": tree}, tmp_path / "kept.json")
    assert read_trees(tmp_path / "kept.json") == {"one": tree}


def test_tree_that_contains_itself_is_not_kept(tmp_path: Path) -> None:
    tree = parse("a: &a [*a]\n")
    assert tree is not None
    keep_trees({"one": tree}, tmp_path / "kept.json")
    assert read_trees(tmp_path / "kept.json") == {}
