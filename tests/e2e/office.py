"""A bureau that runs in this process, with its home, its servers and its clock."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.config.load import load
from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from intake_bot.home.home import Home
from intake_bot.service.poll_cycle import CycleResult, PollCycle
from tests.e2e.home import make_home, write_bureau
from tests.e2e.inspection import read
from tests.e2e.mails import NOW


class Office:
    """One bureau with its home and servers. `now` is its clock, which a test sets."""

    def __init__(self, root: Path, account: ImapAccount, smtp: SmtpServer) -> None:
        self.root = root
        self.account = account
        self.smtp = smtp
        self.now = NOW
        self._start()

    def _start(self) -> None:
        self.settings = load(self.root)
        self.cycle = PollCycle(self.settings, Home(self.root), lambda: self.now)

    def restart(self) -> None:
        """Stops the program and starts it with the present configuration."""
        self.close()
        self._start()

    def close(self) -> None:
        self.cycle.close()

    def run_cycle(self, stop: Callable[[], bool] = lambda: False) -> CycleResult:
        """Runs one poll cycle, a minute after the last one."""
        self.now += timedelta(minutes=1)
        return self.cycle.run(self.settings.bureaus[0], stop)

    def file_due_digest(self) -> bool:
        """Files the digest if it is due; true if it was."""
        return self.cycle.file_due_digest(self.settings.bureaus[0])

    def disconnect(self) -> None:
        """Makes the IMAP server unreachable."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        write_bureau(self.root, "hebei", replace(self.account, port=port), self.smtp)
        self.restart()

    def reconnect(self) -> None:
        """Makes the IMAP server reachable again."""
        write_bureau(self.root, "hebei", self.account, self.smtp)
        self.restart()

    def letters_to(self, address: str) -> list[str]:
        """The subjects of the letters to this address, in order."""
        return [read(letter)["Subject"] for letter in self.smtp.letters if letter.recipients == (address,)]


@contextmanager
def running_office(account: ImapAccount, smtp: SmtpServer, root: Path) -> Iterator[Office]:
    """An office of 河北省教育厅, closed at the end."""
    with closing(Office(make_home(root, {"hebei": account}, smtp, digests=True), account, smtp)) as office:
        yield office


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Office]:
    """An office on the embedded servers; conftest.py of a folder imports it."""
    with running_office(pymap_server.account(new_user), smtp_server, tmp_path / "home") as office:
        yield office
