"""`check`: all right, or every fault at its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.home import edit
from tests.e2e.inspection import CommandResult, run
from tests.marking import slow


def test_check_of_the_shipped_configuration_finds_no_fault(home: Path) -> None:
    checked = run("check", "--home", home)
    assert (checked.code, checked.err) == (0, "")
    assert "信件模板没有问题：用的都是自带的，没有改过。" in checked.out.splitlines()
    assert "配置没有问题：4 个教育局，4 份通知，" in checked.out


def test_check_of_an_edited_letter_renders_every_letter(home: Path) -> None:
    edit(home, "templates/words/closed.txt", "谢谢", "多谢")
    checked = run("check", "--home", home)
    assert (checked.code, checked.err) == (0, "")
    assert "信件模板没有问题：每一种信都用样例试写过。" in checked.out.splitlines()


def test_every_fault_is_reported_with_line_and_column(home: Path) -> None:
    edit(home, "config/intake.yaml", "every_seconds:", "evry_seconds:")
    edit(home, "config/bureaus/puyang.yaml", "port: 993", "port: neun")
    edit(home, "config/notices/hefei-2023.yaml", "due: 5月28日前", "due: 下个月前")
    edit(home, "config/notices/hebei-2023.yaml", "kind: photo", "kind: foto")
    edit(home, "config/rosters/moe.csv", "\n山西省教育厅,", "\n河北省教育厅,")
    checked = run("check", "--home", home)
    assert (checked.code, checked.out) == (2, "")
    *faults, total = checked.err.splitlines()
    assert total == f"共 {len(faults)} 处需要修改。"
    places = (
        ("config/intake.yaml", "evry_seconds:", "every_seconds"),
        ("config/bureaus/puyang.yaml", "neun", "整数"),
        ("config/notices/hefei-2023.yaml", "下个月前", "5月28日前"),
        ("config/notices/hebei-2023.yaml", "foto", "photo"),
        ("config/rosters/moe.csv", "河北省教育厅,山西", "河北省教育厅"),
    )
    for name, planted, said in places:
        line, column = position(home / name, planted)
        (fault,) = [fault for fault in faults if fault.startswith(f"{name} 第 {line} 行第 {column} 列：")]
        assert said in fault
    assert len(faults) == 5


def position(path: Path, planted: str) -> tuple[int, int]:
    """Line and column, both from 1, of what was planted."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if planted in line:
            return number, line.index(planted) + 1
    raise AssertionError(f"{planted} is not in {path}")


def test_broken_template_is_a_fault(home: Path) -> None:
    edit(home, "templates/reply.txt", "{% if letter.unit %}", "{% if letter.unit }")
    checked = run("check", "--home", home)
    assert checked.code == 2
    assert "reply.txt" in checked.err


def test_check_outside_a_home_says_what_to_do(tmp_path: Path) -> None:
    assert run("check", "--home", tmp_path) == CommandResult(
        2,
        "",
        "config/bureaus：这里没有教育局的文件（*.yaml）。可以用 intake-bot init 生成一套样本。\n共 1 处需要修改。\n",
    )


def test_faults_of_configuration_and_templates_are_reported_together(home: Path) -> None:
    edit(home, "config/bureaus/puyang.yaml", "clerks:", "clercks:")
    edit(home, "templates/words/closed.txt", "{{ letter.about }}", "{{ letter.abuot }}")
    checked = run("check", "--home", home)
    *faults, wrong, total = checked.err.splitlines()
    assert checked.code == 2
    assert [fault for fault in faults if "clercks" in fault] != []
    assert wrong == "templates/words/closed.txt 第 4 行：没有“abuot”这个名称，是不是想写“about”？"
    assert total == f"共 {len(faults) + 1} 处需要修改。"


@pytest.mark.parametrize("command", [slow("run"), "poll"])
def test_command_with_a_broken_template_does_not_start(home: Path, command: str) -> None:
    edit(home, "templates/words/held.txt", "{{ letter.", "{{ leter.")
    edit(home, "config/intake.yaml", "every_seconds:", "evry_seconds:")
    refused = run(command, "--home", home)
    assert (refused.code, refused.out) == (2, "")
    *faults, total = refused.err.splitlines()
    assert [fault.partition("：")[0] for fault in faults] == [
        f"config/intake.yaml 第 {position(home / 'config/intake.yaml', 'evry_seconds:')[0]} 行第 3 列",
        "templates/words/held.txt 第 4 行",
    ]
    assert total == "共 2 处需要修改。"
    assert not (home / "data" / "ledger.sqlite3").exists()
