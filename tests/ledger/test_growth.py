"""What is asked for every mail is found by an index, however long the ledger has become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from intake_bot.ledger.database import Database
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import MessageRecord
from tests.ledger.samples import NOW, UNIT, asking, judged, judgement, key

NOTICE = "puyang-2023"

QUESTIONS: dict[str, Callable[[Ledger, MessageRecord], object]] = {
    "address": lambda known, m: known.authors.find_known_address("a@b.cn", "", UNIT, NOTICE, m),
    "domain": lambda known, m: known.authors.find_known_address("a@b.cn", "b.cn", UNIT, NOTICE, m),
    "accepted items": lambda known, m: known.authors.find_accepted_items(NOTICE, UNIT, m),
    "quota": lambda known, m: known.prior_mails.count_accepted(NOTICE, UNIT, "照片"),
    "open mails": lambda known, m: known.prior_mails.find_open(NOTICE, UNIT, m),
    "standing": lambda known, m: known.prior_mails.find_standing(NOTICE, UNIT, "照片", None, m),
    "answered": lambda known, m: known.prior_mails.find_answered("puyang", ["<a@b>"], ["1001-9"], m),
    "same content": lambda known, m: known.prior_mails.find_same_content(NOTICE, ["aa"]),
    "answers of today": lambda known, m: known.letters.find_answers_since("puyang", NOW),
    "told today": lambda known, m: known.prior_mails.find_answered_since("puyang", ["a@b.cn"], NOW),
    "contests of today": lambda known, m: known.authors.find_contests_since("puyang", NOW),
    "hard senders": lambda known, m: known.authors.find_hard_senders("puyang", NOW),
    "repeated": lambda known, m: known.messages.find_repeated([m.id]),
    "mails of a batch": lambda known, m: known.messages.get_all([m.id]),
    "original": lambda known, m: known.messages.find_original(m.id),
    "resembling": lambda known, m: known.messages.find_resembling(m.key),
    "seen": lambda known, m: known.messages.record_seen([key(7)], NOW)[0],
    "unfinished": lambda known, m: known.messages.find_unfinished("puyang"),
    "held": lambda known, m: known.submissions.is_held(m.id),
    "all held": lambda known, m: known.submissions.find_held("puyang"),
    "spool": lambda known, m: known.submissions.find_removable_spool_files(["x.eml"]),
    "orders": lambda known, m: known.orders.find_pending("puyang"),
    "letter to send": lambda known, m: known.letters.has_due("puyang", NOW),
    "letters to send": lambda known, m: known.letters.find_due("puyang", NOW),
    "figures": lambda known, m: known.reports.count_figures("puyang", NOW),
    "day's report": lambda known, m: known.reports.gather_day_report("puyang"),
    "new work": lambda known, m: known.open_works.gather_new("puyang", NOTICE, 0),
    "news": lambda known, m: known.reports.has_news("puyang", NOW.date()),
    "waiting": lambda known, m: known.pieces.find_waiting("puyang"),
    "judgement": lambda known, m: known.messages.record_judgement(m.id, judgement(), NOW),
}


_LONG = re.compile(r"^SCAN |\((?:bureau|notice|state|decision)=\?\)$")
"""A whole table, or all that a bureau or a notice has of it."""
_SHORT = re.compile(
    r"VIRTUAL TABLE|CONSTANT ROW|subquery|^SCAN command"
    r"|INDEX ix_(message_held|submission_held|item_held|link_open|digest_bureau_day)"
)
"""Lists that the caller gives; indexes that hold only what waits for a person; what clerks themselves write; and the
digests, of which there are a few a day."""


@contextmanager
def seen_statements() -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if re.match("SELECT|UPDATE", statement):
            statements.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_of_every_mail_scan_no_table(question: str, ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    message = asking(ledger)
    with seen_statements() as statements:
        QUESTIONS[question](ledger, message)
    assert statements
    database: Database = ledger.messages._database
    with database.reading() as session:
        for statement, values in statements:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            scans = [line for *_, line in plan if _LONG.search(line) and not _SHORT.search(line)]
            assert scans == [], statement
