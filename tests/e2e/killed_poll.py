"""A poll that is killed, and what it must end in: the outcome without a kill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake_bot.demo.servers import ImapAccount, SmtpServer
from intake_bot.ledger.ledger import Ledger
from tests.e2e.home import edit, make_home
from tests.e2e.inspection import Answer, fates, run, tree, unique_letters
from tests.e2e.kills import kill_during
from tests.e2e.mails import NOW, Fate, few

AT_NOW = ("--now", NOW.isoformat())

Instant = tuple[str, str, int]
"""Place, `before` or `after`, and the number of the call, as for `kill_during`."""


def name_of(place: str, when: str, number: int) -> str:
    return f"{when} {place.partition(':')[2]} {number}"


@dataclass(frozen=True)
class Outcome:
    """What must be equal in the end."""

    ledger: list[dict[str, Any]]
    fates: list[Fate]
    letters: list[Answer]
    files: dict[str, str]


def make_begun_home(root: Path, account: ImapAccount, smtp: SmtpServer) -> Path:
    """A home with one worker, whose ledger is made already: to migrate it takes a process longer than all that it does
    until it is killed."""
    home = make_home(root, {"hebei": account}, smtp)
    Ledger.open(home / "data" / "ledger.sqlite3").close()
    edit(home, "config/intake.yaml", "# workers: 2 ", "workers: 1 ")
    return home


def outcome(home: Path, smtp: SmtpServer) -> Outcome:
    listed = run("ledger", "--json", "--home", home)
    return Outcome(listed.objects, fates(home), unique_letters(smtp.letters), tree(home / "data" / "files"))


def assert_completed_after_kill(
    instant: Instant, account: ImapAccount, smtp: SmtpServer, root: Path, undisturbed: Outcome
) -> None:
    """Polls until the kill, and then to the end."""
    for mail in few():
        account.append(mail.raw, mail.received)
    home = make_begun_home(root, account, smtp)
    kill_during(*instant, "poll", "--home", home, *AT_NOW)
    assert run("poll", "--home", home, *AT_NOW).code == 0
    assert outcome(home, smtp) == undisturbed
