"""Bureaus whose servers drip, hang and lie, beside one that is served as if it were alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.e2e.home import CLERK, edit, make_home
from tests.e2e.inspection import read, run
from tests.e2e.mails import compose
from tests.e2e.test_hard_mails import hard
from tests.e2e.test_odd_dates import OddDates
from tests.servers.dovecot import Dovecot
from tests.servers.dripping import DrippingImapServer, DrippingSmtpServer, drip
from tests.servers.proxy import ImapProxy
from tests.service.running import end, running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")

SERVED = "hefei"


class Impossible(OddDates):
    date = b'"31-Dec-9999 23:59:59 -1200"'


class Bureaus:
    """A home with one bureau that is well, and the servers of the others."""

    def __init__(self, root: Path, accounts: dict[str, ImapAccount], smtp: SmtpServer) -> None:
        self.root = make_home(root, accounts, smtp, digests=True)
        self.accounts = accounts
        self.smtp = smtp
        edit(root, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
        edit(root, "config/intake.yaml", 'at: "17:30"', 'at: "23:59"')
        edit(root, "config/intake.yaml", "mail_seconds: 60", "mail_seconds: 3")

    def receive(self, bureau: str, number: int, subject: str) -> None:
        raw = compose(subject, sender=f"teacher{number}@example.edu.cn", message_id=f"<{number}@example.edu.cn>")
        self.accounts[bureau].append(raw, datetime.now(UTC))

    def answered(self) -> set[str]:
        return {read(letter)["In-Reply-To"] or "" for letter in self.smtp.letters}

    def wait_for_answer(self, number: int) -> None:
        wait_until(lambda: f"<{number}@example.edu.cn>" in self.answered())

    @property
    def log(self) -> str:
        return (self.root / "log").read_text(encoding="utf-8")


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer("secret") as server:
        yield server


def test_bureau_is_served_as_if_alone_beside_slow_odd_and_hard_ones(
    dovecot_server: Dovecot, new_user: str, smtp: SmtpServer, tmp_path: Path
) -> None:
    """At 河北 the IMAP server drips, and an edit has a fault; at 濮阳 the SMTP server drips, and a mail is hard to
    measure; 教育部's server gives impossible dates. All of that goes on while 合肥 is served, its edit is taken over,
    and its digest becomes due."""
    with ExitStack() as stack:
        dripping = stack.enter_context(DrippingImapServer("UID SEARCH", drip))
        slow = stack.enter_context(DrippingSmtpServer("mail", drip))
        odd = stack.enter_context(ImapProxy(dovecot_server, Impossible))
        accounts = {
            "hebei": replace(dovecot_server.account(f"1{new_user}"), port=dripping.port),
            "puyang": dovecot_server.account(f"2{new_user}"),
            "moe": odd.account(f"3{new_user}"),
            "hefei": dovecot_server.account(f"4{new_user}"),
        }
        office = Bureaus(tmp_path, accounts, smtp)
        edit(
            office.root,
            "config/bureaus/puyang.yaml",
            f"{{host: 127.0.0.1, port: {smtp.port}",
            f"{{host: 127.0.0.1, port: {slow.port}",
        )
        today = datetime.now(UTC).astimezone().date()
        notice = f"config/notices/{SERVED}-2023.yaml"
        edit(office.root, notice, "first: 2023-05-17", f"first: {today - timedelta(2)}")
        edit(office.root, notice, "last: 2023-05-23", f"last: {today + timedelta(2)}")
        office.receive("puyang", 1, "活动周濮阳县教育局文字材料")
        accounts["puyang"].append(hard(2, "hard@example.edu.cn", "清丰县教育局"), datetime.now(UTC))
        office.receive("moe", 3, "活动周河北省教育厅典型案例")
        with running(office.root) as daemon:
            wait_until(lambda: slow.is_dripping.is_set() and dripping.is_dripping.is_set())
            office.receive(SERVED, 10, "活动周合肥学校典型案例材料")
            office.wait_for_answer(10)
            wait_until(lambda: len(run("ledger", "--json", "--bureau", "moe", "--home", office.root).objects) == 1)

            edit(office.root, "config/bureaus/hebei.yaml", "mode: live", "mode: alive")
            edit(office.root, f"config/bureaus/{SERVED}.yaml", "clerks:", 'digest_at: "00:00"\nclerks:')
            wait_until(lambda: (CLERK,) in {letter.recipients for letter in smtp.letters})
            office.receive(SERVED, 11, "活动周合肥学校典型案例材料")
            office.wait_for_answer(11)
            assert not slow.left.is_set() and not dripping.left.is_set()
            log = end(daemon, office.root)
    assert "Traceback" not in log
    # What the slow server had in hand is not lost: another one gets it.
    edit(office.root, "config/bureaus/hebei.yaml", "mode: alive", "mode: live")
    edit(office.root, "config/bureaus/puyang.yaml", f"port: {slow.port}", f"port: {smtp.port}")
    later = datetime.now(UTC) + timedelta(minutes=10)
    run("poll", "--bureau", "puyang", "--home", office.root, "--now", later.isoformat())
    assert {"<1@example.edu.cn>", "<2@example.edu.cn>"} <= office.answered()
