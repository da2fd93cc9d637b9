"""`check`, on a home as an admin keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.cli import run
from intake_bot.config.defaults import init_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new home."""
    init_home(tmp_path / "home")
    return tmp_path / "home"


def _spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_check_of_a_new_home_finds_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", str(home)]) == 0
    assert "信件模板没有问题：每一种信都用样例试写过。\n" in capsys.readouterr().out


def test_check_tells_faults_of_configuration_and_templates_together(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _spoil(home / "config" / "bureaus" / "puyang.yaml", "clerks:", "clercks:")
    _spoil(home / "templates" / "words" / "closed.txt", "{{ letter.about }}", "{{ letter.abuot }}")
    assert run(["check", "--home", str(home)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if "clercks" in line] != []
    assert told[-2:] == [
        "templates/words/closed.txt 第 4 行：没有“abuot”这个名称，是不是想写“about”？",
        f"共 {len(told) - 1} 处需要修改。",
    ]
