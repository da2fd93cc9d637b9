"""Edits with a fault: the bureau whose file has it keeps what it had, and all others get what was edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.config.last_good import keep_last_good, read_last_good
from intake_bot.config.load import load
from intake_bot.config.partial import load_sound_parts
from intake_bot.config.settings import Settings
from intake_bot.errors import ConfigError
from tests.ledger.samples import NOW


class Edited:
    """A home that was loaded, and is edited since."""

    def __init__(self, root: Path) -> None:
        init_home(root)
        self.root = root
        self.running = load(root)

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.root / "config" / file
        text = path.read_text(encoding="utf-8-sig")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def load(self) -> tuple[Settings, dict[str, set[str]]]:
        """The settings, and the files with faults by bureau."""
        found = load_sound_parts(self.root, self.running)
        return found.settings, {name: {fault.file for fault in faults} for name, faults in found.faults.items()}


@pytest.fixture
def home(tmp_path: Path) -> Edited:
    return Edited(tmp_path / "home")


def names(settings: Settings) -> dict[str, str]:
    return {bureau.id: bureau.name for bureau in settings.bureaus}


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("bureaus/hebei.yaml", "mode: live", "mode: alive"),
        ("bureaus/hebei.yaml", "name:", "na me"),
        ("notices/hebei-2023.yaml", "first: 2023-05-14", "first: 2023-05-41"),
        ("notices/hebei-2023.yaml", "materials:", "materials"),
        ("rosters/hebei.csv", "单位,", "名字,"),
    ],
    ids=["value", "no YAML", "notice", "notice that is no YAML", "roster"],
)
def test_fault_of_one_bureau_keeps_its_settings_and_takes_the_others(
    home: Edited, file: str, before: str, after: str
) -> None:
    home.edit("bureaus/hefei.yaml", "合肥市教育局", "合肥市教育局职成处")
    home.edit("notices/hefei-2023.yaml", "last: 2023-05-23", "last: 2023-05-24")
    home.edit("notices/hebei-2023.yaml", "last: 2023-05-20", "last: 2023-05-21")
    home.edit(file, before, after)
    settings, faults = home.load()
    assert faults == {"hebei": {f"config/{file}"}}
    assert names(settings) == {**names(home.running), "hefei": "合肥市教育局职成处"}
    weeks = {notice.id: notice.week.last.day for notice in settings.notices}
    assert (weeks["hebei-2023"], weeks["hefei-2023"]) == (20, 24)
    assert settings.bureau("hebei") == home.running.bureau("hebei")


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [("intake.yaml", "every_seconds: 120", "every_seconds: 两分钟"), ("intake.yaml", "polling:", "poling:")],
)
def test_fault_that_concerns_everybody_raises(home: Edited, file: str, before: str, after: str) -> None:
    home.edit("bureaus/hebei.yaml", "mode: live", "mode: alive")
    home.edit(file, before, after)
    with pytest.raises(ConfigError) as caught:
        home.load()
    assert {fault.file for fault in caught.value.faults} == {f"config/{file}", "config/bureaus/hebei.yaml"}


def test_new_bureau_with_a_fault_is_left_out(home: Edited) -> None:
    text = (home.root / "config/bureaus/hebei.yaml").read_text(encoding="utf-8")
    (home.root / "config/bureaus/handan.yaml").write_text(text.replace("mode: live", "mode: alive"), encoding="utf-8")
    settings, faults = home.load()
    assert set(faults) == {"handan"}
    assert names(settings) == names(home.running)


def test_bureau_that_moves_into_the_mailbox_of_a_faulty_one_is_refused(home: Edited) -> None:
    address = home.running.bureaus[0].mailbox.address
    imap = home.running.bureaus[0].mailbox.imap.host
    other = home.running.bureaus[1]
    home.edit(f"bureaus/{other.id}.yaml", f"address: {other.mailbox.address}", f"address: {address}")
    home.edit(f"bureaus/{other.id}.yaml", f"host: {other.mailbox.imap.host}", f"host: {imap}")
    home.edit(f"bureaus/{home.running.bureaus[0].id}.yaml", "mode: live", "mode: alive")
    with pytest.raises(ConfigError):
        home.load()


def test_bureau_that_is_gone_stays_gone_beside_a_fault(home: Edited) -> None:
    for file in ("bureaus/hefei.yaml", "notices/hefei-2023.yaml"):
        (home.root / "config" / file).unlink()
    home.edit("bureaus/hebei.yaml", "mode: live", "mode: alive")
    settings, faults = home.load()
    assert (set(faults), "hefei" in names(settings), "hebei" in names(settings)) == ({"hebei"}, False, True)


def test_merged_settings_are_kept_as_the_last_good_ones(home: Edited) -> None:
    home.edit("bureaus/hefei.yaml", "合肥市教育局", "合肥市教育局职成处")
    home.edit("bureaus/hebei.yaml", "mode: live", "mode: alive")
    settings, _ = home.load()
    kept = home.root / "last-good.json"
    keep_last_good(settings, kept, NOW)
    again = read_last_good(kept, home.root)
    assert again is not None
    assert (again.settings.bureaus, again.settings.notices) == (settings.bureaus, settings.notices)


def test_edit_without_a_fault_is_whole(home: Edited) -> None:
    home.edit("bureaus/hefei.yaml", "合肥市教育局", "合肥市教育局职成处")
    settings, faults = home.load()
    assert (faults, settings) == ({}, load(home.root))
