from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.reports import Standing
from intake_bot.ledger.states import LetterState
from tests.ledger.samples import NOW, draft, item, judged, judgement, key, spooled, verdict

NOTHING = Standing(queued=0, oldest_queued=None, in_doubt=0, held=0, waiting=0, unfinished=0)


def test_nothing_stands_open_in_an_empty_ledger(ledger: Ledger) -> None:
    assert ledger.standings.of("puyang") == NOTHING


def test_what_stands_open_is_counted_for_one_bureau(ledger: Ledger) -> None:
    ledger.messages.seen(key(1), NOW)
    spooled(ledger, 2)
    ledger.messages.hold(ledger.messages.seen(key(3), NOW).id, "打不开", NOW)
    judged(ledger, 4, judgement(verdict(item("视频", decision=Decision.HELD), disposition=Disposition.HELD)))
    judged(ledger, 5, judgement(answer=draft("<a5@intake>")))
    judged(ledger, 6, judgement(answer=draft("<a6@intake>")))
    judged(ledger, 7, judgement(answer=draft("<a7@intake>")))
    judged(ledger, 8, judgement(answer=replace(draft("<a8@intake>"), state=LetterState.WITHHELD)))
    first, second = ledger.letters.claim("puyang", NOW), ledger.letters.claim("puyang", NOW)
    assert first is not None
    assert second is not None
    ledger.letters.deferred(first.id, NOW + timedelta(hours=1), "451", NOW)
    assert ledger.standings.of("puyang") == replace(
        NOTHING, queued=2, oldest_queued=first.created, in_doubt=1, held=2, unfinished=2
    )
    assert ledger.standings.of("hefei") == NOTHING


def test_a_letter_that_was_sent_stands_open_no_more(ledger: Ledger) -> None:
    judged(ledger, 1, judgement(answer=draft("<a1@intake>")))
    letter = ledger.letters.claim("puyang", NOW)
    assert letter is not None
    ledger.letters.sent(letter.id, NOW)
    assert ledger.standings.of("puyang") == NOTHING
