"""Measured values in the words of the letters."""

from __future__ import annotations

import pytest

from intake_bot.files.facts import Kind
from intake_bot.judging.wording import duration_words, kind_name, size_words


def test_kind_has_name() -> None:
    assert all(kind_name(kind) for kind in Kind)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 字节"),
        (999, "999 字节"),
        (1000, "1 KB"),
        (999_999, "999 KB"),
        (1_999_999, "1.99 MB"),
        (2_000_000, "2.00 MB"),
    ],
)
def test_size_words_round_down(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 秒"), (60, "1 分钟"), (120, "2 分钟"), (125, "2 分 5 秒"), (0, "0 分钟")],
)
def test_duration_words_of_minutes_and_seconds(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words
