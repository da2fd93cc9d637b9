"""Several calls in one transaction: all of them or none, and a part that is undone alone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import MailHeaders, MessageRecord
from intake_bot.ledger.values.states import IllegalEvent, MessageState
from tests.ledger.samples import NOW, asking, draft, judgement, key, spooled


def test_calls_within_a_block_are_committed_together(ledger: Ledger, path: Path) -> None:
    with Ledger.open(path) as other:
        with ledger.together():
            for uid in (1, 2):
                ledger.messages.record_seen([key(uid)], NOW)
            assert len(ledger.messages.find_unfinished("puyang")) == 2
            assert other.messages.find_unfinished("puyang") == ()
        assert len(other.messages.find_unfinished("puyang")) == 2


def test_block_that_raises_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.together():
        ledger.messages.record_seen([key(1)], NOW)
        raise ZeroDivisionError
    assert ledger.messages.find_unfinished("puyang") == ()
    ledger.messages.record_seen([key(2)], NOW)
    assert len(ledger.messages.find_unfinished("puyang")) == 1


def test_part_that_raises_is_undone_alone(ledger: Ledger) -> None:
    first, second = spooled(ledger, 1), spooled(ledger, 2)
    with ledger.together():
        ledger.messages.record_headers({first.id: MailHeaders("a@b.cn", "照片")})
        with pytest.raises(IllegalEvent), ledger.apart():
            ledger.messages.record_judgement(first.id, judgement(), NOW)
            ledger.messages.record_judgement(first.id, judgement(), NOW)
        with ledger.apart():
            ledger.messages.record_judgement(second.id, judgement(), NOW)
    after = [ledger.messages.get(one.id) for one in (first, second)]
    assert [(one.state, one.sender) for one in after] == [(MessageState.SPOOLED, "a@b.cn"), (MessageState.JUDGED, "")]
    assert len(ledger.prior_mails.find_same_content("puyang-2023", ["aa"])) == 0


def test_what_was_read_in_a_part_that_is_undone_is_read_anew(ledger: Ledger) -> None:
    message = spooled(ledger, 1)
    with ledger.together():
        with pytest.raises(IllegalEvent) as refused, ledger.apart():
            ledger.messages.hold(message.id, "打不开", NOW)
            ledger.messages.hold(message.id, "打不开", NOW)
        assert refused.tb is not None  # whose frames still have the row
        assert ledger.messages.get(message.id).state is MessageState.SPOOLED
        ledger.messages.hold(message.id, "还是打不开", NOW)
    assert ledger.messages.get(message.id).reason == "还是打不开"


def test_answers_that_are_undone_are_not_counted(ledger: Ledger) -> None:
    first, second, third = (spooled(ledger, uid) for uid in (1, 2, 3))

    def answer(message: MessageRecord) -> None:
        ledger.messages.record_judgement(message.id, judgement(answer=draft(f"<{message.id}@intake>")), NOW)

    def written() -> int:
        return len(ledger.letters.find_answers_since("puyang", NOW))

    with pytest.raises(ZeroDivisionError), ledger.together():
        answer(first)
        assert written() == 1
        with pytest.raises(ZeroDivisionError), ledger.apart():
            answer(second)
            assert written() == 2
            raise ZeroDivisionError
        assert written() == 1
        answer(third)
        assert written() == 2
        raise ZeroDivisionError
    assert written() == 0
    answer(first)
    assert written() == 1


def test_later_call_sees_what_an_earlier_one_wrote(ledger: Ledger) -> None:
    first, second = spooled(ledger, 1), asking(ledger)
    with ledger.together():
        assert ledger.authors.find_accepted_items("puyang-2023", "濮阳县教育局", second) == ()
        ledger.messages.record_judgement(first.id, judgement(), NOW)
        assert len(ledger.authors.find_accepted_items("puyang-2023", "濮阳县教育局", second)) == 1


def test_other_threads_are_not_within_the_block(ledger: Ledger) -> None:
    seen: list[int] = []
    with ledger.together():
        ledger.messages.record_seen([key(1)], NOW)
        reader = threading.Thread(target=lambda: seen.append(len(ledger.messages.find_unfinished("puyang"))))
        reader.start()
        reader.join()
    assert seen == [0]
