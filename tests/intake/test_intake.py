"""Intake through a real mailbox: a mail that fails, a full disk, a mail that is gone, a stop between two mails."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo.servers import SmtpServer
from intake_bot.errors import TemporaryFailure
from intake_bot.intake.examine import Examination, examine
from intake_bot.intake.intake import IntakeCount
from intake_bot.mail.imap.spool import Spool, SpooledMail
from intake_bot.outbox.deliver import DeliveryCount
from intake_bot.service.poll_cycle import CycleResult
from tests.e2e.inspection import fates, query_ledger, run
from tests.e2e.mails import START, Fate, accepted_mail, compose
from tests.e2e.office import Office, running_office
from tests.servers.dovecot import Dovecot


@pytest.fixture
def office_with_mails(office: Office) -> Office:
    """An office with three mails of three schools."""
    for number in range(3):
        office.account.append(mail(number), START)
    return office


def mail(number: int) -> bytes:
    subject = "活动周天涯海角学校典型案例材料"
    return compose(subject, text="材料。", sender=f"t{number}@example.edu.cn", message_id=f"<{number}@example.edu.cn>")


def test_mail_that_raises_an_error_is_held_after_three_attempts(
    office_with_mails: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def breaking(*arguments: object) -> Examination:
        result: Examination = examine(*arguments)  # type: ignore[arg-type]  # whatever the caller gave
        if result.message.sender.address == "t1@example.edu.cn":
            tried.append(1)
            raise ZeroDivisionError
        return result

    monkeypatch.setattr("intake_bot.intake.judgement.examine", breaking)
    assert office_with_mails.run_cycle().taken == IntakeCount(seen=3, settled=2, failed=1)
    assert office_with_mails.letters_to("t0@example.edu.cn") and office_with_mails.letters_to("t2@example.edu.cn")
    assert [office_with_mails.run_cycle().taken for _ in range(3)] == [
        IntakeCount(failed=1),
        IntakeCount(failed=1),
        IntakeCount(settled=1),
    ]
    assert len(tried) == 3
    assert fates(office_with_mails.root) == [Fate.REJECTED, Fate.HELD, Fate.REJECTED]
    assert office_with_mails.run_cycle().taken == IntakeCount()
    assert office_with_mails.letters_to("t1@example.edu.cn") == []
    held = run("held", "--home", office_with_mails.root)
    assert "主题：活动周天涯海角学校典型案例材料  来自：t1@example.edu.cn" in held.out
    assert "连续3次没能处理（ZeroDivisionError）" in held.out


def test_full_disk_counts_no_attempt_of_a_mail(office_with_mails: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> SpooledMail:
        raise TemporaryFailure("磁盘已满")

    with monkeypatch.context() as disk:
        disk.setattr(Spool, "save", full)
        assert office_with_mails.run_cycle().taken == IntakeCount(seen=3, failed=3)
        for _ in range(4):
            assert office_with_mails.run_cycle().taken == IntakeCount(failed=3)
    assert office_with_mails.run_cycle().taken == IntakeCount(settled=3)
    assert fates(office_with_mails.root) == [Fate.REJECTED] * 3


def test_mail_deleted_before_it_was_fetched_is_held(
    dovecot_server: Dovecot, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = dovecot_server.account(new_user)
    for number in range(2):
        account.append(mail(number), START)
    with running_office(account, smtp_server, tmp_path / "home") as office:
        assert office.run_cycle(stop=lambda: True).taken == IntakeCount(seen=2)
        with dovecot_server.client(new_user) as clerk:
            clerk.select("INBOX")
            clerk.store("1", "+FLAGS", r"(\Deleted)")
            clerk.expunge()
        assert office.run_cycle().taken == IntakeCount(settled=1, failed=1)
        for _ in range(3):
            office.run_cycle()
        assert fates(office.root) == [Fate.HELD, Fate.REJECTED]


def test_stop_ends_the_cycle_between_two_mails(office_with_mails: Office) -> None:
    asked = iter([False, True])
    assert office_with_mails.run_cycle(stop=lambda: next(asked, True)).taken == IntakeCount(seen=3, settled=1)
    assert office_with_mails.smtp.letters == ()
    assert office_with_mails.run_cycle() == CycleResult(
        office_with_mails.settings.bureaus[0], IntakeCount(settled=2), DeliveryCount(sent=3), trouble=()
    )


def test_mail_of_a_bureau_without_a_notice_waits_for_one(office: Office) -> None:
    notice = office.root / "config/notices/hebei-2023.yaml"
    notice.rename(notice.with_suffix(".away"))
    office.restart()
    office.account.append(accepted_mail(), START)
    for _ in range(3):
        done = office.run_cycle()
        assert done.taken == IntakeCount()
        assert "没有可用的通知（config/notices），收信暂停；补上通知后，会接着处理邮箱里的信" in "".join(done.trouble)
    assert len(query_ledger(office.root, "SELECT id FROM event WHERE what = 'mailbox.trouble'")) == 1
    notice.with_suffix(".away").rename(notice)
    office.restart()
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    assert fates(office.root) == [Fate.ACCEPTED]


def test_mail_received_during_an_outage_keeps_its_time(office: Office) -> None:
    office.disconnect()
    office.run_cycle()
    office.account.append(accepted_mail(), START)
    office.reconnect()
    assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
    (item,) = run("ledger", "--json", "--home", office.root).objects
    assert item["received"] == START.isoformat()
