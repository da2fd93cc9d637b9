"""`ledger verify`: missing, changed and unknown files, and faults of the ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SmtpServer
from intake_bot.home.backup.verify import VerifyResult, verify
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.upkeep import StoredFile
from tests.e2e.home import write_bureau
from tests.e2e.inspection import CommandResult, run
from tests.e2e.mails import START, compose
from tests.home.backup.conftest import AT_NOW


def _remove(path: Path) -> None:
    path.unlink()


def _change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("harm", "said"),
    [(_remove, "不见了"), (_change, "内容被改动过或已损坏"), (_cut, "大小不对（登记 ")],
    ids=["gone", "changed", "cut"],
)
def test_damaged_file_is_reported_by_verify_and_backup(
    harm: Callable[[Path], None], said: str, copy: Path, tmp_path: Path
) -> None:
    path = next((copy / "data" / "files").glob("hebei/*/石家庄市教育局/*/典型案例.docx"))
    harm(path)
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert f"问题：回执编号 1001-9 的文件{said}" in verified.out
    assert str(path) in verified.out
    assert "有 1 处问题" in verified.out
    backed_up = run("backup", "--home", copy, tmp_path / "b.zip")
    assert backed_up.code == 1
    assert backed_up.out.startswith("问题：回执编号 1001-9 的文件")
    assert (tmp_path / "b.zip").is_file()


def test_verify_reports_dangling_references(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE item SET submission = 99 WHERE id = 1")
        ledger.execute("UPDATE message SET settled = 999 WHERE id = 2")
        ledger.execute("UPDATE submission SET stands = 0 WHERE message = 3")
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert [line for line in verified.out.splitlines() if line.startswith("问题")] == [
        "问题：表 item 第 1 行指向 submission 里不存在的一行",
        "问题：邮件 1002-4 的处理结果没有对应的流水记录",
        "问题：邮件 1003-5 记为已判定，却没有判定结果",
    ]


def test_verify_reports_a_damaged_index(copy: Path) -> None:
    with closing(sqlite3.connect(copy / "data" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("PRAGMA writable_schema = ON")
        ledger.execute("DELETE FROM sqlite_master WHERE name = 'ix_event_bureau_what'")
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 1
    assert "问题：数据库结构有错：" in verified.out


def test_verify_remarks_on_harmless_leftovers(copy: Path) -> None:
    stray = copy / "data" / "files" / "hebei" / "多余.txt"
    stray.write_text("x", encoding="utf-8")
    (raw,) = (copy / "data" / "spool").iterdir()
    raw.unlink()
    verified = run("ledger", "verify", "--home", copy)
    assert verified.code == 0
    assert verified.out.splitlines() == [
        f"提示：台账里没有登记这个文件（多半是处理中断时留下的，不影响使用）：{stray}",
        "提示：回执编号 1002-4 等人工处理，本机存的原邮件不见了或已损坏，不能重新判定；"
        f"请在邮箱里看原邮件，再用 held accept 或 held reject 作出决定：{raw}",
        "没有问题：台账完好，登记的 5 个文件都在，都没有变。",
    ]


def test_verify_counts_a_file_filed_meanwhile_as_filed(
    copy: Path, pymap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    account = pymap_server.account("meanwhile@example.edu.cn")
    account.append(compose("活动周唐山市教育局照片材料", message_id="<new@example.edu.cn>"), START)
    write_bureau(copy, "hebei", account, smtp_server)

    def meanwhile(files: Sequence[StoredFile]) -> Iterator[StoredFile]:
        assert "处理完 1 封" in run("poll", "--home", copy, *AT_NOW).out
        assert run("held", "reject", "1002-4", "--reason", "链接打不开", "--home", copy, *AT_NOW).code == 0
        yield from files

    home = Home(copy)
    with Ledger.open(home.ledger) as ledger:
        assert verify(ledger, home, meanwhile) == VerifyResult(5, (), ())
        assert len(ledger.upkeep.find_stored_files()) > 5


def test_verify_reports_a_missing_ledger(copy: Path) -> None:
    data = copy / "data"
    for path in data.glob("ledger.sqlite3*"):
        path.unlink()
    said = f"出错：台账不见了：{data / 'files'} 里有文件，却没有 {data / 'ledger.sqlite3'}；请用备份恢复\n"
    assert run("ledger", "verify", "--home", copy) == CommandResult(1, "", said)


def test_verify_outside_a_home_is_refused(tmp_path: Path) -> None:
    done = run("ledger", "verify", "--home", tmp_path / "mistyped")
    assert (done.code, done.out) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_verify_before_the_first_poll_creates_nothing(empty: Path) -> None:
    assert run("ledger", "verify", "--home", empty) == CommandResult(0, "还没有登记过材料。\n", "")
    assert not (empty / "data" / "ledger.sqlite3").exists()
