"""Judges every mail of a folder, and tells what went wrong. `python -m tests.benchmarks.folder FOLDER`

All in one process, as `intake-bot judge --json` does it: so that what one mail leaves behind would meet the next. Files
are read whatever they are called; an mbox is taken apart. Exit code 1 where there was an exception, an answer to a
machine, or a mail over the limits.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import mailbox
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path
from typing import Any

from intake_bot import cli
from intake_bot.config.defaults import defaults_dir
from tests.benchmarks.large_mail import MEGABYTE, peak_bytes

MOST_SECONDS = 10.0
MOST_BYTES = 120 * MEGABYTE
SHOWN = 10
_SKIPPED = frozenset({".git", "__pycache__"})
_NO_MAILS = frozenset({".py", ".pyc", ".md", ".tsv", ".json"})
_MBOX = re.compile(rb"From [^\r\n]+ \d\d:\d\d[^\r\n]*\r?\n[!-9;-~]+:")
_HEAD_BYTES = 256 * 1024


@dataclass(frozen=True)
class Cost:
    """What one mail took, and what was printed of it; `trace` where that was a traceback."""

    path: Path
    seconds: float
    """By the clock on the wall."""
    processor_seconds: float
    """Of this process alone."""
    peak_bytes: int
    """Of the whole process while this mail was judged; 0 where the system does not tell it for one mail."""
    verdict: dict[str, Any] = field(default_factory=dict)
    trace: str = ""

    @property
    def is_over(self) -> bool:
        return self.seconds > MOST_SECONDS or self.peak_bytes > MOST_BYTES


class _Clock(io.StringIO):
    """Takes what `judge` prints, and notes time and memory at the end of every line."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[tuple[float, float, int]] = []
        self._begin()

    def write(self, text: str) -> int:
        written = super().write(text)
        if "\n" in text:
            self.marks.append(self.mark())
        return written

    def mark(self) -> tuple[float, float, int]:
        """Seconds by the clock and of the processor, and the peak, since the last mark."""
        wall, processor = time.perf_counter() - self._wall, time.process_time() - self._processor
        peak = peak_bytes() if _PEAK_RESET.exists() else 0
        self._begin()
        return wall, processor, peak

    def _begin(self) -> None:
        gc.collect()  # what the mail before has left is not the memory of this one
        forget_peak()
        self._wall, self._processor = time.perf_counter(), time.process_time()


_PEAK_RESET = Path("/proc/self/clear_refs")


def forget_peak() -> None:
    """Lets the peak of this process begin anew, where the system can (Linux, proc(5))."""
    if _PEAK_RESET.exists():
        _PEAK_RESET.write_text("5", encoding="ascii")


def judged(paths: Sequence[Path], options: Sequence[str]) -> Iterator[Cost]:
    """Judges the files by one `judge` command; where that ends in an exception, another goes on behind it."""
    left = list(paths)
    while left:
        clock, trace = _Clock(), ""
        try:
            with redirect_stdout(clock):
                cli.run(["judge", "--json", *options, *map(str, left)])
        except Exception:  # noqa: BLE001 - finding them is what this is for
            trace = traceback.format_exc()
        done = clock.getvalue().splitlines()
        for path, line, mark in zip(left, done, clock.marks, strict=False):
            yield Cost(path, *mark, json.loads(line))
        if not trace:
            return
        yield Cost(left[len(done)], *clock.mark(), trace=trace)
        left = left[len(done) + 1 :]


