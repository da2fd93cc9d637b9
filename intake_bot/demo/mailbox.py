"""The mails of the demo as values, and the mailbox of one bureau, which makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intake_bot.demo.clients import Client, Composition, write_mail
from intake_bot.judging.verdict import Disposition

ZONE = ZoneInfo("Asia/Shanghai")

Files = Callable[[], Mapping[str, bytes]]
"""Makes the attachments, by file name. Called for each mail in turn: all of them together are tens of megabytes."""


@dataclass(frozen=True)
class DemoMail:
    """One mail in a bureau's mailbox."""

    bureau: str
    name: str
    """What the mail is an example of; unique."""
    received: datetime
    """INTERNALDATE, aware."""
    expected: Disposition
    """The right judgement on the mail alone, without prior mail."""
    write: Callable[[], bytes] = field(repr=False)
    """Makes the raw mail, the same bytes each time."""
    is_duplicate: bool = False
    """The same bytes arrived before; the intake ignores this copy and sends no letter."""

    @property
    def is_answered(self) -> bool:
        """True for a submission, which gets one letter; anything else gets none."""
        return self.expected is not Disposition.IGNORED and not self.is_duplicate


@dataclass(frozen=True)
class Person:
    """A sender and the mail program that this sender uses."""

    name: str
    address: str
    client: Client


@dataclass(frozen=True)
class DemoMailbox:
    """The mailbox of one bureau, to which its mails are addressed."""

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
        """A mail that a person wrote. `received` is local time, for example 2023-05-17T09:12:15."""
        received_at = _local(received)

        def write() -> bytes:
            composition = Composition(
                person.name, person.address, self.address, subject, body, received_at, files(), page, extra
            )
            return write_mail(person.client, composition)

        return DemoMail(self.bureau, name, received_at, expected, write)

    def raw(self, name: str, received: str, write: Callable[[], bytes]) -> DemoMail:
        """A mail that a machine wrote. `write` gives it byte for byte."""
        return DemoMail(self.bureau, name, _local(received), Disposition.IGNORED, write)

    def duplicate(self, mail: DemoMail, name: str, minutes: int) -> DemoMail:
        """The same bytes again, so many minutes later."""
        return replace(mail, name=name, received=mail.received + timedelta(minutes=minutes), is_duplicate=True)


def _local(time: str) -> datetime:
    return datetime.fromisoformat(time).replace(tzinfo=ZONE)
