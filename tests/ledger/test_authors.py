"""What was accepted from which addresses."""

from __future__ import annotations

from datetime import timedelta

from intake_bot.judging.verdict import Decision
from intake_bot.ledger.ledger import Ledger
from tests.ledger.samples import DAY, NOW, UNIT, asking, item, judged, judgement, verdict

NOTICE = "puyang-2023"


def test_accepted_items_are_those_of_the_unit_and_notice(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(verdict(item("照片", day=DAY), item("视频", decision=Decision.REJECTED))))
    later = asking(ledger)
    assert [(one.material, one.day) for one in ledger.authors.find_accepted_items(NOTICE, UNIT, later)] == [
        ("照片", DAY)
    ]
    assert ledger.authors.find_accepted_items("puyang-2024", UNIT, later) == ()
    assert ledger.authors.find_accepted_items(NOTICE, "华龙区教育局", later) == ()


def test_accepted_item_is_prior_by_the_time_at_which_it_was_received(ledger: Ledger) -> None:
    """However late a mail is judged. Of two received at the same time the one seen first is prior."""
    records = [judged(ledger, uid, judgement(), NOW + timedelta(hours=uid // 2)) for uid in (1, 2, 3)]
    prior = [[one.is_prior for one in ledger.authors.find_accepted_items(NOTICE, UNIT, record)] for record in records]
    assert prior == [[False, False], [True, False], [True, True]]
