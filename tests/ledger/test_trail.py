from __future__ import annotations

from datetime import timedelta

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from tests.ledger.samples import NOW

TROUBLE, RECOVERED = EventName.MAILBOX_TROUBLE, EventName.MAILBOX_RECOVERED


def test_find_last_gives_the_newest_event_of_one_bureau(ledger: Ledger) -> None:
    for minutes, (bureau, name) in enumerate([("puyang", TROUBLE), ("puyang", RECOVERED), ("hefei", TROUBLE)]):
        ledger.trail.add(bureau, name, {}, NOW + timedelta(minutes=minutes))
    last = ledger.trail.find_last("puyang", [TROUBLE, RECOVERED])
    assert last is not None
    assert (last.name, last.at) == (RECOVERED, NOW + timedelta(minutes=1))
    assert ledger.trail.find_last("hefei", [RECOVERED]) is None


def test_find_since_last_gives_all_events_when_there_is_no_last(ledger: Ledger) -> None:
    for minutes in (0, 1):
        ledger.trail.add("puyang", TROUBLE, {}, NOW + timedelta(minutes=minutes))
    found = ledger.trail.find_since_last("puyang", TROUBLE, RECOVERED)
    assert [event.at for event in found] == [NOW, NOW + timedelta(minutes=1)]


def test_find_since_last_leaves_out_events_before_it(ledger: Ledger) -> None:
    for minutes, name in enumerate([TROUBLE, RECOVERED, TROUBLE]):
        ledger.trail.add("puyang", name, {}, NOW + timedelta(minutes=minutes))
    found = ledger.trail.find_since_last("puyang", TROUBLE, RECOVERED)
    assert [event.at for event in found] == [NOW + timedelta(minutes=2)]
