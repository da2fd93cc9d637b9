"""Servers for every test that wants one. All are real, on loopback, and need no network.

- `imap_server`: a fresh, empty account; the test runs once on pymap and once on Dovecot.
- `imap_host`: the server behind it, for tests that want several accounts (`imap_host.account(user)`).
- `best_host`: Dovecot where there is one, else pymap, for tests that are too long to run on both.
- `netease_proxy`, `qq_proxy`: the same Dovecot with the manners of 163 and QQ.
- `smtp_server`: takes letters for any user with the password PASSWORD and keeps them in `.letters`.

Where Dovecot is not installed its half is skipped. Under CI (`.ci/run`) a test that skips has failed: all that the
tests ask for must be there.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Generator, Iterator
from typing import Protocol

import pytest

from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.servers.dovecot import PASSWORD, Dovecot, find_dovecot, running_dovecot
from tests.servers.manners import Netease, Qq
from tests.servers.proxy import ImapProxy

UNDER_CI = bool(os.environ.get("CI"))
NOTHING_MOUNTS = bool(os.environ.get("NOTHING_MOUNTS"))
"""Set by .ci/run, which has tried."""
REFUSED = "nothing may be mounted here"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On Linux a skipped test is a failure under CI, unless it wants to mount a disk where nothing may be mounted."""
    report = yield
    may_skip = NOTHING_MOUNTS and REFUSED in str(report.longrepr)
    if report.skipped and UNDER_CI and sys.platform == "linux" and not may_skip:
        report.outcome = "failed"
        report.longrepr = f"under CI nothing is skipped: {report.longrepr}"
    return report


class ImapHost(Protocol):
    """An IMAP server on loopback with as many accounts as a test likes; PASSWORD opens them all."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    def account(self, user: str) -> ImapAccount:
        """The account of this name, made where it does not exist yet."""


@pytest.fixture(scope="session")
def pymap_server() -> Iterator[ImapServer]:
    """The embedded IMAP server, shared by all tests: use account names of your own."""
    with ImapServer(PASSWORD) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """A real Dovecot, shared by all tests: use account names of your own."""
    program = find_dovecot()
    if program is None:
        pytest.skip("Dovecot is not installed")
    with running_dovecot(program) as server:
        yield server


@pytest.fixture(scope="session")
def netease_proxy(dovecot_server: Dovecot) -> Iterator[ImapProxy]:
    """Dovecot with the manners of 163, shared by all tests."""
    with ImapProxy(dovecot_server, Netease) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def qq_proxy(dovecot_server: Dovecot) -> Iterator[ImapProxy]:
    """Dovecot with the manners of QQ, shared by all tests."""
    with ImapProxy(dovecot_server, Qq) as proxy:
        yield proxy


@pytest.fixture(params=["pymap", "dovecot"])
def imap_host(request: pytest.FixtureRequest) -> ImapHost:
    """Once pymap, once Dovecot."""
    host: ImapHost = request.getfixturevalue(f"{request.param}_server")
    return host


@pytest.fixture(scope="session")
def best_host(request: pytest.FixtureRequest) -> ImapHost:
    """Dovecot where there is one, else pymap; never pymap under CI."""
    is_pymap_enough = find_dovecot() is None and not UNDER_CI
    host: ImapHost = request.getfixturevalue("pymap_server" if is_pymap_enough else "dovecot_server")
    return host


@pytest.fixture
def new_user() -> str:
    """A user name that no other test has."""
    return f"u{secrets.token_hex(6)}@example.edu.cn"


@pytest.fixture
def imap_server(imap_host: ImapHost, new_user: str) -> ImapAccount:
    """A fresh, empty account."""
    return imap_host.account(new_user)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A fresh SMTP server that keeps what it is sent."""
    with SmtpServer(PASSWORD) as server:
        yield server
