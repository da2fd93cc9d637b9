"""How long does a school wait for its receipt on a busy afternoon, and does another bureau wait with it?

`python -m tests.benchmarks.receipts` runs the service on two bureaus, polls every 5 seconds and pauses between no
letters. 500 mails, one in ten with three photos, arrive at 濮阳 at once; ten mails arrive at 河北 one by one meanwhile.
Printed are the seconds from a mail's arrival in the mailbox to its answer at the SMTP server.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from intake_bot.demo.media import chinese_text, docx
from tests.benchmarks.bench_home import make_bench_home, set_value
from tests.benchmarks.corpora import Corpus, make_corpus, received_now, write_mails
from tests.benchmarks.mailboxes import Mailboxes, running_mailboxes
from tests.benchmarks.running_service import TimedSmtpServer, move_weeks, running_service
from tests.e2e.mails import UNITS, compose
from tests.servers.dovecot import PASSWORD

_POLL_SECONDS = "5"
_GAP_SECONDS = 3
_PATIENCE_SECONDS = 900
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


def measure(mailboxes: Mailboxes, scratch: Path, crowd: int, guests: int) -> tuple[list[float], list[float]]:
    """Seconds of each mail of the crowd and of the other bureau's guests; infinite where no answer came."""
    now = datetime.now(UTC)
    texts = received_now(make_corpus("S", crowd - crowd // 10, scratch / "texts", seed=1), now)
    photos = received_now(make_corpus("M", crowd // 10, scratch / "photos", seed=1), now)
    empty = Corpus("E", "puyang", now, ())
    users = {"puyang": mailboxes.fill(empty), "hebei": mailboxes.fill(empty)}
    with TimedSmtpServer(PASSWORD) as smtp:
        home = make_bench_home(scratch / "home", users, mailboxes.port, smtp.port)
        set_value(home, "every_seconds", _POLL_SECONDS)
        move_weeks(home, now)
        with running_service(home):
            _warm_up(mailboxes, users["hebei"], smtp, scratch)
            arrived: dict[str, float] = {}
            for corpus in (photos, texts):
                mailboxes.deliver(corpus, users["puyang"])
                arrived |= dict.fromkeys(_message_ids(corpus), time.monotonic())
            visits: dict[str, float] = {}
            for number in range(1, guests + 1):
                guest = _guest(scratch, number)
                mailboxes.deliver(guest, users["hebei"])
                visits |= dict.fromkeys(_message_ids(guest), time.monotonic())
                time.sleep(_GAP_SECONDS)
            _wait_for_answers(smtp, arrived.keys() | visits.keys())
    return _waits(arrived, smtp), _waits(visits, smtp)


def _guest(scratch: Path, number: int) -> Corpus:
    now = datetime.now(UTC)
    raw = compose(
        f"活动周{UNITS[number % len(UNITS)]}典型案例材料",
        {"典型案例.docx": docx([chinese_text(900 + number)])},
        sender=f"teacher{number}@example.edu.cn",
        message_id=f"<guest{number}@example.edu.cn>",
        date=now,
    )
    return Corpus(f"G{number}", "hebei", now, write_mails(scratch / f"guest{number}", [(raw, now)]))


def _warm_up(mailboxes: Mailboxes, user: str, smtp: TimedSmtpServer, scratch: Path) -> None:
    """One mail, answered: the service has started."""
    first = _guest(scratch, 0)
    mailboxes.deliver(first, user)
    _wait_for_answers(smtp, _message_ids(first))


def _message_ids(corpus: Corpus) -> set[str]:
    found = (_MESSAGE_ID.search(path.read_bytes()) for path in corpus.mails)
    return {one[1].decode() for one in found if one is not None}


def _wait_for_answers(smtp: TimedSmtpServer, wanted: set[str]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not wanted <= smtp.answered.keys() and time.monotonic() < deadline:
        time.sleep(0.05)


def _waits(arrived: dict[str, float], smtp: TimedSmtpServer) -> list[float]:
    return sorted(smtp.answered.get(one, float("inf")) - at for one, at in arrived.items())


def _rows(crowd: Sequence[float], guests: Sequence[float]) -> Iterator[str]:
    yield "| mails | median | 95 of 100 within | slowest |"
    yield "|---|---|---|---|"
    for name, waits in ((f"{len(crowd)} at once", crowd), (f"{len(guests)} to another bureau meanwhile", guests)):
        most = waits[min(len(waits) - 1, int(len(waits) * 0.95))]
        yield f"| {name} | {statistics.median(waits):.1f} s | {most:.1f} s | {waits[-1]:.1f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--guests", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_mailboxes() as mailboxes:
        crowd, guests = measure(mailboxes, Path(folder), options.mails, options.guests)
    for line in _rows(crowd, guests):
        sys.stdout.write(line + "\n")
    if crowd[-1] == float("inf") or guests[-1] == float("inf"):
        raise SystemExit("some mails were not answered")


if __name__ == "__main__":
    main()
