"""What breaks in the middle of a conversation with a real server: named, over in time, mended by the next `open`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from intake_bot.demo.servers import ImapAccount
from intake_bot.mail.connection import LoginRefused, Security, ServerFailure
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.responses import UNDATED, FetchRefused, MailSummary
from intake_bot.mail.imap.settings import ImapSettings
from tests.mail.imap.test_mailbox import LETTER, NOON, fetched, large_letter
from tests.marking import slow
from tests.servers import faults
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.faults import Fault, FaultyProxy
from tests.servers.manners import Qq
from tests.servers.proxy import ImapProxy

BIG = large_letter(200_000)
DAY = date(2023, 5, 15)
SECONDS = 0.4
"""A server that says nothing is waited for so long where it is to say nothing."""
PATIENCE = 20
"""And so long elsewhere: on a busy machine it takes its time."""
STALLS = (faults.stall, faults.stall_in_the_middle)


@pytest.fixture
def proxy(dovecot_server: Dovecot) -> Iterator[FaultyProxy]:
    with FaultyProxy(dovecot_server) as proxy:
        yield proxy


@pytest.fixture
def account(proxy: FaultyProxy, new_user: str) -> ImapAccount:
    """With a small mail and one that is fetched in pieces."""
    account = proxy.account(new_user)
    account.append(LETTER, NOON)
    account.append(BIG, NOON)
    return account


def mailbox_of(account: ImapAccount, fault: Fault | None = None) -> Mailbox:
    """Waits as long as it has to, where this is to happen to it."""
    return Mailbox(
        ImapSettings(
            account.host,
            account.port,
            account.user,
            PASSWORD,
            Security.NONE,
            timeout_seconds=SECONDS if fault in STALLS else PATIENCE,
            chunk_bytes=50_000,
        )
    )


def everything(mailbox: Mailbox) -> list[bytes]:
    """All mails, as a pass would fetch them."""
    mailbox.open()
    mailbox.find_folders(["Junk"])
    found = mailbox.fetch_summaries(mailbox.search(DAY))
    return [fetched(mailbox, uid, envelope.bytes) for uid, envelope in found.items()]


LINE = "与 127.0.0.1:.* 的连接出了问题"
SILENCE = "127.0.0.1:.* 在限定时间内没有应答"
PLACES = {
    "examine": "EXAMINE",
    "list": "LIST",
    "search": "UID SEARCH",
    "describe": r"UID FETCH .*INTERNALDATE",
    "small mail": r"UID FETCH \d+ \(BODY\.PEEK\[\]\)",
    "third piece": r"UID FETCH .*<100000\.",
}
BREAKS: dict[str, tuple[Fault, str]] = {
    "hangs up": (faults.hang_up, LINE),
    "says BYE": (faults.say_bye, LINE),
    "cuts in the middle": (faults.cut, LINE),
    "stalls": (faults.stall_in_the_middle, SILENCE),
}
ALIKE = {
    *((place, how) for place in ("list", "search") for how in ("cuts in the middle", "stalls")),
    ("third piece", "stalls"),
    ("describe", "stalls"),
}
"""The others try each place and each way to break."""


@pytest.mark.parametrize(
    ("place", "fault", "named"),
    [
        pytest.param(
            PLACES[place],
            *BREAKS[how],
            id=f"{place}-{how}",
            marks=pytest.mark.slow if (place, how) in ALIKE else (),
        )
        for place in PLACES
        for how in BREAKS
    ],
)
def test_broken_connection_is_reported_closed_and_replaced(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault, named: str
) -> None:
    with closing(mailbox_of(account, fault)) as mailbox:
        mailbox.open()
        mailbox._settings = replace(mailbox._settings, timeout_seconds=PATIENCE)  # for the next connection
        proxy.spoil(place, fault)
        if place == "EXAMINE":  # of a kept connection: it died in the pause, and nobody is to blame
            assert everything(mailbox) == [LETTER, BIG]
        elif place == PLACES["describe"]:  # one mail may be the reason: it reconnects, and asks for each alone
            assert everything(mailbox) == [LETTER, BIG]
            assert mailbox.is_open
        else:
            with pytest.raises(ServerFailure, match=named):
                everything(mailbox)
            assert (mailbox.is_open, mailbox.folder, mailbox.uidvalidity) == (False, "", 0)
        assert proxy.spoilt
        assert everything(mailbox) == [LETTER, BIG]


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (PLACES["search"], faults.refuse),
        (PLACES["search"], faults.babble),
        (PLACES["third piece"], faults.babble),
    ],
)
def test_malformed_response_closes_the_connection(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault
) -> None:
    with closing(mailbox_of(account)) as mailbox:
        proxy.spoil(place, fault)
        with pytest.raises(ServerFailure, match=LINE):
            everything(mailbox)
        assert not mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]


def test_refused_chunk_is_reported_and_keeps_the_connection(proxy: FaultyProxy, account: ImapAccount) -> None:
    with closing(mailbox_of(account)) as mailbox:
        proxy.spoil(PLACES["third piece"], faults.refuse)
        with pytest.raises(FetchRefused, match=r"没有给出 UID 为 2 的邮件（.*Internal error"):
            everything(mailbox)
        assert mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]
        assert sum(line.startswith("LOGIN ") for line in proxy.commands) == 1


ONE_MAIL: dict[str, Fault] = {
    "NO": faults.refuse,
    "NO behind the others": faults.refuse_at_the_end,
    "no IMAP": faults.babble,
    "hangs up": faults.hang_up,
    "says BYE": faults.say_bye,
    "cuts in the middle": faults.cut,
    "gives nothing": faults.give_nothing,
}


@pytest.mark.parametrize("fault", ONE_MAIL.values(), ids=ONE_MAIL)
@pytest.mark.parametrize(
    "broken", [slow({1}, id="{1}"), slow({2}, id="{2}"), slow({60}, id="{60}"), pytest.param({3, 58}, id="{3, 58}")]
)
def test_mail_that_fails_every_fetch_costs_no_other_mail(
    proxy: FaultyProxy, new_user: str, fault: Fault, broken: set[int]
) -> None:
    account = proxy.account(new_user)
    for number in range(60):
        account.append(LETTER + b"%d\r\n" % number, NOON)
    proxy.spoil_mails(broken, fault)
    with closing(mailbox_of(account)) as mailbox:
        for _ in range(3):
            mailbox.open()
            uids = mailbox.search(DAY)
            assert mailbox.fetch_summaries(uids).keys() == set(uids) - broken
            assert mailbox.is_open
        proxy.spoil_mails(set(), fault)
        mailbox._drops.clear()  # as after the time of rest
        assert mailbox.fetch_summaries(uids).keys() == set(uids)


def test_mail_at_which_the_line_drops_is_requested_again_after_a_rest(proxy: FaultyProxy, account: ImapAccount) -> None:
    now = 1000.0
    mailbox = Mailbox(mailbox_of(account)._settings, lambda: now)
    proxy.spoil_mails({2}, faults.hang_up)
    with closing(mailbox):
        for _ in range(4):
            mailbox.open()
            assert mailbox.fetch_summaries([1, 2]).keys() == {1}
            now += 60
        logins = sum(line.startswith("LOGIN ") for line in proxy.commands)
        assert logins <= 5  # and not one for each pass
        proxy.spoil_mails(set(), faults.hang_up)
        assert mailbox.fetch_summaries([1, 2]).keys() == {1}
        now += 600
        assert mailbox.fetch_summaries([1, 2]).keys() == {1, 2}


def test_line_that_drops_at_every_mail_raises(proxy: FaultyProxy, new_user: str) -> None:
    account = proxy.account(new_user)
    for number in range(20):
        account.append(LETTER + b"%d\r\n" % number, NOON)
    proxy.spoil_mails(set(range(1, 21)), faults.hang_up)
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        with pytest.raises(ServerFailure, match=LINE):
            mailbox.fetch_summaries(range(1, 21))
        assert sum(line.startswith("LOGIN ") for line in proxy.commands) <= 7


ID_ANSWERS: dict[str, Fault] = {
    "BAD": faults.say("BAD ID unknown command"),
    "NO": faults.say("NO ID failed"),
    "nothing": faults.say("OK ID completed"),
    "NIL": faults.say("OK ID completed", b"* ID NIL\r\n"),
    "8 bit": faults.say("OK ID completed", b'* ID ("name" "\xd3\xca\xcf\xe4" "x" NIL)\r\n'),
    "no end": faults.say("OK ID completed", b'* ID ("name" "x\r\n'),
    "words": faults.say("OK ID completed", b"* ID what do you want?\r\n"),
}


@pytest.mark.parametrize("fault", ID_ANSWERS.values(), ids=ID_ANSWERS)
def test_id_that_is_refused_or_answered_oddly_is_no_failure(
    proxy: FaultyProxy, account: ImapAccount, fault: Fault
) -> None:
    proxy.spoil("ID", fault)
    with closing(mailbox_of(account)) as mailbox:
        assert everything(mailbox) == [LETTER, BIG]
    assert proxy.spoilt


ODD_FOLDERS = [
    b'* LIST () "/" "A&B-&V4NX"',
    b'* LIST (\\HasNoChildren) "/" "\xce\xd2\xb5\xc4"',
    b"* LIST () NIL other",
    b'* LIST () "/" 2023',
    b'* LIST () "/" My Folder',
    b'* LIST () "/"',
    b'* LIST (\\HasNoChildren "/" "x"',
    b'* LIST () "/" "&-&"',
    b'* LIST () "/" NIL',
]


@pytest.mark.parametrize("odd", ODD_FOLDERS, ids=str)
def test_folder_that_cannot_be_read_hides_no_other(proxy: FaultyProxy, account: ImapAccount, odd: bytes) -> None:
    junk = b'* LIST (\\HasNoChildren) "/" "&V4NXPpCuTvY-"\r\n'
    proxy.spoil("LIST", faults.say("OK done", odd + b"\r\n", junk), times=2)
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        assert mailbox.find_folders(["垃圾邮件"]) == ("垃圾邮件",)
        assert mailbox.find_folders(["2023", "other"]) in ((), ("2023",), ("other",))
        assert mailbox.is_open


@pytest.mark.parametrize(
    "lines",
    [
        [b"* SEARCH 1\r\n", b"* SEARCH 2\r\n"],
        [b"* SEARCH 2 1\r\n", b"* SEARCH\r\n", b"* SEARCH 2\r\n"],
        [b"* SEARCH\r\n", b"* 2 EXISTS\r\n", b"* SEARCH 1 2 (MODSEQ 917162500)\r\n"],
        [b"* SEARCH 1 2 \r\n"],
    ],
)
def test_several_search_lines_are_one_answer(proxy: FaultyProxy, account: ImapAccount, lines: list[bytes]) -> None:
    proxy.spoil("UID SEARCH", faults.say("OK SEARCH completed", *lines))
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        assert mailbox.search(DAY) == [1, 2]


WHOLE_ANSWERS = [
    (name, size)
    for name in ("plain", "numbered", "every")
    for size in (49_999, 50_000, 50_001, 100_000, 200_000)
    if (name, size) != ("every", 50_000)  # cannot be told from a mail whose chunks are all the same
]


@pytest.mark.parametrize(("name", "size"), WHOLE_ANSWERS)
@pytest.mark.parametrize("error", [0, -60_000, 60_000], ids=lambda n: f"announced {n:+}")
def test_partial_fetch_answered_whole_is_taken(
    proxy: FaultyProxy, new_user: str, name: str, size: int, error: int
) -> None:
    account = proxy.account(new_user)
    raw = large_letter(size)[:size]
    account.append(raw, NOON)
    proxy.spoil(r"UID FETCH \d+ \(BODY\.PEEK\[\]<", faults.give_whole(raw, name), times=9)
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        assert fetched(mailbox, 1, max(50_000, size + error)) == raw


DATES = {
    b'"01-Jan-1970 00:00:00 +0000"': datetime(1970, 1, 1, tzinfo=UTC),
    b'"01-Jan-1900 08:00:00 +0800"': datetime(1900, 1, 1, tzinfo=UTC),
    b'"17-May-2123 12:00:00 +0800"': datetime(2123, 5, 17, 4, tzinfo=UTC),
    b"NIL": UNDATED,
    b'""': UNDATED,
    b'"00-Jan-0000 00:00:00 +0000"': UNDATED,
    b'"01-Jan-0001 00:00:00 +0800"': datetime(2000, 12, 31, 16, tzinfo=UTC),  # two digits of a year
    b'"31-Dec-9999 23:59:59 -0800"': UNDATED,
    b'"17-May-2023 12:00:00 +9999"': UNDATED,
    b'"99-May-2023 99:00:00 +0800"': UNDATED,
    b'"yesterday"': UNDATED,
}


@pytest.mark.parametrize(("date", "read"), DATES.items(), ids=map(str, DATES))
def test_odd_internaldate_is_read_or_undated(
    proxy: FaultyProxy, account: ImapAccount, date: bytes, read: datetime
) -> None:
    line = b"* 1 FETCH (UID 1 INTERNALDATE %b RFC822.SIZE 99)\r\n" % date
    proxy.spoil("UID FETCH", faults.say("OK done", line))
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        assert mailbox.fetch_summaries([1]) == {1: MailSummary(1, read, 99)}


@pytest.mark.parametrize("place", [slow("CAPABILITY"), "LOGIN", slow("ID"), "EXAMINE"])
@pytest.mark.parametrize(
    ("fault", "named"),
    [(faults.hang_up, LINE), (faults.say_bye, LINE), (faults.stall, SILENCE)],
    ids=["hangs up", "says BYE", "stalls"],
)
def test_connection_that_breaks_during_login_stays_closed(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault, named: str
) -> None:
    mailbox = mailbox_of(account, fault)
    proxy.spoil(place, fault)
    with pytest.raises(ServerFailure, match=named):
        mailbox.open()
    assert not mailbox.is_open
    assert proxy.spoilt


def test_missing_chunk_is_no_end_of_the_mail(proxy: FaultyProxy, account: ImapAccount) -> None:
    with closing(mailbox_of(account)) as mailbox:
        proxy.spoil(PLACES["third piece"], faults.give_nothing)
        with pytest.raises(Exception, match="没有给出 UID 为 2 的邮件"):
            everything(mailbox)
        assert mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]


def test_connection_that_breaks_repeatedly_is_paused(proxy: FaultyProxy, account: ImapAccount) -> None:
    now = 1000.0
    mailbox = Mailbox(mailbox_of(account)._settings, lambda: now)
    mailbox.open()
    proxy.spoil("UID SEARCH", faults.hang_up, times=2)
    for _ in range(2):
        with pytest.raises(ServerFailure, match=LINE):
            everything(mailbox)
    asked = len(proxy.commands)
    with pytest.raises(ServerFailure, match=rf"{LINE}.*（过 \d+ 秒再连）"):
        mailbox.open()
    assert len(proxy.commands) == asked
    now += 40
    with closing(mailbox):
        assert everything(mailbox) == [LETTER, BIG]


def test_qq_that_refuses_frequent_logins_raises_and_does_not_hang(dovecot_server: Dovecot, new_user: str) -> None:
    class Throttled(Qq):
        most_logins = 1

    with ImapProxy(dovecot_server, Throttled) as proxy:
        account = proxy.account(new_user)
        first, second = mailbox_of(account), mailbox_of(account)
        with closing(first):
            first.open()
            with pytest.raises(LoginRefused, match="login frequency limited"):
                second.open()
            assert (first.is_open, second.is_open) == (True, False)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(
    "said", [b"", b"* OK ready\r\n", b"\x15\x03\x03\x00\x02\x02\x28"], ids=["none", "text", "alert"]
)
def test_failed_tls_handshake_raises_server_failure(security: Security, said: bytes) -> None:
    """The server speaks no TLS, or breaks it off."""

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            line, _ = server.accept()
            with line:
                if security is Security.STARTTLS:
                    line.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
                    tag = line.recv(1000).split()[0]
                    line.sendall(tag + b" OK begin\r\n")
                line.recv(1000)
                line.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        port = server.getsockname()[1]
        mailbox = Mailbox(ImapSettings("127.0.0.1", port, "a", "b", security, timeout_seconds=SECONDS))
        with pytest.raises(ServerFailure, match=f"127.0.0.1:{port}"):
            mailbox.open()
        assert not mailbox.is_open


def test_full_disk_keeps_the_connection_usable(account: ImapAccount, full: Callable[[bytes], object]) -> None:
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        with pytest.raises(OSError, match="No space left"):
            mailbox.fetch(2, len(BIG), full)
        assert mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]


@pytest.fixture
def full() -> Iterator[Callable[[bytes], object]]:
    """Writes to a disk that is full."""
    try:
        with open("/dev/full", "wb", buffering=0) as file:  # noqa: PTH123 - a device, which Path cannot describe better
            yield file.write
    except FileNotFoundError:
        pytest.skip("only Linux has a disk that is always full")
