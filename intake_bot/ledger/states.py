"""The life of a message and of a letter, as two transition tables.

Two rules for this file: a missing entry *is* the error, and nobody else decides what may follow what.
Pure: an illegal event raises and changes nothing.
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
    """Known by its UID; not a byte of it has been fetched for good."""
    SPOOLED = "spooled"
    """The raw bytes are on our disk."""
    WAITING = "waiting"
    """One of several mails that belong together （2/3）; its raw bytes stay on our disk until all are judged as one."""
    JUDGED = "judged"
    """Verdict, files and answer are in the ledger, be it with other mails as one."""
    HELD = "held"
    """Set aside unopened, for a person."""
    IGNORED = "ignored"
    """Machine mail, a command, or no submission: left alone."""
    DUPLICATE = "duplicate"
    """Byte for byte a mail that we already have."""


UNFINISHED = (MessageState.NEW, MessageState.SPOOLED)
"""The next walk goes on with these."""


class MessageEvent(StrEnum):
    SPOOL = "spool"
    WAIT = "wait"
    JUDGE = "judge"
    HOLD = "hold"
    DECIDE = "decide"
    """A person had a look: decided, or gave what was missing and had it judged once more."""
    RETRY = "retry"
    """A person wants it tried again from the beginning."""
    IGNORE = "ignore"
    DUPLICATE = "duplicate"


class LetterState(StrEnum):
    """How far a letter of ours has come."""

    QUEUED = "queued"
    SENDING = "sending"
    """Committed before the first byte to the server. Found at start: in doubt, maybe sent and maybe not."""
    SENT = "sent"
    DEFERRED = "deferred"
    """Refused for now; due again at its `next_attempt`."""
    FAILED = "failed"
    """Refused for good, or given up."""
    BOUNCED = "bounced"
    """Taken by the server and returned later."""
    WITHHELD = "withheld"
    """Shadow mode: rendered and stored, never sent."""


UNSENT = (LetterState.QUEUED, LetterState.DEFERRED)
"""They wait to be sent."""


class LetterEvent(StrEnum):
    CLAIM = "claim"
    SEND = "send"
    DEFER = "defer"
    FAIL = "fail"
    BOUNCE = "bounce"
    REQUEUE = "requeue"
    """In doubt, and no trace of it at the server: sent again with the same Message-ID."""
    WITHHOLD = "withhold"
    """Its bureau went over to shadow mode while it waited."""


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
        # Its notice was taken away meanwhile.
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
    # A server's 250 is no delivery: the bounce may come minutes later.
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
