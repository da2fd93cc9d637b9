"""While an edit of config/ has a fault, `status`, `held` and `ledger` go on with the configuration that worked last."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from intake_bot.cli import run
from tests.commands.held_mails import NOTE, VIDEO, accepted, video_mail
from tests.commands.homes import NOW, TestHome
from tests.commands.mails import mail
from tests.marking import slow_but


@pytest.fixture
def held(office: TestHome) -> str:
    office.receive(video_mail())
    office.poll()
    with office.ledger() as ledger:
        [one] = ledger.submissions.find_held("puyang")
    return one.receipt


def separately(office: TestHome, *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = run([words[0], "--home", str(office.root), *words[1:]])
    return code, out.getvalue(), err.getvalue()


def _bad_value(config: Path) -> None:
    path = config / "bureaus" / "puyang.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mode: live", "mode: 正式"), encoding="utf-8")


def _half_a_file(config: Path) -> None:
    path = config / "notices" / "puyang-2023.yaml"
    path.write_bytes(path.read_bytes()[:500])


def _no_utf8(config: Path) -> None:
    path = config / "intake.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def _roster_gone(config: Path) -> None:
    (config / "rosters" / "puyang.csv").unlink()


def _all_gone(config: Path) -> None:
    shutil.rmtree(config)


EDITS = {
    "bad value": _bad_value,
    "half a file": _half_a_file,
    "no utf-8": _no_utf8,
    "roster gone": _roster_gone,
    "all gone": _all_gone,
}


@pytest.mark.parametrize("edit", slow_but(("bad value", "all gone"), EDITS))
def test_commands_go_on_and_say_so_in_one_line(office: TestHome, held: str, edit: Callable[[Path], None]) -> None:
    listed = separately(office, "held")
    items = separately(office, "ledger", "--json")
    assert (listed[2], items[2]) == ("", "")
    edit(office.root / "config")
    for before, words in ((listed, ["held"]), (items, ["ledger", "--json"])):
        code, out, err = separately(office, *words)
        assert (code, out) == before[:2]
        assert err.count("\n") == 1
        assert err.startswith("注意：config 里有 ")
        assert "下面按 5月17日 15:05 起用的那份没有错的配置" in err
        assert str(office.root / "data" / "last-good-config.json") in err
    code, out, err = separately(office, "status", "--json", "--now", NOW)
    assert code == 1
    assert err.startswith("注意：")
    health = json.loads(out)
    assert any(one.startswith("配置改过，但有写错的地方，仍按原来的运行：") for one in health["complaints"])
    assert separately(office, "poll", "--now", NOW)[0] == 2


def test_clerk_decides_while_the_configuration_is_broken(office: TestHome, held: str) -> None:
    _bad_value(office.root / "config")
    code, printed = office.held("accept", held)
    assert (code, "信已发出" in printed) == (0, True), printed
    assert accepted(office) == [("濮阳县教育局", "视频")]
    assert office.letters[-1][1].startswith("【已收】")
    assert office.run("held")[0] == 0


def test_first_start_with_a_broken_configuration_names_all_faults(office: TestHome) -> None:
    _bad_value(office.root / "config")
    for words in (["held"], ["ledger"], ["status"]):
        code, printed = office.run(*words)
        assert (code, "共 1 处需要修改" in printed) == (2, True), printed


def test_mended_configuration_is_used_again(office: TestHome, held: str) -> None:
    path = office.root / "config" / "bureaus" / "puyang.yaml"
    good = path.read_text(encoding="utf-8")
    _bad_value(office.root / "config")
    assert separately(office, "held")[2]
    path.write_text(good.replace("name: 濮阳市教育局", "name: 濮阳市教育和体育局"), encoding="utf-8")
    _, out, err = separately(office, "held")
    assert (err, "濮阳市教育和体育局" in out) == ("", True)
    office.receive(mail(VIDEO, text=NOTE, sender="b@qq.com"))
    office.poll()
    _bad_value(office.root / "config")
    assert "濮阳市教育和体育局" in separately(office, "held")[1]
