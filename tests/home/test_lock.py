"""One program at a time works on a home; commands that only read work beside it."""

from __future__ import annotations

import pytest

from intake_bot.errors import PermanentFailure
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance
from tests.e2e.inspection import CommandResult, dump, run, tree
from tests.e2e.mails import NOW, START, accepted_mail
from tests.e2e.office import Office


def test_second_program_on_the_same_home_is_refused(office: Office) -> None:
    with only_instance(Home(office.root)):
        refused = f"出错：另一个 intake-bot 正在使用 {office.root.resolve()}，请先停止它\n"
        for words in (["poll"], ["digest"], ["run"]):
            assert run(*words, "--home", office.root) == CommandResult(1, "", refused)
        with pytest.raises(PermanentFailure), only_instance(Home(office.root)):
            raise AssertionError("two at once")
    assert run("poll", "--home", office.root, "--now", NOW.isoformat()).code == 0


def test_reading_commands_work_beside_a_running_program(office: Office) -> None:
    office.account.append(accepted_mail(), START)
    office.run_cycle()
    before = dump(office.root), tree(office.root / "data" / "files")
    with only_instance(Home(office.root)):
        assert run("check", "--home", office.root).code == 0
        assert run("held", "--home", office.root).code == 0
        preview = run("digest", "--preview", "--home", office.root, "--now", NOW.isoformat())
        assert (preview.code, preview.err) == (0, "")
        assert "合计：邮箱 1 封 = 收 1" in preview.out
        assert len(run("ledger", "--json", "--home", office.root).objects) == 1
    assert (dump(office.root), tree(office.root / "data" / "files")) == before
