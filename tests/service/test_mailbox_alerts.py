"""Alerts of mailbox trouble: sent once when it lasts, and once when it is over."""

from __future__ import annotations

from datetime import timedelta

from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from tests.e2e.home import ADMIN, edit
from tests.e2e.inspection import text_of
from tests.e2e.office import Office


def test_unreachable_mailbox_is_alerted_once_and_so_is_its_recovery(office: Office) -> None:
    office.disconnect()
    for _ in range(4):
        assert len(office.run_cycle().trouble) == 1
        office.now += timedelta(minutes=10)
    assert office.letters_to(ADMIN) == ["【需要留意】河北省教育厅邮箱连不上"]
    office.reconnect()
    for _ in range(3):
        assert office.run_cycle().trouble == ()
    assert office.letters_to(ADMIN)[1:] == ["【已恢复】河北省教育厅邮箱恢复收件"]


def test_clock_set_back_does_not_suppress_an_alert(office: Office) -> None:
    office.disconnect()
    office.run_cycle()
    office.now -= timedelta(hours=5)
    for _ in range(4):
        office.run_cycle()
        office.now += timedelta(minutes=10)
    assert office.letters_to(ADMIN) == ["【需要留意】河北省教育厅邮箱连不上"]


def test_short_outage_raises_no_alert(office: Office) -> None:
    office.disconnect()
    office.run_cycle()
    office.reconnect()
    for _ in range(2):
        office.now += timedelta(minutes=14)
        office.run_cycle()
    assert office.letters_to(ADMIN) == []


def test_low_disk_is_alerted_as_local_trouble(office: Office) -> None:
    edit(office.root, "config/intake.yaml", "free_disk_bytes: 200000000", f"free_disk_bytes: {10**18}")
    office.restart()
    for _ in range(20):
        office.run_cycle()
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅收件程序在本机遇到问题"]
    assert "原因：磁盘只剩" in text_of(office.smtp.letters[0])
    assert office.file_due_digest()
    office.run_cycle()
    assert "本机出现问题：磁盘只剩" in text_of(office.smtp.letters[-1])


def test_second_kind_of_trouble_is_alerted_as_well(office: Office) -> None:
    office.disconnect()
    for _ in range(20):
        office.run_cycle()
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    office.reconnect()
    for _ in range(3):
        office.run_cycle()
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    for _ in range(2):
        office.run_cycle()
    assert office.letters_to(ADMIN) == [
        "【需要留意】河北省教育厅邮箱连不上",
        "【需要处理】河北省教育厅邮箱登录不上",
        "【已恢复】河北省教育厅邮箱恢复收件",
    ]


def test_trouble_without_admins_is_recorded_for_the_digest(office: Office) -> None:
    office.disconnect()
    edit(office.root, "config/bureaus/hebei.yaml", f"admins: [{ADMIN}]", "admins: []")
    office.restart()
    for _ in range(2):
        office.run_cycle()
    assert office.smtp.letters == ()
    with Ledger.open(Home(office.root).ledger) as ledger:
        report = ledger.reports.gather_day_report("hebei")
    assert [event.name for event in report.trouble] == ["mailbox.trouble"]
