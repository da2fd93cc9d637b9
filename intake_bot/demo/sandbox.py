"""The demo's sandbox: a new home whose mailboxes lie on embedded servers, and the robot at work in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from ruamel.yaml import YAML

from intake_bot.clock import Clock
from intake_bot.config.defaults import init_home
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Settings
from intake_bot.demo.mailbox import DemoMail
from intake_bot.demo.mails import DIGEST_TIMES
from intake_bot.demo.servers import ImapServer, LoopbackServer, SentLetter, SmtpServer
from intake_bot.home.home import Home
from intake_bot.home.lock import only_instance
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.reports import DayReport

_NEXT_CYCLE = timedelta(minutes=2)


class CycleReport(Protocol):
    """The result of one poll cycle."""

    @property
    def trouble(self) -> tuple[str, ...]: ...


class Robot(Protocol):
    """What works on the sandbox's mailboxes: a PollCycle. It is handed in, so that the demo stands beside the service
    and not above it."""

    def run(self, bureau: Bureau, stop: Callable[[], bool]) -> CycleReport: ...

    def file_due_digest(self, bureau: Bureau) -> bool: ...

    def deliver(self, bureau: Bureau, stop: Callable[[], bool]) -> object: ...


OpenRobot = Callable[[Settings, Home, Clock, Mapping[str, str]], AbstractContextManager[Robot]]
"""Opens the robot for a home, with its clock and the mailboxes' passwords."""


@dataclass(frozen=True)
class BureauDay:
    """What the robot did for one bureau until the time of its digest."""

    bureau: Bureau
    digest_at: datetime
    report: DayReport
    trouble: tuple[str, ...]
    """Empty unless the program is at fault: nothing here depends on a network or an account."""


@dataclass(frozen=True)
class Sandbox:
    """A home whose mailboxes lie on an IMAP and an SMTP server in this process."""

    home: Home
    settings: Settings
    imap: ImapServer
    smtp: SmtpServer
    secrets: Mapping[str, str]
    """The environment variables that hold the mailboxes' passwords."""

    @property
    def letters(self) -> tuple[SentLetter, ...]:
        """All letters that the SMTP server has received, in order."""
        return self.smtp.letters

    def replay(self, mails: Iterable[DemoMail], open_robot: OpenRobot) -> tuple[BureauDay, ...]:
        """Delivers the mails one by one, with a poll cycle two minutes after each; then files and sends all digests.

        The robot's clock shows the time of the mail, so that a school rejected at ten reads that it has until four.
        """
        now = min(DIGEST_TIMES.values())
        trouble: dict[str, list[str]] = {name: [] for name in DIGEST_TIMES}
        with (
            only_instance(self.home),
            open_robot(self.settings, self.home, lambda: now, self.secrets) as cycle,
            Ledger.open(self.home.ledger) as ledger,
        ):
            for mail in mails:
                bureau = self._bureau(mail.bureau)
                self.imap.account(bureau.mailbox.login).append(mail.write(), mail.received)
                now = mail.received + _NEXT_CYCLE
                trouble[bureau.id] += cycle.run(bureau, _never).trouble
            days = []
            for name, now in DIGEST_TIMES.items():
                bureau = self._bureau(name)
                days.append(BureauDay(bureau, now, ledger.reports.gather_day_report(name), tuple(trouble[name])))
                cycle.file_due_digest(bureau)
                cycle.deliver(bureau, _never)
        return tuple(days)

    def _bureau(self, name: str) -> Bureau:
        bureau = self.settings.bureau(name)
        assert bureau is not None, name
        return bureau


@contextmanager
def open_sandbox(folder: Path) -> Iterator[Sandbox]:
    """Makes a home in this folder, and serves its mailboxes from embedded servers until the block ends.

    Raises ConfigError when the folder holds a home already.
    """
    password = secrets.token_hex(16)
    init_home(folder)
    with ImapServer(password) as imap, SmtpServer(password) as smtp:
        for path in sorted((folder / "config" / "bureaus").glob("*.yaml")):
            _move_to_loopback(path, imap, smtp)
        settings = load(folder)
        names = [bureau.mailbox.secret_env for bureau in settings.bureaus]
        yield Sandbox(Home(folder), settings, imap, smtp, {name: password for name in names if name})


def _never() -> bool:
    return False


def _move_to_loopback(path: Path, imap: LoopbackServer, smtp: LoopbackServer) -> None:
    """Replaces the two servers in a bureau's file and keeps everything else in it."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1000
    document = yaml.load(path)
    for key, server in (("imap", imap), ("smtp", smtp)):
        document["mailbox"][key].update(host=server.host, port=server.port, security="none")
    yaml.dump(document, path)
