"""Orders of clerks: the mails that hold them, what was carried out, extensions that were granted, photos that were
picked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, desc, func, not_, select

from intake_bot.ledger.database import Database, among
from intake_bot.ledger.letters import add_letter, is_closed, withdraw_letter
from intake_bot.ledger.tables import (
    ClerkOrderRow,
    ClosedLetterRow,
    CommandRow,
    EventRow,
    ExtensionRow,
    LetterRow,
    MessageRow,
    OrderCodeRow,
    PickRow,
    SheetPhotoRow,
    SubmissionRow,
)
from intake_bot.ledger.trail import add_event
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.orders import (
    ClerkLetter,
    ClosedLetters,
    Command,
    CommandFile,
    DecidingOrder,
    DoneOrder,
    GivenCode,
    GrantedExtension,
    OrderEntry,
    Picked,
    Sheet,
    SheetPhoto,
    WithdrawnReminders,
)
from intake_bot.ledger.values.receipt import receipt_number
from intake_bot.ledger.values.records import LetterDraft, LetterKind
from intake_bot.ledger.values.states import UNSENT, LetterState

TO_CLERKS = (LetterKind.DIGEST, LetterKind.CONFIRMATION)
"""The letters that a clerk answers with orders."""


class Orders:
    """Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- what proves an order ----------------------------------------------------------------------------------

    def find_answered_letter(self, bureau: str, message_ids: Iterable[str]) -> ClerkLetter | None:
        """The newest letter to this bureau's clerks that has one of these Message-IDs (In-Reply-To, References)."""
        newest = (
            select(LetterRow.id, LetterRow.recipients)
            .where(
                LetterRow.bureau == bureau,
                col(LetterRow.kind).in_(TO_CLERKS),
                among(col(LetterRow.message_id), message_ids),
            )
            .order_by(desc(LetterRow.id))
        )
        with self._database.reading() as session:
            found = session.exec(newest.limit(1)).first()
            return None if found is None else _clerk_letter(*found)

    def find_code(self, bureau: str, code: str) -> GivenCode | None:
        """The code of a button in one of this bureau's letters."""
        given = (
            select(OrderCodeRow, LetterRow.recipients)
            .join(LetterRow, col(LetterRow.id) == OrderCodeRow.letter)
            .where(OrderCodeRow.bureau == bureau, OrderCodeRow.code == code)
        )
        with self._database.reading() as session:
            found = session.exec(given).one_or_none()
            if found is None:
                return None
            row, recipients = found
            return GivenCode(row.id, row.clerk, row.line, _clerk_letter(row.letter, recipients), row.created)

    # ---- mails that hold orders ----------------------------------------------------------------------------------

    def find_pending(self, bureau: str) -> tuple[Command, ...]:
        """The mails whose orders are not carried out, or not answered, oldest first."""
        asking = aliased(CommandRow)
        pending = (
            select(CommandRow, MessageRow, asking.asked)
            .join(MessageRow, col(MessageRow.id) == CommandRow.message)
            .outerjoin(asking, col(asking.answer) == CommandRow.letter)
            .where(col(CommandRow.carried_out).is_(None))
            .order_by(col(MessageRow.received), col(MessageRow.id))
        )
        with self._database.reading() as session:
            # Asked for its bureau, SQLite would look through all mails of it.
            return tuple(
                _command(row, message, asked or "")
                for row, message, asked in session.exec(pending)
                if message.bureau == bureau
            )

    def count_answers_since(self, bureau: str, clerk: str, start: datetime) -> int:
        """How many mails of this clerk were answered from `start` on."""
        answered = (
            select(func.count())
            .select_from(CommandRow)
            .join(MessageRow, col(MessageRow.id) == CommandRow.message)
            .where(
                MessageRow.bureau == bureau,
                CommandRow.clerk == clerk,
                col(CommandRow.answer).is_not(None),
                col(CommandRow.carried_out) >= start,
            )
        )
        with self._database.reading() as session:
            return session.exec(answered).one()

    def finish(
        self, command: Command, answer: LetterDraft | None, asked: str, confirmed: int | None, now: datetime
    ) -> None:
        """All that the mail orders is carried out; the answer to it goes into the outbox, and asks about the orders in
        `asked`, one a line. What the letter with the id `confirmed` asked about is asked about no more."""
        with self._database.writing() as session:
            row = session.get_one(CommandRow, command.message)
            row.carried_out, row.asked = now, asked
            if confirmed is not None:
                for asking in session.exec(select(CommandRow).where(CommandRow.answer == confirmed)):
                    asking.asked = ""
            if answer is not None:
                row.answer = add_letter(session, command.bureau, LetterKind.CONFIRMATION, answer, now)

    # ---- orders that were carried out ----------------------------------------------------------------------------

    def find_done(self, command: int) -> dict[int, DoneOrder]:
        """The orders of this mail that were carried out, by their position."""
        rows = select(ClerkOrderRow).where(ClerkOrderRow.command == command)
        with self._database.reading() as session:
            return {row.position: _done(row) for row in session.exec(rows)}

    def find(self, bureau: str, number: int) -> DoneOrder | None:
        """The order with this number."""
        with self._database.reading() as session:
            row = session.get(ClerkOrderRow, number)
            return None if row is None or row.bureau != bureau else _done(row)

    def find_last_about(self, message: int) -> DoneOrder | None:
        """The newest order that decided this mail and still counts."""
        rows = select(ClerkOrderRow).where(ClerkOrderRow.message == message, col(ClerkOrderRow.undone_by).is_(None))
        with self._database.reading() as session:
            row = session.exec(rows.order_by(desc(ClerkOrderRow.id)).limit(1)).first()
            return None if row is None else _done(row)

    def find_by_code(self, code: int) -> DoneOrder | None:
        """The order that was carried out by this code."""
        with self._database.reading() as session:
            row = session.exec(select(ClerkOrderRow).where(ClerkOrderRow.code == code)).first()
            return None if row is None else _done(row)

    def record(self, entry: OrderEntry, now: datetime) -> int:
        """An order was carried out that changes nothing in the ledger. Returns its number."""
        with self._database.writing() as session:
            return _add_order(session, entry, now).id

    # ---- extensions ------------------------------------------------------------------------------------------------

    def grant(self, extension: GrantedExtension, entry: OrderEntry, now: datetime) -> int:
        """Grants more time. Returns the number of the order."""
        with self._database.writing() as session:
            order = _add_order(session, entry, now)
            session.add(
                ExtensionRow(
                    notice=extension.notice,
                    unit=extension.unit,
                    material=extension.material,
                    day=extension.day,
                    until=extension.until,
                    granted_by=order.id,
                )
            )
            return order.id

    def withdraw(self, granted_by: int, entry: OrderEntry, now: datetime) -> int:
        """The extension that this order granted counts no more. Returns the number of the order that says so."""
        with self._database.writing() as session:
            order = _add_order(session, entry, now, granted_by)
            for row in session.exec(select(ExtensionRow).where(ExtensionRow.granted_by == granted_by)):
                row.withdrawn_by = order.id
            return order.id

    def find_extensions(self, notice: str) -> tuple[GrantedExtension, ...]:
        """The extensions that count."""
        rows = select(ExtensionRow).where(ExtensionRow.notice == notice, col(ExtensionRow.withdrawn_by).is_(None))
        with self._database.reading() as session:
            return tuple(
                GrantedExtension(row.notice, row.unit, row.until, row.material, row.day)
                for row in session.exec(rows.order_by(col(ExtensionRow.id)))
            )

    # ---- reminders ---------------------------------------------------------------------------------------------------

    def withdraw_reminders(self, asked_by: int, entry: OrderEntry, now: datetime) -> WithdrawnReminders:
        """Withholds the reminders of this order that have not left yet. Where there are none, nothing is changed."""
        reminded = (
            select(EventRow.letter, EventRow.detail)
            .where(
                EventRow.bureau == entry.bureau,
                EventRow.what == EventName.UNIT_REMINDED,
                func.json_extract(EventRow.detail, "$.order") == asked_by,
            )
            .order_by(col(EventRow.id))
        )
        units: dict[int, str] = {}
        with self._database.writing() as session:
            events = [(letter, detail) for letter, detail in session.exec(reminded) if letter is not None]
            for letter, detail in events:
                units.setdefault(letter, detail["unit"])
            before = {letter: withdraw_letter(session, letter, now) for letter in units}
            for letter, detail in events:
                if before[letter] in UNSENT:
                    add_event(session, entry.bureau, EventName.UNIT_REMINDER_WITHDRAWN, detail, now, letter=letter)
            if any(state in UNSENT for state in before.values()):
                _add_order(session, entry, now, asked_by)
        return WithdrawnReminders(
            tuple(units[letter] for letter, state in before.items() if state in UNSENT),
            tuple(units[letter] for letter, state in before.items() if state not in (*UNSENT, LetterState.WITHHELD)),
        )

    # ---- letters that did not arrive ---------------------------------------------------------------------------------

    def close_letters(self, message: int, entry: OrderEntry, now: datetime) -> ClosedLetters | None:
        """Closes the answers to this mail that did not arrive; None where there is none to close."""
        answers = select(SubmissionRow.id).where(SubmissionRow.message == message, col(SubmissionRow.stands))
        undelivered = select(LetterRow).where(
            LetterRow.kind == LetterKind.ANSWER,
            col(LetterRow.submission).in_(answers),
            col(LetterRow.state).in_((LetterState.BOUNCED, LetterState.FAILED)),
            not_(is_closed()),
        )
        with self._database.writing() as session:
            letters = session.exec(undelivered.order_by(col(LetterRow.id))).all()
            if not letters:
                return None
            order = _add_order(session, entry, now)
            session.add_all(ClosedLetterRow(letter=letter.id, closed_by=order.id) for letter in letters)
            to = dict.fromkeys(address for letter in letters for address in letter.recipients)
            return ClosedLetters(order.id, tuple(to))

    def reopen_letters(self, closed_by: int, entry: OrderEntry, now: datetime) -> int:
        """The letters that this order closed are open again. Returns the number of the order that says so."""
        with self._database.writing() as session:
            order = _add_order(session, entry, now, closed_by)
            for row in session.exec(select(ClosedLetterRow).where(ClosedLetterRow.closed_by == closed_by)):
                row.withdrawn_by = order.id
            return order.id

    # ---- photos ------------------------------------------------------------------------------------------------------

    def find_sheet(self, letter: int) -> Sheet | None:
        """The contact sheet that this letter to a clerk is about: its own, or, of an answer to her orders, that of the
        letter which these had answered."""
        with self._database.reading() as session:
            about: int | None = letter
            while about is not None:
                if (sheet := _sheet(session, about)) is not None:
                    return sheet
                # Her mail answered an older letter, so this ends.
                about = session.exec(select(CommandRow.letter).where(CommandRow.answer == about)).first()
            return None

    def find_last_sheet(self, bureau: str, start: datetime, end: datetime) -> Sheet | None:
        """The contact sheet of this bureau that was written last, from `start` on and not after `end`."""
        newest = (
            select(SheetPhotoRow.letter)
            .join(LetterRow, col(LetterRow.id) == SheetPhotoRow.letter)
            .where(LetterRow.bureau == bureau, col(LetterRow.created) >= start, col(LetterRow.created) <= end)
            .order_by(desc(SheetPhotoRow.letter))
        )
        with self._database.reading() as session:
            letter = session.exec(newest.limit(1)).first()
            return None if letter is None else _sheet(session, letter)

    def pick(self, sheet: Sheet, numbers: Collection[int], entry: OrderEntry, now: datetime) -> Picked:
        """Picks the photos with these numbers. One that an order has picked already, on whatever sheet, stays its."""
        with self._database.writing() as session:
            before = {(one.unit, one.sha256): order for one, order in _standing_picks(session, entry.bureau)}
            rows = select(SheetPhotoRow).where(SheetPhotoRow.letter == sheet.letter).order_by(col(SheetPhotoRow.number))
            wanted = [row for row in session.exec(rows) if row.number in numbers]
            new = [row for row in wanted if (row.unit, row.sha256) not in before]
            order = _add_order(session, entry, now).id if new else None
            if order is not None:
                session.add_all(PickRow(photo=row.id, picked_by=order) for row in new)
            known = [row for row in wanted if row not in new]
            return Picked(
                order,
                tuple(map(_photo, new)),
                tuple((_photo(row), before[row.unit, row.sha256]) for row in known),
            )

    def find_picks(self, bureau: str) -> tuple[SheetPhoto, ...]:
        """The photos that this bureau's clerks have picked, in the order of the picking."""
        with self._database.reading() as session:
            return tuple(photo for photo, _ in _standing_picks(session, bureau))

    def withdraw_picks(self, picked_by: int, entry: OrderEntry, now: datetime) -> tuple[SheetPhoto, ...]:
        """The photos that this order picked are picked no more; returns them."""
        picks = (
            select(PickRow, SheetPhotoRow)
            .join(SheetPhotoRow, col(SheetPhotoRow.id) == PickRow.photo)
            .where(PickRow.picked_by == picked_by)
            .order_by(col(PickRow.id))
        )
        with self._database.writing() as session:
            order = _add_order(session, entry, now, picked_by)
            withdrawn = session.exec(picks).all()
            for pick, _ in withdrawn:
                pick.withdrawn_by = order.id
            return tuple(_photo(photo) for _, photo in withdrawn)


