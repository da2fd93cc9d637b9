from __future__ import annotations

import pytest

from intake_bot.files.documents.workbooks.sheets import format_date, format_number


@pytest.mark.parametrize(
    ("days", "since_1904", "words"),
    [
        (45063, False, "2023-05-17"),
        (43601, True, "2023-05-17"),
        (45063.4375, False, "2023-05-17 10:30"),
        (0.4375, False, "10:30"),
        (0, False, "00:00"),
        (0, True, "1904-01-01"),
        (2_958_465, False, "9999-12-31"),
        (2_958_465.9999, False, "2958465.9999"),
        (2_958_466, False, "2958466"),
        (2_957_003, True, "9999-12-31"),
        (2_957_004, True, "2957004"),
        (-1, False, "-1"),
        (-0.5, True, "-0.5"),
        (-1e9, False, "-1000000000"),
        (1e300, True, "1e+300"),
        (float("inf"), False, "inf"),
        (float("nan"), False, "nan"),
    ],
)
def test_date_is_formatted(days: float, since_1904: bool, words: str) -> None:
    assert format_date(days, since_1904) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (300, "300"),
        (0.5, "0.5"),
        (13800000000.0, "13800000000"),
        (1e15, "1e+15"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
    ],
)
def test_number_is_formatted(number: float, words: str) -> None:
    assert format_number(number) == words
