"""How the pause between two letters grows and shrinks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake_bot.config.settings import PauseRange
from intake_bot.ledger.ledger import Ledger
from intake_bot.outbox.pace import HALF_LIFE, LearnedPause, Pacer, longer_pause, shrunk_pause

NOON = datetime(2023, 5, 17, 12, 0, tzinfo=UTC)
LIMITS = PauseRange(least=5, most=60)


@pytest.mark.parametrize(
    ("pause", "limits", "longer"),
    [
        (5, LIMITS, 10),
        (10, LIMITS, 20),
        (40, LIMITS, 60),
        (60, LIMITS, 60),
        (0, PauseRange(least=0, most=60), 5),
        (10, PauseRange(least=10, most=10), 10),
    ],
)
def test_pause_doubles_up_to_the_most(pause: float, limits: PauseRange, longer: float) -> None:
    assert longer_pause(pause, limits) == longer


@pytest.mark.parametrize(
    ("passed", "pause"),
    [
        (timedelta(), 45),
        (HALF_LIFE, 25),
        (2 * HALF_LIFE, 15),
        (timedelta(days=30), 5),
        (timedelta(minutes=-1), 5),
    ],
)
def test_pause_shrinks_by_half_of_what_it_has_grown_by(passed: timedelta, pause: float) -> None:
    assert shrunk_pause(45, passed, LIMITS) == pytest.approx(pause)


def test_edited_limits_hold_at_once() -> None:
    assert shrunk_pause(45, timedelta(), PauseRange(least=20, most=30)) == 30
    assert shrunk_pause(10, timedelta(), PauseRange(least=20, most=30)) == 20


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        yield ledger


def test_learned_pause_outlasts_a_restart_and_is_one_bureau_s(ledger: Ledger) -> None:
    for _ in range(3):
        LearnedPause("hebei", ledger, LIMITS).grow("421 too many", NOON)
    assert LearnedPause("hebei", ledger, LIMITS).at(NOON) == 40
    assert LearnedPause("hefei", ledger, LIMITS).at(NOON) == 5


def test_pause_without_room_is_not_recorded(ledger: Ledger) -> None:
    fixed = PauseRange(least=10, most=10)
    LearnedPause("hebei", ledger, fixed).grow("421 too many", NOON)
    assert LearnedPause("hebei", ledger, LIMITS).at(NOON) == 5


def test_pacer_waits_for_what_is_left_since_the_last_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 103.0, 120.0])
    monkeypatch.setattr("intake_bot.outbox.pace.monotonic", lambda: next(times))
    waits: list[float] = []
    pacer = Pacer(waits.append)
    pacer.record_letter()
    for _ in range(2):
        pacer.wait(10)
    assert waits == [7.0]


def test_pacer_lets_the_first_letter_go_at_once() -> None:
    waits: list[float] = []
    Pacer(waits.append).wait(3600)
    assert waits == []
