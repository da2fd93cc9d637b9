"""How the commands are called: as a program, with wrong words, with --home here or there; and `init`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.shipped_templates import RECORD
from tests.commands.conftest import WriteMail
from tests.e2e.inspection import CommandResult, run, tree
from tests.e2e.mails import accepted_mail

COMMANDS = ("run", "poll", "judge", "digest", "check", "doctor", "status", "held", "desk", "ledger", "init", "demo")


def program(*words: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """`python -m intake_bot` in a process of its own, far from the checkout."""
    return subprocess.run(
        [sys.executable, "-m", "intake_bot", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_program_judges_in_utf_8_on_any_console(home: Path, write_mail: WriteMail, tmp_path: Path) -> None:
    path = write_mail("a.eml", accepted_mail())
    inside = program(
        "judge", "--json", path, cwd=home, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )
    assert (inside.returncode, inside.stderr) == (0, b"")
    assert (
        CommandResult(0, inside.stdout.decode("utf-8"), "").objects
        == run("judge", "--home", home, "--json", path).objects
    )


def test_program_makes_a_home_and_checks_it(tmp_path: Path) -> None:
    made = program("init", "家", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, b"")
    assert "已在 家 放入" in made.stdout.decode("utf-8")
    checked = program("check", "--home", "家", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, b"")
    assert program("check", cwd=tmp_path).returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts whole consoles")
def test_interrupted_program_says_so(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "intake_bot", "demo", "--keep", str(tmp_path / "demo")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # Where the tests run in the background, a shell has told them to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline().decode("utf-8").startswith("没有用到任何账号和网络")
        demo.send_signal(signal.SIGINT)
        said = demo.communicate()[1]
    assert (demo.returncode, said.decode("utf-8")) == (1, "已中断。没有做完的，下次运行时接着做。\n")


def test_program_whose_reader_closed_the_pipe_ends_quietly(home: Path, write_mail: WriteMail) -> None:
    path = write_mail("a.eml", accepted_mail())
    with subprocess.Popen(
        [sys.executable, "-m", "intake_bot", "judge", *[str(path)] * 40, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as judging:
        assert judging.stdout is not None
        assert judging.stderr is not None
        judging.stdout.readline()
        judging.stdout.close()
        said = judging.stderr.read()
    assert (judging.returncode, said) == (0, b"")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "还缺少：命令"),
        (["pol"], "没有“pol”，可以写："),
        (["judge"], "还缺少：文件"),
        (["poll", "--nwo", "2023-05-17"], "不认识：--nwo 2023-05-17"),
        (["poll", "--now"], "--now：后面要写一个值"),
        (["poll", "--now", "昨天"], "看不懂时间“昨天”，请写成 2023-05-17T16:30:00+08:00"),
        (["export", "--day", "5月17日"], "看不懂日期“5月17日”，请写成 2023-05-17"),
        (["held", "accept", "1042-9", "--day", "昨天"], "看不懂日期“昨天”，请写成 2023-05-17"),
        (["poll", "--js"], "不认识：--js"),
        (["ledger", "--js"], "不认识：--js"),
    ],
)
def test_wrong_arguments_are_answered_in_chinese(words: list[str], said: str) -> None:
    wrong = run(*words)
    assert (wrong.code, wrong.out) == (2, "")
    assert said in wrong.err
    assert wrong.err.startswith("用法：intake-bot")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_chinese(command: str) -> None:
    told = run(*([command] if command else []), "--help")
    assert (told.code, told.err) == (0, "")
    for english in ("usage", "options:", "positional", "show this help", "error"):
        assert english not in told.out
    assert "--home" in told.out


def test_help_names_every_command() -> None:
    told = run("--help").out
    assert [command for command in COMMANDS if f"\n    {command} " not in told] == []


def test_home_option_is_accepted_before_and_after_the_command(home: Path, tmp_path: Path) -> None:
    before, behind = run("--home", home, "check"), run("check", "--home", home)
    assert before == behind
    assert before.code == 0
    assert run("--home", tmp_path, "check").code == 2
    assert run("--home", tmp_path, "check", "--home", home).code == 0


def test_init_copies_all_defaults(tmp_path: Path) -> None:
    home = tmp_path / "新 家"
    made = run("init", home)
    assert (made.code, made.err) == (0, "")
    shipped = {
        name: digest
        for folder in ("config", "templates")
        for name, digest in tree(defaults_dir()).items()
        if name.startswith(f"{folder}/") and not Path(name).name.startswith(".")
    }
    put = tree(home)
    assert put.pop(f"templates/{RECORD}")
    assert put == shipped
    assert f"已在 {home} 放入 {len(shipped)} 个文件。" in made.out


def test_init_overwrites_nothing(home: Path) -> None:
    (home / "config" / "intake.yaml").write_text("# 我的\n", encoding="utf-8")
    before = tree(home)
    again = run("init", home)
    there = f"config/bureaus/hebei.yaml：已经有这个文件了（这样的文件共 {len(before)} 个）"
    assert again == CommandResult(2, "", f"{there}，不会覆盖它；请换一个空文件夹。\n共 1 处需要修改。\n")
    assert tree(home) == before
