"""The names of all events of the trail, and one event as it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake_bot.judging.verdict import Disposition
from intake_bot.ledger.values.states import LetterState

Detail = Mapping[str, str | int | None]
"""What an event holds besides its name. No body text, no secret."""


class EventName(StrEnum):
    """What happened. Ledgers hold these words for good: a value never changes, and a member is named after its value.

    The digest lists events whose name begins with `mailbox.`.
    """

    MESSAGE_SEEN = "message.seen"
    """A mail was found in its `folder` under its `uid`."""
    MESSAGE_CHANGED = "message.changed"
    """The server has it with other `bytes` now; it is the same mail."""
    MESSAGE_SPOOLED = "message.spooled"
    """Its raw bytes are on disk; `sha256` is theirs."""
    MESSAGE_FAILED = "message.failed"
    """An `attempt` at it failed with an `error`, and counts."""
    MESSAGE_EXCUSED = "message.excused"
    """An attempt failed for a reason outside the mail (`error`), and does not count; `attempt` is the number left."""
    MESSAGE_HARD = "message.hard"
    """Its files took much of the time that those of one mail may take."""
    MESSAGE_WAITING = "message.waiting"
    """It waits for the other pieces (`number` of `total`) of its `unit`."""
    MESSAGE_JOINED = "message.joined"
    """It was judged as a piece of the mail with the id `leader`."""
    MESSAGE_IGNORED = "message.ignored"
    """It is no submission (`kind`, `reason`)."""
    MESSAGE_COMMAND = "message.command"
    """It holds orders of a `clerk`, who answers a `letter` of ours; or that is not proven (`refused`), and nothing is
    done."""
    MESSAGE_DUPLICATE = "message.duplicate"
    """It is a duplicate of the mail with the id `original`."""
    MESSAGE_HELD = "message.held"
    """It is held unopened after so many `attempts` (`reason`)."""

    SUBMISSION_ACCEPTED = "submission.accepted"
    SUBMISSION_PARTIAL = "submission.partial"
    SUBMISSION_REJECTED = "submission.rejected"
    SUBMISSION_HELD = "submission.held"
    """A mail was judged with this result (`notice`, `unit`, number of `items`)."""

    ITEM_CONTESTED = "item.contested"
    """The author of an accepted item (`receipt`, `material`, `day`) was told that somebody else wrote in the unit's
    name."""

    HELD_ACCEPTED = "held.accepted"
    HELD_REJECTED = "held.rejected"
    HELD_CLOSED = "held.closed"
    """A clerk decided about a held mail, or closed a question (`reason`, and the new `disposition`). Where that and the
    following came by an order: the `clerk`, and the number of the `order`."""
    HELD_CORRECTED = "held.corrected"
    """A clerk named the `unit`, `material` or `day` of a mail, and it was judged again."""
    HELD_ANSWERED = "held.answered"
    """A clerk's words were written to the school."""
    HELD_UNDONE = "held.undone"
    """The decision of an order (`undoes`) was withdrawn."""
    HELD_SUPPLIED = "held.supplied"
    """A clerk gave so many `files`, and the mail was judged again."""
    HELD_RETRIED = "held.retried"
    """A clerk had a mail judged again, or one that was never opened tried again."""

    ORDER_CARRIED_OUT = "order.carried_out"
    """An order of a `clerk` (`verb`) got its `number`; `undoes` is the number of the order that counts no more."""
    MAILBOX_ORDER_REFUSED = "mailbox.order_refused"
    """A mail (`receipt`) from the address `sender` holds orders, which were not carried out (`reason`); `needs` is the
    address that they must come from."""

    LETTER_QUEUED = "letter.queued"
    LETTER_WITHHELD = "letter.withheld"
    """A letter was written (`kind`, `message_id`), or is due again, or will not be sent after all (shadow mode)."""
    LETTER_SENT = "letter.sent"
    LETTER_DEFERRED = "letter.deferred"
    LETTER_FAILED = "letter.failed"
    """What an `attempt` to send it ended in (`error`)."""
    LETTER_DOUBTED = "letter.doubted"
    """Nobody knows whether it went out: the connection broke (`attempt`, `error`), or a backup of the time `made` was
    restored."""
    LETTER_BOUNCED = "letter.bounced"
    """A server returned it (`error` for the clerks, `words` of the server)."""
    LETTER_RETURNED = "letter.returned"
    """A bounce of a letter that had bounced before, or never left."""
    LETTER_REFUSED_AS_SPAM = "letter.refused_as_spam"
    """A server took it for spam; `text` is the SHA-256 of what it says, hexadecimal."""
    LETTER_RECIPIENT_REFUSED = "letter.recipient_refused"
    """A server took a letter, but not for the address `to` (`why`)."""

    DIGEST_FILED = "digest.filed"
    """The digest of a `day` was written, with so many `mails`."""
    NOTE_FILED = "note.filed"
    """A note about what newly waits for the clerks was written, on a `day`."""
    DIGEST_LATE = "digest.late"
    DIGEST_SENT_AGAIN = "digest.sent_again"
    """The admins were alerted that a digest did not leave (`kind`, `why`), and that one has left since."""

    CONFIG_FAULTY = "config.faulty"
    CONFIG_TAKEN = "config.taken"
    """The admins were alerted that an edit to the configuration is not in use (`kind`, `why`), and that it is now."""

    UNIT_REMINDED = "unit.reminded"
    """A letter reminded a `unit` of a `material` (`day`, `deadline`) that it had not sent; the number of the `order`
    by which a clerk asked for it."""
    UNIT_REMINDER_WITHDRAWN = "unit.reminder_withdrawn"
    """A clerk withdrew such a letter before it left; with the same details."""
    UNIT_RENAMED = "unit.renamed"
    """What was sent under the `former` name counts for the `unit` of this name, as the roster says."""

    ARCHIVE_AWAY = "archive.away"
    ARCHIVE_BACK = "archive.back"
    """Accepted files could not be laid into the shared folder (`why`), and nothing waits for it any more."""

    LEDGER_RESTORED = "ledger.restored"
    """The ledger was restored from a backup of the time `made`."""

    LEDGER_BEGUN_ANEW = "ledger.begun_anew"
    """This ledger took the place of one that was lost; receipt numbers up to `given` had been given out."""
    LEDGER_NUMBERS_SKIPPED = "ledger.numbers_skipped"
    """An older ledger was put back; receipt numbers up to `given` had been given out."""

    RECONCILED = "reconciled"
    """All `mails` of the last days were compared with the ledger; so many were `new` to it."""
    MAILBOX_LEFT_OUT = "mailbox.left_out"
    """The server lists these `mails` and does not give even their date; empty: none any more."""
    MAILBOX_RECREATED = "mailbox.recreated"
    """In this `folder` another mail was found under a `uid` that the ledger knows."""
    MAILBOX_TROUBLE = "mailbox.trouble"
    MAILBOX_ALERTED = "mailbox.alerted"
    MAILBOX_RECOVERED = "mailbox.recovered"
    """A bureau's mail is not received or sent (`kind` of trouble, `why`), the admins were alerted, it is over."""
    MAILBOX_UNANSWERED = "mailbox.unanswered"
    """A mail (`receipt`) was judged, and no letter written to the address `to` (`reason`, see the loop guard)."""
    MAILBOX_SENDING_OVER = "mailbox.sending_over"
    OUTBOX_SLOWED = "outbox.slowed"
    """The server counted too many letters, and the pause between two grew to so many `seconds`; `why` is its text."""
    OUTBOX_PAUSED = "outbox.paused"
    OUTBOX_REFUSED = "outbox.refused"
    """No letter leaves before `until` (ISO 8601): the day's quota is used up, it was too much at once, or the server
    refuses the connection (`why`)."""

    @classmethod
    def of_submission(cls, disposition: Disposition) -> EventName:
        """The event of a mail that is judged with this result. Raises ValueError for IGNORED, as no submission is."""
        return cls(f"submission.{disposition}")

    @classmethod
    def of_letter(cls, state: LetterState) -> EventName:
        """The event of a letter that comes into this state. Raises ValueError for SENDING, which adds no event."""
        return cls(f"letter.{state}")


