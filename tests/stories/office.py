"""A bureau's home on loopback servers, fed with real mails and polled as the daemon does."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from intake_bot import cli
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import FiledMail, LedgerItem
from tests.composing import composed
from tests.e2e.home import ADDRESSES, edit, make_home

CHINA = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    """`2023-05-17 15:00` in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@dataclass(frozen=True)
class Letter:
    """A letter, as the school receives it."""

    to: str
    subject: str
    message_id: str
    text: str


@dataclass
class Office:
    """One bureau with its home and servers."""

    home: Path
    bureau: str
    account: ImapAccount
    smtp: SmtpServer
    sent: int = 0

    def receive(
        self,
        received: str,
        subject: str,
        files: Mapping[str, bytes] | None = None,
        *,
        text: str = "老师您好，请查收。",
        sender: str = "teacher@school.example",
        answers: Letter | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Puts a mail into the mailbox at this local time."""
        self.sent += 1
        thread = {"In-Reply-To": answers.message_id, "References": answers.message_id} if answers else {}
        mail = composed(
            subject,
            files,
            sender=f"老师 <{sender}>",
            to=ADDRESSES[self.bureau],
            message_id=f"<{self.sent}@school.example>",
            text=text,
            headers={**thread, **(headers or {})},
        )
        self.account.append(mail.as_bytes(), at(received))

    def poll(self, now: str) -> list[Letter]:
        """Runs one poll; returns the letters that it sent, but for digests and notes that were due."""
        before = len(self.smtp.letters)
        with redirect_stdout(io.StringIO()):
            assert cli.run(["poll", "--home", str(self.home), "--now", at(now).isoformat()]) == 0
        letters = [letter_of(sent.raw) for sent in self.smtp.letters[before:]]
        return [letter for letter in letters if not letter.subject.startswith(("未报", "【待办】"))]

    def items(self) -> list[LedgerItem]:
        """All items of the ledger, in order."""
        with Ledger.open(Home(self.home).ledger) as ledger:
            return list(ledger.submissions.iterate_items())

    def mails(self) -> tuple[FiledMail, ...]:
        """All mails that are settled."""
        with Ledger.open(Home(self.home).ledger) as ledger:
            return ledger.reports.gather_day_report(self.bureau).mails

    def decisions(self) -> list[tuple[str, str, bool]]:
        """Material, decision and whether superseded, of every item in order."""
        return [(item.material, item.decision.value, item.superseded) for item in self.items()]

    def digest(self, now: str) -> str:
        """The preview of the digest at this local time."""
        with redirect_stdout(io.StringIO()) as out:
            assert cli.run(["digest", "--home", str(self.home), "--now", at(now).isoformat(), "--preview"]) == 0
        return out.getvalue()

    def edit(self, name: str, before: str, after: str) -> None:
        """Replaces one piece of text in a file under config/."""
        path = self.home / "config" / name
        text = path.read_text(encoding="utf-8-sig")
        assert before in text, f"{before!r} is not in {name}"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")


@contextmanager
def open_office(root: Path, bureau: str, account: ImapAccount) -> Iterator[Office]:
    """A home with this one bureau as shipped, on embedded servers; but photos of 0.1 MB will do, since two of 2 MB take
    longer than all else in a story."""
    with SmtpServer("secret") as smtp:
        make_home(root, {bureau: account}, smtp, digests=True)
        if bureau == "puyang":
            edit(root, "config/notices/puyang-2023.yaml", "at_least: 2000000 ", "at_least: 100000 ")
        with (root / "config" / "bureaus" / f"{bureau}.yaml").open("a", encoding="utf-8") as file:
            file.write("authserv_id: mx.example.edu.cn\n")
        yield Office(root, bureau, account, smtp)


def letter_of(raw: bytes) -> Letter:
    """A letter that was sent."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return Letter(message["To"], message["Subject"], message["Message-ID"], body.get_content())
