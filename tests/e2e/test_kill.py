"""`kill -9` at the worst moments. Whatever the moment, the next run ends in the same ledger and the same letters."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from intake_bot.demo.servers import SmtpServer
from intake_bot.ledger.events import UNANSWERED
from intake_bot.ledger.ledger import Ledger
from tests.conftest import ImapHost
from tests.e2e.dying import run_and_die
from tests.e2e.home import CLERK, make_home
from tests.e2e.looking import Answer, fates, one_of_each, run, tree
from tests.e2e.mails import NOW, START, Fate, accepted_mail, compose, few, rejected_mail

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

AT_NOW = ("--now", NOW.isoformat())

PRELOADED = [
    "intake_bot.commands.poll",
    "intake_bot.commands.run",
    "intake_bot.mail.reading",
    "alembic.command",
    "tests.e2e.dying",
]

MOMENTS = [
    ("intake_bot.ledger.messages:Messages.seen", "after", 4),
    ("intake_bot.mail.mailbox:Mailbox.fetch", "after", 3),  # spooled, and neither flushed nor renamed
    ("intake_bot.mail.spool:Spool.save", "after", 1),
    ("os:link", "after", 2),  # in the store, under a name that is not its own yet
    ("intake_bot.ledger.filing:add_letter", "after", 2),  # inside the transaction
    ("intake_bot.ledger.messages:Messages.file_judgement", "after", 3),
    ("intake_bot.ledger.messages:Messages.file_duplicate", "before", 1),
    ("intake_bot.ledger.letters:Letters.claim", "after", 1),
    ("intake_bot.mail.transport:Session.send", "after", 3),
    ("intake_bot.ledger.letters:Letters.sent", "after", 2),
]


@dataclass(frozen=True)
class Outcome:
    """All that must be the same in the end."""

    ledger: list[dict[str, Any]]
    fates: list[Fate]
    letters: list[Answer]
    files: dict[str, str]


def outcome(home: Path, smtp: SmtpServer) -> Outcome:
    listed = run("ledger", "--json", "--home", home)
    return Outcome(listed.objects, fates(home), one_of_each(smtp.letters), tree(home / "data" / "files"))


@pytest.fixture(scope="module")
def undisturbed(best_host: ImapHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """How it ends when nobody dies."""
    account = best_host.account("undisturbed@example.edu.cn")
    for mail in few():
        account.append(mail.raw, mail.received)
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("undisturbed"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        yield outcome(home, smtp)


def forked(body: Callable[..., None], *arguments: object) -> BaseProcess:
    """Starts a process, forked from one that has done the imports once: two seconds of them for each would be long."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(PRELOADED)
    process = processes.Process(target=body, args=arguments)
    process.start()
    return process


def die_in(place: str, when: str, number: int, *command: object) -> None:
    """Runs the command in a process that kills itself, and makes sure that it did."""
    doomed = forked(run_and_die, place, when, number, [str(word) for word in command])
    doomed.join(60)
    assert doomed.exitcode == -9


@pytest.mark.parametrize(
    ("place", "when", "number"), MOMENTS, ids=[f"{when} {place.partition(':')[2]}" for place, when, _ in MOMENTS]
)
def test_a_killed_poll_is_made_good_by_the_next(
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
    home = make_home(tmp_path, {"hebei": account}, smtp_server)
    die_in(place, when, number, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert outcome(home, smtp_server) == undisturbed


def test_a_letter_in_doubt_is_looked_for_among_the_sent_mail(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    account.append(accepted_mail(), START)
    home = make_home(tmp_path, {"hebei": account}, smtp_server)
    die_in("intake_bot.mail.transport:Session.send", "after", 1, "poll", "--home", home, *AT_NOW)
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


def test_a_kill_right_after_the_transaction_leaves_no_raw_mail_behind(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    account.append(accepted_mail(), START)
    home = make_home(tmp_path, {"hebei": account}, smtp_server)
    die_in("intake_bot.mail.spool:Spool.discard", "before", 1, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert tree(home / "data" / "spool") == {}


def test_a_mail_that_kills_three_times_is_held_and_no_longer_in_the_way(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    for _ in range(2):
        account.append(accepted_mail(), START)
    account.append(rejected_mail(), START)
    home = make_home(tmp_path, {"hebei": account}, smtp_server)
    for _ in range(3):
        die_in("intake_bot.concluding:examine", "before", 1, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert fates(home) == [Fate.HELD, Fate.DUPLICATE, Fate.REJECTED]
    held = run("held", "--home", home)
    assert held.code == 1
    assert "连续3次没能处理" in held.out


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("intake_bot.ledger.messages:Messages.file_judgement", "before"),
        ("intake_bot.ledger.filing:add_event", "after"),  # inside the transaction
        ("intake_bot.ledger.messages:Messages.file_judgement", "after"),
    ],
)
def test_a_mail_that_gets_no_answer_is_told_of_once(
    place: str, when: str, best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    account = best_host.account(new_user)
    for number in range(2):
        account.append(compose("活动周天涯海角学校典型案例材料", message_id=f"<{number}@example.edu.cn>"), START)
    home = make_home(tmp_path, {"hebei": account}, smtp_server)
    die_in(place, when, 1 if place.endswith("add_event") else 2, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert len(smtp_server.letters) == 1
    with Ledger.open(home / "data" / "ledger.sqlite3") as ledger:
        trouble = ledger.digests.report("hebei").trouble
    assert [event.what for event in trouble] == [UNANSWERED]


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("intake_bot.digests.digesting:Digesting._write_page", "after"),
        ("intake_bot.ledger.digests:Digests.file", "after"),
        ("intake_bot.mail.transport:Session.send", "before"),
    ],
)
def test_a_killed_digest_reaches_the_clerk_once(
    place: str, when: str, best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    home = make_home(tmp_path, {"hebei": best_host.account(new_user)}, smtp_server)
    die_in(place, when, 1, "digest", "--home", home, *AT_NOW)
    for _ in range(2):
        assert run("digest", "--home", home, *AT_NOW).code == 0
    assert [letter.recipients for letter in smtp_server.letters] == [(CLERK,)]
