"""What a pass over a mailbox sees: everything, cheaply, whatever the server leaves out or begins anew."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.config.connections import imap_settings
from intake_bot.config.settings import Bureau, ImapServer, IntakeSettings, Settings
from intake_bot.config.settings import Mailbox as Box
from intake_bot.demo.servers import ImapAccount
from intake_bot.errors import TemporaryFailure
from intake_bot.home.home import Home
from intake_bot.home.services import Services
from intake_bot.intake.mailbox_scanner import MailboxScanner
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.records import SpooledRaw
from intake_bot.mail.connection import Security
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.responses import MailGone
from intake_bot.mail.reading.head import parse_head
from tests.e2e.mails import NOW, START
from tests.mail.imap.test_mailbox import quoted
from tests.servers import faults
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.faults import FaultyProxy
from tests.servers.manners import Netease
from tests.servers.proxy import Command, Conversation, ImapProxy

FOLDER = "活动周"


class ScannedMailbox:
    """One bureau's mailbox and ledger. `now` is its clock, which a test sets."""

    def __init__(self, root: Path, account: ImapAccount, folder: str, clerk: imaplib.IMAP4) -> None:
        imap = ImapServer(host=account.host, port=account.port, security=Security.NONE, folder=folder)
        box = Box(address="hebei@example.edu.cn", username=account.user, imap=imap, smtp=imap)
        self.bureau = Bureau(id="hebei", name="河北省教育厅", mailbox=box, clerks=("clerk@example.edu.cn",))
        self.settings = Settings(root, IntakeSettings(), (self.bureau,), ())
        self.now = NOW
        self.clerk = clerk
        self.folder = folder
        home = Home(root)
        home.prepare()
        self.services = Services.open(self.settings, home, lambda: self.now)
        self.ledger = self.services.ledger
        settings = imap_settings(self.bureau, PASSWORD, self.settings.intake, root)
        self.mailbox = Mailbox(settings, lambda: self.now.timestamp())

    def close(self) -> None:
        self.mailbox.close()
        self.services.close()

    def scanner(self) -> MailboxScanner:
        return MailboxScanner(self.services, self.bureau, self.mailbox)

    def scan(self) -> int:
        """Scans the mailbox, a minute after the last scan; returns the number of new mails."""
        self.now += timedelta(minutes=1)
        scanner = self.scanner()
        scanner.inbox()
        scanner.junk()
        scanner.reconcile()
        scanner.note_left_out()
        return scanner.new

    def put(self, numbers: Iterable[int], when: datetime = START) -> None:
        """Puts different mails into the bureau's folder."""
        for number in numbers:
            raw = b"Subject: %d\r\n\r\n%b\r\n" % (number, b"x" * number)
            answer, text = self.clerk.append(quoted(self.folder), "", imaplib.Time2Internaldate(when), raw)
            assert answer == "OK", text

    def recreate_folder(self) -> None:
        """Deletes the folder, and creates one with the same name."""
        self.mailbox.close()  # Dovecot would end the session
        for command in (self.clerk.delete, self.clerk.create):
            answer, text = command(quoted(self.folder))
            assert answer == "OK", text

    def events(self, what: str) -> list[dict[str, object]]:
        """The details of the events of this name, in order."""
        trouble = self.ledger.reports.gather_day_report("hebei").trouble
        return [dict(event.detail) for event in trouble if event.name == what]

    def uids(self) -> list[int]:
        """The UIDs of the mails in the ledger, in the order in which they were recorded."""
        return [mail.key.uid for mail in self.ledger.messages.find_unfinished("hebei")]


class OmittingServer(Conversation):
    """A server that lists mails without details, omits them from a search by date, or gives another date or size."""

    withheld: frozenset[int] = frozenset()
    unsearchable: frozenset[int] = frozenset()
    dates: Mapping[int, bytes] = {}
    sizes: Mapping[int, int] = {}

    def answer(self, command: Command) -> Iterable[bytes]:
        for response in self.ask(command):
            found = re.match(rb"\* \d+ FETCH \(UID (\d+) ", response)
            if found and int(found[1]) in self.withheld:
                continue
            if found and (date := self.dates.get(int(found[1]))):
                response = re.sub(rb'INTERNALDATE "[^"]*"', b"INTERNALDATE " + date, response)
            if found and (size := self.sizes.get(int(found[1]))):
                response = re.sub(rb"RFC822.SIZE \d+", b"RFC822.SIZE %d" % size, response)
            if response.startswith(b"* SEARCH") and "SINCE" in command.rest:
                kept = [uid for uid in response.split()[2:] if int(uid) not in self.unsearchable]
                response = b" ".join([b"* SEARCH", *kept]) + b"\r\n"
            yield response


