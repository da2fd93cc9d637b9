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
from intake_bot.config.defaults import init_home
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import FiledMail, LedgerItem
from tests.composing import composed

CHINA = timezone(timedelta(hours=8))
ADDRESSES = {"puyang": "py8991718@126.com", "hefei": "hfsjyzcc@163.com", "hebei": "hbsjytzcc@163.com"}
CLERK = "clerk@example.edu.cn"

_BUREAU = """\
name: {bureau}
mailbox:
  address: {address}
  username: {user}
  secret_file: secret.txt
  imap: {{host: {imap_host}, port: {imap_port}, security: none}}
  smtp: {{host: 127.0.0.1, port: {smtp_port}, security: none}}
clerks: [{clerk}]
roster: rosters/{bureau}.csv
authserv_id: mx.example.edu.cn
"""


def at(text: str) -> datetime:
    """`2023-05-17 15:00` in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@dataclass(frozen=True)
class Letter:
    """A letter of ours, as it was received."""

    to: str
    subject: str
    message_id: str
    text: str


@dataclass
class Office:
    """One bureau at work."""

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
        """A mail reaches the mailbox at this hour."""
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
        """One round; gives the letters that left in it."""
        before = len(self.smtp.letters)
        with redirect_stdout(io.StringIO()):
            assert cli.run(["poll", "--home", str(self.home), "--now", at(now).isoformat()]) == 0
        return [_letter(sent.raw) for sent in self.smtp.letters[before:]]

    def items(self) -> list[LedgerItem]:
        """Every item of the ledger, in order."""
        with Ledger.open(Home(self.home).ledger) as ledger:
            return list(ledger.history.items())

    def mails(self) -> tuple[FiledMail, ...]:
        """Every mail that is settled."""
        with Ledger.open(Home(self.home).ledger) as ledger:
            return ledger.digests.report(self.bureau).mails

    def decisions(self) -> list[tuple[str, str, bool]]:
        """Material, decision and whether superseded, of every item in order."""
        return [(item.material, item.decision.value, item.superseded) for item in self.items()]

    def digest(self, now: str) -> str:
        """The digest as it would be now."""
        with redirect_stdout(io.StringIO()) as out:
            assert cli.run(["digest", "--home", str(self.home), "--now", at(now).isoformat(), "--preview"]) == 0
        return out.getvalue()

    def edit(self, name: str, before: str, after: str) -> None:
        """Changes one place of a file under config/."""
        path = self.home / "config" / name
        text = path.read_text(encoding="utf-8-sig")
        assert before in text, f"{before!r} is not in {name}"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")


@contextmanager
def open_office(root: Path, bureau: str, account: ImapAccount) -> Iterator[Office]:
    """A home with this one bureau, as shipped but for its servers."""
    with SmtpServer("secret") as smtp:
        init_home(root)
        (root / "secret.txt").write_text("secret", encoding="utf-8")
        for folder in ("bureaus", "notices"):
            for path in (root / "config" / folder).iterdir():
                path.unlink() if not path.name.startswith(bureau) else None
        (root / "config" / "bureaus" / f"{bureau}.yaml").write_text(
            _BUREAU.format(
                bureau=bureau,
                address=ADDRESSES[bureau],
                user=account.user,
                imap_host=account.host,
                imap_port=account.port,
                smtp_port=smtp.port,
                clerk=CLERK,
            ),
            encoding="utf-8",
        )
        yield Office(root, bureau, account, smtp)


def _letter(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return Letter(message["To"], message["Subject"], message["Message-ID"], body.get_content())
