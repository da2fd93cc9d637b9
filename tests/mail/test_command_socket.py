"""Servers that send something all the time, and never come to an end: each command has its time.

The timeout is longer than the pause between two bytes, so that no single read ever runs out of it. A test that hangs is
one that has failed.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from intake_bot.mail.command_socket import CommandSocket
from intake_bot.mail.connection import Security, ServerFailure
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.settings import ImapSettings
from intake_bot.mail.smtp.transport import DeliveryInDoubt, SmtpSettings, Transport
from tests.servers.dripping import DrippingImapServer, DrippingSmtpServer, Endless, drip, repeat

CERTIFICATE = Path(__file__).parents[1] / "servers" / "loopback.crt"
SECONDS = 0.2
PATIENCE = 20
SILENCE = "127.0.0.1:.* 在限定时间内没有应答"
UNCERTAIN = f"{SILENCE}|没有等到 127.0.0.1:.* 的答复"
"""On a busy machine the time may be up before the letter is sent."""
UNTAGGED = repeat(b"* 5 FETCH (FLAGS ())\r\n")
LETTER = b"Subject: x\r\n\r\ny\r\n"


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context


def take_mail(server: DrippingImapServer, security: Security) -> None:
    settings = ImapSettings(server.host, server.port, "a", "b", security, ca_file=CERTIFICATE, timeout_seconds=SECONDS)
    mailbox = Mailbox(settings)
    mailbox.open()
    mailbox.search(date(2023, 5, 17))
    mailbox.fetch(1, 2000, lambda chunk: None)


@pytest.mark.parametrize(
    ("command", "how", "security"),
    [
        ("greeting", drip, Security.NONE),
        ("greeting", drip, Security.TLS),
        ("LOGIN", drip, Security.NONE),
        ("EXAMINE", UNTAGGED, Security.NONE),
        ("UID SEARCH", repeat(b"* SEARCH 1 2 3\r\n"), Security.NONE),
        ("UID FETCH", drip, Security.NONE),
        ("UID FETCH", drip, Security.TLS),
        ("UID FETCH", UNTAGGED, Security.TLS),
    ],
)
def test_imap_server_without_an_end_is_left(
    command: str, how: Endless, security: Security, tls: ssl.SSLContext
) -> None:
    with DrippingImapServer(command, how, tls if security is Security.TLS else None) as server:
        with pytest.raises(ServerFailure, match=SILENCE):
            take_mail(server, security)
        assert server.left.wait(PATIENCE)


def send_letter(server: DrippingSmtpServer, security: Security) -> None:
    settings = SmtpSettings(server.host, server.port, "a", "b", "a@b.cn", security, CERTIFICATE, SECONDS)
    with Transport(settings).session() as session:
        session.send(LETTER, ["school@example.edu.cn"])


CONTINUED = repeat(b"250-and more\r\n")


@pytest.mark.parametrize(
    ("command", "how", "security", "failure"),
    [
        ("greeting", drip, Security.NONE, ServerFailure),
        ("greeting", drip, Security.TLS, ServerFailure),
        ("ehlo", CONTINUED, Security.NONE, ServerFailure),
        ("AUTH", drip, Security.NONE, ServerFailure),
        ("mail", CONTINUED, Security.TLS, ServerFailure),
        ("rcpt", drip, Security.NONE, ServerFailure),
        (".", drip, Security.TLS, DeliveryInDoubt),
        (".", CONTINUED, Security.NONE, DeliveryInDoubt),
    ],
)
def test_smtp_server_without_an_end_is_left(
    command: str, how: Endless, security: Security, failure: type[ServerFailure], tls: ssl.SSLContext
) -> None:
    with DrippingSmtpServer(command, how, tls if security is Security.TLS else None) as server:
        with pytest.raises(ServerFailure, match=UNCERTAIN if failure is DeliveryInDoubt else SILENCE):
            send_letter(server, security)
        assert server.left.wait(PATIENCE)


class Clock:
    """The monotonic clock of the sockets, which only a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("intake_bot.mail.command_socket.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def line() -> tuple[CommandSocket, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    return CommandSocket.take_over(ours), theirs


Step = Callable[[CommandSocket], object]


@pytest.mark.parametrize(
    ("before", "seconds"),
    [
        (lambda one: one.recv(1), 60),
        (lambda one: one.sendall(b"NOOP\r\n"), 60),
        (lambda one: (one.expect(16 * 1024 * 100), one.sendall(b"FETCH")), 160),
        (lambda one: (one.expect(16 * 1024 * 100), one.sendall(b"FETCH"), one.sendall(b"NOOP")), 60),
        (lambda one: one.sendall(b"x" * 16 * 1024 * 3), 63),
    ],
    ids=["greeting", "command", "bytes asked for", "the next command", "bytes sent"],
)
def test_command_has_the_timeout_and_the_time_of_its_bytes(
    before: Step, seconds: int, clock: Clock, line: tuple[CommandSocket, socket.socket]
) -> None:
    ours, theirs = line
    reader = threading.Thread(target=theirs.recv, args=(1_000_000,))
    reader.start()
    theirs.sendall(b"greeting")
    with ours, theirs:
        before(ours)
        reader.join(0.1)
        clock.now += seconds - 0.1
        assert ours.recv(1)
        clock.now += 0.2
        with pytest.raises(TimeoutError):
            ours.recv(1)
        ours.sendall(b"NOOP\r\n")
        assert ours.recv(1)
        assert ours.gettimeout() == 60
