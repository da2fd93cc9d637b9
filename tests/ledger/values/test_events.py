from __future__ import annotations

import pytest

from intake_bot.judging.verdict import Disposition
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.states import LetterState

STORED = """
archive.away archive.back
config.faulty config.taken
digest.filed digest.late digest.sent_again
held.accepted held.answered held.closed held.corrected held.rejected held.retried held.supplied held.undone
ledger.begun_anew ledger.numbers_skipped ledger.restored
letter.bounced letter.deferred letter.doubted letter.failed letter.queued letter.recipient_refused
letter.refused_as_spam letter.returned letter.sent letter.withheld
mailbox.alerted mailbox.left_out mailbox.order_refused mailbox.recovered mailbox.recreated mailbox.sending_over
mailbox.trouble mailbox.unanswered
message.changed message.command message.duplicate message.excused message.failed message.hard message.held
message.ignored message.joined message.seen message.spooled message.waiting
note.filed
order.carried_out
outbox.paused outbox.refused outbox.slowed
item.contested reconciled
submission.accepted submission.held submission.partial submission.rejected
unit.reminded unit.reminder_withdrawn unit.renamed
"""
"""What ledgers hold."""


def test_event_names_are_those_that_ledgers_hold() -> None:
    assert sorted(EventName) == sorted(STORED.split())


def test_event_member_is_named_after_its_value() -> None:
    assert [name.name for name in EventName] == [name.value.upper().replace(".", "_") for name in EventName]


@pytest.mark.parametrize("state", sorted(set(LetterState) - {LetterState.SENDING}))
def test_of_letter_gives_an_event_for_each_state_that_is_noted(state: LetterState) -> None:
    assert EventName.of_letter(state) == f"letter.{state}"


@pytest.mark.parametrize("disposition", sorted(set(Disposition) - {Disposition.IGNORED}))
def test_of_submission_gives_an_event_for_each_result_of_a_submission(disposition: Disposition) -> None:
    assert EventName.of_submission(disposition) == f"submission.{disposition}"


def test_of_letter_refuses_a_state_that_adds_no_event() -> None:
    with pytest.raises(ValueError, match=r"letter\.sending"):
        EventName.of_letter(LetterState.SENDING)


def test_of_submission_refuses_ignored_mail() -> None:
    with pytest.raises(ValueError, match=r"submission\.ignored"):
        EventName.of_submission(Disposition.IGNORED)
