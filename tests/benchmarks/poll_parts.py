"""What do the parts of a poll take by themselves?

`python -m tests.benchmarks.poll_parts` prints what a poll with nothing new takes, job by job, on a real Dovecot; and
what it takes to read, judge and answer small mails with no ledger, no store and no server around. A poll leaves the
reading to a worker.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from intake_bot.config.load import load
from intake_bot.config.notice_context import NoticeContext, find_notice_context
from intake_bot.demo.servers import SmtpServer
from intake_bot.files.worker.worker import Worker
from intake_bot.home.home import Home
from intake_bot.home.letter_templates import home_templates
from intake_bot.intake.answers.reply import ReplyWriter
from intake_bot.intake.examine import examine
from intake_bot.intake.opening import open_mail
from intake_bot.intake.prior_mail import NoPriorMail
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.outbox.compose import answer_draft
from intake_bot.service.poll_cycle import PollCycle
from tests.benchmarks.bench_home import make_bench_home
from tests.benchmarks.corpora import DAYS, FIRST, Corpus, make_corpus
from tests.benchmarks.mailboxes import running_mailboxes
from tests.servers.dovecot import PASSWORD

_WARM_UP = 5
"""Rounds, or mails, that are not measured: what is loaded with the first one is part of the start."""


def quiet_poll_rows(cycle: PollCycle, rounds: int, advance: Callable[[], None]) -> Iterator[str]:
    """Milliseconds of each job, and of all, when nothing is new."""
    bureau = next(iter(cycle.works))
    work = cycle.works[bureau]
    jobs: dict[str, Callable[[], object]] = {
        "receive": lambda: work.receive(lambda: False),
        "supplies": work.take_supplies,
        "orders": work.carry_out_orders,
        "send": lambda: work.send(lambda: False),
        "health file": cycle.health.write,
        "digest": work.file_due_digest,
    }
    taken: dict[str, list[float]] = {name: [] for name in (*jobs, "all")}
    for number in range(_WARM_UP + rounds):
        advance()
        seconds = {name: _seconds(job) for name, job in jobs.items()}
        if number >= _WARM_UP:
            for name, one in (seconds | {"all": sum(seconds.values())}).items():
                taken[name].append(one)
    yield "| job | ms, median (least–most) |"
    yield "|---|---|"
    for name, all_seconds in taken.items():
        middle, least, most = statistics.median(all_seconds), min(all_seconds), max(all_seconds)
        yield f"| {name} | {middle * 1000:.1f} ({least * 1000:.1f}–{most * 1000:.1f}) |"


def _seconds(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def judged_alone(home: Path, corpus: Corpus) -> float:
    """Processor seconds of this process for a mail; the worker, which opens its files, not counted."""
    settings = load(home)
    (bureau,) = settings.bureaus
    context = find_notice_context(settings, bureau, corpus.now)
    assert context is not None
    writer = ReplyWriter(home_templates(Home(home)))
    began = 0.0
    with Worker(settings.intake.limits.allowance) as worker:
        for number, path in enumerate(corpus.mails):
            if number == _WARM_UP:
                began = time.process_time()
            with tempfile.TemporaryDirectory() as work:
                _judge(path, Path(work), context, writer, worker)
    return (time.process_time() - began) / (len(corpus.mails) - _WARM_UP)


def _judge(path: Path, work: Path, context: NoticeContext, writer: ReplyWriter, worker: Worker) -> None:
    message = open_mail(path, work, context.limits)
    at = (message.received_at or message.sent_at or FIRST).astimezone(context.calendar.zone)
    found = examine(message, Arrival(at), context, work, NoPriorMail(), worker)
    reply = writer.reply(found, context, "1001-9", at, at)
    assert reply is not None, found.verdict
    answer_draft(reply.letter, context.bureau, reply.to, message, "1001-9", at)


@contextmanager
def quiet_home() -> Iterator[tuple[Path, Corpus]]:
    """A home with a mailbox that stays empty, on running servers."""
    empty = Corpus("E", "puyang", FIRST + timedelta(days=DAYS), ())
    with tempfile.TemporaryDirectory() as folder, running_mailboxes() as mailboxes, SmtpServer(PASSWORD) as smtp:
        users = {empty.bureau: mailboxes.fill(empty)}
        yield make_bench_home(Path(folder, "home"), users, mailboxes.port, smtp.port), empty


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--mails", type=int, default=400)
    options = parser.parse_args(arguments)
    with quiet_home() as (home, empty):
        now = empty.now

        def advance() -> None:
            nonlocal now
            now += timedelta(minutes=1)

        cycle = PollCycle(load(home), Home(home), lambda: now)
        try:
            sys.stdout.writelines(f"{row}\n" for row in quiet_poll_rows(cycle, options.rounds, advance))
        finally:
            cycle.close()
        corpus = make_corpus("S", options.mails, home / "mails", seed=2023)
        sys.stdout.write(
            f"\nA small mail read, judged and answered alone: {judged_alone(home, corpus) * 1000:.1f} ms\n"
        )


if __name__ == "__main__":
    main()
