"""Names of units in the ledger, and renamed units."""

from __future__ import annotations

from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from tests.ledger.samples import DAY, NOW, UNIT, judged, judgement, spooled

NOTICE = "puyang-2023"


def test_rename_gives_everything_of_these_notices_to_the_present_name(ledger: Ledger) -> None:
    judged(ledger, 1, judgement())
    ledger.pieces.mark_waiting(spooled(ledger, 2).id, Piece(NOTICE, UNIT, ("照片",), DAY, 1, 2), NOW)
    ledger.units.rename("puyang", ["hefei-2023"], {UNIT: "新名"}, NOW)
    assert ledger.units.find_names([NOTICE]) == {UNIT}
    ledger.units.rename("puyang", [NOTICE], {UNIT: "新名"}, NOW)
    assert ledger.units.find_names([NOTICE]) == {"新名"}
    assert {item.unit for item in ledger.submissions.iterate_items()} == {"新名"}
    (waiting,) = ledger.pieces.find_waiting("puyang")
    assert waiting.piece.unit == "新名"
    events = ledger.trail.find_since_last("puyang", EventName.UNIT_RENAMED, EventName.LEDGER_RESTORED)
    assert [event.detail for event in events] == [{"former": UNIT, "unit": "新名"}] * 2


def test_empty_ledger_has_no_names(ledger: Ledger) -> None:
    assert ledger.units.find_names(["puyang-2023"]) == frozenset()