def add_deciding_order(session: Session, order: DecidingOrder, message: int, submission: int, now: datetime) -> int:
    """Writes down an order by which this submission stands for the mail, within the transaction of the decision.
    Returns its number."""
    row = _add_order(session, order.entry, now, order.undoes)
    row.message, row.before, row.after = message, order.before, submission
    return row.id


def _sheet(session: Session, letter: int) -> Sheet | None:
    rows = select(SheetPhotoRow).where(SheetPhotoRow.letter == letter).order_by(col(SheetPhotoRow.number))
    photos = tuple(map(_photo, session.exec(rows)))
    return Sheet(letter, session.get_one(LetterRow, letter).created, photos) if photos else None


def _standing_picks(session: Session, bureau: str) -> Iterator[tuple[SheetPhoto, int]]:
    """The picks that count, each with the number of its order."""
    picks = (
        select(SheetPhotoRow, PickRow.picked_by)
        .join(PickRow, col(PickRow.photo) == SheetPhotoRow.id)
        .join(LetterRow, col(LetterRow.id) == SheetPhotoRow.letter)
        .where(LetterRow.bureau == bureau, col(PickRow.withdrawn_by).is_(None))
        .order_by(col(PickRow.id))
    )
    return ((_photo(row), order) for row, order in session.exec(picks))


