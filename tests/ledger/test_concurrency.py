from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from intake_bot.ledger.ledger import Ledger
from tests.ledger.samples import NOW, draft, judged, judgement, key

_CHILD = """
import sys
from pathlib import Path
from intake_bot.ledger.ledger import Ledger
from tests.ledger.samples import NOW, key

with Ledger.open(Path(sys.argv[1])) as ledger:
    for uid in range(50):
        message = ledger.messages.record_seen([key(uid)], NOW)[0].id
        ledger.messages.count_attempt(message)
"""


def test_two_programs_writing_at_once_raise_no_lock_error(path: Path) -> None:
    Ledger.open(path).close()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-X", "utf8", "-c", _CHILD, str(path)]
    programs = [subprocess.Popen(command, stderr=subprocess.PIPE, cwd=root) for _ in range(2)]
    assert [program.communicate()[1].decode() for program in programs] == ["", ""]
    with Ledger.open(path) as ledger:
        found = ledger.messages.find_unfinished("puyang")
        assert {message.key: message.attempts for message in found} == {key(uid): 2 for uid in range(50)}
        assert len({message.receipt for message in found}) == 50


def test_threads_never_claim_the_same_letter(ledger: Ledger) -> None:
    for uid in range(1, 41):
        judged(ledger, uid, judgement(answer=draft(f"<{uid}@intake>")))

    def claim_all() -> list[int]:
        claimed = []
        while due := ledger.letters.find_due("puyang", NOW):
            letter = ledger.letters.claim(due[0].id, NOW)
            claimed += [letter.id] if letter else []
        return claimed

    with ThreadPoolExecutor(6) as pool:
        claims = [run.result() for run in [pool.submit(claim_all) for _ in range(6)]]
    assert sorted(letter for claim in claims for letter in claim) == list(range(1, 41))


def test_reader_during_writes_sees_one_snapshot(ledger: Ledger) -> None:
    def write() -> None:
        for uid in range(30):
            judged(ledger, uid, judgement(answer=draft(f"<{uid}@intake>")))

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        while not writing.done():
            report = ledger.reports.gather_day_report("puyang")
            assert all(mail.items for mail in report.mails)
        writing.result()
    assert len(ledger.reports.gather_day_report("puyang").mails) == 30


def test_jobs_of_many_bureaus_write_and_read_at_once(ledger: Ledger) -> None:
    """More of them than a pool of connections usually holds, none of which waits in vain."""
    bureaus = [f"b{number}" for number in range(24)]
    together = Barrier(len(bureaus))

    def work(bureau: str) -> int:
        together.wait(30)
        for uid in range(5):
            message = ledger.messages.record_seen([key(uid, bureau)], NOW)[0]
            ledger.messages.count_attempt(message.id)
        with ledger._database.reading() as session:
            session.connection()
            together.wait(30)  # all have one at the same time
        return sum(message.attempts for message in ledger.messages.find_unfinished(bureau))

    with ThreadPoolExecutor(len(bureaus)) as pool:
        assert list(pool.map(work, bureaus)) == [5] * len(bureaus)
