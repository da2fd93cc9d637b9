"""The demo's stage: a throw-away home on servers of our own, and what happens in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ruamel.yaml import YAML

from intake_bot.config.defaults import init_home
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, Settings
from intake_bot.demo.mails import MOMENTS
from intake_bot.demo.posted import DemoMail
from intake_bot.demo.servers import ImapServer, LoopbackServer, SentLetter, SmtpServer
from intake_bot.home import Home, only_instance
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.reports import DayReport
from intake_bot.rounds import Rounds

_NEXT_ROUND = timedelta(minutes=2)


@dataclass(frozen=True)
class Day:
    """What one bureau's robot did at one moment. `trouble` should be empty: nothing here depends on the world."""

    bureau: Bureau
    moment: datetime
    report: DayReport
    trouble: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """A home whose mailboxes lie on an IMAP and an SMTP server in this process."""

    home: Home
    settings: Settings
    imap: ImapServer
    smtp: SmtpServer
    secrets: Mapping[str, str]
    """The environment in which the mailboxes' passwords are looked for."""

    @property
    def letters(self) -> tuple[SentLetter, ...]:
        """All letters that the SMTP server has taken, in order."""
        return self.smtp.letters

    def play(self, mails: Iterable[DemoMail]) -> tuple[Day, ...]:
        """Delivers the mails one by one, the real robot coming round two minutes after each; then all digests.

        The robot's clock shows what it would have shown then: a school that is refused at ten is told that it has
        until four.
        """
        moment = min(MOMENTS.values())
        trouble: dict[str, list[str]] = {name: [] for name in MOMENTS}
        with (
            only_instance(self.home),
            Rounds(self.settings, self.home, lambda: moment, self.secrets) as rounds,
            Ledger.open(self.home.ledger) as ledger,
        ):
            for mail in mails:
                bureau = self._bureau(mail.bureau)
                self.imap.account(bureau.mailbox.login).append(mail.write(), mail.received)
                moment = mail.received + _NEXT_ROUND
                trouble[bureau.id] += rounds.go(bureau, _never).trouble
            days = []
            for name, moment in MOMENTS.items():
                bureau = self._bureau(name)
                days.append(Day(bureau, moment, ledger.digests.report(name), tuple(trouble[name])))
                rounds.file_due_digest(bureau)
                rounds.deliver(bureau, _never)
        return tuple(days)

    def _bureau(self, name: str) -> Bureau:
        bureau = self.settings.bureau(name)
        assert bureau is not None, name
        return bureau


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    """Makes a home in this folder like any other, and moves its mailboxes to servers of our own, while it lasts.

    Raises ConfigError when a home is there already.
    """
    password = secrets.token_hex(16)
    init_home(folder)
    with ImapServer(password) as imap, SmtpServer(password) as smtp:
        for path in sorted((folder / "config" / "bureaus").glob("*.yaml")):
            _move_to_loopback(path, imap, smtp)
        settings = load(folder)
        names = [bureau.mailbox.secret_env for bureau in settings.bureaus]
        yield Stage(Home(folder), settings, imap, smtp, {name: password for name in names if name})


def _never() -> bool:
    return False


def _move_to_loopback(path: Path, imap: LoopbackServer, smtp: LoopbackServer) -> None:
    """Changes the two servers in a bureau's file, and leaves all else in it as it is."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1000
    document = yaml.load(path)
    for key, server in (("imap", imap), ("smtp", smtp)):
        document["mailbox"][key].update(host=server.host, port=server.port, security="none")
    yaml.dump(document, path)
