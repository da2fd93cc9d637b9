"""Runs commands, and reads what they leave: output and exit code, letters, ledger rows, files."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from intake_bot import cli
from intake_bot.demo.servers import SentLetter
from tests.e2e.mails import Fate


@dataclass(frozen=True)
class CommandResult:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its output, one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*words: object) -> CommandResult:
    """Runs a command in this process."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            code = cli.run([str(word) for word in words])
        except SystemExit as exit_:  # argparse, which does not return
            assert isinstance(exit_.code, int)
            code = exit_.code
    return CommandResult(code, out.getvalue(), err.getvalue())


@dataclass(frozen=True, order=True)
class Answer:
    """What identifies a letter, whenever it was written."""

    to: str
    subject: str
    in_reply_to: str


def read(letter: SentLetter) -> EmailMessage:
    """A letter, parsed."""
    message = message_from_bytes(letter.raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def answer(letter: SentLetter) -> Answer:
    message = read(letter)
    return Answer(message["To"], message["Subject"], message["In-Reply-To"] or "")


def unique_letters(letters: Iterable[SentLetter]) -> list[Answer]:
    """The letters without the copies of letters in doubt. Asserts that copies have the same Message-ID and bytes."""
    copies = {read(letter)["Message-ID"]: letter for letter in letters}
    assert {letter.raw for letter in letters} == {letter.raw for letter in copies.values()}
    return sorted(answer(letter) for letter in copies.values())


def text_of(letter: SentLetter) -> str:
    """The plain text of a letter, with `\n` as line end."""
    part = read(letter).get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def fates(home: Path) -> list[Fate]:
    """The outcome of each mail, in the order of the ledger. Raises KeyError for an unfinished one."""
    question = (
        "SELECT message.state, message.kind, submission.disposition FROM message"
        " LEFT JOIN submission ON submission.message = message.id ORDER BY message.id"
    )
    return [_fate(*row) for row in query_ledger(home, question)]


def _fate(state: str, kind: str | None, disposition: str | None) -> Fate:
    # The database stores an enumeration by name or by value, as its library pleases.
    word = {"judged": disposition, "ignored": kind, "duplicate": "duplicate", "held": "held"}[state.lower()]
    return Fate((word or "").lower())


def dump(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    names = [
        name for (name,) in query_ledger(home, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return {name: query_ledger(home, f"SELECT * FROM {name} ORDER BY rowid") for name in names}


def query_ledger(home: Path, question: str) -> list[tuple[Any, ...]]:
    """The rows that an SQL query finds in the ledger of a home."""
    with closing(sqlite3.connect(home / "data" / "ledger.sqlite3")) as database:
        return database.execute(question).fetchall()


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its path there, with the SHA-256 of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
