"""What a pass over a mailbox sees: everything, cheaply, whatever the server leaves out or begins anew."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.config.settings import Bureau, ImapServer, IntakeSettings, Settings
from intake_bot.config.settings import Mailbox as Box
from intake_bot.connecting import imap_settings
from intake_bot.demo.servers import ImapAccount
from intake_bot.errors import TemporaryFailure
from intake_bot.ledger.events import LEFT_OUT, RECONCILED, RECREATED
from intake_bot.ledger.ledger import Ledger
from intake_bot.looking import Looking
from intake_bot.mail.connection import Security
from intake_bot.mail.mailbox import Mailbox, MailGone
from tests.e2e.mails import NOW, START
from tests.mail.test_mailbox import quoted
from tests.servers import faults
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.faults import FaultyProxy
from tests.servers.manners import Netease
from tests.servers.proxy import Command, Conversation, ImapProxy

FOLDER = "活动周"


class Watch:
    """One bureau's mailbox, a ledger, and a clock that stands where it is put."""

    def __init__(self, root: Path, account: ImapAccount, folder: str, clerk: imaplib.IMAP4) -> None:
        imap = ImapServer(host=account.host, port=account.port, security=Security.NONE, folder=folder)
        box = Box(address="hebei@example.edu.cn", username=account.user, imap=imap, smtp=imap)
        self.bureau = Bureau(id="hebei", name="河北省教育厅", mailbox=box, clerks=("clerk@example.edu.cn",))
        self.settings = Settings(root, IntakeSettings(), (self.bureau,), ())
        self.now = NOW
        self.clerk = clerk
        self.folder = folder
        self.ledger = Ledger.open(root / "ledger.sqlite3")
        settings = imap_settings(self.bureau, PASSWORD, self.settings.intake, root)
        self.mailbox = Mailbox(settings, lambda: self.now.timestamp())

    def close(self) -> None:
        self.mailbox.close()
        self.ledger.close()

    def looking(self) -> Looking:
        return Looking(self.settings, self.bureau, self.ledger, self.mailbox, lambda: self.now)

    def look(self) -> int:
        """One pass, a minute after the last one; returns how many mails were new."""
        self.now += timedelta(minutes=1)
        looking = self.looking()
        looking.inbox()
        looking.junk()
        looking.reconcile()
        looking.note_left_out()
        return looking.new

    def put(self, numbers: Iterable[int], when: datetime = START) -> None:
        """Mails into the bureau's folder, no two alike."""
        for number in numbers:
            raw = b"Subject: %d\r\n\r\n%b\r\n" % (number, b"x" * number)
            answer, text = self.clerk.append(quoted(self.folder), "", imaplib.Time2Internaldate(when), raw)
            assert answer == "OK", text

    def make_anew(self) -> None:
        """The folder is gone, and another of the same name is there."""
        self.mailbox.close()  # Dovecot ends whoever is inside
        for command in (self.clerk.delete, self.clerk.create):
            answer, text = command(quoted(self.folder))
            assert answer == "OK", text

    def events(self, what: str) -> list[dict[str, object]]:
        """What the trail tells of this, in order."""
        trouble = self.ledger.digests.report("hebei").trouble
        return [dict(event.detail) for event in trouble if event.what == what]

    def uids(self) -> list[int]:
        """Of the mails in the ledger, in the order in which they were seen."""
        return [mail.key.uid for mail in self.ledger.messages.unfinished("hebei")]


class Grumpy(Conversation):
    """Lists mails and does not describe them, or does not find them by their day."""

    withheld: frozenset[int] = frozenset()
    unfound: frozenset[int] = frozenset()

    def answer(self, command: Command) -> Iterable[bytes]:
        for response in self.ask(command):
            found = re.match(rb"\* \d+ FETCH \(UID (\d+) ", response)
            if found and int(found[1]) in self.withheld:
                continue
            if response.startswith(b"* SEARCH") and "SINCE" in command.rest:
                kept = [uid for uid in response.split()[2:] if int(uid) not in self.unfound]
                response = b" ".join([b"* SEARCH", *kept]) + b"\r\n"
            yield response