@pytest.fixture
def clerk(dovecot_server: Dovecot, new_user: str) -> Iterator[imaplib.IMAP4]:
    with dovecot_server.client(new_user) as clerk:
        clerk.create(quoted(FOLDER))
        yield clerk


@pytest.fixture
def omitting(dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path) -> Iterator[ScannedMailbox]:
    with (
        ImapProxy(dovecot_server, OmittingServer) as proxy,
        closing(ScannedMailbox(tmp_path, proxy.account(new_user), "INBOX", clerk)) as scanned,
    ):
        yield scanned
    OmittingServer.withheld = OmittingServer.unsearchable = frozenset()
    OmittingServer.dates, OmittingServer.sizes = {}, {}


@pytest.fixture
def netease(netease_proxy: ImapProxy, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path) -> Iterator[ScannedMailbox]:
    with closing(ScannedMailbox(tmp_path, netease_proxy.account(new_user), FOLDER, clerk)) as scanned:
        netease_proxy.commands.clear()
        yield scanned


def fetched_counts(proxy: ImapProxy) -> list[int]:
    """The number of mails that each FETCH asked about since the last call."""
    asked = [command.split(" ")[2] for command in proxy.commands if command.startswith("UID FETCH")]
    proxy.commands.clear()
    return [sum(_count(part) for part in numbers.split(",")) for numbers in asked]


def _count(part: str) -> int:
    first, _, last = part.partition(":")
    return int(last or first) - int(first) + 1


