"""The order in which letters leave, as tables of plain values."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake_bot.judging.verdict import Disposition
from intake_bot.ledger.values.records import DueLetter, LetterKind
from intake_bot.outbox.urgency import NEAR, REPORT_WAITS, Urgency, in_order, urgency

NOW = datetime(2023, 5, 17, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FOUR = NOW.replace(hour=16, minute=0)
MINUTE = timedelta(minutes=1)


def letter(
    number: int,
    disposition: Disposition | None = Disposition.ACCEPTED,
    *,
    kind: LetterKind = LetterKind.ANSWER,
    to: str = "",
    mend_by: datetime | None = None,
    age: timedelta = timedelta(),
) -> DueLetter:
    return DueLetter(number, kind, (to or f"s{number}@example.edu.cn",), NOW - age, disposition, mend_by)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (letter(1, Disposition.REJECTED, mend_by=FOUR), Urgency.MEND_SOON),
        (letter(1, Disposition.PARTIAL, mend_by=FOUR), Urgency.MEND_SOON),
        (letter(1, Disposition.HELD, mend_by=FOUR), Urgency.MEND_SOON),
        (letter(1, Disposition.REJECTED, mend_by=NOW + NEAR), Urgency.MEND_SOON),
        (letter(1, Disposition.REJECTED, mend_by=NOW + NEAR + MINUTE), Urgency.REJECTION),
        (letter(1, Disposition.REJECTED), Urgency.REJECTION),
        (letter(1, Disposition.PARTIAL), Urgency.REJECTION),
        (letter(1, Disposition.ACCEPTED), Urgency.RECEIPT),
        (letter(1, Disposition.HELD), Urgency.RECEIPT),
        (letter(1, None), Urgency.REST),
        (letter(1, None, kind=LetterKind.DIGEST, age=REPORT_WAITS - MINUTE), Urgency.REST),
        (letter(1, None, kind=LetterKind.DIGEST, age=REPORT_WAITS), Urgency.MEND_SOON),
        (letter(1, None, kind=LetterKind.ALERT, age=REPORT_WAITS), Urgency.MEND_SOON),
    ],
)
def test_urgency_of_a_letter(one: DueLetter, expected: Urgency) -> None:
    assert urgency(one, NOW) is expected


def order(*letters: DueLetter, served: dict[tuple[str, ...], int] | None = None) -> list[int]:
    return [one.id for one in in_order(letters, served or {}, NOW)]


def test_letters_leave_by_urgency_and_then_by_age() -> None:
    digest = letter(1, None, kind=LetterKind.DIGEST)
    receipts = letter(2), letter(3)
    rejections = letter(4, Disposition.REJECTED), letter(5, Disposition.PARTIAL)
    soon = letter(6, Disposition.REJECTED, mend_by=FOUR)
    assert order(digest, *receipts, *rejections, soon) == [6, 4, 5, 2, 3, 1]


def test_nearest_deadline_goes_first() -> None:
    tomorrow, today, in_the_evening = FOUR + timedelta(hours=20), FOUR, FOUR + timedelta(hours=2)
    letters = [
        letter(number, Disposition.REJECTED, mend_by=at) for number, at in enumerate((tomorrow, today, in_the_evening))
    ]
    assert order(*letters) == [1, 2, 0]


def test_second_letter_to_a_school_waits_for_the_first_ones_of_all_others() -> None:
    many = [letter(number, to="a@example.edu.cn") for number in (1, 2, 3)]
    assert order(*many, letter(4, to="A@Example.edu.cn"), letter(5), letter(6)) == [1, 5, 6, 2, 3, 4]


def test_school_that_had_its_turn_goes_behind_those_that_had_none() -> None:
    letters = letter(2, to="a@example.edu.cn"), letter(9, to="b@example.edu.cn")
    assert order(*letters, served={("a@example.edu.cn",): 1}) == [9, 2]


def test_turns_count_within_a_class_only_behind_urgency() -> None:
    receipt, rejection = letter(1, to="a@b.cn"), letter(2, Disposition.REJECTED, to="a@b.cn")
    assert order(receipt, letter(3), rejection) == [2, 3, 1]


def test_old_digest_passes_a_long_line() -> None:
    receipts = [letter(number) for number in range(2, 300)]
    assert order(*receipts, letter(1, None, kind=LetterKind.DIGEST, age=REPORT_WAITS))[0] == 1
