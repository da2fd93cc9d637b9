"""A home on disk with one bureau, 濮阳, whose mailbox is on loopback servers; and the commands run on it."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from intake_bot.cli import run
from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger.ledger import Ledger
from tests.commands.mails import PUYANG, RECEIVED
from tests.e2e.home import copy_config, silence_digests
from tests.servers.dovecot import PASSWORD

NOW = "2023-05-17T15:05:00+08:00"


@dataclass(frozen=True)
class TestHome:
    """`letters` gives what was sent so far."""

    __test__ = False

    root: Path
    imap: ImapAccount
    smtp: SmtpServer

    def receive(self, mail: EmailMessage, at: str = RECEIVED) -> None:
        self.imap.append(mail.as_bytes(), datetime.fromisoformat(at))

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code, and all that was printed."""
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                code = run([arguments[0], "--home", str(self.root), *arguments[1:]])
            except SystemExit as error:
                code = int(error.code or 0)
        return code, printed.getvalue()

    def poll(self, now: str = NOW) -> None:
        code, printed = self.run("poll", "--now", now)
        assert code == 0, printed

    def held(self, *arguments: str, now: str = NOW) -> tuple[int, str]:
        return self.run("held", *arguments, "--now", now)

    def ledger(self) -> Ledger:
        return Ledger.open(self.root / "data" / "ledger.sqlite3")

    @property
    def letters(self) -> list[tuple[str, str, str]]:
        """To, subject and text of each letter sent."""
        found = []
        for sent in self.smtp.letters:
            letter = message_from_bytes(sent.raw, policy=default)
            text = letter.get_body(("plain",))
            assert text is not None
            found.append((sent.recipients[0], str(letter["Subject"]), str(text.get_content())))
        return found


def make_home(root: Path, imap: ImapAccount, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> TestHome:
    """The shipped configuration, with 濮阳 only and its servers replaced."""
    copy_config(root)
    silence_digests(root)
    for path in (root / "config").rglob("*.yaml"):
        if path.parent.name in ("bureaus", "notices") and not path.name.startswith("puyang"):
            path.unlink()
    bureau = root / "config" / "bureaus" / "puyang.yaml"
    text = bureau.read_text(encoding="utf-8")
    text = re.sub(r"imap: \{.*?\}", f"imap: {{host: {imap.host}, port: {imap.port}, security: none}}", text)
    text = re.sub(r"smtp: \{.*?\}", f"smtp: {{host: {smtp.host}, port: {smtp.port}, security: none}}", text)
    text = text.replace(f"address: {PUYANG}", f"address: {PUYANG}\n  username: {imap.user}")
    bureau.write_text(text, encoding="utf-8")
    monkeypatch.setenv("PUYANG_MAIL_SECRET", PASSWORD)
    return TestHome(root, imap, smtp)
