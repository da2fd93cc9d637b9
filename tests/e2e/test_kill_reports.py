"""`kill -9` of what clerks read: a digest, and the report of a mail without an answer, come once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from intake_bot.demo.servers import SmtpServer
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from tests.conftest import ImapHost
from tests.e2e.home import CLERK
from tests.e2e.inspection import run
from tests.e2e.killed_poll import AT_NOW, make_begun_home
from tests.e2e.kills import kill_during
from tests.e2e.mails import START, compose

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("intake_bot.ledger.messages:Messages.record_judgement", "before"),
        ("intake_bot.ledger.judgements:add_event", "after"),  # inside the transaction
        ("intake_bot.ledger.messages:Messages.record_judgement", "after"),
    ],
)
def test_unanswered_mail_is_reported_once_after_a_kill(
    place: str, when: str, best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    for number in range(2):
        account.append(compose("活动周天涯海角学校典型案例材料", message_id=f"<{number}@example.edu.cn>"), START)
    home = make_begun_home(tmp_path, account, smtp_server)
    kill_during(place, when, 1 if place.endswith("add_event") else 2, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert len(smtp_server.letters) == 1
    with Ledger.open(home / "data" / "ledger.sqlite3") as ledger:
        trouble = ledger.reports.gather_day_report("hebei").trouble
    assert [event.name for event in trouble] == [EventName.MAILBOX_UNANSWERED]


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("intake_bot.digests.file_digest:DigestFiler._write_page", "after"),
        ("intake_bot.ledger.digests:Digests.add", "after"),
        ("intake_bot.mail.smtp.transport:Session.send", "before"),
    ],
)
def test_killed_digest_is_sent_once(
    place: str, when: str, best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    home = make_begun_home(tmp_path, best_host.account(new_user), smtp_server)
    kill_during(place, when, 1, "digest", "--home", home, *AT_NOW)
    for _ in range(2):
        assert run("digest", "--home", home, *AT_NOW).code == 0
    assert [letter.recipients for letter in smtp_server.letters] == [(CLERK,)]
