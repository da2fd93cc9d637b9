"""Alarms beside those of the mailbox: each is sent once, and its end once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer
from intake_bot.health.alerting import ALERT_AFTER, DIGEST_LATE
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.rereading import FaultyEdit
from tests.e2e.home import ADMIN, CLERK, edit
from tests.e2e.looking import text_of
from tests.e2e.mails import NOW
from tests.e2e.office import Office, at_work
from tests.servers.smtp import MoodySmtpServer

LATE = "【需要处理】河北省教育厅的每日汇总没有发出"
SENT = "【已恢复】河北省教育厅的每日汇总恢复发送"


@pytest.fixture
def smtp() -> Iterator[MoodySmtpServer]:
    with MoodySmtpServer("secret") as server:
        yield server


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp: MoodySmtpServer, tmp_path: Path) -> Iterator[Office]:
    with at_work(pymap_server.account(new_user), smtp, tmp_path / "home") as office:
        yield office


def pass_time(office: Office, minutes: int) -> None:
    """As the daemon spends it: digests and rounds by turns."""
    for _ in range(0, minutes, 10):
        office.digest_is_filed()
        office.round()
        office.now += timedelta(minutes=9)


def test_a_digest_that_is_refused_is_told_once_and_so_is_the_next_one_that_leaves(
    office: Office, smtp: MoodySmtpServer
) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE]
    assert "原因：5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）" in text_of(smtp.letters[0])
    smtp.recipient_answers = {}
    office.now = NOW + timedelta(days=1)
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE, SENT]
    assert len(office.letters_to(CLERK)) == 1


def test_a_digest_that_is_put_off_is_late_after_an_hour(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "451 4.7.1 try again later"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == [LATE]
    smtp.recipient_answers = {}
    pass_time(office, 300)
    assert office.letters_to(ADMIN) == [LATE, SENT]


def test_a_digest_that_cannot_be_made_is_told_with_its_reason(office: Office, smtp: MoodySmtpServer) -> None:
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


def test_a_digest_in_time_is_nothing_to_tell(office: Office) -> None:
    office.now = NOW.replace(hour=17, minute=20)
    pass_time(office, 120)
    assert (len(office.letters_to(CLERK)), office.letters_to(ADMIN)) == (1, [])


def test_a_faulty_edit_is_told_once_and_so_is_its_end(office: Office, smtp: MoodySmtpServer) -> None:
    why = "config/bureaus/hebei.yaml 第 13 行第 7 列：没有“Schatten”这种方式"
    office.rounds.faulty_edit = FaultyEdit(office.now, why)
    pass_time(office, 10)
    assert office.letters_to(ADMIN) == []
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅收件程序的配置有写错的地方"]
    assert f"原因：{why}" in text_of(smtp.letters[-1])
    office.restart()
    pass_time(office, 20)
    assert office.letters_to(ADMIN)[1:] == ["【已恢复】河北省教育厅收件程序已采用修改后的配置"]


def test_a_faulty_edit_that_is_soon_mended_is_nobodys_business(office: Office) -> None:
    office.rounds.faulty_edit = FaultyEdit(office.now, "写错了")
    pass_time(office, 10)
    office.rounds.faulty_edit = None
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []


def test_last_seasons_unsent_digest_is_let_rest(office: Office, smtp: MoodySmtpServer) -> None:
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found", ADMIN: "550 5.1.1 User not found"}
    pass_time(office, 20)
    smtp.recipient_answers = {}
    office.now = NOW + timedelta(days=100)
    pass_time(office, 60)
    assert smtp.letters == ()


def test_kinds_of_trouble_that_take_turns_are_told_once_each(office: Office) -> None:
    full, free = f"free_disk_bytes: {10**18}", "free_disk_bytes: 200000000"
    for _ in range(3):
        edit(office.root, "config/intake.yaml", free, full)
        office.restart()
        office.round()
        office.now += ALERT_AFTER
        office.round()
        edit(office.root, "config/intake.yaml", full, free)
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        office.restart()
        office.round()
        (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    for _ in range(2):
        office.round()
    assert office.letters_to(ADMIN) == [
        "【需要处理】河北省教育厅收件程序在本机遇到问题",
        "【需要处理】河北省教育厅邮箱登录不上",
        "【已恢复】河北省教育厅邮箱恢复收件",
    ]


def test_the_end_of_trouble_is_told_with_its_whole_length(office: Office, smtp: MoodySmtpServer) -> None:
    office.unplug()
    for _ in range(4):
        office.round()
        office.now += timedelta(minutes=9)
    office.plug_in()
    for _ in range(2):
        office.round()
    (_, over) = smtp.letters
    assert "中断了 40 分钟。" in text_of(over)
    assert "\n开始时间：2023年5月18日（周四）18:01:00\n" in text_of(over)


def test_trouble_that_began_before_the_clock_was_set_back_has_a_length(office: Office, smtp: MoodySmtpServer) -> None:
    office.unplug()
    office.round()
    office.now -= timedelta(hours=5)
    for _ in range(4):
        office.round()
        office.now += timedelta(minutes=9)
    office.plug_in()
    for _ in range(2):
        office.round()
    (_, over) = smtp.letters
    assert "中断了 40 分钟。" in text_of(over)


def test_where_nobody_is_admin_the_trouble_is_noted_and_no_letter_written(
    office: Office, smtp: MoodySmtpServer
) -> None:
    edit(office.root, "config/bureaus/hebei.yaml", f"admins: [{ADMIN}]\n", "")
    office.restart()
    smtp.recipient_answers = {CLERK: "550 5.1.1 User not found"}
    pass_time(office, 60)
    assert office.letters_to(ADMIN) == []
    with Ledger.open(Home(office.root).ledger) as ledger:
        noted = ledger.trail.last("hebei", (DIGEST_LATE,))
    assert noted is not None
    assert noted.detail == {
        "kind": "digest_late",
        "why": "5月18日的每日汇总没有送到：发信服务器拒收（550 5.1.1 User not found）",
    }
