"""What is open in a bureau now: held mails, returns that were not mended, letters that did not arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from intake_bot.judging.verdict import Decision, Disposition
from intake_bot.ledger.database import Condition, Database
from intake_bot.ledger.filed_mails import is_held, is_of_bureau, read_mails
from intake_bot.ledger.letters import is_closed, read_letters
from intake_bot.ledger.tables import EventRow, ItemRow, LetterRow, MessageRow, SubmissionRow
from intake_bot.ledger.values.events import EventName
from intake_bot.ledger.values.records import FiledMail, Letter, LetterKind
from intake_bot.ledger.values.states import LetterState


@dataclass(frozen=True)
class OpenWork:
    """What waits for a clerk or for a school, oldest first."""

    held: tuple[FiledMail, ...] = ()
    returned: tuple[FiledMail, ...] = ()
    """With a rejected item that no later one has superseded, or rejected as a whole."""
    undelivered: tuple[Letter, ...] = ()
    """Answers that a server refused or returned, after which no other letter reached the same address, and which no
    clerk has closed."""
    unheard: tuple[FiledMail, ...] = ()
    """The mails that `undelivered` answer."""
    last_event: int = 0
    """Id of the last event."""


class OpenWorks:
    """Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def gather(self, bureau: str, notice: str) -> OpenWork:
        """All open work of a bureau; returns and undelivered letters of this notice only."""
        ours = MessageRow.bureau == bureau
        with self._database.reading() as session:
            undelivered = _find_undelivered(session, bureau, notice)
            return OpenWork(
                held=read_mails(session, ours, is_held()),
                returned=read_mails(session, is_of_bureau(bureau), _is_returned(notice)),
                undelivered=undelivered,
                unheard=_find_answered(session, ours, undelivered),
            )

    def gather_new(self, bureau: str, notice: str, since: int) -> OpenWork:
        """What waits for the clerks and did not before the event `since`; no returns."""
        ours = MessageRow.bureau == bureau
        ended = [EventName.of_letter(state) for state in (LetterState.BOUNCED, LetterState.FAILED)]
        newly = select(EventRow.letter).where(
            EventRow.bureau == bureau, col(EventRow.what).in_(ended), col(EventRow.id) > since
        )
        with self._database.reading() as session:
            new = frozenset(session.exec(newly))
            undelivered = tuple(one for one in _find_undelivered(session, bureau, notice) if one.id in new)
            return OpenWork(
                held=read_mails(session, is_of_bureau(bureau), is_held(), col(MessageRow.settled) > since),
                undelivered=undelivered,
                unheard=_find_answered(session, ours, undelivered),
                last_event=session.exec(select(func.coalesce(func.max(EventRow.id), 0))).one(),
            )


def _find_answered(session: Session, ours: Condition, letters: Iterable[Letter]) -> tuple[FiledMail, ...]:
    """The mails that these letters answer."""
    receipts = [letter.receipt for letter in letters if letter.receipt]
    return read_mails(session, ours, col(MessageRow.receipt).in_(receipts)) if receipts else ()


def _is_returned(notice: str) -> ColumnElement[bool]:
    items = (
        select(SubmissionRow.message)
        .join(ItemRow, col(ItemRow.submission) == SubmissionRow.id)
        .where(
            col(SubmissionRow.stands),
            ItemRow.notice == notice,
            ItemRow.decision == Decision.REJECTED,
            col(ItemRow.superseded_by).is_(None),
        )
    )
    without_items = select(SubmissionRow.message).where(
        col(SubmissionRow.stands),
        SubmissionRow.notice == notice,
        SubmissionRow.disposition == Disposition.REJECTED,
        not_(exists().where(col(ItemRow.submission) == SubmissionRow.id)),
    )
    return and_(col(MessageRow.id).in_(union_all(items, without_items)), not_(_is_sent_anew()))


def _is_sent_anew() -> ColumnElement[bool]:
    """True for a mail without a unit where a later one of the same mailbox has the same accepted in a unit's name."""
    own, own_item = aliased(SubmissionRow), aliased(ItemRow)
    later, named, anew = aliased(MessageRow), aliased(SubmissionRow), aliased(ItemRow)
    of_own = col(own_item.submission) == own.id
    return exists().where(
        col(own.message) == MessageRow.id,
        col(own.stands),
        col(own.unit).is_(None),
        func.lower(col(later.sender)) == func.lower(col(MessageRow.sender)),
        col(later.bureau) == MessageRow.bureau,
        col(later.id) > MessageRow.id,
        col(named.message) == later.id,
        col(named.stands),
        col(named.unit).is_not(None),
        col(anew.submission) == named.id,
        col(anew.decision) == Decision.ACCEPTED,
        # Of some mails not even the material is known.
        or_(exists().where(of_own, col(own_item.material) == anew.material), not_(exists().where(of_own))),
    )


def _find_undelivered(session: Session, bureau: str, notice: str) -> tuple[Letter, ...]:
    later = aliased(LetterRow)
    reached_later = exists().where(
        col(later.bureau) == LetterRow.bureau,
        col(later.id) > LetterRow.id,
        col(later.recipients) == LetterRow.recipients,
        col(later.state) == LetterState.SENT,
    )
    answers_notice = exists().where(
        col(SubmissionRow.id) == LetterRow.submission,
        col(SubmissionRow.stands),
        col(SubmissionRow.notice) == notice,
    )
    return read_letters(
        session,
        LetterRow.bureau == bureau,
        col(LetterRow.kind) == LetterKind.ANSWER,
        col(LetterRow.state).in_((LetterState.BOUNCED, LetterState.FAILED)),
        answers_notice,
        not_(reached_later),
        not_(is_closed()),
    )