TROUBLE_EVENTS = (EventName.MAILBOX_TROUBLE, EventName.MAILBOX_ALERTED, EventName.MAILBOX_RECOVERED)
"""The newest of these says whether a bureau is in trouble."""

ARCHIVE_EVENTS = (EventName.ARCHIVE_AWAY, EventName.ARCHIVE_BACK)
"""The newest of these says whether accepted files wait for the shared folder."""

SAID_ALREADY = "said_already"
"""The `reason` of MAILBOX_UNANSWERED where the sender was told the same about the same files today."""
NO_ADDRESS = "no_address"
"""The `reason` of MAILBOX_UNANSWERED where the mail names no address that a letter could go to."""

UNREAD = "unread"
"""The `reason` of MAILBOX_UNANSWERED where nobody would read a letter at the sender's address."""


class Cap(StrEnum):
    """The `reason` of MAILBOX_UNANSWERED where a maximum of answers was reached: for whom, and in what time."""

    SENDER_HOUR = "sender_hour"
    SENDER_DAY = "sender_day"
    BUREAU_HOUR = "bureau_hour"
    BUREAU_DAY = "bureau_day"
    STRANGERS_HOUR = "strangers_hour"
    STRANGERS_DAY = "strangers_day"
    """Of the bureau's maximum, what is not kept for familiar addresses."""


@dataclass(frozen=True)
class EventRecord:
    """One event of the trail."""

    at: datetime
    """UTC."""
    bureau: str
    """Id of the bureau; empty for what concerns all of them."""
    name: str
    """An EventName, or a name that only an older version wrote."""
    detail: Detail
