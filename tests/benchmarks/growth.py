"""Does a long ledger slow the program down?

`python -m tests.benchmarks.growth` polls the same 200 mails with ledgers of 1,000 and 200,000 submissions, in turn;
writes the digest of 360 units with 40,000 items of one week; and asks `status`, `held`, `ledger` and `check` on each
ledger. Commands are whole processes, their start included.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from intake_bot.demo.servers import SmtpServer
from tests.benchmarks.bench_home import make_bench_home
from tests.benchmarks.corpora import Corpus, make_corpus, received_now
from tests.benchmarks.long_ledger import multiply, report_since
from tests.benchmarks.mailboxes import Mailboxes, running_mailboxes
from tests.benchmarks.measured_run import program_environment
from tests.benchmarks.relay import Relay
from tests.benchmarks.running_service import running_service
from tests.servers.dovecot import PASSWORD

_PATIENCE_SECONDS = 120
FIRST_MAILS = 500
"""Really polled; the rest of a ledger are copies of them."""


class Growth:
    """Homes with ledgers of several lengths, on the same mailboxes."""

    def __init__(self, mailboxes: Mailboxes, smtp: SmtpServer, scratch: Path, first: int, more: int) -> None:
        self._mailboxes = mailboxes
        self._smtp = smtp
        self._scratch = scratch
        every = make_corpus("S", first + more, scratch / "mails", seed=7)
        self.now = every.now.isoformat()
        self._first = replace(every, name="F", mails=every.mails[:first])
        self._more = replace(every, name="N", mails=every.mails[first:])
        self._template = self._make_template()

    def _make_template(self) -> Path:
        """A home that has really taken in the first mails. No mail is in its mailbox afterwards."""
        home = self._home("template", self._first)
        _command(home, "poll", "--now", self.now)
        _command(home, "digest", "--now", self.now)
        return home

    def _home(self, name: str, corpus: Corpus) -> Path:
        user = self._mailboxes.fill(corpus)
        return make_bench_home(self._scratch / name, {"puyang": user}, self._mailboxes.port, self._smtp.port)

    def home(self, name: str, submissions: int, weeks_apart: int) -> Path:
        """A home with the mails still to be polled, and a ledger of so many submissions: of former weeks, which were
        reported, or all of this week and not reported yet."""
        home = self._home(name, self._more)
        shutil.copytree(self._template / "data", home / "data", dirs_exist_ok=True)
        ledger = home / "data" / "ledger.sqlite3"
        multiply(ledger, submissions // len(self._first.mails) - 1, weeks_apart)
        report_since(ledger, "(SELECT max(id) FROM event)" if weeks_apart else "0")
        return home

    def poll_again(self, home: Path) -> Cost:
        """A poll of the further mails, from the same ledger each time."""
        kept = home.with_name(f"{home.name}-again")
        shutil.copytree(home, kept)
        with (kept / "data" / "ledger.sqlite3").open("rb+") as copied:
            os.fsync(copied.fileno())  # else the first commit of the poll would wait for all of the copy
        try:
            return _cost(kept, "poll", "--now", self.now)
        finally:
            shutil.rmtree(kept)


def _command(home: Path, *words: str) -> None:
    """Runs a command of ours. 1 is a finding, and well."""
    ran = subprocess.run(
        [sys.executable, "-m", "intake_bot", *words, "--home", str(home)],
        env=program_environment(),
        capture_output=True,
        check=False,
    )
    if ran.returncode > 1:
        raise RuntimeError(ran.stderr.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Cost:
    """Seconds that passed, and those of a processor: on a busy machine the first are longer."""

    seconds: float
    processor_seconds: float


def _cost(home: Path, *words: str) -> Cost:
    before, began = os.times(), time.perf_counter()
    _command(home, *words)
    seconds, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(seconds, used)


def poll_rows(growth: Growth, homes: Sequence[tuple[int, Path]], more: int, rounds: int) -> Iterator[str]:
    times: dict[int, list[Cost]] = {size: [] for size, _ in homes}
    for _ in range(rounds):
        for size, home in homes:
            times[size].append(growth.poll_again(home))
    yield "| submissions in the ledger | seconds for the same mails, median (least–most) | to the first |"
    yield "|---|---|---|"
    base = times[homes[0][0]]
    for size, seconds in times.items():
        ratio = statistics.median(own.seconds / first.seconds for own, first in zip(seconds, base, strict=True))
        yield f"| {size:,} | {more} mails in {_spread(seconds)} | × {ratio:.3f} |"
    yield ""


def command_rows(homes: Sequence[tuple[str, Path]], now: str, rounds: int) -> Iterator[str]:
    commands = {
        "status": ("status", "--now", now),
        "held": ("held",),
        "ledger --bureau": ("ledger", "--bureau", "puyang"),
        "check": ("check",),
        "digest --preview": ("digest", "--preview", "--now", now),
    }
    yield "| command | " + " | ".join(name for name, _ in homes) + " |"
    yield "|---" * (len(homes) + 1) + "|"
    for name, words in commands.items():
        cells = [_spread([_cost(home, *words) for _ in range(rounds)]) for _, home in homes]
        yield f"| `{name}` | " + " | ".join(cells) + " |"
    yield ""


def _spread(costs: Sequence[Cost]) -> str:
    seconds = [cost.seconds for cost in costs]
    used = statistics.median(cost.processor_seconds for cost in costs)
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f}–{max(seconds):.2f}), processor {used:.2f} s"


def item_count(home: Path) -> int:
    with closing(sqlite3.connect(home / "data" / "ledger.sqlite3")) as connection:
        return int(connection.execute("SELECT count(*) FROM item").fetchone()[0])


def start_row(mailboxes: Mailboxes, corpora: Sequence[Corpus], scratch: Path, rounds: int) -> Iterator[str]:
    """From the start of the service to its first FETCH of a mail: of the very first start, which parses the
    configuration and makes a ledger, and of the next one."""
    seconds: tuple[list[float], ...] = ([], [])
    for number in range(rounds):
        with SmtpServer(PASSWORD) as smtp, Relay(mailboxes.port, 0) as relay:
            user = mailboxes.fill(corpora[0])
            home = make_bench_home(scratch / f"start{number}", {"puyang": user}, relay.port, smtp.port)
            seconds[0].append(_seconds_to_fetch(home, relay))
            mailboxes.deliver(corpora[1], user)
            relay.fetched.clear()
            seconds[1].append(_seconds_to_fetch(home, relay))
    first, next_one = (f"{statistics.median(one):.2f} s ({min(one):.2f}–{max(one):.2f})" for one in seconds)
    yield f"Start of the service to its first FETCH: {next_one}; its very first start: {first}"
    yield ""


def _seconds_to_fetch(home: Path, relay: Relay) -> float:
    began = time.perf_counter()
    with running_service(home):
        if not relay.fetched.wait(_PATIENCE_SECONDS):
            raise RuntimeError("the service asked for no mail")
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,200000", help="submissions in the ledgers")
    parser.add_argument("--items", type=int, default=40_000, help="items of the digest")
    parser.add_argument("--first", type=int, default=FIRST_MAILS, help="mails that are really polled beforehand")
    parser.add_argument("--more", type=int, default=200, help="mails that are polled with each ledger")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="a folder on a real disk, with some GB free")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as folder,
        running_mailboxes() as mailboxes,
        SmtpServer(PASSWORD) as smtp,
    ):
        growth = Growth(mailboxes, smtp, Path(folder), options.first, options.more)
        homes = [(size, growth.home(f"home-{size}", size, weeks_apart=1)) for size in sizes]
        _say(poll_rows(growth, homes, options.more, options.rounds))
        full = growth.home("home-full", options.items, weeks_apart=0)
        columns = [(f"{size:,} submissions", home) for size, home in homes]
        columns.append((f"{item_count(full):,} items to report", full))
        _say(command_rows(columns, growth.now, options.rounds))
        recent = [make_corpus("S", count, Path(folder, f"recent{count}"), seed=8 + count) for count in (5, 6)]
        recent = [received_now(corpus, datetime.now(UTC)) for corpus in recent]
        _say(start_row(mailboxes, recent, Path(folder), options.rounds))


def _say(lines: Iterator[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
