"""The report that a bureau's next digest is made of, and the figures that status and health show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, desc, select

from intake_bot.files.facts import Kind
from intake_bot.judging.verdict import LOOKS_LIKE_SUBMISSION
from intake_bot.ledger.database import Condition, Database, among_ids
from intake_bot.ledger.digests import newest_row
from intake_bot.ledger.filed_mails import is_held, is_of_bureau, read_mails
from intake_bot.ledger.letters import is_closed, read_letters
from intake_bot.ledger.tables import EventRow, LetterRow, MessageRow
from intake_bot.ledger.trail import event_record
from intake_bot.ledger.values.events import EventName, EventRecord
from intake_bot.ledger.values.records import FiledMail, Letter
from intake_bot.ledger.values.reports import AcceptedEntry, DayReport, Figures
from intake_bot.ledger.values.states import UNFINISHED, UNSENT, LetterState, MessageState
from intake_bot.ledger.views.many_mails import has_accepted_files, has_more_to_show, read_accepted, sum_up_mails


class Reports:
    """What happened in a bureau, and what is open there. Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def gather_day_report(self, bureau: str, day: date | None = None) -> DayReport:
        """All that happened since the newest digest of this bureau was filed, or that of a day before `day`."""
        with self._database.reading() as session:
            report = _gather(session, bureau, day)
            return replace(report, mails=read_mails(session, *_are_reported(bureau, report.begin)))

    def gather_for_digest(self, bureau: str, day: date) -> DayReport:
        """The same, but of `mails` only those of which a digest says more than their number: of tens of thousands of
        others it needs the sums."""
        with self._database.reading() as session:
            report = _gather(session, bureau, day)
            return replace(report, mails=read_mails(session, *_are_reported(bureau, report.begin), has_more_to_show()))

    def find_accepted(self, report: DayReport) -> tuple[AcceptedEntry, ...]:
        """The accepted items of the mails of a report, oldest mail first."""
        with self._database.reading() as session:
            return read_accepted(session, *_are_reported(report.bureau, report.begin))

    def find_newest_with_files(self, report: DayReport, kinds: Collection[Kind], most: int) -> tuple[FiledMail, ...]:
        """Of the mails of a report at most so many, the newest ones, that have files of these kinds which serve an
        accepted item; oldest first."""
        with self._database.reading() as session:
            newest = select(MessageRow.id).where(*_are_reported(report.bureau, report.begin), has_accepted_files(kinds))
            ids = session.exec(newest.order_by(desc(MessageRow.id)).limit(most)).all()
            return read_mails(session, among_ids(col(MessageRow.id), ids)) if ids else ()

    def has_news(self, bureau: str, day: date) -> bool:
        """True where the report that `gather_day_report` gathers names a mail or a trouble."""
        with self._database.reading() as session:
            last = newest_row(session, bureau, day)
            since = 0 if last is None else last.upto
            mails = select(MessageRow.id).where(*_are_reported(bureau, since))
            troubles = select(EventRow.id).where(*_are_troubles(bureau, since))
            return any(session.exec(news.limit(1)).first() is not None for news in (mails, troubles))

    def count_figures(self, bureau: str, now: datetime) -> Figures:
        """How many letters and mails of this bureau are open now."""
        [found] = self._database.read(_FIGURES, bureau=bureau, now=now)
        due_since = (found.queued_since, found.deferred_until)
        return Figures(
            queued=found.queued,
            oldest_queued=found.oldest,
            oldest_due=min((since for since in due_since if since is not None), default=None),
            in_doubt=found.in_doubt,
            held=found.held,
            waiting=found.waiting,
            unfinished=found.unfinished,
        )


def _figures() -> Select[Any]:
    """One statement for all figures: each poll of each bureau asks for them."""
    bureau: Any = bindparam("bureau")
    count = select(func.count())
    mails = count.select_from(MessageRow)
    of_bureau = mails.where(MessageRow.bureau == bureau)
    letters = count.where(LetterRow.bureau == bureau)
    oldest = select(func.min(LetterRow.created)).where(LetterRow.bureau == bureau)
    deferred = select(func.min(LetterRow.next_attempt)).where(
        LetterRow.bureau == bureau,
        LetterRow.state == LetterState.DEFERRED,
        col(LetterRow.next_attempt) <= bindparam("now"),
    )
    figures: dict[str, Any] = {
        "queued": letters.where(col(LetterRow.state).in_(UNSENT)),
        "oldest": oldest.where(col(LetterRow.state).in_(UNSENT)),
        "queued_since": oldest.where(LetterRow.state == LetterState.QUEUED),
        "deferred_until": deferred,
        "in_doubt": letters.where(LetterRow.state == LetterState.SENDING),
        "held": mails.where(is_held(), is_of_bureau(bureau)),
        "waiting": of_bureau.where(MessageRow.state == MessageState.WAITING),
        "unfinished": of_bureau.where(col(MessageRow.state).in_(UNFINISHED)),
    }
    return select_columns(*(figure.scalar_subquery().label(name) for name, figure in figures.items()))


