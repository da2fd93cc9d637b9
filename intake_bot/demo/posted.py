"""One mail of the demo, as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from intake_bot.demo.clients import Client, Composition, write_mail
from intake_bot.judging.verdict import Disposition

ZONE = ZoneInfo("Asia/Shanghai")

Files = Callable[[], Mapping[str, bytes]]
"""Makes the attachments when they are wanted: all of the demo together is some tens of megabytes."""


@dataclass(frozen=True)
class DemoMail:
    """One mail that waits in a bureau's mailbox."""

    bureau: str
    name: str
    """What it is an example of; the names of all demo mails differ."""
    received: datetime
    """INTERNALDATE, aware."""
    expected: Disposition
    """What is to be made of it when nothing is known of other mails."""
    write: Callable[[], bytes] = field(repr=False)
    """Makes the raw mail, the same bytes each time."""
    second_copy: bool = False
    """It came once before: the intake finds that out, and says nothing again."""

    @property
    def is_answered(self) -> bool:
        """A submission gets one letter, anything else none."""
        return self.expected is not Disposition.IGNORED and not self.second_copy


@dataclass(frozen=True)
class Person:
    """Who writes, and with which mail program."""

    name: str
    address: str
    client: Client


@dataclass(frozen=True)
class Mailbox:
    """Where mails of one bureau go."""

    bureau: str
    address: str

    def mail(
        self,
        name: str,
        expected: Disposition,
        received: str,
        person: Person,
        subject: str,
        body: str,
        files: Files = dict,
        page: str = "",
        extra: tuple[tuple[str, str], ...] = (),
    ) -> DemoMail:
        """A mail that a person wrote. `received` is local, for example 2023-05-17T09:12:15."""
        at = datetime.fromisoformat(received).replace(tzinfo=ZONE)

        def write() -> bytes:
            composition = Composition(
                person.name, person.address, self.address, subject, body, at, files(), page, extra
            )
            return write_mail(person.client, composition)

        return DemoMail(self.bureau, name, at, expected, write)

    def raw(self, name: str, received: str, write: Callable[[], bytes]) -> DemoMail:
        """A mail that a machine wrote, byte for byte."""
        at = datetime.fromisoformat(received).replace(tzinfo=ZONE)
        return DemoMail(self.bureau, name, at, Disposition.IGNORED, write)
