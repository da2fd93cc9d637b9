from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from intake_bot.intake.batch.sequence import LARGE_BYTES, MAXIMUM_BYTES, MAXIMUM_MAILS, make_batches, postpone_large
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.ledger.values.states import MessageState
from intake_bot.mail.imap.arrival import Arrival
from tests.ledger.samples import NOW, key


def record(number: int, size: int = 1000, attempts: int = 0) -> MessageRecord:
    place = replace(key(number), bytes=size)
    return MessageRecord(
        number, place, str(number), MessageState.NEW, Arrival(NOW), attempts, None, None, None, None, "", "", "", ""
    )


def ids(records: Sequence[MessageRecord]) -> list[int]:
    return [one.id for one in records]


@pytest.mark.parametrize(
    ("sizes", "lines", "expected"),
    [
        pytest.param([1, 1, 1], ["a", "b", "a"], [1, 2, 3], id="all small"),
        pytest.param([LARGE_BYTES, 1, 1], ["a", "b", "c"], [2, 3, 1], id="small before large"),
        pytest.param([LARGE_BYTES, 1, 1], ["a", "a", "b"], [3, 1, 2], id="a line keeps its order"),
        pytest.param([1, LARGE_BYTES, 1], ["a", "a", "a"], [1, 2, 3], id="what came before stays before"),
        pytest.param([LARGE_BYTES, LARGE_BYTES], ["a", "b"], [1, 2], id="all large"),
        pytest.param([LARGE_BYTES, 1, 1], ["ab", "bc", "c"], [1, 2, 3], id="lines that meet in one mail"),
    ],
)
def test_large_mails_go_last_and_each_line_keeps_its_order(
    sizes: list[int], lines: list[str], expected: list[int]
) -> None:
    records = [record(number, size) for number, size in enumerate(sizes, 1)]
    assert ids(postpone_large(records, lambda _: [frozenset(one) for one in lines])) == expected


def test_lines_are_not_asked_for_where_no_mail_is_large() -> None:
    def ask(_records: Sequence[MessageRecord]) -> Sequence[frozenset[str]]:
        raise AssertionError

    assert ids(postpone_large([record(1), record(2)], ask)) == [1, 2]


def test_batches_end_at_the_maximum_of_mails_and_bytes() -> None:
    many = [record(number) for number in range(MAXIMUM_MAILS + 1)]
    assert [len(batch) for batch in make_batches(many)] == [MAXIMUM_MAILS, 1]
    large = [record(number, MAXIMUM_BYTES // 2) for number in range(3)]
    assert [ids(batch) for batch in make_batches(large)] == [[0, 1], [2]]
    assert [ids(batch) for batch in make_batches([record(1, 2 * MAXIMUM_BYTES), record(2)])] == [[1], [2]]
    assert list(make_batches([])) == []


def test_mail_that_may_have_ended_the_program_comes_alone() -> None:
    records = [record(1), record(2, attempts=1), record(3, attempts=1), record(4), record(5)]
    assert [ids(batch) for batch in make_batches(records)] == [[1], [2], [3], [4, 5]]
