"""The commands that speak of what is registered: `poll`, `held`, `ledger`, `digest`."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.e2e.home import CLERK, edit, make_home, write_bureau
from tests.e2e.inspection import CommandResult, dump, run, text_of, tree
from tests.e2e.mails import BIG_ATTACHMENT, NOW, START, accepted_mail, compose, foreign_mail, rejected_mail

AT_NOW = ("--now", NOW.isoformat())


@pytest.fixture
def account(pymap_server: ImapServer, new_user: str) -> ImapAccount:
    return pymap_server.account(new_user)


@pytest.fixture(scope="module")
def polled(pymap_server: ImapServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one bureau with an accepted, a held, a rejected and a foreign mail, polled. For reading only."""
    account = pymap_server.account("registered@example.edu.cn")
    held = compose(
        "活动周承德市教育局照片材料",
        {"[方案].txt": b"plan"},
        text=f"照片请下载：{BIG_ATTACHMENT}",
        message_id="<held@example.edu.cn>",
    )
    for raw in (accepted_mail(), held, rejected_mail(), foreign_mail()):
        account.append(raw, START)
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("polled"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
    return home


@pytest.fixture
def live(polled: Path, pymap_server: ImapServer, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A copy of it to work on, whose letters go to `smtp_server`."""
    home = tmp_path / "home"
    shutil.copytree(polled, home)
    write_bureau(home, "hebei", pymap_server.account("registered@example.edu.cn"), smtp_server)
    return home


def test_ledger_as_json_has_its_documented_keys(polled: Path) -> None:
    listed = run("ledger", "--home", polled, "--json")
    assert (listed.code, listed.err) == (0, "")
    accepted, held, rejected = listed.objects
    files = accepted.pop("files")
    assert accepted == {
        "receipt": "1001-9",
        "bureau": "hebei",
        "notice": "hebei-2023",
        "unit": "石家庄市教育局",
        "material": "典型案例",
        "day": None,
        "received": "2023-05-15T08:00:00+08:00",
        "verdict": "accepted",
        "late": False,
        "message_id": "<1@example.edu.cn>",
        "superseded": False,
    }
    assert [list(file) for file in files] == [["name", "sha256", "bytes"]]
    assert files[0]["name"] == "典型案例.docx"
    assert files[0]["sha256"] in tree(polled / "data" / "files").values()
    assert [(one["verdict"], one["unit"]) for one in (held, rejected)] == [("held", "承德市教育局"), ("rejected", None)]


def test_ledger_prints_one_line_an_item(polled: Path) -> None:
    listed = run("ledger", "--home", polled)
    assert listed.code == 0
    first, *rest = listed.out.splitlines()
    assert first == "1001-9  2023-05-15 08:00:00  收  石家庄市教育局  典型案例  文件 1 个"
    assert len(rest) == 2


def test_held_list_shows_reason_and_file(polled: Path) -> None:
    held = run("held", "--home", polled)
    assert held.code == 1
    head, about, why, *files, total, _, _, again, closing = held.out.splitlines()
    assert head == "1002-4  河北省教育厅  2023-05-15 08:00  承德市教育局"
    assert about == "    主题：活动周承德市教育局照片材料  来自：school@example.edu.cn"
    assert why.startswith("    原因：照片：")
    assert [Path(file.removeprefix("    文件：")).is_file() for file in files if "文件：" in file] == [True] * 2
    assert total == "共 1 封待人工处理。"
    assert "--again" in again
    assert closing == "来问问题的邮件，已经答复的，用 intake-bot held accept 编号 结案（不收材料，不再回信）"


@pytest.mark.parametrize("command", ["held", "ledger"])
def test_list_of_another_bureau_is_empty(polled: Path, command: str) -> None:
    assert run(command, "--home", polled, "--bureau", "hefei").code == 2
    assert "1002-4" in run(command, "--home", polled, "--bureau", "hebei").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["held"], "还没有登记过邮件。\n"),
        (["ledger"], "还没有登记过材料。\n"),
        (["ledger", "--json"], ""),
        (["digest", "--preview"], "还没有登记过邮件，没有可以汇总的。\n"),
    ],
    ids=["held", "ledger", "ledger --json", "digest --preview"],
)
def test_list_before_the_first_poll_is_empty_and_creates_nothing(home: Path, words: list[str], said: str) -> None:
    assert run(*words, "--home", home) == CommandResult(0, said, "")
    assert list((home / "data").iterdir()) == []


def test_digest_is_filed_once_a_day_as_a_page(live: Path, smtp_server: SmtpServer) -> None:
    page = live / "data" / "digests" / "hebei" / "2023-05-18.html"
    assert run("digest", "--home", live, *AT_NOW) == CommandResult(0, f"河北省教育厅：已做好，见 {page}\n", "")
    (letter,) = [letter for letter in smtp_server.letters if letter.recipients == (CLERK,)]
    written = page.read_text(encoding="utf-8")
    assert "邮箱" in written
    assert "合计：邮箱 4 封 = 收 1 + 退 1 + 待人工 1 + 非报送 1" in text_of(letter)
    assert run("digest", "--home", live, *AT_NOW) == CommandResult(0, f"河北省教育厅：今天已经做过，见 {page}\n", "")
    assert page.read_text(encoding="utf-8") == written
    next_day = run("digest", "--home", live, "--now", "2023-05-19T18:00:00+08:00")
    assert next_day.out.startswith("河北省教育厅：已做好")
    assert len([letter for letter in smtp_server.letters if letter.recipients == (CLERK,)]) == 2


def test_digest_preview_only_prints(live: Path, smtp_server: SmtpServer) -> None:
    before = dump(live), smtp_server.letters
    preview = run("digest", "--home", live, "--preview", *AT_NOW)
    assert preview.code == 0
    assert "合计：邮箱 4 封 = 收 1 + 退 1 + 待人工 1 + 非报送 1" in preview.out
    assert (dump(live), smtp_server.letters) == before
    assert not (live / "data" / "digests").exists()


def test_digest_stays_queued_while_the_server_is_unreachable(live: Path, smtp_server: SmtpServer) -> None:
    with SmtpServer("another password") as strict:
        edit(live, "config/bureaus/hebei.yaml", f"port: {smtp_server.port}", f"port: {strict.port}")
        refused = run("digest", "--home", live, *AT_NOW)
        assert refused.code == 1
        assert "信还没有发出，会再试" in refused.out
        edit(live, "config/bureaus/hebei.yaml", f"port: {strict.port}", f"port: {smtp_server.port}")
    assert run("poll", "--home", live, *AT_NOW).code == 0
    assert [letter.recipients for letter in smtp_server.letters].count((CLERK,)) == 1


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_poll_continues_with_other_bureaus_after_an_unreachable_mailbox(
    account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    away = ImapAccount("127.0.0.1", closed_port(), "a@163.com", "secret", account.append)
    account.append(accepted_mail(), START)
    home = make_home(tmp_path / "home", {"hefei": away, "hebei": account}, smtp_server)
    polled = run("poll", "--home", home, *AT_NOW)
    assert polled.code == 1
    assert "河北省教育厅：新邮件 1 封，处理完 1 封，未处理完 0 封；发出回信 1 封" in polled.out
    assert "合肥市教育局：新邮件 0 封" in polled.out
    assert f"  问题：与 127.0.0.1:{away.port} 的连接出了问题" in polled.out
    assert [letter.recipients for letter in smtp_server.letters] == [("school@example.edu.cn",)]


def test_commands_inside_the_home_need_no_home_option(
    account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path / "home", {"hebei": account}, smtp_server)
    account.append(accepted_mail(), START)
    monkeypatch.chdir(home)
    polled = run("poll", *AT_NOW)
    assert (polled.code, polled.err) == (0, "")
    assert "新邮件 1 封，处理完 1 封，未处理完 0 封；发出回信 1 封" in polled.out
    (row,) = run("ledger", "--json").objects
    assert {file["sha256"] for file in row["files"]} <= set(tree(home / "data" / "files").values())
    assert [run(*words).code for words in (["digest", *AT_NOW], ["ledger", "verify"], ["backup", "a.zip"])] == [0, 0, 0]


def test_poll_of_one_bureau_does_not_touch_others(
    pymap_server: ImapServer, account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    other = pymap_server.account(f"other.{account.user}")
    for one in (account, other):
        one.append(accepted_mail(), START)
    home = make_home(tmp_path / "home", {"hebei": account, "hefei": other}, smtp_server)
    polled = run("poll", "--home", home, "--bureau", "hebei", *AT_NOW)
    assert polled.code == 0
    assert polled.out.startswith("河北省教育厅：新邮件 1 封")
    assert {row["bureau"] for row in run("ledger", "--json", "--home", home).objects} == {"hebei"}


def test_poll_without_a_secret_reports_where_it_belongs(
    account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", {"hebei": account}, smtp_server)
    (home / "secret.txt").unlink()
    polled = run("poll", "--home", home, *AT_NOW)
    assert polled.code == 1
    assert "读不到文件 secret.txt" in polled.out
