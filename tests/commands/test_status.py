"""`status` and data/health.json: what an admin and a watchdog are told."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from intake_bot.config.settings import PauseRange
from intake_bot.demo.servers import ImapServer
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.outbox.pace import LearnedPause
from tests.e2e.home import CLERK, edit
from tests.e2e.inspection import CommandResult, run
from tests.e2e.mails import NOW, START, accepted_mail, rejected_mail
from tests.e2e.office import Office, running_office
from tests.servers.smtp import MoodySmtpServer


@pytest.fixture
def smtp() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer("secret") as server:
        yield server


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp: MoodySmtpServer, tmp_path: Path) -> Iterator[Office]:
    with running_office(pymap_server.account(new_user), smtp, tmp_path / "home") as office:
        yield office


def status(office: Office, *words: str, at: datetime | None = None) -> CommandResult:
    return run("status", "--home", office.root, "--now", (at or office.now).isoformat(), *words)


def written(office: Office) -> dict[str, Any]:
    health: dict[str, Any] = json.loads((office.root / "data/health.json").read_text(encoding="utf-8"))
    return health


def at(hour: int, minute: int) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def test_status_of_a_healthy_service_is_0_and_says_so(office: Office) -> None:
    office.account.append(accepted_mail(), START)
    office.now = at(9, 0)
    office.run_cycle()
    said = status(office)
    assert (said.code, said.err) == (0, "")
    program, disk, *lines = said.out.splitlines()
    seconds = r"\d+\.\d\d 秒"
    stages = "，".join(f"{stage} {seconds}" for stage in ("下载", "读信", "测量", "判定", "登记", "发信"))
    assert re.fullmatch(f"    每封用时：{stages}", lines.pop(2))
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


def test_health_file_has_every_key_after_a_poll_cycle(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.mail_answer = "451 4.7.1 try again later"
    office.account.append(rejected_mail(), START)
    office.now = at(9, 0)
    office.run_cycle()
    health = written(office)
    assert health.pop("free_disk_bytes") > 0
    assert health.pop("pid") > 0
    assert set(health) == {"version", "started", "written", "last_receipt", "faulty_edit", "complaints", "bureaus"}
    told = (health["written"], health["faulty_edit"], health["complaints"])
    assert told == ("2023-05-18T09:01:00+08:00", "", [])
    seconds = health["bureaus"]["hebei"].pop("stage_seconds")
    assert set(seconds) == {"fetch", "read", "measure", "judge", "file"}  # no letter was accepted
    assert all(0 < one < 60 for one in seconds.values())
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
            "poll_late": "",
            "letters_late": "",
            "archive_away": "",
            "pause_seconds": 0,
        }
    }
    assert json.loads(status(office, "--json").out) == written(office) | {
        "free_disk_bytes": pytest.approx(written(office)["free_disk_bytes"], rel=0.1)
    }


def test_service_without_recent_activity_is_wrong(office: Office) -> None:
    office.now = at(9, 0)
    office.run_cycle()
    assert status(office, at=office.now + timedelta(minutes=14)).code == 0
    late = status(office, at=office.now + timedelta(minutes=15))
    assert late.code == 1
    assert "有 1 件事要处理：\n  - 收件程序没有在运行，或者卡住了：最近一次活动是 5月18日 09:01\n" in late.out


def test_status_before_the_first_run_says_what_to_do(office: Office) -> None:
    assert status(office).out.splitlines()[-1] == "  - 收件程序还没有运行过"
    office.close()
    (office.root / "data/ledger.sqlite3").unlink()
    nothing = status(office)
    assert (nothing.code, nothing.out) == (1, "")
    assert "请先运行 intake-bot doctor" in nothing.err


def test_unreachable_mailbox_is_wrong_from_the_time_of_the_alert(office: Office) -> None:
    office.now = at(9, 0)
    office.run_cycle()
    office.disconnect()
    office.run_cycle()
    hiccup = status(office)
    assert (hiccup.code, "    问题：与 127.0.0.1:" in hiccup.out) == (0, True)
    for _ in range(16):
        office.run_cycle()
    told = status(office)
    assert told.code == 1
    assert "\n  - 河北省教育厅：与 127.0.0.1:" in told.out
    assert told.out.rstrip().endswith("（5月18日 09:02 起）")
    assert "收信：最近一次正常收信 5月18日 09:01" in told.out
    office.reconnect()
    office.run_cycle()
    assert status(office).code == 0


def test_full_disk_is_wrong(office: Office) -> None:
    office.now = at(9, 0)
    edit(office.root, "config/intake.yaml", "free_disk_bytes: 200000000", f"free_disk_bytes: {10**18}")
    office.restart()
    office.run_cycle()
    full = status(office)
    assert full.code == 1
    assert "\n  - 磁盘快满了，只剩 " in full.out


def test_unsent_digest_is_wrong(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    office.run_cycle()
    assert office.file_due_digest()
    assert status(office).code == 0
    office.run_cycle()
    lost = status(office)
    assert lost.code == 1
    assert "    每日汇总：最近一份是 5月18日的，没有发出\n" in lost.out
    assert "  - 河北省教育厅：5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）" in lost.out


def test_restarted_service_remembers_the_last_good_poll(office: Office) -> None:
    office.now = at(9, 0)
    office.run_cycle()
    office.disconnect()
    office.run_cycle()
    bureau = written(office)["bureaus"]["hebei"]
    assert (bureau["last_good_poll"], bureau["last_round"]) == (
        "2023-05-18T09:01:00+08:00",
        "2023-05-18T09:02:00+08:00",
    )


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"bureaus": {"hebei": 3}}', b"\xff\xfe"])
def test_damaged_health_file_is_rewritten(office: Office, damage: bytes) -> None:
    (office.root / "data/health.json").write_bytes(damage)
    assert status(office).out.splitlines()[-1] == "  - 收件程序还没有运行过"
    office.now = at(9, 0)
    office.run_cycle()
    assert status(office).code == 0


def test_unwritable_health_file_does_not_stop_the_service(office: Office) -> None:
    (office.root / "data/health.json").mkdir()
    office.account.append(accepted_mail(), START)
    assert office.run_cycle().delivered.sent == 1


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
def test_health_that_cannot_be_written_is_not_well(harm: Callable[[Path], None], office: Office) -> None:
    office.now = at(9, 0)
    office.run_cycle()
    health = office.cycle.health
    assert (health.is_well, health.words) == (True, "一切正常")
    harm(office.root)
    office.run_cycle()
    assert (health.is_well, health.words) == (False, "不知道是否正常：状态没有写成，原因见日志")


def test_health_file_writable_again_reports_both_times(office: Office) -> None:
    office.now = at(9, 0)
    office.run_cycle()
    _block_the_file(office.root)
    office.run_cycle()
    (office.root / "data/health.json.new").rmdir()
    office.disconnect()
    office.run_cycle()
    bureau = written(office)["bureaus"]["hebei"]
    assert (bureau["last_good_poll"], bureau["last_round"]) == (
        "2023-05-18T09:01:00+08:00",
        "2023-05-18T09:03:00+08:00",
    )


def test_status_names_shadow_mode(office: Office) -> None:
    edit(office.root, "config/bureaus/hebei.yaml", "mode: live", "mode: shadow")
    assert "河北省教育厅（试运行，不给学校发信）" in status(office).out


def rewrite(office: Office, **changes: object) -> None:
    """Health as a program would have written it that still gives signs of life."""
    health = written(office)
    health["written"] = office.now.isoformat()
    health["bureaus"]["hebei"] |= changes
    (office.root / "data/health.json").write_text(json.dumps(health), encoding="utf-8")


def test_mailbox_that_is_not_read_is_wrong_though_the_program_lives(office: Office) -> None:
    office.now = at(9, 0)
    office.restart()
    office.run_cycle()
    office.now = at(9, 20)
    rewrite(office)
    assert status(office).code == 0
    office.now = at(9, 21)
    rewrite(office)
    said = status(office)
    assert said.code == 1
    assert "河北省教育厅：从 5月18日 09:01 起没有正常收信（还没有收完一轮，原因见日志）" in said.out
    rewrite(office, trouble=["服务器没有应答。"])
    assert "起没有正常收信（服务器没有应答。）" in status(office).out


def test_letter_that_could_leave_and_does_not_is_wrong_with_the_reason(office: Office, smtp: MoodySmtpServer) -> None:
    office.account.append(accepted_mail(), START)
    office.account.append(rejected_mail(), START)
    office.now = at(9, 0)
    smtp.letter_answer = "452 RP:TRC 163 smtp8,too many recipients today"
    office.run_cycle()
    assert status(office, at=at(11, 0)).out.count("起一直没有发出") == 0
    office.now = at(11, 2)
    office.run_cycle()
    said = status(office)
    assert said.code == 1
    assert "有信从 5月18日 09:01 起一直没有发出（发信服务器不收：" in said.out
    assert "RP:TRC 163 smtp8,too many recipients today）；到 5月19日 06:00 再发）" in said.out


def test_letter_that_waits_for_its_own_recipient_is_nothing_wrong(office: Office, smtp: MoodySmtpServer) -> None:
    office.account.append(accepted_mail(), START)
    office.now = at(9, 0)
    smtp.letter_answer = "451 4.7.1 greylisted"
    for hour in range(9, 16):
        office.now = at(hour, 0)
        office.run_cycle()
    assert status(office).code == 0


def test_status_shows_the_pause_that_was_learned(office: Office, smtp: MoodySmtpServer) -> None:
    office.account.append(accepted_mail(), START)
    office.now = at(9, 0)
    smtp.letter_answer = "421 4.3.2 too many"
    office.run_cycle()
    assert written(office)["bureaus"]["hebei"]["pause_seconds"] == 0  # on loopback there is none
    with closing(Ledger.open(Home(office.root).ledger)) as ledger:
        LearnedPause("hebei", ledger, PauseRange(least=5, most=60)).grow("421", office.now)
    here, elsewhere = f"127.0.0.1, port: {smtp.port}, security: none", "smtp.example.edu.cn, port: 465, security: tls"
    edit(office.root, "config/bureaus/hebei.yaml", here, elsewhere)
    assert "；两封信之间停 10 秒\n" in status(office).out
