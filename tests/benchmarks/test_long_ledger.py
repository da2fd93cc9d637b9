"""A ledger that was made long is still one that the program can read."""

from __future__ import annotations

from pathlib import Path

from intake_bot.ledger.ledger import Ledger
from tests.benchmarks.long_ledger import multiply
from tests.ledger.samples import draft, judged, judgement


def test_copies_of_a_ledger_lie_weeks_back_under_notices_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        judged(ledger, 1, judgement(answer=draft()))
    multiply(path, copies=2, weeks_apart=1)
    with Ledger.open(path) as ledger:
        items = tuple(ledger.submissions.iterate_items())
    first, *copies = items
    assert [first.notice, *(item.notice for item in copies)] == [first.notice, f"{first.notice}-1", f"{first.notice}-2"]
    assert [(first.received - item.received).days for item in copies] == [7, 14]
    assert {len(item.files) for item in items} == {len(first.files)}
