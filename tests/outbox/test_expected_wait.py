"""How long a letter that is written now will wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.config.load import load
from intake_bot.config.settings import Bureau, SendingSettings
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.outbox.expected_wait import KEPT_FOR, ExpectedWait
from tests.ledger.samples import NOW, claim_oldest, draft, judged, judgement

SENDING = SendingSettings.model_validate({"pause_seconds": 20})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        yield ledger


@pytest.fixture(scope="module")
def puyang(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    home = tmp_path_factory.mktemp("home")
    init_home(home)
    bureau = load(home).bureau("puyang")
    assert bureau is not None
    return bureau


def queue(ledger: Ledger, letters: int) -> None:
    for uid in range(1, letters + 1):
        judged(ledger, uid, judgement(answer=draft(f"<{uid}@intake>")))


def test_letter_waits_a_pause_for_each_one_before_it(ledger: Ledger, puyang: Bureau) -> None:
    wait = ExpectedWait(ledger, puyang, SENDING)
    assert wait.at(NOW) == timedelta()
    queue(ledger, 6)
    assert wait.at(NOW + timedelta(seconds=1)) == timedelta()  # as it was a second ago
    assert wait.at(NOW + KEPT_FOR) == timedelta(minutes=2)
    sent = claim_oldest(ledger, "puyang", NOW)
    assert sent is not None
    ledger.letters.mark_sent(sent.id, NOW)
    assert ExpectedWait(ledger, puyang, SENDING).at(NOW) == timedelta(seconds=100)


def test_rest_of_the_server_comes_first(ledger: Ledger, puyang: Bureau) -> None:
    queue(ledger, 3)
    until = NOW + timedelta(minutes=15)
    ledger.trail.add("puyang", EventName.OUTBOX_PAUSED, {"until": until.isoformat(), "why": "421"}, NOW)
    assert ExpectedWait(ledger, puyang, SENDING).at(NOW) == timedelta(minutes=16)
    assert ExpectedWait(ledger, puyang, SENDING).at(until) == timedelta(minutes=1)
