"""Measured values in the words of the letters."""

from __future__ import annotations

import pytest

from intake_bot.files.facts import Kind
from intake_bot.judging.wording import duration_words, kind_name, size_words


def test_every_kind_has_a_name() -> None:
    assert all(kind_name(kind) for kind in Kind)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0字节"), (999, "999字节"), (1000, "1KB"), (999_999, "999KB"), (1_999_999, "1.99MB"), (2_000_000, "2.00MB")],
)
def test_sizes_are_rounded_down(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5秒"), (60, "1分钟"), (120, "2分钟"), (125, "2分5秒"), (0, "0分钟")],
)
def test_durations(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words