@pytest.mark.parametrize("host", ["dovecot_server", "netease_proxy", "qq_proxy"])
def test_scan_records_each_mail_once(
    host: str, request: pytest.FixtureRequest, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    account: ImapAccount = request.getfixturevalue(host).account(new_user)
    with closing(ScannedMailbox(tmp_path, account, "INBOX", clerk)) as scanned:
        scanned.put(range(60))
        assert [scanned.scan(), scanned.scan()] == [60, 0]
        scanned.put(range(60, 63))
        assert [scanned.scan(), scanned.scan()] == [3, 0]
        scanned.now += timedelta(days=1)
        assert scanned.scan() == 0
        assert scanned.uids() == list(range(1, 64))
        assert (scanned.events(EventName.MAILBOX_LEFT_OUT), scanned.events(EventName.MAILBOX_RECREATED)) == ([], [])


def test_scan_asks_about_new_mails_and_a_few_known_ones_only(netease: ScannedMailbox, netease_proxy: ImapProxy) -> None:
    netease.put(range(110))
    assert netease.scan() == 110
    fetched_counts(netease_proxy)
    assert netease.scan() == 0
    assert fetched_counts(netease_proxy) == [20]
    netease.put(range(110, 113))
    assert netease.scan() == 3
    assert fetched_counts(netease_proxy) == [23]


def test_older_mails_are_compared_once_a_day(netease: ScannedMailbox, netease_proxy: ImapProxy) -> None:
    netease.put(range(170), START - timedelta(days=400))
    netease.put(range(170, 173))
    assert netease.scan() == 3
    assert fetched_counts(netease_proxy) == [3, 3, 50]
    for _ in range(3):
        assert netease.scan() == 0
        assert fetched_counts(netease_proxy) == [3]
    netease.now += timedelta(days=1)
    assert netease.scan() == 0
    assert fetched_counts(netease_proxy) == [3, 3, 50]


@pytest.mark.parametrize("mails", [1, 60, 130], ids=lambda n: f"{n} mails")
def test_recreated_folder_with_the_same_uidvalidity_is_detected(netease: ScannedMailbox, mails: int) -> None:
    netease.put(range(60))
    assert netease.scan() == 60
    netease.recreate_folder()
    netease.put(range(500, 500 + mails))
    assert (netease.scan(), netease.mailbox.uidvalidity) == (mails, 1)
    assert netease.events(EventName.MAILBOX_RECREATED) == [{"folder": FOLDER, "uid": min(mails, 60)}]
    assert netease.scan() == 0
    assert netease.events(EventName.MAILBOX_RECREATED) == [{"folder": FOLDER, "uid": min(mails, 60)}]


def test_recreated_folder_with_another_uidvalidity_is_scanned_anew(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    with closing(ScannedMailbox(tmp_path, dovecot_server.account(new_user), FOLDER, clerk)) as scanned:
        scanned.put(range(3))
        assert scanned.scan() == 3
        before = scanned.mailbox.uidvalidity
        scanned.recreate_folder()
        scanned.put(range(3))
        assert (scanned.scan(), scanned.scan()) == (3, 0)
        assert scanned.mailbox.uidvalidity > before
        assert scanned.events(EventName.MAILBOX_RECREATED) == []


def test_mails_listed_without_details_are_recorded_and_asked_for_again(omitting: ScannedMailbox) -> None:
    OmittingServer.withheld = frozenset({2, 4})
    omitting.put(range(4))
    assert omitting.scan() == 2
    for _ in range(3):
        assert omitting.scan() == 0
    assert omitting.events(EventName.MAILBOX_LEFT_OUT) == [{"mails": "INBOX 2、4"}]
    OmittingServer.withheld = frozenset({4})
    assert omitting.scan() == 1
    omitting.now += timedelta(days=1)
    assert omitting.scan() == 0
    OmittingServer.withheld = frozenset()
    assert [omitting.scan(), omitting.scan()] == [1, 0]
    assert omitting.uids() == [1, 3, 2, 4]
    assert [one["mails"] for one in omitting.events(EventName.MAILBOX_LEFT_OUT)] == [
        "INBOX 2、4",
        "INBOX 4",
        "INBOX 4",
        "",
    ]


def test_daily_comparison_finds_mails_that_the_search_omits(omitting: ScannedMailbox) -> None:
    omitting.put(range(3))
    assert omitting.scan() == 3
    OmittingServer.unsearchable = frozenset({4, 5})
    omitting.put(range(3, 6))
    assert [omitting.scan(), omitting.scan()] == [1, 0]
    omitting.now += timedelta(days=1)
    assert [omitting.scan(), omitting.scan()] == [2, 0]
    assert omitting.uids() == [1, 2, 3, 6, 4, 5]
    last = omitting.ledger.trail.find_last("hebei", (EventName.RECONCILED,))
    assert last is not None
    assert last.detail == {"mails": 4, "new": 2}


def test_failed_comparison_is_repeated_by_the_next_scan(
    dovecot_server: Dovecot, new_user: str, clerk: imaplib.IMAP4, tmp_path: Path
) -> None:
    with (
        FaultyProxy(dovecot_server) as proxy,
        closing(ScannedMailbox(tmp_path, proxy.account(new_user), "INBOX", clerk)) as scanned,
    ):
        scanned.put(range(3))
        proxy.spoil("UID SEARCH ALL", faults.hang_up)
        with pytest.raises(TemporaryFailure):
            scanned.scan()
        assert scanned.uids() == [1, 2, 3]
        assert scanned.ledger.trail.find_last("hebei", (EventName.RECONCILED,)) is None
        assert scanned.scan() == 0
        assert scanned.ledger.trail.find_last("hebei", (EventName.RECONCILED,)) is not None


def test_fetch_compares_the_whole_key(netease: ScannedMailbox) -> None:
    netease.put(range(3))
    netease.scan()
    mail = netease.ledger.messages.find_unfinished("hebei")[1].key
    raw: list[bytes] = []
    scanner = netease.scanner()
    scanner.inbox()
    scanner.fetch(mail, raw.append)
    assert raw == [b"Subject: 1\r\n\r\nx\r\n"]
    for other in (
        replace(mail, bytes=mail.bytes + 1),
        replace(mail, internaldate=mail.internaldate + timedelta(seconds=1)),
        replace(mail, uidvalidity=2),
        replace(mail, uid=99),
        replace(mail, folder="没有"),
    ):
        with pytest.raises(MailGone):
            scanner.fetch(other, raw.append)
    assert len(raw) == 1
    assert netease.mailbox.is_open


def test_mail_listed_but_not_served_is_retried(omitting: ScannedMailbox) -> None:
    omitting.put(range(2))
    omitting.scan()
    mail = omitting.ledger.messages.find_unfinished("hebei")[1].key
    scanner = omitting.scanner()
    scanner.inbox()
    OmittingServer.withheld = frozenset({mail.uid})
    with pytest.raises(TemporaryFailure, match="没有给出来") as failure:
        scanner.fetch(mail, lambda _: None)
    assert not isinstance(failure.value, MailGone)


ODD_DATES = [b'"01-Jan-1970 00:00:00 +0000"', b'"01-Jan-1900 00:00:00 +0800"', b"NIL", b'"17-May-2099 12:00:00 +0800"']


def spool(scanned: ScannedMailbox, raw: bytes) -> list[int]:
    """Records the bytes of each mail that was seen, as if they had been fetched; returns their ids."""
    mails = scanned.ledger.messages.find_unfinished("hebei")
    for mail in mails:
        head = parse_head(raw % mail.key.uid)
        scanned.ledger.messages.record_spooled(
            {mail.id: SpooledRaw(f"{mail.id}.eml", f"{mail.id:064x}", head)}, scanned.now
        )
    return [mail.id for mail in mails]


@pytest.mark.parametrize("date", ODD_DATES, ids=str)
def test_mail_with_an_odd_date_is_noticed_by_the_next_pass_and_once(omitting: ScannedMailbox, date: bytes) -> None:
    omitting.put(range(3))
    assert omitting.scan() == 3
    OmittingServer.dates = {4: date}
    OmittingServer.unsearchable = frozenset() if b"2099" in date else frozenset({4})
    omitting.put(range(3, 5))
    assert [omitting.scan(), omitting.scan()] == [2, 0]
    assert sorted(omitting.uids()) == [1, 2, 3, 4, 5]
    odd = next(mail for mail in omitting.ledger.messages.find_unfinished("hebei") if mail.key.uid == 4)
    assert omitting.now - timedelta(minutes=1) == odd.arrival.at == odd.arrival.latest
    omitting.now += timedelta(days=1)
    assert omitting.scan() == 0


@pytest.mark.parametrize("date", ODD_DATES, ids=str)
def test_mail_with_an_odd_date_is_found_by_the_comparison(omitting: ScannedMailbox, date: bytes) -> None:
    OmittingServer.dates = {2: date}
    OmittingServer.unsearchable = frozenset() if b"2099" in date else frozenset({2})
    omitting.put(range(3))
    assert [omitting.scan(), omitting.scan()] == [3, 0]


def test_old_mail_without_a_date_is_no_new_mail_where_its_received_field_is_old(omitting: ScannedMailbox) -> None:
    old = b"Received: from x by y; Mon, 15 May 2017 12:00:00 +0800\r\nSubject: old\r\n\r\nx\r\n"
    omitting.clerk.append("INBOX", "", imaplib.Time2Internaldate(START), old)
    OmittingServer.dates, OmittingServer.unsearchable = {1: b"NIL"}, frozenset({1})
    omitting.put(range(2))
    assert [omitting.scan(), omitting.scan()] == [2, 0]
    assert omitting.uids() == [2, 3]


IDENTITIES = [
    b"Message-ID: <%d@school>\r\n\r\n",
    b"From: a@school\r\nDate: Wed, 17 May 2023 12:00:0%d +0800\r\nSubject: x\r\n\r\n",
]


@pytest.mark.parametrize("head", IDENTITIES, ids=["by its Message-ID", "by From, Date and Subject"])
def test_mail_whose_bytes_change_is_the_same(omitting: ScannedMailbox, head: bytes) -> None:
    for number in (1, 2, 3):
        omitting.clerk.append("INBOX", "", imaplib.Time2Internaldate(START), head % number)
    assert omitting.scan() == 3
    before = spool(omitting, head)
    for size in (4711, 4712, 4711):
        OmittingServer.sizes = {2: size, 3: size + 1}
        assert omitting.scan() == 0
    OmittingServer.sizes = {}
    assert omitting.scan() == 0
    assert [mail.id for mail in omitting.ledger.messages.find_unfinished("hebei")] == before
    assert omitting.events(EventName.MAILBOX_RECREATED) == []


@pytest.mark.parametrize("head", IDENTITIES, ids=["Message-ID", "From, Date and Subject"])
def test_other_mail_with_the_uid_and_date_of_a_known_one_is_new(netease: ScannedMailbox, head: bytes) -> None:
    netease.put(range(1, 4))
    assert netease.scan() == 3
    spool(netease, head)
    netease.recreate_folder()
    for number in (7, 8, 9):
        netease.clerk.append(quoted(FOLDER), "", imaplib.Time2Internaldate(START), head % number + b"new")
    assert netease.scan() == 3
    assert len(netease.events(EventName.MAILBOX_RECREATED)) == 1


def test_mail_whose_bytes_changed_is_fetched_with_the_new_ones(omitting: ScannedMailbox) -> None:
    omitting.put([5])
    omitting.scan()
    mail = omitting.ledger.messages.find_unfinished("hebei")[0].key
    OmittingServer.sizes = {1: mail.bytes + 100}
    raw: list[bytes] = []
    scanner = omitting.scanner()
    scanner.inbox()
    omitting.ledger.messages.record_seen([replace(mail, uid=2)], omitting.now)
    assert omitting.uids() == [1, 1, 2]  # never fetched, so that nothing says which it is
    with pytest.raises(MailGone):
        scanner.fetch(mail, raw.append)
    scanner.fetch(replace(mail, bytes=mail.bytes + 100), raw.append)
    assert raw == [b"Subject: 5\r\n\r\nxxxxx\r\n"]


def test_slow_server_is_waited_for(netease: ScannedMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Netease, "seconds", 0.2)
    netease.put(range(2))
    assert netease.scan() == 2
