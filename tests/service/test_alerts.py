"""Alerts of digests and edits, and of how long trouble lasted: one when it lasts, and one at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.service.config_watcher import EVERYBODY, FaultyEdit
from intake_bot.service.lateness import ALERT_AFTER
from tests.e2e.home import ADMIN, CLERK, edit
from tests.e2e.inspection import text_of
from tests.e2e.mails import NOW
from tests.e2e.office import Office, running_office
from tests.servers.smtp import MoodySmtpServer

LATE = "【需要处理】河北省教育厅的每日汇总没有发出"
SENT = "【已恢复】河北省教育厅的每日汇总恢复发送"


@pytest.fixture
def smtp() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer("secret") as server:
        yield server


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp: MoodySmtpServer, tmp_path: Path) -> Iterator[Office]:
    with running_office(pymap_server.account(new_user), smtp, tmp_path / "home") as office:
        yield office


def pass_time(office: Office, minutes: int, every: int = 10) -> None:
    """Runs digests and poll cycles by turns, as the daemon does, only more seldom."""
    for _ in range(0, minutes, every):
        office.file_due_digest()
        office.run_cycle()
        office.now += timedelta(minutes=every - 1)


def test_refused_digest_is_alerted_once_and_so_is_the_next_sent_one(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE]
    assert "原因：5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）" in text_of(smtp.letters[0])
    smtp.recipient_answers = {}
    office.now = NOW + timedelta(days=1)
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE, SENT]
    assert len(office.letters_to(CLERK)) == 1


def test_deferred_digest_is_alerted_after_an_hour(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "451 4.7.1 try again later"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE]
    smtp.recipient_answers = {}
    pass_time(office, 300, every=30)
    assert office.letters_to(ADMIN) == [LATE, SENT]


def test_digest_that_cannot_be_written_is_alerted_with_the_reason(office: Office, smtp: MoodySmtpServer) -> None:
    office.now = NOW.replace(hour=17, minute=30)
    (office.root / "data" / "digests").write_text("a file where the folder should be", encoding="utf-8")
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE]
    assert "原因：5月18日的每日汇总到了17:30还没有做出来（写不了汇总 " in text_of(smtp.letters[0])
    (office.root / "data" / "digests").unlink()
    pass_time(office, 30)
    assert office.letters_to(ADMIN) == [LATE, SENT]


@pytest.mark.slow
def test_digest_in_time_raises_no_alert(office: Office) -> None:
    office.now = NOW.replace(hour=17, minute=20)
    pass_time(office, 120)
    assert (len(office.letters_to(CLERK)), office.letters_to(ADMIN)) == (1, [])


def test_faulty_edit_is_alerted_once_and_so_is_its_end(office: Office, smtp: MoodySmtpServer) -> None:
    why = "config/bureaus/hebei.yaml 第 13 行第 7 列：没有“Schatten”这种方式"
    office.cycle.report_edits({EVERYBODY: FaultyEdit(office.now, why)})
    pass_time(office, 10)
    assert office.letters_to(ADMIN) == []
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅收件程序的配置有写错的地方"]
    assert f"原因：{why}" in text_of(smtp.letters[-1])
    office.restart()
    pass_time(office, 20)
    assert office.letters_to(ADMIN)[1:] == ["【已恢复】河北省教育厅收件程序已采用修改后的配置"]
    begun, over = (re.findall("开始时间：.*", text_of(one)) for one in smtp.letters if one.recipients == (ADMIN,))
    assert begun == over != []


def test_faulty_edit_corrected_soon_raises_no_alert(office: Office) -> None:
    office.cycle.report_edits({EVERYBODY: FaultyEdit(office.now, "写错了")})
    pass_time(office, 10)
    office.cycle.report_edits({})
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []


@pytest.mark.slow
def test_unsent_digest_of_the_last_season_raises_no_alert(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found", ADMIN: "550 5.1.1 User not found"}
    pass_time(office, 20)
    smtp.recipient_answers = {}
    office.now = NOW + timedelta(days=100)
    pass_time(office, 60)
    assert smtp.letters == ()


def test_alternating_kinds_of_trouble_are_alerted_once_each(office: Office) -> None:
    full, free = f"free_disk_bytes: {10**18}", "free_disk_bytes: 200000000"
    for _ in range(3):
        edit(office.root, "config/intake.yaml", free, full)
        office.restart()
        office.run_cycle()
        office.now += ALERT_AFTER
        office.run_cycle()
        edit(office.root, "config/intake.yaml", full, free)
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        office.restart()
        office.run_cycle()
        (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    for _ in range(2):
        office.run_cycle()
    assert office.letters_to(ADMIN) == [
        "【需要处理】河北省教育厅收件程序在本机遇到问题",
        "【需要处理】河北省教育厅邮箱登录不上",
        "【已恢复】河北省教育厅邮箱恢复收件",
    ]


def test_recovery_alert_states_the_whole_length_of_the_trouble(office: Office, smtp: MoodySmtpServer) -> None:
    office.disconnect()
    for _ in range(4):
        office.run_cycle()
        office.now += timedelta(minutes=9)
    office.reconnect()
    for _ in range(2):
        office.run_cycle()
    (_, over) = smtp.letters
    assert "中断了 40 分钟。" in text_of(over)
    assert "\n开始时间：2023年5月18日（周四）18:01:00\n" in text_of(over)


def test_recovery_alert_after_the_clock_was_set_back_states_a_length(office: Office, smtp: MoodySmtpServer) -> None:
    office.disconnect()
    office.run_cycle()
    office.now -= timedelta(hours=5)
    for _ in range(4):
        office.run_cycle()
        office.now += timedelta(minutes=9)
    office.reconnect()
    for _ in range(2):
        office.run_cycle()
    (_, over) = smtp.letters
    assert "中断了 40 分钟。" in text_of(over)


def test_late_digest_without_admins_is_recorded_and_not_alerted(office: Office, smtp: MoodySmtpServer) -> None:
    edit(office.root, "config/bureaus/hebei.yaml", f"admins: [{ADMIN}]\n", "")
    office.restart()
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []
    with Ledger.open(Home(office.root).ledger) as ledger:
        noted = ledger.trail.find_last("hebei", (EventName.DIGEST_LATE,))
    assert noted is not None
    assert noted.detail == {
        "kind": "digest_late",
        "why": "5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）",
        "since": "2023-05-18T10:00:00+00:00",
    }
