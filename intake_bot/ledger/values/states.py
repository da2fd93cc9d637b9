"""The states of a message and of a letter, as two transition tables.

Two rules for this file: a missing entry *is* the error, and no other module decides which state follows which.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class MessageState(StrEnum):
    """How far a mail has come."""

    NEW = "new"
    """Known by its UID; its raw bytes are not on our disk yet."""
    SPOOLED = "spooled"
    """The raw bytes are on our disk."""
    WAITING = "waiting"
    """A piece （2/3） that waits for the others of its submission; its raw bytes stay on our disk."""
    JUDGED = "judged"
    """Verdict, files and answer are in the ledger; those of a piece with the mail that it was merged into."""
    HELD = "held"
    """Held unopened for a clerk."""
    IGNORED = "ignored"
    """Machine mail, a command, or no submission."""
    DUPLICATE = "duplicate"
    """Equal, byte for byte, to a mail that we already have."""


UNFINISHED = (MessageState.NEW, MessageState.SPOOLED)
"""The next poll cycle goes on with these."""


class MessageEvent(StrEnum):
    SPOOL = "spool"
    WAIT = "wait"
    JUDGE = "judge"
    HOLD = "hold"
    DECIDE = "decide"
    """A clerk decided, or supplied what was missing and had it judged again."""
    RETRY = "retry"
    """A clerk wants it tried again from the beginning."""
    IGNORE = "ignore"
    DUPLICATE = "duplicate"


class LetterState(StrEnum):
    """How far a letter of ours has come."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before the first byte to the server. Found so at the start it is in doubt: maybe sent."""
    SENT = "sent"
    DEFERRED = "deferred"
    """Refused for now; due again at its `next_attempt`."""
    FAILED = "failed"
    """Refused for good, or given up."""
    BOUNCED = "bounced"
    """Taken by the server and returned by a server later."""
    WITHHELD = "withheld"
    """Shadow mode: written and stored, never sent."""


UNSENT = (LetterState.QUEUED, LetterState.DEFERRED)
"""Letters in these states wait to be sent."""


class LetterEvent(StrEnum):
    CLAIM = "claim"
    SEND = "send"
    DEFER = "defer"
    FAIL = "fail"
    BOUNCE = "bounce"
    REQUEUE = "requeue"
    """In doubt, and no trace of it at the server: sent again with the same Message-ID."""
    WITHHOLD = "withhold"
    """Its bureau was switched to shadow mode while it waited."""


MESSAGE: Mapping[MessageState, Mapping[MessageEvent, MessageState]] = {
    MessageState.NEW: {
        MessageEvent.SPOOL: MessageState.SPOOLED,
        MessageEvent.HOLD: MessageState.HELD,
    },
    MessageState.SPOOLED: {
        # The spool file was lost or no longer fits its checksum, and the mail was fetched again.
        MessageEvent.SPOOL: MessageState.SPOOLED,
        MessageEvent.WAIT: MessageState.WAITING,
        MessageEvent.JUDGE: MessageState.JUDGED,
        MessageEvent.HOLD: MessageState.HELD,
        MessageEvent.IGNORE: MessageState.IGNORED,
        MessageEvent.DUPLICATE: MessageState.DUPLICATE,
    },
    MessageState.WAITING: {
        MessageEvent.JUDGE: MessageState.JUDGED,
        MessageEvent.HOLD: MessageState.HELD,
        # Its notice was removed from the configuration meanwhile.
        MessageEvent.IGNORE: MessageState.IGNORED,
    },
    MessageState.HELD: {
        MessageEvent.DECIDE: MessageState.JUDGED,
        MessageEvent.RETRY: MessageState.NEW,
    },
    MessageState.JUDGED: {MessageEvent.DECIDE: MessageState.JUDGED},
    MessageState.IGNORED: {},
    MessageState.DUPLICATE: {},
}

LETTER: Mapping[LetterState, Mapping[LetterEvent, LetterState]] = {
    LetterState.QUEUED: {LetterEvent.CLAIM: LetterState.SENDING, LetterEvent.WITHHOLD: LetterState.WITHHELD},
    LetterState.DEFERRED: {LetterEvent.CLAIM: LetterState.SENDING, LetterEvent.WITHHOLD: LetterState.WITHHELD},
    LetterState.SENDING: {
        LetterEvent.SEND: LetterState.SENT,
        LetterEvent.DEFER: LetterState.DEFERRED,
        LetterEvent.FAIL: LetterState.FAILED,
        LetterEvent.BOUNCE: LetterState.BOUNCED,
        LetterEvent.REQUEUE: LetterState.QUEUED,
    },
    # A 250 of the first server is no delivery: the bounce may arrive minutes later.
    LetterState.SENT: {LetterEvent.BOUNCE: LetterState.BOUNCED},
    LetterState.FAILED: {},
    LetterState.BOUNCED: {},
    LetterState.WITHHELD: {},
}


class IllegalEvent(RuntimeError):
    """An event that the state does not allow: a bug of the caller."""


def next_message_state(state: MessageState, event: MessageEvent) -> MessageState:
    """The state after `event`. Raises IllegalEvent where the table has no entry."""
    return _next(MESSAGE, state, event)


def next_letter_state(state: LetterState, event: LetterEvent) -> LetterState:
    """The state after `event`. Raises IllegalEvent where the table has no entry."""
    return _next(LETTER, state, event)


def _next(table: Mapping[State, Mapping[Event, State]], state: State, event: Event) -> State:
    try:
        return table[state][event]
    except KeyError:
        raise IllegalEvent(f"event {event!r} is not allowed in state {state!r}") from None
