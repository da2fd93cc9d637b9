"""Refused logins: how often a server is asked, what is alerted, and what goes on meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SmtpServer
from intake_bot.intake.intake import IntakeCount
from tests.e2e.home import ADMIN, edit, make_home
from tests.e2e.inspection import query_ledger, run, text_of
from tests.e2e.mails import NOW, START, accepted_mail, compose, rejected_mail
from tests.e2e.office import Office, running_office
from tests.servers.dovecot import Dovecot
from tests.servers.netease import NeteaseServer
from tests.servers.proxy import ImapProxy
from tests.servers.smtp import MoodySmtpServer


def test_refused_login_is_alerted_once_letters_can_be_sent(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    office.restart()
    for _ in range(3):
        assert "请检查授权码" in "".join(office.run_cycle().trouble)
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    for _ in range(2):
        office.run_cycle()
    assert office.letters_to(ADMIN) == ["【需要处理】河北省教育厅邮箱登录不上", "【已恢复】河北省教育厅邮箱恢复收件"]


def test_three_refused_logins_rest_for_an_hour(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, running_office(server.account, smtp_server, tmp_path / "home") as office:
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        for number in range(62):
            assert "请检查授权码" in "".join(office.run_cycle().trouble)
            assert logins(server) == min(number + 1, 3)
        office.run_cycle()
        assert logins(server) == 4
        (office.root / "secret.txt").write_text("secret", encoding="utf-8")
        assert office.run_cycle().trouble == ()
        office.run_cycle()
        assert office.letters_to(ADMIN) == [
            "【需要处理】河北省教育厅邮箱登录不上",
            "【已恢复】河北省教育厅邮箱恢复收件",
        ]


@pytest.mark.slow
def test_two_refused_logins_raise_no_alert(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, running_office(server.account, smtp_server, tmp_path / "home") as office:
        server.retort["LOGIN"] = (
            "{tag} NO Login fail. Password is incorrect, login frequency limited, or system is busy"
        )
        for _ in range(2):
            assert "请检查授权码" in "".join(office.run_cycle().trouble)
        server.retort.clear()
        assert office.run_cycle().trouble == ()
        for _ in range(30):
            office.run_cycle()
        assert office.letters_to(ADMIN) == []
        server.retort["LOGIN"] = (
            "{tag} NO Login fail. Password is incorrect, login frequency limited, or system is busy"
        )
        office.cycle.works["hebei"]._inbox.close()
        for number in range(3):
            assert logins(server) == 3 + number
            assert "请检查授权码" in "".join(office.run_cycle().trouble)


def test_login_refused_over_restarts_is_alerted_after_a_while(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    for _ in range(2):
        office.restart()
        office.run_cycle()
        office.now += timedelta(minutes=15)
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.restart()
    office.run_cycle()
    assert office.letters_to(ADMIN)[0] == "【需要处理】河北省教育厅邮箱登录不上"


def test_clock_set_back_ends_the_rest_of_logins(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server, running_office(server.account, smtp_server, tmp_path / "home") as office:
        (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
        for _ in range(4):
            office.run_cycle()
        office.now -= timedelta(hours=5)
        office.run_cycle()
        assert logins(server) == 4


def test_refused_login_of_one_bureau_does_not_stop_another(
    dovecot_server: Dovecot, qq_proxy: ImapProxy, new_user: str, smtp_server: SmtpServer, tmp_path: Path
) -> None:
    refused = dovecot_server.account(new_user)
    served = qq_proxy.account(f"2{new_user}")
    root = make_home(tmp_path, {"hebei": refused, "hefei": served}, smtp_server, digests=True)
    (root / "wrong.txt").write_text("wrong", encoding="utf-8")
    edit(root, "config/bureaus/hebei.yaml", "secret.txt", "wrong.txt")
    served.append(compose("活动周合肥学校典型案例材料"), START)
    polled = run("poll", "--home", root, "--now", NOW.isoformat())
    assert polled.code == 1
    assert "河北省教育厅：新邮件 0 封" in polled.out and "不接受" in polled.out
    assert "合肥市教育局：新邮件 1 封，处理完 1 封" in polled.out


def test_refused_login_is_in_every_digest_until_it_is_over(office: Office) -> None:
    (office.root / "secret.txt").write_text("wrong", encoding="utf-8")
    for _ in range(5):
        office.run_cycle()
    said = []
    for _ in range(3):
        assert office.file_due_digest()
        said.append(text_of_newest_digest(office))
        office.now += timedelta(days=1)
        office.run_cycle()
    assert "  邮箱登录不上：127.0.0.1" in said[0]
    assert said[0].count("邮箱登录不上") == 1
    assert ["  邮箱登录不上，到现在还没有恢复：127.0.0.1" in one for one in said] == [False, True, True]
    (office.root / "secret.txt").write_text("secret", encoding="utf-8")
    office.run_cycle()
    assert office.file_due_digest()
    last = text_of_newest_digest(office)
    assert "邮箱恢复正常" in last
    assert "邮箱登录不上" not in last


def text_of_newest_digest(office: Office) -> str:
    (newest,) = query_ledger(office.root, "SELECT text FROM letter WHERE kind = 'digest' ORDER BY id DESC LIMIT 1")[0]
    return str(newest)


def test_poll_command_tries_a_refused_login_at_once(smtp_server: SmtpServer, tmp_path: Path) -> None:
    with NeteaseServer() as server:
        root = make_home(tmp_path, {"hebei": server.account}, smtp_server, digests=True)
        (root / "secret.txt").write_text("wrong", encoding="utf-8")
        for _ in range(2):
            assert run("poll", "--home", root, "--now", NOW.isoformat()).code == 1
        assert logins(server) == 2


def logins(server: NeteaseServer) -> int:
    return sum(command.startswith("LOGIN ") for command in server.commands)


def test_mail_is_judged_while_smtp_refuses_the_login(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> None:
    account = pymap_server.account(new_user)
    with MoodySmtpServer("secret") as smtp, running_office(account, smtp, tmp_path / "home") as office:
        smtp.mail_answer = "535 5.7.8 authentication failed"
        account.append(accepted_mail(), START)
        for number in range(14):
            office.now += timedelta(minutes=4)
            done = office.run_cycle()
            assert (done.taken.settled, len(done.trouble)) == (1, 1) if number == 0 else (0, 1)
        account.append(rejected_mail(), START)
        assert office.run_cycle().taken == IntakeCount(seen=1, settled=1)
        smtp.mail_answer = ""
        for _ in range(12):
            office.now += timedelta(minutes=4)
            office.run_cycle()
        assert office.letters_to(ADMIN) == [
            "【需要处理】河北省教育厅邮箱登录不上",
            "【已恢复】河北省教育厅邮箱恢复收件",
        ]
        assert len(office.letters_to("school@example.edu.cn")) == 2


def test_missing_secret_is_alerted_with_its_file(office: Office) -> None:
    (office.root / "secret.txt").rename(office.root / "elsewhere.txt")
    office.run_cycle()
    (office.root / "elsewhere.txt").rename(office.root / "secret.txt")
    office.run_cycle()
    assert office.letters_to(ADMIN)[:1] == ["【需要处理】河北省教育厅邮箱登录不上"]
    assert "原因：河北省教育厅的邮箱授权码还没有：读不到文件 secret.txt。" in text_of(office.smtp.letters[0])
