"""`kill -9` at the worst instants: the next run always ends with the same ledger and the same letters."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from tests.conftest import ImapHost
from tests.e2e.home import CLERK, edit, make_home
from tests.e2e.inspection import Answer, fates, run, tree, unique_letters
from tests.e2e.kills import kill_during
from tests.e2e.mails import NOW, START, Fate, accepted_mail, compose, few, rejected_mail

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

AT_NOW = ("--now", NOW.isoformat())

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
    # The same within batches, between what is done for all mails of one.
    ("intake_bot.ledger.messages:Messages.count_attempts", "after", 1),
    ("intake_bot.mail.imap.mailbox:Mailbox.fetch_ahead", "after", 1),
    ("intake_bot.disk.wave:Wave.finish", "before", 1),  # all mails beside their places in the spool
    ("pathlib:Path.replace", "after", 2),  # two of them at their places
    ("intake_bot.disk.wave:Wave.finish", "after", 1),  # all of them, and the ledger does not know
    ("intake_bot.intake.batch.ahead:ReadAhead.start", "after", 3),
    ("intake_bot.intake.batch.settling:Settler.settle_read", "after", 4),
    ("intake_bot.disk.wave:Wave.finish", "before", 2),  # all files beside their places in the store
    ("intake_bot.disk.wave:Wave.finish", "after", 2),  # all of them at their places, and no verdict is committed
    ("intake_bot.intake.batch.settling:Settler.discard", "before", 1),  # all verdicts are committed
    ("intake_bot.mail.imap.spool:Spool.discard", "after", 2),
]

BETWEEN = (
    "intake_bot.ledger.messages:add_mails",
    "intake_bot.ledger.messages:Messages.record_spooled",
    "intake_bot.ledger.judgements:add_letter",
    "intake_bot.ledger.messages:Messages.mark_duplicate",
    "intake_bot.ledger.messages:Messages.count_attempts",
    "intake_bot.mail.imap.mailbox:Mailbox.fetch",
    "intake_bot.mail.imap.mailbox:Mailbox.fetch_ahead",
    "intake_bot.mail.imap.spool:Spool.save",
    "intake_bot.intake.batch.ahead:ReadAhead.start",
    "intake_bot.intake.batch.settling:Settler.settle_read",
    "pathlib:Path.replace",
)
"""Places between two writes that a kill at another instant separates as well."""


def _name(place: str, when: str, number: int) -> str:
    return f"{when} {place.partition(':')[2]} {number}"


@dataclass(frozen=True)
class Outcome:
    """What must be equal in the end."""

    ledger: list[dict[str, Any]]
    fates: list[Fate]
    letters: list[Answer]
    files: dict[str, str]


def make_begun_home(root: Path, account: ImapAccount, smtp: SmtpServer) -> Path:
    """A home with one worker, whose ledger is made already: to migrate it takes a process longer than all that it does
    until it is killed."""
    home = make_home(root, {"hebei": account}, smtp)
    Ledger.open(home / "data" / "ledger.sqlite3").close()
    edit(home, "config/intake.yaml", "# workers: 2 ", "workers: 1 ")
    return home


def outcome(home: Path, smtp: SmtpServer) -> Outcome:
    listed = run("ledger", "--json", "--home", home)
    return Outcome(listed.objects, fates(home), unique_letters(smtp.letters), tree(home / "data" / "files"))


@pytest.fixture(scope="module")
def undisturbed(best_host: ImapHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """The outcome without a kill."""
    account = best_host.account("undisturbed@example.edu.cn")
    for mail in few():
        account.append(mail.raw, mail.received)
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("undisturbed"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        yield outcome(home, smtp)


@pytest.mark.parametrize(
    ("place", "when", "number"),
    [
        pytest.param(*instant, id=_name(*instant), marks=pytest.mark.slow if instant[0] in BETWEEN else ())
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
    account = best_host.account(new_user)
    for mail in few():
        account.append(mail.raw, mail.received)
    home = make_begun_home(tmp_path, account, smtp_server)
    kill_during(place, when, number, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert outcome(home, smtp_server) == undisturbed


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
