"""The post of the rehearsal: mails to the bureaus, and the letters that the robot has sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from intake_bot.demo.clients import Client, Composition, write_mail
from intake_bot.demo.servers import SentLetter, SmtpServer
from tests.e2e.home import ADDRESSES

QUOTED = re.compile("^", re.MULTILINE)


@dataclass(frozen=True)
class ReadLetter:
    """A letter of the robot, as it was read."""

    at: datetime
    """The time of the rehearsal at which it was found to have been sent."""
    bureau: str
    to: str
    subject: str
    message_id: str
    answers: str
    """The Message-ID that it answers, or empty."""
    text: str
    raw: bytes = field(repr=False)


class Post:
    """All letters so far, in the order in which they were sent, and the bytes of what was sent to the bureaus."""

    def __init__(self, smtp: SmtpServer) -> None:
        self._smtp = smtp
        self.letters: list[ReadLetter] = []
        self.sent: dict[str, bytes] = {}
        """Label of a mail → its bytes."""

    def collect(self, now: datetime) -> list[ReadLetter]:
        """The letters that were sent since the last call."""
        new = [_read(one, now) for one in self._smtp.letters[len(self.letters) :]]
        self.letters += new
        return new

    def last_to(self, address: str, words: str = "") -> ReadLetter:
        """The newest letter to this address with these words in its subject."""
        letters = [one for one in self.letters if one.to == address and words in one.subject]
        assert letters, f"no letter to {address} with {words} in its subject"
        return letters[-1]

    def message_id(self, label: str) -> str:
        """The Message-ID of the mail with this label."""
        message_id: str = message_from_bytes(self.sent[label], policy=default)["Message-ID"]
        return message_id


Write = Callable[[Post], bytes]


@dataclass(frozen=True)
class Arrival:
    """A mail that arrives in a bureau's mailbox. It is written when it arrives, since it may answer a letter."""

    at: datetime
    bureau: str
    label: str
    """Unique."""
    write: Write = field(repr=False)


def mail(
    bureau: str,
    client: Client,
    sender: tuple[str, str],
    subject: str,
    received: datetime,
    *,
    body: str = "老师您好，材料请见附件，请查收。",
    files: Mapping[str, bytes] | None = None,
    page: str = "",
    extra: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """The raw mail; `sender` is display name and address."""
    name, address = sender
    return write_mail(
        client,
        Composition(name, address, ADDRESSES[bureau], subject, body, received, files or {}, page, extra),
    )


def thread(letter: ReadLetter) -> tuple[tuple[str, str], ...]:
    """The header fields of an answer to this letter."""
    return (("In-Reply-To", letter.message_id), ("References", f"{letter.answers} {letter.message_id}".strip()))


def quoted(letter: ReadLetter, sender: str) -> str:
    """The letter as a telephone quotes it."""
    head = f"\n\n在 {letter.at:%Y年%m月%d日 %H:%M}，{sender} 写道：\n\n"
    return head + QUOTED.sub("> ", letter.text)


def _read(letter: SentLetter, now: datetime) -> ReadLetter:
    message = message_from_bytes(letter.raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    bureau = next(one for one, address in ADDRESSES.items() if address == letter.sender)
    (to,) = letter.recipients
    return ReadLetter(
        now,
        bureau,
        to,
        message["Subject"],
        message["Message-ID"],
        message["In-Reply-To"] or "",
        body.get_content().replace("\r\n", "\n"),
        letter.raw,
    )