def _photo(row: SheetPhotoRow) -> SheetPhoto:
    return SheetPhoto(row.number, row.unit, row.caption, row.receipt, row.sha256)


def _add_order(session: Session, entry: OrderEntry, now: datetime, undoes: int | None = None) -> ClerkOrderRow:
    row = ClerkOrderRow(
        bureau=entry.bureau,
        clerk=entry.clerk,
        command=entry.command,
        position=entry.position,
        code=entry.code,
        verb=entry.verb,
        line=entry.line,
        done=now,
    )
    session.add(row)
    session.flush()
    if undoes is not None:
        session.get_one(ClerkOrderRow, undoes).undone_by = row.id
    detail: Detail = {"number": row.id, "clerk": row.clerk, "verb": row.verb, "undoes": undoes}
    add_event(session, row.bureau, EventName.ORDER_CARRIED_OUT, detail, now)
    return row


def _clerk_letter(letter: int, recipients: Iterable[str]) -> ClerkLetter:
    return ClerkLetter(letter, frozenset(address.lower() for address in recipients))


def _command(row: CommandRow, message: MessageRow, asked: str) -> Command:
    return Command(
        message=row.message,
        receipt=receipt_number(row.message),
        bureau=message.bureau,
        clerk=row.clerk,
        words=row.words,
        received=message.received,
        message_id=message.message_id,
        subject=message.subject,
        code=row.code,
        files=tuple(CommandFile(one["name"], one["path"]) for one in row.files),
        letter=row.letter,
        asked=asked,
    )


def _done(row: ClerkOrderRow) -> DoneOrder:
    return DoneOrder(
        number=row.id,
        bureau=row.bureau,
        clerk=row.clerk,
        verb=row.verb,
        line=row.line,
        position=row.position,
        done_at=row.done,
        message=row.message,
        before=row.before,
        after=row.after,
        undone_by=row.undone_by,
    )