@pytest.fixture
def clerk(dovecot_server: Dovecot, new_user: str) -> Iterator[imaplib.IMAP4]:
    with dovecot_server.client(new_user) as clerk:
        clerk.create(quoted(FOLDER))
        yield clerk


@pytest.fixture
def grumpy(dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path) -> Iterator[Watch]:
    with (
        ImapProxy(dovecot_server, Grumpy) as proxy,
        closing(Watch(tmp_path, proxy.account(new_user), "INBOX", clerk)) as watch,
    ):
        yield watch
    Grumpy.withheld = Grumpy.unfound = frozenset()


@pytest.fixture
def netease(netease_proxy: ImapProxy, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path) -> Iterator[Watch]:
    with closing(Watch(tmp_path, netease_proxy.account(new_user), FOLDER, clerk)) as watch:
        netease_proxy.commands.clear()
        yield watch


def described(proxy: ImapProxy) -> list[int]:
    """How many mails each FETCH asked about since the last time."""
    asked = [command.split(" ")[2] for command in proxy.commands if command.startswith("UID FETCH")]
    proxy.commands.clear()
    return [sum(_count(part) for part in numbers.split(",")) for numbers in asked]


def _count(part: str) -> int:
    first, _, last = part.partition(":")
    return int(last or first) - int(first) + 1


