"""Blocks that take too long are ended, and no others."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from intake_bot.files.worker.deadlines import Deadlines

LONG = 600
"""Seconds that no test waits."""


@pytest.fixture
def deadlines() -> Iterator[Deadlines]:
    deadlines = Deadlines()
    yield deadlines
    assert not deadlines._ends


def test_block_is_ended_at_its_deadline(deadlines: Deadlines) -> None:
    ended = threading.Event()
    with deadlines.within(0.05, ended.set):
        assert ended.wait(60)


def test_shorter_deadline_is_kept_beside_a_longer_one(deadlines: Deadlines) -> None:
    long, short, shorter = threading.Event(), threading.Event(), threading.Event()
    with deadlines.within(LONG, long.set):
        with deadlines.within(0.05, short.set):
            assert short.wait(60)
        with deadlines.within(0.05, shorter.set):
            assert shorter.wait(60)
    assert not long.is_set()


def test_block_that_was_left_is_not_ended(deadlines: Deadlines) -> None:
    left, later = threading.Event(), threading.Event()
    with deadlines.within(0.05, left.set):
        pass
    with deadlines.within(0.1, later.set):
        assert later.wait(60)
    assert not left.is_set()


def test_block_that_raises_is_left(deadlines: Deadlines) -> None:
    ended = threading.Event()
    with pytest.raises(ZeroDivisionError), deadlines.within(LONG, ended.set):
        raise ZeroDivisionError
    assert not ended.is_set()


def test_all_blocks_are_watched_by_one_thread(deadlines: Deadlines) -> None:
    before = set(threading.enumerate())
    for _ in range(50):
        with deadlines.within(LONG, int):
            pass
    assert len(set(threading.enumerate()) - before) == 1
