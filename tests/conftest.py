"""Servers for all tests. They are real, on loopback, and need no network.

- `imap_server`: a fresh, empty account; the test runs once on pymap and once on Dovecot.
- `imap_host`: the server behind it, for tests that want several accounts (`imap_host.account(user)`).
- `best_host`: Dovecot where there is one, else pymap, for tests that are too long to run on both.
- `netease_proxy`, `qq_proxy`: the same Dovecot, which behaves as 163 and QQ do.
- `smtp_server`: takes letters for any user with the password PASSWORD and keeps them in `.letters`.

Homes and servers of tests lie in memory where there is room (`MEMORY`): the program calls fsync for every mail, and a
disk takes longer for that than the program for all else. Set TMPDIR to have them elsewhere.

Where Dovecot is not installed, its tests are skipped. Under CI (`.ci/run`) a skipped test is a failure: everything that
the tests need must be installed.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import pytest

from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.servers.dovecot import PASSWORD, Dovecot, find_dovecot, running_dovecot
from tests.servers.manners import Netease, Qq
from tests.servers.proxy import ImapProxy

if TYPE_CHECKING:
    from tests.shortcuts import Shortcuts

UNDER_CI = bool(os.environ.get("CI"))
NOTHING_MOUNTS = bool(os.environ.get("NOTHING_MOUNTS"))
"""Set by .ci/run where its attempt to mount has failed."""
REFUSED = "nothing may be mounted here"


MEMORY = Path("/dev/shm")
"""The file system in memory of Linux; in many a container it has 64 MB only."""
ROOM_BYTES = 1_000_000_000
"""Four times what all tests on three processes have at a time; each passed test removes its own."""

if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
    # For this process, and for those that it starts: pytest's workers, the servers and the program.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # pytest has asked for it before

# Compiled tests are kept, whatever the shell wants: to compile them takes a third of the collection, in each process.
sys.dont_write_bytecode = False

LONG = (
    "tests/rehearsal/",
    "tests/e2e/",
    "tests/benchmarks/",
    "tests/commands/",
    "tests/stories/",
    "tests/home/",
    "tests/service/",
    "tests/demo/",
    "tests/test_",
)
"""Folders whose tests run the whole program."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On Linux a skipped test is a failure under CI, unless it wants to mount a disk where nothing may be mounted."""
    report = yield
    may_skip = NOTHING_MOUNTS and REFUSED in str(report.longrepr)
    if report.skipped and UNDER_CI and sys.platform == "linux" and not may_skip:
        report.outcome = "failed"
        report.longrepr = f"under CI nothing is skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """No worker for a single file, whose tests stay together anyway; else one more than there are cores: many a test
    waits for a server, a process or a timeout, and no core is to be idle meanwhile."""
    cores = yield
    files = {Path(argument.partition("::")[0]) for argument in config.args}
    return 0 if len(files) == 1 and all(file.is_file() for file in files) else cores + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starts the longest files first, so that no core waits for another at the end. A file keeps its order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Thousands of tests are made, and none of them is garbage: looking for it takes a fifth of the collection."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Switches the shortcuts on where a test may need a ledger; importing them takes a while. Tests and modules stay
    until the end: the collector leaves them out from here on, and looks as seldom as in the program (`cli.main`)."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    if "intake_bot.ledger.database" in sys.modules:
        _shortcuts().on()


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary() -> None:
    """Where no test has used hypothesis, its plugin would import it now, a third of a second, to find nothing."""
    if "hypothesis" not in sys.modules:
        nothing = ModuleType("hypothesis.internal.observability")
        nothing.__dict__["_WROTE_TO"] = frozenset()
        sys.modules.setdefault(nothing.__name__, nothing)


def pytest_unconfigure() -> None:
    if "tests.shortcuts" in sys.modules:
        _shortcuts().off()


@cache
def _shortcuts() -> Shortcuts:
    from tests.shortcuts import Shortcuts

    return Shortcuts()


@pytest.fixture
def nothing_shared() -> Iterator[None]:
    """No shortcuts: every ledger is migrated and every worker started for this test alone."""
    with _shortcuts().paused():
        yield


class ImapHost(Protocol):
    """An IMAP server on loopback with as many accounts as a test likes; PASSWORD opens them all."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    def account(self, user: str) -> ImapAccount:
        """The account of this name, made where it does not exist yet."""


@pytest.fixture(scope="session")
def forgetful_servers() -> list[ImapServer]:
    """The servers that keep their mails in the memory of the tests."""
    return []


@pytest.fixture(scope="session")
def pymap_server(forgetful_servers: list[ImapServer]) -> Iterator[ImapServer]:
    """The embedded IMAP server, shared by all tests: use account names of your own."""
    with ImapServer(PASSWORD) as server:
        forgetful_servers.append(server)
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
def new_user(forgetful_servers: list[ImapServer]) -> Iterator[str]:
    """A user name that no other test has. What it has got is gone after the test."""
    name = f"u{secrets.token_hex(6)}@example.edu.cn"
    yield name
    for server in forgetful_servers:
        server.forget(name)


@pytest.fixture
def imap_server(imap_host: ImapHost, new_user: str) -> ImapAccount:
    """A fresh, empty account."""
    return imap_host.account(new_user)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A fresh SMTP server that keeps what it is sent."""
    with SmtpServer(PASSWORD) as server:
        yield server
