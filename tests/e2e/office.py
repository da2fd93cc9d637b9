"""A bureau at work in this process: its home, its servers, its clock."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from intake_bot.config.load import load
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.home import Home
from intake_bot.rounds import Round, Rounds
from tests.e2e.home import make_home, write_bureau
from tests.e2e.looking import read
from tests.e2e.mails import NOW


class Office:
    """A bureau at work: its home, its servers, and a clock that stands where it is put."""

    def __init__(self, root: Path, account: ImapAccount, smtp: SmtpServer) -> None:
        self.root = root
        self.account = account
        self.smtp = smtp
        self.now = NOW
        self._start()

    def _start(self) -> None:
        self.settings = load(self.root)
        self.rounds = Rounds(self.settings, Home(self.root), lambda: self.now)

    def restart(self) -> None:
        """The program ends and is started again, with what stands in the files now."""
        self.close()
        self._start()

    def close(self) -> None:
        self.rounds.__exit__(None, None, None)

    def round(self, stop: Callable[[], bool] = lambda: False) -> Round:
        """One round, a minute after the last one."""
        self.now += timedelta(minutes=1)
        return self.rounds.go(self.settings.bureaus[0], stop)

    def digest_is_filed(self) -> bool:
        """Whether a digest was due."""
        return self.rounds.file_due_digest(self.settings.bureaus[0])

    def unplug(self) -> None:
        """The mailbox's server does not answer any more."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        write_bureau(self.root, "hebei", replace(self.account, port=port), self.smtp)
        self.restart()

    def plug_in(self) -> None:
        write_bureau(self.root, "hebei", self.account, self.smtp)
        self.restart()

    def letters_to(self, address: str) -> list[str]:
        """Subjects, in order."""
        return [read(letter)["Subject"] for letter in self.smtp.letters if letter.recipients == (address,)]


@contextmanager
def at_work(account: ImapAccount, smtp: SmtpServer, root: Path) -> Iterator[Office]:
    with closing(Office(make_home(root, {"hebei": account}, smtp), account, smtp)) as office:
        yield office
