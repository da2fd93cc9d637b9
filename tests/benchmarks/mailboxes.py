"""Mailboxes full of mail on a real server: Dovecot where it is installed, else the embedded one."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from intake_bot.demo.servers import ImapServer
from tests.benchmarks.corpora import Corpus
from tests.servers.dovecot import PASSWORD, Dovecot, find_dovecot, running_dovecot


class Mailboxes(Protocol):
    """A server that can be filled. PASSWORD opens every mailbox."""

    words: str
    """The server and its version, for the reader of a table."""
    port: int

    def fill(self, corpus: Corpus) -> str:
        """The user of a new mailbox with all mails of the corpus."""

    def deliver(self, corpus: Corpus, user: str) -> None:
        """Puts all mails of the corpus into the inbox of a user at once."""

    def drop(self, user: str) -> None:
        """Forgets this mailbox."""


@contextmanager
def running_mailboxes() -> Iterator[Mailboxes]:
    program = find_dovecot()
    if program is None:
        with ImapServer(PASSWORD) as server:
            yield EmbeddedMailboxes(server)
        return
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    with running_dovecot(program) as dovecot:
        yield Maildirs(dovecot, f"Dovecot {version}, Maildir")


class Maildirs:
    """Dovecot. The mails lie in one folder once, and each mailbox links to them."""

    def __init__(self, server: Dovecot, words: str) -> None:
        self.words = words
        self.port = server.port
        self._server = server
        self._copies: dict[str, Path] = {}

    def fill(self, corpus: Corpus) -> str:
        user = f"{corpus.name.lower()}{secrets.token_hex(6)}"
        self.deliver(corpus, user)
        return user

    def deliver(self, corpus: Corpus, user: str) -> None:
        # Where Dovecot may link to a mail, it lies on the same disk and belongs to the same user.
        mail = self._server.mail
        kept = mail / f"corpus-{corpus.name}-{len(corpus.mails)}"
        if not kept.exists():
            kept.mkdir()
            for path in corpus.mails:
                shutil.copy2(path, kept / path.name)
        folder = mail / user
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._hand_over(kept, folder)
        for number, path in enumerate(sorted(kept.iterdir()), 1):
            size = path.stat().st_size
            os.link(path, folder / "cur" / f"{number:06}.{kept.name}.bench,S={size},W={size}:2,")

    def drop(self, user: str) -> None:
        shutil.rmtree(self._server.mail / user, ignore_errors=True)

    def _hand_over(self, *folders: Path) -> None:
        """To the user that Dovecot runs as, who owns the folder above."""
        owner = self._server.mail.stat()
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid)


class EmbeddedMailboxes:
    """pymap, in memory."""

    words = "the embedded pymap"

    def __init__(self, server: ImapServer) -> None:
        self.port = server.port
        self._server = server

    def fill(self, corpus: Corpus) -> str:
        user = f"{corpus.name.lower()}{secrets.token_hex(6)}"
        self.deliver(corpus, user)
        return user

    def deliver(self, corpus: Corpus, user: str) -> None:
        account = self._server.account(user)
        for path in corpus.mails:
            account.append(path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def drop(self, user: str) -> None:
        """It is in memory, and ends with the server."""
