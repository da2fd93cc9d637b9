"""`kill -9` at the worst instants: the next run always ends with the same ledger and the same letters."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from imapclient import IMAPClient

from intake_bot.demo.media import jpeg
from intake_bot.demo.servers import SmtpServer
from intake_bot.intake.batch.sequence import LARGE_BYTES
from tests.conftest import ImapHost
from tests.e2e.inspection import fates, run, tree
from tests.e2e.killed_poll import AT_NOW, Outcome, assert_completed_after_kill, make_begun_home, name_of
from tests.e2e.kills import kill_during
from tests.e2e.mails import NOW, START, Fate, accepted_mail, compose, rejected_mail

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

INSTANTS = [
    ("intake_bot.ledger.messages:add_mails", "after", 1),  # inside the transaction
    ("intake_bot.ledger.messages:Messages.record_seen", "after", 1),
    ("intake_bot.ledger.messages:Messages.record_spooled", "after", 1),  # not committed
    ("intake_bot.mail.imap.mailbox:Mailbox.fetch", "after", 3),  # written to the spool, neither flushed nor renamed
    ("intake_bot.mail.imap.spool:Spool.save", "after", 1),
    ("os:link", "after", 2),  # in the store under its temporary name
    ("intake_bot.ledger.judgements:add_letter", "after", 2),  # inside the transaction
    ("intake_bot.ledger.messages:Messages.record_judgement", "after", 3),
    ("intake_bot.ledger.messages:Messages.mark_duplicate", "before", 1),
    ("intake_bot.ledger.letters:Letters.claim", "after", 1),
    ("intake_bot.mail.smtp.transport:Session.send", "after", 3),
    ("intake_bot.ledger.letters:Letters.mark_sent", "after", 2),
]

BETWEEN = (
    "intake_bot.ledger.messages:add_mails",
    "intake_bot.ledger.messages:Messages.record_spooled",
    "intake_bot.ledger.judgements:add_letter",
    "intake_bot.ledger.messages:Messages.mark_duplicate",
    "intake_bot.mail.imap.mailbox:Mailbox.fetch",
    "intake_bot.mail.imap.spool:Spool.save",
    "os:link",
    "intake_bot.ledger.letters:Letters.claim",
)
"""Places between two writes that a kill at another instant separates as well."""


@pytest.mark.parametrize(
    ("place", "when", "number"),
    [
        pytest.param(*instant, id=name_of(*instant), marks=pytest.mark.slow if instant[0] in BETWEEN else ())
        for instant in INSTANTS
    ],
)
def test_killed_poll_is_completed_by_the_next_poll(
    place: str,
    when: str,
    number: int,
    best_host: ImapHost,
    undisturbed: Outcome,
    smtp_server: SmtpServer,
    new_user: str,
    tmp_path: Path,
) -> None:
    assert_completed_after_kill((place, when, number), best_host.account(new_user), smtp_server, tmp_path, undisturbed)


def test_letter_in_doubt_found_in_the_sent_folder_is_not_sent_again(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    account.append(accepted_mail(), START)
    home = make_begun_home(tmp_path, account, smtp_server)
    kill_during("intake_bot.mail.smtp.transport:Session.send", "after", 1, "poll", "--home", home, *AT_NOW)
    (letter,) = smtp_server.letters
    with IMAPClient(account.host, account.port, ssl=False) as provider:
        provider.login(account.user, account.password)
        provider.create_folder("已发送")
        provider.append("已发送", compose("另一封信", message_id="<another@example.edu.cn>"), msg_time=NOW)
        provider.append("已发送", letter.raw, msg_time=NOW)
    for _ in range(2):
        polled = run("poll", "--home", home, *AT_NOW)
        assert polled.code == 0
        assert "发出回信 0 封，稍后再发 0 封，发不出 0 封" in polled.out
    assert smtp_server.letters == (letter,)


def test_poll_killed_after_the_transaction_leaves_no_raw_mail(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    account.append(accepted_mail(), START)
    home = make_begun_home(tmp_path, account, smtp_server)
    kill_during("intake_bot.mail.imap.spool:Spool.discard", "before", 1, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert tree(home / "data" / "spool") == {}


def test_poll_killed_while_a_large_mail_is_read_and_still_fetched_is_completed(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    photo = {"照片.jpg": jpeg(640, 480, min_bytes=LARGE_BYTES)}
    account.append(compose("活动周天涯海角学校典型案例材料", photo, text="材料。"), START)
    home = make_begun_home(tmp_path, account, smtp_server)
    kill_during("intake_bot.intake.batch.ahead:ReadAhead.follow", "after", 1, "poll", "--home", home, *AT_NOW)
    assert [Path(name).suffix for name in tree(home / "data" / "spool")] == [".part"]
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert (len(fates(home)), len(smtp_server.letters)) == (1, 1)
    assert not list((home / "data" / "spool").glob("*.eml"))


def test_mail_that_kills_three_polls_is_held_and_others_are_judged(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    for _ in range(2):
        account.append(accepted_mail(), START)
    account.append(rejected_mail(), START)
    home = make_begun_home(tmp_path, account, smtp_server)
    for _ in range(3):
        kill_during("intake_bot.intake.judgement:examine", "before", 1, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert fates(home) == [Fate.HELD, Fate.DUPLICATE, Fate.REJECTED]
    held = run("held", "--home", home)
    assert held.code == 1
    assert "连续3次没能处理" in held.out
