"""Logins at the mail servers: secrets, refusals, and the mailbox connections that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from intake_bot.clock import Clock
from intake_bot.config.connections import imap_settings
from intake_bot.config.settings import Bureau
from intake_bot.home.services import Services
from intake_bot.mail.connection import LoginRefused
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.settings import ImapSettings
from intake_bot.service.alerts import LoginGivenUp

MAXIMUM_LOGINS = 3
"""Refusals in a row before logins rest: QQ refuses a wrong secret and a busy hour with the same words."""
LOGIN_REST = timedelta(hours=1)
"""Time without logins after that: providers lock accounts that go on trying."""


class MailServer(StrEnum):
    """The two servers of a bureau; logins are refused at each separately."""

    IMAP = "imap"
    SMTP = "smtp"


@dataclass(frozen=True)
class _Refusals:
    """Logins refused in a row with one secret; a new secret starts a new count."""

    times: int
    last: datetime
    secret: str = field(repr=False)
    why: str

    def is_resting(self, now: datetime) -> bool:
        """True within LOGIN_REST after the last of MAXIMUM_LOGINS refusals. A clock that is set back ends the rest."""
        return self.times >= MAXIMUM_LOGINS and self.last <= now < self.last + LOGIN_REST


class Logins:
    """Secrets and refused logins, by bureau. The jobs of all bureaus use it at once."""

    def __init__(self, home: Path, clock: Clock, environ: Mapping[str, str]) -> None:
        """Secrets are read from `environ` or from files of the home."""
        self._home = home
        self._clock = clock
        self._environ = environ
        self._refusals: dict[tuple[str, MailServer], _Refusals] = {}

    @contextmanager
    def attempt(self, bureau: Bureau, server: MailServer) -> Iterator[str]:
        """Yields the secret as it is now, and counts a LoginRefused that is raised inside.

        Raises LoginGivenUp for the last of MAXIMUM_LOGINS refusals, and during LOGIN_REST without asking the server;
        MissingSecret where there is no secret.
        """
        secret = bureau.secret(self._environ, self._home)
        refusals = self._refusals.get((bureau.id, server))
        times = refusals.times if refusals is not None and refusals.secret == secret else 0
        if times and refusals is not None and refusals.is_resting(self._clock()):
            raise LoginGivenUp(refusals.why)
        try:
            yield secret
        except LoginRefused as error:
            self._refusals[bureau.id, server] = _Refusals(times + 1, self._clock(), secret, str(error))
            if times + 1 < MAXIMUM_LOGINS:
                raise
            raise LoginGivenUp(str(error)) from error

    def record_success(self, bureau: Bureau, server: MailServer) -> None:
        """Records a login that succeeded: earlier refusals no longer count."""
        self._refusals.pop((bureau.id, server), None)

    def is_refused(self, bureau: Bureau, server: MailServer) -> bool:
        """True while the last login at this server was refused."""
        return (bureau.id, server) in self._refusals


class KeptMailbox:
    """The mailbox connection that one job keeps from run to run."""

    def __init__(self) -> None:
        self._settings: ImapSettings | None = None
        self._mailbox: Mailbox | None = None

    def get(self, services: Services, bureau: Bureau, secret: str) -> Mailbox:
        """The kept mailbox, or a new one if there is none, or its settings or secret have changed."""
        settings = imap_settings(bureau, secret, services.settings.intake, services.home.root)
        if self._mailbox is None or self._settings != settings:
            self.close()
            self._settings, self._mailbox = settings, Mailbox(settings, lambda: services.clock().timestamp())
        return self._mailbox

    def close(self) -> None:
        """Ends the connection, if there is one. The pause until the next one is kept."""
        if self._mailbox is not None:
            self._mailbox.close()
