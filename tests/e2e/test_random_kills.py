"""`kill -9` at any moment, again and again, while mail keeps coming in. It ends as if nobody had ever been killed.

The big run, by hand (about an hour):

    INTAKE_KILLS=1000 INTAKE_KILL_MAILS=500 pytest -s -n 0 tests/e2e/test_random_kills.py
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
from tests.e2e.dying import run_at
from tests.e2e.home import CLERK, edit, make_home
from tests.e2e.looking import Answer, fates, one_of_each, read, run, tree
from tests.e2e.mails import NOW, Fate, Mail, stream
from tests.e2e.test_kill import forked

KILLS = int(os.environ.get("INTAKE_KILLS", "60"))
MAILS = int(os.environ.get("INTAKE_KILL_MAILS", "45"))
SEED = int(os.environ.get("INTAKE_KILL_SEED", "514"))

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.timeout(180 + 12 * KILLS),
]


@dataclass(frozen=True)
class Outcome:
    """All that must be the same in the end; the day's digest, whose numbers tell when it was made, only in number."""

    ledger: list[dict[str, object]]
    fates: list[Fate]
    answers: list[Answer]
    digests: int
    files: dict[str, str]
    raw_mails: list[str]
    judged_twice: list[int]


@dataclass
class Office:
    """A mailbox, a home and the letters that left it."""

    account: ImapAccount
    smtp: SmtpServer
    home: Path
    struck: Counter[str] = field(default_factory=Counter)
    """What the deaths interrupted."""

    def receive(self, mails: tuple[Mail, ...]) -> None:
        for mail in mails:
            self.account.append(mail.raw, mail.received)

    def live(self, command: str, seconds: float) -> bool:
        """Lets a process work for so long, and then kills it. False when it had come to its end before."""
        words = [command, "--home", str(self.home), *(("--now", NOW.isoformat()) if command == "poll" else ())]
        doomed = forked(run_at, NOW, self.home / "log", words)
        doomed.join(seconds)
        doomed.kill()
        doomed.join()
        if doomed.exitcode == -9:
            self.struck[self._in_hand()] += 1
        return doomed.exitcode == -9

    def outcome(self) -> Outcome:
        """After a last poll and a digest that nobody disturbs."""
        # The second poll sweeps up raw mails whose place a later right mail has taken.
        for command in ("poll", "poll", "digest"):
            ended = run(command, "--home", self.home, "--now", NOW.isoformat())
            assert ended.code == 0, ended.out + ended.err
        letters = one_of_each(self.smtp.letters)
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
    def second_copies(self) -> int:
        """Letters of the in-doubt window: sent before a death, and sent again because nobody knew."""
        return len(self.smtp.letters) - len({read(letter)["Message-ID"] for letter in self.smtp.letters})

    def _in_hand(self) -> str:
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
    # A mail that is in hand at three deaths is set aside; here the deaths are nobody's fault.
    edit(home, "config/intake.yaml", "attempts: 3 ", "attempts: 1000000 ")
    edit(home, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
    return Office(account, smtp, home)


def test_any_number_of_deaths_changes_nothing(best_host: ImapHost, smtp_server: SmtpServer, tmp_path: Path) -> None:
    mails, dice = stream(MAILS), random.Random(SEED)
    began = time.monotonic()

    with SmtpServer("secret") as other:
        calm = office(tmp_path / "calm", best_host.account("calm@example.edu.cn"), other)
        calm.receive(mails[:3])
        assert not calm.live("poll", 60)  # whoever starts first waits for the imports
        calm.receive(mails[3:6])
        start = time.monotonic()
        assert not calm.live("poll", 60)
        # Long enough to start, and to get through more mail than comes in meanwhile.
        longest = 1.2 * (time.monotonic() - start)
        calm.receive(mails[6:])
        undisturbed = calm.outcome()

    troubled = office(tmp_path / "troubled", best_host.account("troubled@example.edu.cn"), smtp_server)
    kills = received = 0
    while kills < KILLS:
        wanted = len(mails) * (kills + 1) // KILLS
        troubled.receive(mails[received:wanted])
        received = wanted
        kills += troubled.live(dice.choice(("poll", "run")), dice.uniform(0, longest))
    disturbed = troubled.outcome()
    sys.stdout.write(
        f"\nseed={SEED} kills={kills} mails={len(mails)} letters={len(disturbed.answers)}"
        f" longest={longest:.1f} second copies={troubled.second_copies} seconds={time.monotonic() - began:.0f}"
        f" struck={dict(troubled.struck)}\n"
    )
    assert disturbed == undisturbed
    assert (disturbed.judged_twice, disturbed.digests) == ([], 1)
    assert "Traceback" not in (troubled.home / "log").read_text(encoding="utf-8", errors="replace")
