from __future__ import annotations

import pytest

from intake_bot.ledger.values.states import (
    IllegalEvent,
    LetterEvent,
    LetterState,
    MessageEvent,
    MessageState,
    next_letter_state,
    next_message_state,
)

MESSAGE = {
    ("new", "spool"): "spooled",
    ("new", "hold"): "held",
    ("spooled", "spool"): "spooled",
    ("spooled", "wait"): "waiting",
    ("waiting", "judge"): "judged",
    ("waiting", "hold"): "held",
    ("waiting", "ignore"): "ignored",
    ("spooled", "judge"): "judged",
    ("spooled", "hold"): "held",
    ("spooled", "ignore"): "ignored",
    ("spooled", "duplicate"): "duplicate",
    ("held", "decide"): "judged",
    ("held", "retry"): "new",
    ("judged", "decide"): "judged",
}
LETTER = {
    ("queued", "claim"): "sending",
    ("deferred", "claim"): "sending",
    ("queued", "withhold"): "withheld",
    ("deferred", "withhold"): "withheld",
    ("sending", "send"): "sent",
    ("sending", "defer"): "deferred",
    ("sending", "fail"): "failed",
    ("sending", "bounce"): "bounced",
    ("sending", "requeue"): "queued",
    ("sent", "bounce"): "bounced",
}


@pytest.mark.parametrize("event", MessageEvent)
@pytest.mark.parametrize("state", MessageState)
def test_message_state_follows_the_table_and_nothing_else(state: MessageState, event: MessageEvent) -> None:
    if (state.value, event.value) in MESSAGE:
        assert next_message_state(state, event) == MESSAGE[state.value, event.value]
    else:
        with pytest.raises(IllegalEvent, match=event.value):
            next_message_state(state, event)


@pytest.mark.parametrize("event", LetterEvent)
@pytest.mark.parametrize("state", LetterState)
def test_letter_state_follows_the_table_and_nothing_else(state: LetterState, event: LetterEvent) -> None:
    if (state.value, event.value) in LETTER:
        assert next_letter_state(state, event) == LETTER[state.value, event.value]
    else:
        with pytest.raises(IllegalEvent, match=event.value):
            next_letter_state(state, event)