def mails(folder: Path, work: Path) -> Iterator[Path]:
    """Every file below the folder that may be a mail, those of an mbox written into `work`."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in _NO_MAILS or _SKIPPED & set(path.parts):
            continue
        with path.open("rb") as file:
            is_mbox = _MBOX.match(file.read(4096)) is not None
        yield from _of_mbox(path, work) if is_mbox else [path]


def _of_mbox(path: Path, work: Path) -> Iterator[Path]:
    box = mailbox.mbox(path, create=False)
    try:
        if len(box) == 1:
            yield path
            return
        for number, key in enumerate(box.keys(), 1):
            one = work / f"{path.name}-{number:05d}"
            one.write_bytes(box.get_bytes(key))
            yield one
    finally:
        box.close()


_LIST_FIELDS = re.compile(r"(?:list-.*|mailing-list|x-mailing-list|x-beenthere|x-mailman-version)")
_MACHINE_FIELDS = frozenset(
    {"x-failed-recipients", "x-autoreply", "x-qq-auto-reply", "x-cron-env", "x-bugzilla-reason"}
)
_MACHINE_SENDERS = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|root|daemon|cron|majordomo|listserv|bugzilla-daemon|owner-.*|.*-request"
    r"|.*-owner|.*-bounces?|bounces?)@",
    re.IGNORECASE,
)


def looks_like_a_machine(path: Path) -> bool:
    """By the header alone, and by other code than the program's own."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).lstrip(b"\r\n")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    fields = [(name.lower(), str(value).strip().lower()) for name, value in _PARSER.parsebytes(head).items()]
    return any(
        (name == "auto-submitted" and value[:1].isalpha() and value != "no")
        or (name == "precedence" and value in {"bulk", "junk", "list"})
        or (name == "return-path" and value in {"<>", "<mailer-daemon>"})
        or (name == "from" and any(_MACHINE_SENDERS.match(word) for word in re.split(r"[\s<\"]+", value)))
        or name in _MACHINE_FIELDS
        or _LIST_FIELDS.fullmatch(name)
        for name, value in fields
    )


_PARSER = BytesHeaderParser(policy=compat32)


def report(costs: Sequence[Cost]) -> Iterator[str]:
    """The lines to print."""
    failed = [cost for cost in costs if cost.trace]
    answered = [cost for cost in costs if cost.verdict.get("reply")]
    to_machines = [cost for cost in answered if looks_like_a_machine(cost.path)]
    over = [cost for cost in costs if cost.is_over]
    seconds = sorted(cost.seconds for cost in costs) or [0.0]
    peak = max((cost.peak_bytes for cost in costs), default=0)
    yield f"{len(costs)} mails in {sum(seconds):.1f} s: median {seconds[len(seconds) // 2] * 1000:.1f} ms, "
    yield f"  slowest {seconds[-1]:.2f} s, peak memory {peak / MEGABYTE:.1f} MB (first mail: with all imports)"
    kinds = Counter((cost.verdict["kind"], cost.verdict["disposition"]) for cost in costs if cost.verdict)
    for (kind, disposition), count in sorted(kinds.items()):
        yield f"  {kind}, {disposition}: {count}"
    yield f"{len(failed)} exceptions, {len(to_machines)} answers to machines, {len(over)} mails over the limits"
    for cost in failed[:SHOWN]:
        yield f"EXCEPTION {cost.path}\n{cost.trace}"
    for cost in to_machines[:SHOWN]:
        yield f"ANSWERED A MACHINE {cost.path}: {cost.verdict['reply']['subject']}"
    for cost in over[:SHOWN]:
        yield f"OVER THE LIMITS {cost.path}: {cost.seconds:.2f} s, {cost.peak_bytes / MEGABYTE:.1f} MB"
    for cost in sorted(costs, key=lambda cost: -cost.seconds)[:SHOWN]:
        yield f"  slow: {cost.seconds:6.2f} s  {cost.path}"
    for cost in answered[:SHOWN]:
        yield f"  answered: {cost.path}: {cost.verdict['reply']['subject']}"


def is_well(costs: Sequence[Cost]) -> bool:
    """No exception, no answer to a machine, nothing over the limits."""
    return not any(
        cost.trace or cost.is_over or (cost.verdict.get("reply") and looks_like_a_machine(cost.path)) for cost in costs
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", default=str(defaults_dir()))
    parser.add_argument("--bureau", default="puyang", help="judged as this bureau's mail, whoever it is written to")
    parser.add_argument("--received", default="", help="judged as received then (default: as the mails say)")
    asked = parser.parse_args()
    options = ["--home", asked.home, "--bureau", asked.bureau]
    options += ["--received", asked.received] if asked.received else []
    with tempfile.TemporaryDirectory() as work:
        costs = list(judged(list(mails(asked.folder, Path(work))), options))
        sys.stdout.writelines(f"{line}\n" for line in report(costs))
        # The mails of an mbox are read again here, and are gone with the folder.
        return 0 if is_well(costs) else 1


if __name__ == "__main__":
    sys.exit(main())