@pytest.mark.parametrize("host", ["dovecot_server", "netease_proxy", "qq_proxy"])
def test_each_mail_is_noted_once(
    host: str, request: pytest.FixtureRequest, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    account: ImapAccount = request.getfixturevalue(host).account(new_user)
    with closing(Watch(tmp_path, account, "INBOX", clerk)) as watch:
        watch.put(range(60))
        assert [watch.look(), watch.look()] == [60, 0]
        watch.put(range(60, 63))
        assert [watch.look(), watch.look()] == [3, 0]
        watch.now += timedelta(days=1)
        assert watch.look() == 0
        assert watch.uids() == list(range(1, 64))
        assert (watch.events(LEFT_OUT), watch.events(RECREATED)) == ([], [])


def test_a_poll_asks_about_what_is_new_and_a_few_others_only(netease: Watch, netease_proxy: ImapProxy) -> None:
    netease.put(range(110))
    assert netease.look() == 110
    described(netease_proxy)
    assert netease.look() == 0
    assert described(netease_proxy) == [20]
    netease.put(range(110, 113))
    assert netease.look() == 3
    assert described(netease_proxy) == [23]


def test_what_is_older_than_the_last_days_costs_one_question_a_day(netease: Watch, netease_proxy: ImapProxy) -> None:
    netease.put(range(170), START - timedelta(days=400))
    netease.put(range(170, 173))
    assert netease.look() == 3
    assert described(netease_proxy) == [3, 3, 50]
    for _ in range(3):
        assert netease.look() == 0
        assert described(netease_proxy) == [3]
    netease.now += timedelta(days=1)
    assert netease.look() == 0
    assert described(netease_proxy) == [3, 3, 50]


@pytest.mark.parametrize("mails", [1, 60, 130], ids=lambda n: f"{n} mails")
def test_a_folder_made_anew_is_noticed_under_the_same_uidvalidity(netease: Watch, mails: int) -> None:
    netease.put(range(60))
    assert netease.look() == 60
    netease.make_anew()
    netease.put(range(500, 500 + mails))
    assert (netease.look(), netease.mailbox.uidvalidity) == (mails, 1)
    assert netease.events(RECREATED) == [{"folder": FOLDER, "uid": min(mails, 60)}]
    assert netease.look() == 0
    assert netease.events(RECREATED) == [{"folder": FOLDER, "uid": min(mails, 60)}]


def test_a_folder_made_anew_is_new_where_uidvalidity_says_so(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    with closing(Watch(tmp_path, dovecot_server.account(new_user), FOLDER, clerk)) as watch:
        watch.put(range(3))
        assert watch.look() == 3
        before = watch.mailbox.uidvalidity
        watch.make_anew()
        watch.put(range(3))
        assert (watch.look(), watch.look()) == (3, 0)
        assert watch.mailbox.uidvalidity > before
        assert watch.events(RECREATED) == []


def test_mails_that_are_listed_and_not_described_are_noted_and_asked_for_again(grumpy: Watch) -> None:
    Grumpy.withheld = frozenset({2, 4})
    grumpy.put(range(4))
    assert grumpy.look() == 2
    for _ in range(3):
        assert grumpy.look() == 0
    assert grumpy.events(LEFT_OUT) == [{"mails": "INBOX 2、4"}]
    Grumpy.withheld = frozenset({4})
    assert grumpy.look() == 1
    grumpy.now += timedelta(days=1)
    assert grumpy.look() == 0
    Grumpy.withheld = frozenset()
    assert [grumpy.look(), grumpy.look()] == [1, 0]
    assert grumpy.uids() == [1, 3, 2, 4]
    assert [one["mails"] for one in grumpy.events(LEFT_OUT)] == ["INBOX 2、4", "INBOX 4", "INBOX 4", ""]


def test_the_daily_comparison_finds_what_a_search_for_days_left_out(grumpy: Watch) -> None:
    grumpy.put(range(3))
    assert grumpy.look() == 3
    Grumpy.unfound = frozenset({4, 5})
    grumpy.put(range(3, 6))
    assert [grumpy.look(), grumpy.look()] == [1, 0]
    grumpy.now += timedelta(days=1)
    assert [grumpy.look(), grumpy.look()] == [2, 0]
    assert grumpy.uids() == [1, 2, 3, 6, 4, 5]
    last = grumpy.ledger.trail.last("hebei", (RECONCILED,))
    assert last is not None
    assert last.detail == {"mails": 4, "new": 2}


def test_a_comparison_that_fails_is_made_by_the_next_pass(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    with (
        FaultyProxy(dovecot_server) as proxy,
        closing(Watch(tmp_path, proxy.account(new_user), "INBOX", clerk)) as watch,
    ):
        watch.put(range(3))
        proxy.spoil("UID SEARCH ALL", faults.hang_up)
        with pytest.raises(TemporaryFailure):
            watch.look()
        assert watch.uids() == [1, 2, 3]
        assert watch.ledger.trail.last("hebei", (RECONCILED,)) is None
        assert watch.look() == 0
        assert watch.ledger.trail.last("hebei", (RECONCILED,)) is not None


def test_a_mail_is_fetched_by_its_whole_key(netease: Watch) -> None:
    netease.put(range(3))
    netease.look()
    mail = netease.ledger.messages.unfinished("hebei")[1].key
    raw: list[bytes] = []
    looking = netease.looking()
    looking.inbox()
    looking.fetch(mail, raw.append)
    assert raw == [b"Subject: 1\r\n\r\nx\r\n"]
    for other in (
        replace(mail, bytes=mail.bytes + 1),
        replace(mail, internaldate=mail.internaldate + timedelta(seconds=1)),
        replace(mail, uidvalidity=2),
        replace(mail, uid=99),
        replace(mail, folder="没有"),
    ):
        with pytest.raises(MailGone):
            looking.fetch(other, raw.append)
    assert len(raw) == 1
    assert netease.mailbox.is_open


def test_a_mail_that_is_listed_and_not_given_is_not_gone(grumpy: Watch) -> None:
    grumpy.put(range(2))
    grumpy.look()
    mail = grumpy.ledger.messages.unfinished("hebei")[1].key
    looking = grumpy.looking()
    looking.inbox()
    Grumpy.withheld = frozenset({mail.uid})
    with pytest.raises(TemporaryFailure, match="没有给出来") as failure:
        looking.fetch(mail, lambda _: None)
    assert not isinstance(failure.value, MailGone)


def test_a_slow_server_is_waited_for(netease: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Netease, "seconds", 0.2)
    netease.put(range(2))
    assert netease.look() == 2
