"""What is known of the addresses that mail comes from, and what was accepted from them. Each question is one snapshot.

`asking` is the mail that is judged; what it holds itself does not count. Addresses are compared without case.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, bindparam, literal_column, text
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from intake_bot.judging.author import KnownAddress
from intake_bot.judging.sender import CONTESTED, AcceptedItem
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.database import Database, read_rows
from intake_bot.ledger.tables import (
    SENDER_ADDRESS,
    SENDER_DOMAIN,
    EventRow,
    FindingRow,
    ItemRow,
    MessageRow,
    SubmissionRow,
)
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import Contest, MessageRecord, ReportedContest

_FROM_ADDRESS = literal_column(SENDER_ADDRESS, Text).in_([bindparam("address")])
_ACCEPTED = (
    select_columns(
        col(ItemRow.unit), col(MessageRow.sender), (col(MessageRow.id) == bindparam("asking")).label("is_asking")
    )
    .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .where(
        col(MessageRow.bureau) == bindparam("bureau"),
        text("submission.stands"),  # as the index for it is written
        col(ItemRow.decision) == Decision.ACCEPTED,
        col(ItemRow.unit).is_not(None),
    )
    .distinct()
)
_ACCEPTED_FROM_ADDRESS = _ACCEPTED.where(_FROM_ADDRESS)
_ACCEPTED_FROM_DOMAIN = _ACCEPTED.where(literal_column(SENDER_DOMAIN, Text).in_([bindparam("domain")]))

_BY = aliased(ItemRow)
_BY_SUBMISSION = aliased(SubmissionRow)
_ACCEPTED_ITEMS = (
    select_columns(
        col(ItemRow.material),
        col(ItemRow.day),
        col(ItemRow.late),
        col(ItemRow.superseded_by),
        col(SubmissionRow.message),
        col(MessageRow.sender),
        col(MessageRow.received),
        (col(_BY_SUBMISSION.message) == bindparam("asking")).label("is_by_asking"),
    )
    .join(SubmissionRow, col(SubmissionRow.id) == ItemRow.submission)
    .join(MessageRow, col(MessageRow.id) == SubmissionRow.message)
    .outerjoin(_BY, col(_BY.id) == ItemRow.superseded_by)
    .outerjoin(_BY_SUBMISSION, col(_BY_SUBMISSION.id) == _BY.submission)
    .where(
        col(ItemRow.notice) == bindparam("notice"),
        col(ItemRow.unit) == bindparam("unit"),
        col(ItemRow.decision) == Decision.ACCEPTED,
        col(SubmissionRow.stands),
        col(MessageRow.id) != bindparam("asking"),
    )
    .order_by(col(MessageRow.received), col(MessageRow.id))
)

# The plus keeps SQLite from beginning with all mails of the address: there are fewer items of the unit in one notice.
_BY_ADDRESS = literal_column(f"+{SENDER_ADDRESS}", Text).in_([bindparam("address")])
_STANDING, _CONTESTED = aliased(SubmissionRow), aliased(SubmissionRow)
_BY_CLERK, _DOUBT = aliased(FindingRow), aliased(FindingRow)
_GRANTED = (
    select(MessageRow.id)
    .join(_STANDING, col(_STANDING.message) == MessageRow.id)
    .join(ItemRow, col(ItemRow.submission) == _STANDING.id)
    .join(_BY_CLERK, (col(_BY_CLERK.submission) == _STANDING.id) & (col(_BY_CLERK.item) == ItemRow.id))
    .join(_CONTESTED, col(_CONTESTED.message) == MessageRow.id)
    .join(_DOUBT, col(_DOUBT.submission) == _CONTESTED.id)
    .where(
        _BY_ADDRESS,
        col(_STANDING.stands),
        col(ItemRow.notice) == bindparam("notice"),
        col(ItemRow.unit) == bindparam("unit"),
        ItemRow.decision == Decision.ACCEPTED,
        _BY_CLERK.code == "clerk.accepted",
        _DOUBT.code == CONTESTED,
    )
    .limit(1)
)
"""A mail from an address with a contested item that a clerk accepted for a unit."""


_CONTESTS = select_columns(col(EventRow.at), col(EventRow.detail)).where(
    col(EventRow.bureau) == bindparam("bureau"),
    col(EventRow.what) == EventName.ITEM_CONTESTED,
    col(EventRow.at) >= bindparam("start"),
)


class Authors:
    """Each call is one read transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_known_address(
        self, address: str, domain: str, unit: str | None, notice: str, asking: MessageRecord
    ) -> KnownAddress:
        """What is known of an address for mail of this unit. `domain` is empty where it is anybody's: then only the
        address itself counts."""
        asked = {"bureau": asking.key.bureau, "asking": asking.id, "address": address.lower()}
        with self._database.reading() as session:
            if domain:
                found = read_rows(session, _ACCEPTED_FROM_DOMAIN, **asked, domain=domain.lower())
            else:
                found = read_rows(session, _ACCEPTED_FROM_ADDRESS, **asked)
            units = frozenset(one.unit for one in found if not one.is_asking)
            accepted = [one for one in found if one.sender.lower() == address.lower()]
            own = {one.unit for one in accepted if not one.is_asking}
            by_domain = units if domain and len(units) == 1 else frozenset()
            # What a clerk granted is accepted, be it the mail itself.
            granted = any(one.unit == unit for one in accepted) and read_rows(
                session, _GRANTED, address=address.lower(), unit=unit, notice=notice
            )
            return KnownAddress(
                was_accepted=unit is not None and unit in own | by_domain,
                was_accepted_for_any=bool(own),
                is_granted=bool(granted),
                domain_units=units if domain else frozenset(),
            )

    def find_accepted_items(self, notice: str, unit: str, asking: MessageRecord) -> tuple[AcceptedItem, ...]:
        """Every item accepted for the unit, oldest mail first. One that only `asking` has superseded counts as not
        superseded."""
        with self._database.reading() as session:
            found = read_rows(session, _ACCEPTED_ITEMS, notice=notice, unit=unit, asking=asking.id)
            return tuple(
                AcceptedItem(
                    material=one.material,
                    day=one.day,
                    sender=one.sender,
                    receipt=receipt_number(one.message),
                    received=one.received,
                    late=one.late,
                    superseded=one.superseded_by is not None and not one.is_by_asking,
                    is_prior=(one.received, one.message) < (asking.arrival.at, asking.id),
                )
                for one in found
            )

    def find_hard_senders(self, bureau: str, since: datetime) -> frozenset[str]:
        """The addresses, in lower case, from which mails came since then whose files took much time."""
        hard = (
            select(MessageRow.sender)
            .join(EventRow, col(EventRow.message) == MessageRow.id)
            .where(EventRow.bureau == bureau, EventRow.what == EventName.MESSAGE_HARD, col(EventRow.at) >= since)
        )
        with self._database.reading() as session:
            return frozenset(sender.lower() for sender in session.exec(hard) if sender)

    def find_contests_since(self, bureau: str, start: datetime) -> tuple[ReportedContest, ...]:
        """The contests of which the authors of accepted items were told from `start` on."""
        rows = self._database.read(_CONTESTS, bureau=bureau, start=start)
        return tuple(ReportedContest(row.at, _contest(row.detail)) for row in rows)


def _contest(detail: Detail) -> Contest:
    day = detail["day"]
    return Contest(
        str(detail["receipt"]),
        str(detail["material"]),
        str(day) if day else None,
        str(detail.get("unit", "")),
        str(detail.get("to", "")),
    )
