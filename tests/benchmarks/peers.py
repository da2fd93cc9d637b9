"""How fast is a poll, beside the programs that one would otherwise take?

`python -m tests.benchmarks.peers` runs, in turn and interleaved, on the same mails on a real Dovecot with a real SMTP
server: the raw fetch (imapclient), an admin's script (imap-tools), django-mailbox, and ours with everything on. It
prints tables in Markdown; `docs/speed.md` has them with what they mean. `--quick` is a small run of all of it for CI.
Peers that are not installed (`pip install -e '.[bench]'`) are said to be missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from intake_bot.demo.servers import HOST, SmtpServer
from intake_bot.ledger.ledger import Ledger
from tests.benchmarks.bench_home import make_bench_home
from tests.benchmarks.contenders.job import Job
from tests.benchmarks.corpora import COUNTS, DAYS, FIRST, Corpus, make_corpus
from tests.benchmarks.mailboxes import Mailboxes, running_mailboxes
from tests.benchmarks.measured_run import MeasuredRun, measure
from tests.benchmarks.relay import Relay
from tests.e2e.home import ADDRESSES
from tests.servers.dovecot import PASSWORD

QUICK = {"S": 12, "M": 2, "L": 1, "X": 12, "W": 15}
QUICK_VIDEO_BYTES = 20_000_000
QUICK_DELAY = 0.04
BASE = "admin's script"
OURS = "ours"
EMPTY = Corpus("E", "puyang", FIRST + timedelta(days=DAYS), ())
_CONTENDERS = "tests.benchmarks.contenders"


@dataclass(frozen=True)
class Contender:
    """`needs` is the library that must be installed."""

    name: str
    module: str
    needs: str
    answers: bool = True


CONTENDERS = (
    Contender("raw fetch (imapclient)", f"{_CONTENDERS}.raw_fetch", "imapclient", answers=False),
    Contender(BASE, f"{_CONTENDERS}.admin_script", "imap_tools"),
    Contender("django-mailbox", f"{_CONTENDERS}.django_script", "django_mailbox"),
    Contender(OURS, f"{_CONTENDERS}.our_poll", "intake_bot"),
)


@dataclass(frozen=True)
class Run:
    """One contender, once through a mailbox."""

    measured: MeasuredRun
    answers: int
    imap_round_trips: int = 0
    smtp_round_trips: int = 0


@dataclass
class Series:
    """All runs of one contender on one corpus, and the seconds that it takes with an empty mailbox: those that pass and
    those of a processor, which are far fewer where others use the machine."""

    contender: Contender
    start: float
    start_processor: float
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [run.measured.seconds for run in self.runs]

    @property
    def seconds_without_start(self) -> list[float]:
        return [max(seconds - self.start, 1e-3) for seconds in self.seconds]


class Bench:
    """The servers, and what is measured on them."""

    def __init__(self, mailboxes: Mailboxes, scratch: Path, delay: float) -> None:
        self.mailboxes = mailboxes
        self.delay = delay
        self._scratch = scratch
        self._number = 0

    def run(self, contender: Contender, corpus: Corpus, look: str = "", *, through_relay: bool = False) -> Run:
        """Once through a new mailbox with the corpus. Raises RuntimeError where the program fails."""
        self._number += 1
        user = self.mailboxes.fill(corpus)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder, ExitStack() as stack:
            smtp = stack.enter_context(SmtpServer(PASSWORD))
            ports = self.mailboxes.port, smtp.port
            relays = [stack.enter_context(Relay(port, self.delay)) for port in ports] if through_relay else []
            imap_port, smtp_port = [relay.port for relay in relays] or ports
            if contender.name == OURS:
                home = make_bench_home(Path(folder, "home"), {corpus.bureau: user}, imap_port, smtp_port)
                Ledger.open(home / "data" / "ledger.sqlite3").close()  # a home makes its ledger once
            job = Job(
                HOST,
                imap_port,
                smtp_port,
                user,
                PASSWORD,
                ADDRESSES[corpus.bureau],
                str(Path(folder, "home")) if contender.name == OURS else folder,
                corpus.now.isoformat(),
                len(corpus.mails),
                look,
            )
            measured = measure(contender.module, job.as_json())
            trips = [relay.round_trips for relay in relays] or [0, 0]
            answers = len(smtp.letters)
        self.mailboxes.drop(user)
        return Run(measured, answers, *trips)

    def measure_starts(self, contenders: Sequence[Contender], rounds: int) -> list[Series]:
        """A series without runs for each contender. A peer that fails is left out, which is said."""
        starts = []
        for one in contenders:
            try:
                runs = [self.run(one, EMPTY).measured for _ in range(rounds)]
            except RuntimeError as error:
                _leave_out(one, error)
            else:
                seconds, used = zip(*((run.seconds, run.processor_seconds) for run in runs), strict=True)
                starts.append(Series(one, statistics.median(seconds), statistics.median(used)))
        return starts

    def measure_all(
        self, corpus: Corpus, starts: Sequence[Series], rounds: int, *, through_relay: bool
    ) -> list[Series]:
        """In every round each contender once; who begins changes with the round. A peer that fails is left out."""
        every = [replace(one, runs=[]) for one in starts]
        for turn in range(rounds):
            first = turn % len(every)
            for series in every[first:] + every[:first]:
                try:
                    series.runs.append(self.run(series.contender, corpus, through_relay=through_relay))
                except RuntimeError as error:
                    _leave_out(series.contender, error)
                    every.remove(series)
        return every


def _leave_out(contender: Contender, error: RuntimeError) -> None:
    """Says why a peer is not compared. Raises the error again where it is ours."""
    if contender.name == OURS:
        raise error
    _say(f"{contender.name} failed and is not compared: {str(error).splitlines()[-1]}", "")


# ---- what is printed -----------------------------------------------------------------------------------------------


def table(corpus: Corpus, every: Sequence[Series]) -> Iterator[str]:
    """Medians, least and most of all rounds, and the median of the ratios of each round."""
    mails = len(corpus.mails)
    base = next((series for series in every if series.contender.name == BASE), every[0])
    yield f"### {corpus.name}: {mails} mails, {corpus.bytes / 1e6:,.0f} MB, {len(base.runs)} rounds"
    yield ""
    yield (
        f"| program | mails/s | × {base.contender.name} | mails/s without its start | × {base.contender.name} | "
        "processor s a mail | peak MB, itself / all | answers |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for series in every:
        rates = [mails / seconds for seconds in series.seconds]
        ratios = _ratios(base.seconds, series.seconds)
        apart = [mails / seconds for seconds in series.seconds_without_start]
        ratios_apart = _ratios(base.seconds_without_start, series.seconds_without_start)
        used = statistics.median(run.measured.processor_seconds for run in series.runs) / mails
        peaks = [max(getattr(run.measured, name) for run in series.runs) for name in _PEAKS]
        failed = max(run.measured.told["failed"] for run in series.runs)
        spreads = " | ".join(map(_spread, (rates, ratios, apart, ratios_apart)))
        yield (
            f"| {series.contender.name} | {spreads} | {used:.4f} | "
            f"{peaks[0] / 1e6:.0f} / {peaks[1] / 1e6:.0f} | {series.runs[-1].answers}"
            f"{f', {failed} mails raised' if failed else ''} |"
        )
    yield ""


def _ratios(base: Sequence[float], own: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(base, own, strict=True)]


_PEAKS = ("parent_peak_bytes", "total_peak_bytes")


def _spread(values: Sequence[float]) -> str:
    middle = statistics.median(values)
    digits = 2 if middle < 10 else 0
    return f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def trips_table(corpus: Corpus, every: Sequence[Series], delay: float) -> Iterator[str]:
    """The same with a slow line in between."""
    mails = len(corpus.mails)
    yield f"### {corpus.name}: {mails} mails, {delay * 1000:.0f} ms to the servers and back"
    yield ""
    yield "| program | mails/s | IMAP round trips a mail | SMTP round trips a mail |"
    yield "|---|---|---|---|"
    for series in every:
        rates = [mails / run.measured.seconds for run in series.runs]
        imap, smtp = (
            statistics.median(getattr(run, name) for run in series.runs) / mails
            for name in ("imap_round_trips", "smtp_round_trips")
        )
        yield f"| {series.contender.name} | {_spread(rates)} | {imap:.2f} | {smtp:.2f} |"
    yield ""


def looks(bench: Bench, corpus: Corpus) -> Iterator[str]:
    """Two more runs of ours, slower as they are watched: what it writes for a mail, and where its time goes."""
    (ours,) = [one for one in CONTENDERS if one.name == OURS]
    mails = len(corpus.mails)
    counted = bench.run(ours, corpus, "count").measured.told["notes"]
    yield (
        f"{corpus.name}, ours, a mail: {counted['statements'] / mails:.2f} SQL statements, "
        f"{counted['commits'] / mails:.2f} commits, {counted['fsyncs'] / mails:.2f} fsyncs of files (SQLite's own not "
        f"counted: one a commit); processor of the parent {counted['parent'] / mails * 1000:.2f} ms, "
        f"of the workers {counted['workers'] / mails * 1000:.2f} ms, imports not counted."
    )
    told = bench.run(ours, corpus, "sample").measured.told
    shares = [
        (name.removeprefix("stage "), share) for name, share in told["notes"].items() if name.startswith("stage ")
    ]
    yield ""
    yield "Processor of the parent by room: " + ", ".join(f"{name} {share:.0%}" for name, share in shares[:9]) + "."
    yield "Most sampled functions: " + ", ".join(f"{name} {share:.0%}" for name, share in told["functions"]) + "."
    yield ""


def machine(mailboxes: Mailboxes) -> str:
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}, {mailboxes.words}, "
        "the embedded SMTP server, everything on loopback."
    )


# ---- the command ---------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    contenders = [one for one in CONTENDERS if importlib.util.find_spec(one.needs)]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, running_mailboxes() as mailboxes:
        bench = Bench(mailboxes, Path(folder), options.delay / 1000)
        _say(machine(mailboxes), "")
        for missing in (one for one in CONTENDERS if one not in contenders):
            _say(f"Not compared, as {missing.needs} is not installed: {missing.name}.", "")
        starts = bench.measure_starts(contenders, 1 if options.quick else options.rounds)
        told = (f"{s.contender.name} {s.start:.2f} s (processor {s.start_processor:.2f} s)" for s in starts)
        _say("Start, with an empty mailbox: " + ", ".join(told), "")
        if options.quick:
            _try_all(bench, starts, Path(folder), options.seed)
            return
        counts = {**COUNTS, **dict(options.count)}
        for name in options.corpora:
            corpus = make_corpus(name, counts[name], Path(folder, name), options.seed)
            every = bench.measure_all(corpus, starts, options.rounds, through_relay=bool(options.delay))
            if options.delay:
                _say(*trips_table(corpus, every, bench.delay))
            else:
                _say(*table(corpus, every), *looks(bench, corpus))


def _try_all(bench: Bench, starts: Sequence[Series], folder: Path, seed: int) -> None:
    """A few mails of each corpus, once, and everything else that this program does. Raises RuntimeError where ours has
    left a mail out: a fast program that does nothing wins every benchmark."""
    for name, count in QUICK.items():
        corpus = make_corpus(name, count, folder / name, seed, QUICK_VIDEO_BYTES)
        every = bench.measure_all(corpus, starts, 1, through_relay=False)
        _say(*table(corpus, every))
        _expect_whole(corpus, every)
        if name == "S":
            _say(*looks(bench, corpus))
            bench.delay = QUICK_DELAY
            _say(*trips_table(corpus, bench.measure_all(corpus, starts, 1, through_relay=True), QUICK_DELAY))


def _expect_whole(corpus: Corpus, every: Sequence[Series]) -> None:
    (ours,) = [series for series in every if series.contender.name == OURS]
    for run in ours.runs:
        told = run.measured.told
        if told["mails"] != len(corpus.mails) or told["failed"]:
            raise RuntimeError(f"{corpus.name}: {told['mails']} of {len(corpus.mails)} mails, {told['failed']} failed")


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=lambda text: text.split(","), default=list(COUNTS), help="S,M,L,X,W")
    parser.add_argument("--count", action="append", type=_count, default=[], metavar="S=2000", help="mails of a corpus")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0, metavar="MS", help="milliseconds to the servers and back")
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument(
        "--folder", type=Path, help="where the mails are made and the homes lie: a folder on a real disk"
    )
    parser.add_argument("--quick", action="store_true", help="a few mails of each corpus, once")
    return parser.parse_args(arguments)


def _count(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    return name, int(number)


if __name__ == "__main__":
    main()
