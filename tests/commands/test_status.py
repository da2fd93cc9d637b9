"""`status` and data/health.json: what an admin and a watchdog are told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo.servers import ImapServer
from tests.e2e.home import CLERK, edit
from tests.e2e.looking import Ran, run
from tests.e2e.mails import NOW, START, accepted_mail, rejected_mail
from tests.e2e.office import Office, at_work
from tests.servers.smtp import MoodySmtpServer


@pytest.fixture
def smtp() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer("secret") as server:
        yield server


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp: MoodySmtpServer, tmp_path: Path) -> Iterator[Office]:
    with at_work(pymap_server.account(new_user), smtp, tmp_path / "home") as office:
        yield office


def status(office: Office, *words: str, at: datetime | None = None) -> Ran:
    return run("status", "--home", office.root, "--now", (at or office.now).isoformat(), *words)


def written(office: Office) -> dict[str, Any]:
    health: dict[str, Any] = json.loads((office.root / "data/health.json").read_text(encoding="utf-8"))
    return health


def at(hour: int, minute: int) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def test_all_well_is_said_in_words_and_by_the_exit_code(office: Office) -> None:
    office.account.append(accepted_mail(), START)
    office.now = at(9, 0)
    office.round()
    said = status(office)
    assert (said.code, said.err) == (0, "")
    program, disk, *lines = said.out.splitlines()
    assert program.startswith("收件程序：最近一次活动 5月18日 09:01，5月18日 18:00 启动（版本 ")
    assert disk.startswith("磁盘：还剩 ")
    assert lines == [
        "河北省教育厅（正式运行）",
        "    收信：最近一次正常收信 5月18日 09:01",
        "    待发的信：0 封；正在发或不知是否发出：0 封",
        "    待人工：0 封；等齐再看：0 封；还没处理完：0 封",
        "    每日汇总：还没有做过",
        "一切正常。",
    ]


def test_the_file_holds_every_key_after_a_round(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.mail_answer = "451 4.7.1 try again later"
    office.account.append(rejected_mail(), START)
    office.now = at(9, 0)
    office.round()
    health = written(office)
    assert health.pop("free_disk_bytes") > 0
    assert health.pop("pid") > 0
    assert set(health) == {"version", "started", "written", "faulty_edit", "complaints", "bureaus"}
    told = (health["written"], health["faulty_edit"], health["complaints"])
    assert told == ("2023-05-18T09:01:00+08:00", "", [])
    assert health["bureaus"] == {
        "hebei": {
            "name": "河北省教育厅",
            "mode": "live",
            "last_round": "2023-05-18T09:01:00+08:00",
            "last_good_poll": "2023-05-18T09:01:00+08:00",
            "trouble": [],
            "trouble_since": None,
            "alarmed": False,
            "queued": 1,
            "oldest_queued": "2023-05-18T09:01:00+08:00",
            "in_doubt": 0,
            "held": 0,
            "waiting": 0,
            "unfinished": 0,
            "last_digest": None,
            "last_digest_sent": None,
            "digest_late": "",
        }
    }
    assert json.loads(status(office, "--json").out) == written(office) | {
        "free_disk_bytes": pytest.approx(written(office)["free_disk_bytes"], rel=0.1)
    }


def test_a_program_that_does_not_work_any_more_is_missed(office: Office) -> None:
    office.now = at(9, 0)
    office.round()
    assert status(office, at=office.now + timedelta(minutes=14)).code == 0
    late = status(office, at=office.now + timedelta(minutes=15))
    assert late.code == 1
    assert "有 1 件事要处理：\n  - 收件程序没有在运行，或者卡住了：最近一次活动是 5月18日 09:01\n" in late.out


def test_a_program_that_never_ran_says_what_to_do(office: Office) -> None:
    assert status(office).out.splitlines()[-1] == "  - 收件程序还没有运行过"
    office.close()
    (office.root / "data/ledger.sqlite3").unlink()
    nothing = status(office)
    assert (nothing.code, nothing.out) == (1, "")
    assert "请先运行 intake-bot doctor" in nothing.err


def test_a_mailbox_in_trouble_is_wrong_from_the_moment_of_the_alarm(office: Office) -> None:
    office.now = at(9, 0)
    office.round()
    office.unplug()
    office.round()
    hiccup = status(office)
    assert (hiccup.code, "    问题：与 127.0.0.1:" in hiccup.out) == (0, True)
    for _ in range(16):
        office.round()
    told = status(office)
    assert told.code == 1
    assert "\n  - 河北省教育厅：与 127.0.0.1:" in told.out
    assert told.out.rstrip().endswith("（5月18日 09:02 起）")
    assert "收信：最近一次正常收信 5月18日 09:01" in told.out
    office.plug_in()
    office.round()
    assert status(office).code == 0


def test_a_full_disk_is_wrong(office: Office) -> None:
    office.now = at(9, 0)
    edit(office.root, "config/intake.yaml", "free_disk_bytes: 200000000", f"free_disk_bytes: {10**18}")
    office.restart()
    office.round()
    full = status(office)
    assert full.code == 1
    assert "\n  - 磁盘快满了，只剩 " in full.out


def test_a_digest_that_did_not_leave_is_wrong(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    office.round()
    assert office.digest_is_filed()
    assert status(office).code == 0
    office.round()
    lost = status(office)
    assert lost.code == 1
    assert "    每日汇总：最近一份是 5月18日的，没有发出\n" in lost.out
    assert "  - 河北省教育厅：5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）" in lost.out


def test_a_program_that_starts_anew_remembers_the_last_good_poll(office: Office) -> None:
    office.now = at(9, 0)
    office.round()
    office.unplug()
    office.round()
    bureau = written(office)["bureaus"]["hebei"]
    assert (bureau["last_good_poll"], bureau["last_round"]) == (
        "2023-05-18T09:01:00+08:00",
        "2023-05-18T09:02:00+08:00",
    )


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"bureaus": {"hebei": 3}}', b"\xff\xfe"])
def test_a_damaged_file_is_written_anew(office: Office, damage: bytes) -> None:
    (office.root / "data/health.json").write_bytes(damage)
    assert status(office).out.splitlines()[-1] == "  - 收件程序还没有运行过"
    office.now = at(9, 0)
    office.round()
    assert status(office).code == 0


def test_a_file_that_cannot_be_written_stops_nobody(office: Office) -> None:
    (office.root / "data/health.json").mkdir()
    office.account.append(accepted_mail(), START)
    assert office.round().delivered.sent == 1


def _damage_the_ledger(root: Path) -> None:
    """All but its first page; the write behind it makes the program read anew."""
    path = root / "data/ledger.sqlite3"
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = ledger.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(size)
            file.write(b"\x55" * (path.stat().st_size - size))
        ledger.execute("PRAGMA user_version = 1")


def _block_the_file(root: Path) -> None:
    (root / "data/health.json.new").mkdir()


@pytest.mark.parametrize("harm", [_damage_the_ledger, _block_the_file])
def test_who_does_not_know_does_not_say_that_all_is_well(harm: Callable[[Path], None], office: Office) -> None:
    office.now = at(9, 0)
    office.round()
    health = office.rounds.health
    assert (health.is_well, health.words) == (True, "一切正常")
    harm(office.root)
    office.round()
    assert (health.is_well, health.words) == (False, "不知道是否正常：状态没有写成，原因见日志")


def test_what_could_be_written_again_tells_of_both_times(office: Office) -> None:
    office.now = at(9, 0)
    office.round()
    _block_the_file(office.root)
    office.round()
    (office.root / "data/health.json.new").rmdir()
    office.unplug()
    office.round()
    bureau = written(office)["bureaus"]["hebei"]
    assert (bureau["last_good_poll"], bureau["last_round"]) == (
        "2023-05-18T09:01:00+08:00",
        "2023-05-18T09:03:00+08:00",
    )


def test_shadow_mode_is_named(office: Office) -> None:
    edit(office.root, "config/bureaus/hebei.yaml", "mode: live", "mode: shadow")
    assert "河北省教育厅（试运行，不给学校发信）" in status(office).out
