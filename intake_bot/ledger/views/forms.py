"""The cells of the forms that serve accepted items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from intake_bot.judging.verdict import Decision
from intake_bot.ledger.database import Database, among_ids
from intake_bot.ledger.filed_mails import read_columns
from intake_bot.ledger.tables import FindingRow, FormRow, ItemRow, MessageRow, SubmissionRow
from intake_bot.ledger.values.receipt import receipt_number


@dataclass(frozen=True)
class StandingForm:
    """A form of an accepted item that no later one has superseded."""

    unit: str
    material: str
    day: date | None
    receipt: str
    received: datetime
    sender: str
    title: str
    """Name of the part that it serves."""
    rows: tuple[Mapping[str, str], ...]
    by_clerk: bool
    """A clerk accepted it."""


_OF_MAIL = (
    FormRow.item, ItemRow.submission, ItemRow.unit, ItemRow.material, ItemRow.day, SubmissionRow.message,
    MessageRow.received, MessageRow.sender,
)  # fmt: skip


class Forms:
    """Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_standing(self, notice: str) -> tuple[StandingForm, ...]:
        """All forms of this notice that count, in the order in which their mails were received."""
        own, form_of_own = aliased(ItemRow), aliased(FormRow)
        # Of all items those with forms first: most have none.
        ids = (
            select(own.id)
            .join(form_of_own, col(form_of_own.item) == own.id)
            .where(own.notice == notice, col(own.unit).is_not(None))
        )
        found = (
            select_columns(col(FormRow.title), col(FormRow.rows), *map(col, _OF_MAIL))
            .select_from(ItemRow)
            .join(FormRow, col(FormRow.item) == ItemRow.id)
            .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
            .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
            .where(
                col(ItemRow.id).in_(ids),
                col(SubmissionRow.stands),
                col(ItemRow.decision) == Decision.ACCEPTED,
                col(ItemRow.superseded_by).is_(None),
            )
            .order_by(col(MessageRow.received), col(FormRow.id))
        )
        with self._database.reading() as session:
            forms = read_columns(session, found)
            by_clerk = select(FindingRow.item).where(
                among_ids(col(FindingRow.submission), {form.submission for form in forms}),
                FindingRow.code == "clerk.accepted",
            )
            seen = frozenset(session.exec(by_clerk)) if forms else frozenset()
            return tuple(
                StandingForm(
                    unit=form.unit or "",
                    material=form.material,
                    day=form.day,
                    receipt=receipt_number(form.message),
                    received=form.received,
                    sender=form.sender,
                    title=form.title,
                    rows=tuple(form.rows),
                    by_clerk=form.item in seen,
                )
                for form in forms
            )
