"""What breaks in the middle of a conversation with a real server: named, over in time, mended by the next `open`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date

import pytest

from intake_bot.demo.servers import ImapAccount
from intake_bot.mail.connection import LoginRefused, Security, ServerFailure
from intake_bot.mail.mailbox import ImapSettings, Mailbox
from tests.mail.test_mailbox import LETTER, NOON, fetched, large_letter
from tests.servers import faults
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.faults import Fault, FaultyProxy
from tests.servers.manners import Qq
from tests.servers.proxy import ImapProxy

BIG = large_letter(200_000)
DAY = date(2023, 5, 15)
SECONDS = 0.4
"""A server that says nothing is waited for so long."""


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


def mailbox_of(account: ImapAccount) -> Mailbox:
    return Mailbox(
        ImapSettings(
            account.host,
            account.port,
            account.user,
            PASSWORD,
            Security.NONE,
            timeout_seconds=SECONDS,
            chunk_bytes=50_000,
        )
    )


def everything(mailbox: Mailbox) -> list[bytes]:
    """All mails, as a pass would fetch them."""
    mailbox.open()
    mailbox.folders_called(["Junk"])
    found = mailbox.describe(mailbox.search(DAY))
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


@pytest.mark.parametrize(("fault", "named"), BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_line_that_breaks_is_named_closed_and_replaced(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault, named: str
) -> None:
    with closing(mailbox_of(account)) as mailbox:
        mailbox.open()
        proxy.spoil(place, fault)
        if place == "EXAMINE":  # of a kept connection: it died in the pause, and nobody is to blame
            assert everything(mailbox) == [LETTER, BIG]
        else:
            with pytest.raises(ServerFailure, match=named):
                everything(mailbox)
            assert (mailbox.is_open, mailbox.folder, mailbox.uidvalidity) == (False, "", 0)
        assert proxy.spoilt
        assert everything(mailbox) == [LETTER, BIG]


@pytest.mark.parametrize("fault", [faults.refuse, faults.babble], ids=["NO", "no IMAP"])
@pytest.mark.parametrize("place", [PLACES["search"], PLACES["describe"], PLACES["third piece"]])
def test_an_answer_that_is_none_closes_the_connection_too(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault
) -> None:
    with closing(mailbox_of(account)) as mailbox:
        proxy.spoil(place, fault)
        with pytest.raises(ServerFailure, match=LINE):
            everything(mailbox)
        assert not mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]


@pytest.mark.parametrize("place", ["CAPABILITY", "LOGIN", "ID", "EXAMINE"])
@pytest.mark.parametrize(
    ("fault", "named"),
    [(faults.hang_up, LINE), (faults.say_bye, LINE), (faults.stall, SILENCE)],
    ids=["hangs up", "says BYE", "stalls"],
)
def test_a_line_that_breaks_at_the_door_leaves_it_closed(
    proxy: FaultyProxy, account: ImapAccount, place: str, fault: Fault, named: str
) -> None:
    mailbox = mailbox_of(account)
    proxy.spoil(place, fault)
    with pytest.raises(ServerFailure, match=named):
        mailbox.open()
    assert not mailbox.is_open
    assert proxy.spoilt


def test_a_piece_that_is_left_out_is_no_end_of_the_mail(proxy: FaultyProxy, account: ImapAccount) -> None:
    with closing(mailbox_of(account)) as mailbox:
        proxy.spoil(PLACES["third piece"], faults.give_nothing)
        with pytest.raises(Exception, match="没有给出 UID 为 2 的邮件"):
            everything(mailbox)
        assert mailbox.is_open
        assert everything(mailbox) == [LETTER, BIG]


def test_a_server_that_hangs_up_again_and_again_is_given_a_rest(proxy: FaultyProxy, account: ImapAccount) -> None:
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


def test_qq_that_is_asked_too_often_refuses_and_nothing_hangs(dovecot_server: Dovecot, new_user: str) -> None:
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
def test_a_tls_that_fails_is_a_failure_of_the_line(security: Security, said: bytes) -> None:
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


def test_a_full_disk_closes_nothing_and_leaves_the_answer_read(
    account: ImapAccount, full: Callable[[bytes], object]
) -> None:
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