_FIGURES = _figures()


def _gather(session: Session, bureau: str, day: date | None) -> DayReport:
    """The report without its `mails`."""
    last = newest_row(session, bureau, day)
    since = 0 if last is None else last.upto
    ours, reported = MessageRow.bureau == bureau, _are_reported(bureau, since)
    return DayReport(
        bureau=bureau,
        since=None if last is None else last.created,
        last_event=session.exec(select(func.coalesce(func.max(EventRow.id), 0))).one(),
        mails=(),
        unfinished=read_mails(session, ours, col(MessageRow.state).in_(UNFINISHED)),
        undelivered=_find_undelivered(session, bureau, since),
        withheld=read_letters(session, _came_into(bureau, since, LetterState.WITHHELD), not_(_is_withdrawn(bureau))),
        trouble=_trouble(session, bureau, since),
        waiting=read_mails(session, ours, MessageRow.state == MessageState.WAITING),
        sums=sum_up_mails(session, *reported),
        settled=frozenset(session.exec(select(MessageRow.id).where(*reported))),
        begin=since,
    )


def _are_reported(bureau: str, since: int) -> tuple[Condition, ...]:
    """The mails that were settled after the event `since`."""
    return MessageRow.bureau == bureau, col(MessageRow.settled) > since, not_(_is_mere_junk())


def _is_mere_junk() -> ColumnElement[bool]:
    """Ignored mail of a junk folder, which the digest leaves out unless it looks like a submission."""
    return and_(
        col(MessageRow.junk),
        col(MessageRow.state).in_((MessageState.IGNORED, MessageState.DUPLICATE)),
        not_(col(MessageRow.reason).contains(LOOKS_LIKE_SUBMISSION)),
    )


def _find_undelivered(session: Session, bureau: str, since: int) -> tuple[Letter, ...]:
    """Letters that failed or bounced after the event `since` and that no clerk has closed, and those that are deferred
    or in doubt now."""
    ended = (LetterState.FAILED, LetterState.BOUNCED)
    return read_letters(
        session,
        LetterRow.bureau == bureau,
        # The index serves the first condition only: without it, all letters of the bureau are read.
        col(LetterRow.state).in_((LetterState.DEFERRED, LetterState.SENDING, *ended)),
        or_(
            col(LetterRow.state) == LetterState.DEFERRED,
            and_(col(LetterRow.state) == LetterState.SENDING, col(LetterRow.next_attempt).is_not(None)),
            and_(col(LetterRow.state).in_(ended), _came_into(bureau, since, *ended), not_(is_closed())),
        ),
    )


def _came_into(bureau: str, since: int, *states: LetterState) -> ColumnElement[bool]:
    """True for letters of the bureau that came into one of these states after the event `since`."""
    names = [EventName.of_letter(state) for state in states]
    came = (EventRow.bureau == bureau, col(EventRow.what).in_(names), col(EventRow.id) > since)
    return col(LetterRow.id).in_(select(EventRow.letter).where(*came))


def _is_withdrawn(bureau: str) -> ColumnElement[bool]:
    """True for reminders that a clerk withdrew."""
    withdrawn = (EventRow.bureau == bureau, EventRow.what == EventName.UNIT_REMINDER_WITHDRAWN)
    return col(LetterRow.id).in_(select(EventRow.letter).where(*withdrawn))


def _trouble(session: Session, bureau: str, since: int) -> tuple[EventRecord, ...]:
    events = select(EventRow).where(*_are_troubles(bureau, since))
    return tuple(event_record(row) for row in session.exec(events.order_by(col(EventRow.id))))


def _are_troubles(bureau: str, since: int) -> tuple[Condition, ...]:
    # Not `startswith`: its LIKE, which knows no case, has every event of the bureau read.
    of_mailbox = (col(EventRow.what) >= "mailbox.", col(EventRow.what) < "mailbox/")
    return EventRow.bureau == bureau, *of_mailbox, col(EventRow.id) > since
