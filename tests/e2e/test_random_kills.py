"""`kill -9` at random instants while mail keeps arriving: the outcome is that of an undisturbed run.

The long run, by hand (about an hour):

    INTAKE_KILLS=1000 INTAKE_KILL_MAILS=500 pytest -s -n 0 -m slow tests/e2e/test_random_kills.py
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.conftest import ImapHost
from tests.e2e.home import CLERK, edit, make_home
from tests.e2e.inspection import Answer, fates, read, run, tree, unique_letters
from tests.e2e.kills import run_at, start_forked
from tests.e2e.mails import NOW, Fate, Mail, stream

KILLS = int(os.environ.get("INTAKE_KILLS", "60"))
MAILS = int(os.environ.get("INTAKE_KILL_MAILS", "45"))
SEED = int(os.environ.get("INTAKE_KILL_SEED", "514"))

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.timeout(180 + 12 * KILLS),
]


@dataclass(frozen=True)
class Outcome:
    """What must be equal in the end. Of digests only the number: their content depends on the time."""

    ledger: list[dict[str, object]]
    fates: list[Fate]
    answers: list[Answer]
    digests: int
    files: dict[str, str]
    raw_mails: list[str]
    judged_twice: list[int]


@dataclass
class Office:
    """A mailbox, a home and its letters."""

    account: ImapAccount
    smtp: SmtpServer
    home: Path
    interrupted: Counter[str] = field(default_factory=Counter)
    """What the kills interrupted."""

    def receive(self, mails: tuple[Mail, ...]) -> None:
        for mail in mails:
            self.account.append(mail.raw, mail.received)

    def run_for(self, command: str, seconds: float) -> bool:
        """Runs a process for `seconds`, and then kills it. False when it has ended before."""
        words = [command, "--home", str(self.home), *(("--now", NOW.isoformat()) if command == "poll" else ())]
        process = start_forked(run_at, NOW, self.home / "log", words)
        process.join(seconds)
        process.kill()
        process.join()
        if process.exitcode == -9:
            self.interrupted[self._work_in_progress()] += 1
        return process.exitcode == -9

    def outcome(self) -> Outcome:
        """The outcome after a last poll and a digest without kills."""
        # The second poll removes raw mails that a later accepted mail has superseded.
        for command in ("poll", "poll", "digest"):
            ended = run(command, "--home", self.home, "--now", NOW.isoformat())
            assert ended.code == 0, ended.out + ended.err
        letters = unique_letters(self.smtp.letters)
        listed = run("ledger", "--json", "--home", self.home)
        return Outcome(
            listed.objects,
            fates(self.home),
            [letter for letter in letters if letter.to != CLERK],
            len([letter for letter in letters if letter.to == CLERK]),
            tree(self.home / "data" / "files"),
            sorted(tree(self.home / "data" / "spool").values()),
            [message for (message,) in self._asked(_JUDGED_TWICE)],
        )

    @property
    def duplicate_letters(self) -> int:
        """Number of letters that were in doubt at a kill and were sent again."""
        return len(self.smtp.letters) - len({read(letter)["Message-ID"] for letter in self.smtp.letters})

    def _work_in_progress(self) -> str:
        if not (self.home / "data" / "ledger.sqlite3").exists():
            return "start"
        if not self._asked("SELECT 1 FROM sqlite_master WHERE name = 'letter'"):
            return "start"
        if self._asked("SELECT 1 FROM letter WHERE state = 'sending'"):
            return "letter"
        started = "SELECT state FROM message WHERE attempts > 0 AND state IN ('new', 'spooled') LIMIT 1"
        return next((f"mail {state}" for (state,) in self._asked(started)), "between")

    def _asked(self, question: str) -> list[tuple[int, ...]]:
        with closing(sqlite3.connect(self.home / "data" / "ledger.sqlite3")) as ledger:
            return ledger.execute(question).fetchall()


_JUDGED_TWICE = """
    SELECT message FROM event
    WHERE what LIKE 'submission.%' OR what IN ('message.ignored', 'message.duplicate', 'message.held')
    GROUP BY message HAVING count(*) > 1
"""


def office(root: Path, account: ImapAccount, smtp: SmtpServer) -> Office:
    home = make_home(root, {"hebei": account}, smtp)
    # A mail that three kills interrupt would be held; here the kills are not its fault.
    edit(home, "config/intake.yaml", "attempts: 3 ", "attempts: 1000000 ")
    edit(home, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
    return Office(account, smtp, home)


@pytest.mark.slow
def test_random_kills_change_no_outcome(
    best_host: ImapHost, smtp_server: SmtpServer, new_user: str, tmp_path: Path
) -> None:
    mails, random_source = stream(MAILS), random.Random(SEED)
    began = time.monotonic()

    with SmtpServer("secret") as other:
        undisturbed_office = office(tmp_path / "undisturbed", best_host.account(f"undisturbed-{new_user}"), other)
        undisturbed_office.receive(mails[:3])
        assert not undisturbed_office.run_for("poll", 60)  # the first process waits for the imports
        undisturbed_office.receive(mails[3:6])
        start = time.monotonic()
        assert not undisturbed_office.run_for("poll", 60)
        # Long enough to start, and to judge more mails than arrive meanwhile.
        longest = 1.2 * (time.monotonic() - start)
        undisturbed_office.receive(mails[6:])
        undisturbed = undisturbed_office.outcome()

    disturbed_office = office(tmp_path / "disturbed", best_host.account(f"disturbed-{new_user}"), smtp_server)
    kills = received = 0
    while kills < KILLS:
        wanted = len(mails) * (kills + 1) // KILLS
        disturbed_office.receive(mails[received:wanted])
        received = wanted
        kills += disturbed_office.run_for(random_source.choice(("poll", "run")), random_source.uniform(0, longest))
    disturbed = disturbed_office.outcome()
    sys.stdout.write(
        f"\nseed={SEED} kills={kills} mails={len(mails)} letters={len(disturbed.answers)}"
        f" longest={longest:.1f} duplicate letters={disturbed_office.duplicate_letters}"
        f" seconds={time.monotonic() - began:.0f} interrupted={dict(disturbed_office.interrupted)}\n"
    )
    assert disturbed == undisturbed
    assert (disturbed.judged_twice, disturbed.digests) == ([], 1)
    assert "Traceback" not in (disturbed_office.home / "log").read_text(encoding="utf-8", errors="replace")
