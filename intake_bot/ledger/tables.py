"""The tables. `*Row` classes never leave this room: other rooms get plain values.

Every text is TEXT, every enum TEXT with a CHECK, every time UTC. No row is ever deleted. A foreign key is named after
its table; `message_id` is always the Message-ID header. A change here needs a migration: a test compares the two.
"""

# Annotations are values here: as text, which SQLModel evaluates one by one, they cost a fifth of the tables' import.

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, MetaData, UniqueConstraint, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from intake_bot.judging.verdict import Decision, Disposition, MailKind
from intake_bot.ledger.stored_values import PlainText, Word
from intake_bot.ledger.values.records import LetterKind
from intake_bot.ledger.values.reports import DigestKind
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.notices.notice import Severity


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The CHECK that belongs to a `Word` column. NULL passes, as in all SQL."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", name=column)


String = Annotated[str, Field(sa_type=PlainText)]


class LedgerTable(SQLModel):
    """Parent of all tables: `MessageRow` is the table `message`. Constraints have fixed names, which alembic needs."""

    # Rows are made by us and by SQLAlchemy, and never validated.
    model_config = {"defer_build": True}
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - SQLAlchemy calls it with the class
        return cls.__name__.removesuffix("Row").lower()


SENDER_ADDRESS = "lower(sender)"
SENDER_DOMAIN = "lower(substr(sender, instr(sender, '@') + 1))"
"""By these a mail's sender is looked for; each has an index, which serves this very expression only."""


class MessageRow(LedgerTable, table=True):
    """One mail of a bureau's mailbox."""

    __table_args__ = (
        UniqueConstraint("bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes", name="uq_message_identity"),
        one_of("state", MessageState),
        one_of("kind", MailKind),
        Index(None, "message_id", "sha256"),
        Index(None, "bureau", "state"),
        Index(None, "bureau", "settled"),
        Index(None, "spool"),
        Index("ix_message_held", "state", sqlite_where=text("state = 'held'")),
        Index("ix_message_sender_address", text(SENDER_ADDRESS), "bureau", "sender"),
        Index("ix_message_sender_domain", text(SENDER_DOMAIN), "bureau", "sender"),
        # A receipt number is made from the row id and must never be given out twice.
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    bureau: String
    folder: String
    uidvalidity: int
    uid: int
    internaldate: datetime
    bytes: int
    state: MessageState = Field(sa_type=Word(MessageState))
    attempts: int = 0
    receipt: str | None = Field(default=None, sa_type=PlainText, unique=True)
    """None only between the INSERT that makes the id and the UPDATE that follows it."""
    settled: int | None = None
    """Id of the event by which it last became judged, held, ignored or a duplicate (no foreign key: the event points
    here already, and two tables that point to each other cannot be made or copied in any order)."""
    spool: str | None = Field(default=None, sa_type=PlainText)
    sha256: str | None = Field(default=None, sa_type=PlainText)
    message_id: str | None = Field(default=None, sa_type=PlainText)
    sender: String = ""
    subject: String = ""
    kind: MailKind | None = Field(default=None, sa_type=Word(MailKind))
    reason: String = ""
    last_error: String = ""
    junk: bool = False
    """Found in a folder for junk, advertising or viruses."""
    received: datetime
    """When it counts as received: `internaldate` unless that cannot be true."""
    latest_arrival: datetime | None = None
    """Where `received` is an estimate, the time at which it was first seen."""
    identity: str | None = Field(default=None, sa_type=PlainText)
    """By which it is recognised when its bytes change: its Message-ID, else a hash of From, Date and Subject."""
    other_bytes: int | None = None
    """Its size after its bytes changed, for the last time."""


class SubmissionRow(LedgerTable, table=True):
    """A judgement on one mail. Its receipt number and time of receipt are those of the message."""

    __table_args__ = (
        one_of("disposition", Disposition),
        Index("ix_submission_held", "message", sqlite_where=text("stands AND disposition = 'held'")),
        Index("uq_submission_standing", "message", unique=True, sqlite_where=text("stands")),
    )

    id: int = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id", index=True)
    stands: bool = True
    """False once a clerk decided otherwise or had the mail judged again. One judgement of each mail stands."""
    notice: String
    unit: str | None = Field(default=None, sa_type=PlainText)
    disposition: Disposition = Field(sa_type=Word(Disposition))


class SupplementRow(LedgerTable, table=True):
    """This submission was judged together with the good files of the `earlier` one （补件）."""

    submission: int = Field(foreign_key="submission.id", primary_key=True)
    earlier: int = Field(foreign_key="submission.id", index=True)


class PieceRow(LedgerTable, table=True):
    """A mail that is one piece of a submission （2/3） and had to wait for the others."""

    message: int = Field(foreign_key="message.id", primary_key=True)
    notice: String
    unit: String
    materials: list[str] = Field(sa_type=JSON)
    day: date | None = None
    number: int
    total: int
    whole: int | None = Field(default=None, foreign_key="submission.id", index=True)
    """The submission that it was merged into; NULL while it waits, and for the mail that the others are merged into."""


class ItemRow(LedgerTable, table=True):
    """One material of one day."""

    __table_args__ = (
        one_of("decision", Decision),
        Index(None, "notice", "unit", "material", "day"),
        Index("ix_item_submission", "submission", "decision", "unit"),
        Index("ix_item_held", "submission", sqlite_where=text("decision = 'held'")),
    )

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id")
    notice: String
    unit: str | None = Field(default=None, sa_type=PlainText)
    material: String
    day: date | None = None
    deadline: datetime | None = None
    late: bool
    decision: Decision = Field(sa_type=Word(Decision))
    superseded_by: int | None = Field(default=None, foreign_key="item.id")
    fills: int = 1
    """How many pieces of a quota it counts for."""


class FindingRow(LedgerTable, table=True):
    """A finding about a submission (`item` is NULL) or about one of its items."""

    __table_args__ = (one_of("severity", Severity),)

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    item: int | None = Field(default=None, foreign_key="item.id")
    code: String
    severity: Severity = Field(sa_type=Word(Severity))
    holds: bool
    file: str | None = Field(default=None, sa_type=PlainText)
    clause: str | None = Field(default=None, sa_type=PlainText)
    quote: String
    found: String
    asked: String
    todo: String
    private: bool = False


class FileRow(LedgerTable, table=True):
    """One file in the store. `kind` has no CHECK: a new kind of file must not need a migration."""

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    name: String
    path: String
    sha256: String
    bytes: int
    kind: String
    supplied: bool = False
    """Given by a clerk, who fetched it from a mail provider; the mail did not contain it."""


class FingerprintRow(LedgerTable, table=True):
    """How a duplicate of one file of a submission is recognised; the file was attached or inside an archive. `look` is
    the perceptual hash of a picture, 16 hexadecimal digits."""

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    name: String
    sha256: str = Field(sa_type=PlainText, index=True)
    look: str | None = Field(default=None, sa_type=PlainText)


class LinkRow(LedgerTable, table=True):
    """A file that the sender left at a mail provider (超大附件); not in the store until a clerk has fetched it."""

    __table_args__ = (Index("ix_link_open", "submission", sqlite_where=text("NOT supplied")),)

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    name: String
    link: String
    size: String
    expires: String
    supplied: bool = False
    """True once it is settled: given or closed by a clerk, expired, or brought or taken over by a later mail."""


class ItemFileRow(LedgerTable, table=True):
    """This file serves that item; one text may serve two items."""

    item: int = Field(foreign_key="item.id", primary_key=True)
    file: int = Field(foreign_key="file.id", primary_key=True)


class FormRow(LedgerTable, table=True):
    """The cells of one form that serves an item: a list of objects, header → value. They are what the sums of a week's
    forms will be made of; until then they are only written, and copied when a clerk decides."""

    id: int = Field(default=None, primary_key=True)
    item: int = Field(foreign_key="item.id", index=True)
    title: String
    file: String
    rows: list[dict[str, str]] = Field(sa_type=JSON)


class LetterRow(LedgerTable, table=True):
    """One letter of ours, as it was written. A submission has at most one answer: `submission` is unique."""

    __table_args__ = (
        one_of("state", LetterState),
        Index(None, "bureau", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    bureau: String
    kind: LetterKind = Field(sa_type=Word(LetterKind))
    """Without a CHECK: a new kind of letter must not need a migration."""
    submission: int | None = Field(default=None, foreign_key="submission.id", unique=True)
    recipients: list[str] = Field(sa_type=JSON)
    subject: String
    message_id: str = Field(sa_type=PlainText, unique=True)
    raw: bytes
    text: String
    state: LetterState = Field(sa_type=Word(LetterState))
    attempts: int = 0
    next_attempt: datetime | None = None
    last_error: String = ""
    created: datetime
    sent: datetime | None = None
    sha256: String
    """`letter_sha256` of what is sent."""


class DigestRow(LedgerTable, table=True):
    """One digest or note of one bureau."""

    __table_args__ = (Index(None, "bureau", "day"),)

    id: int = Field(default=None, primary_key=True)
    bureau: String
    day: date
    upto: int
    """Id of the last event that it reports; 0 when nothing has ever happened."""
    letter: int = Field(foreign_key="letter.id", unique=True)
    """Of the first clerk, where each has a letter of her own."""
    created: datetime
    kind: DigestKind = Field(sa_type=Word(DigestKind))


class ChangeRow(LedgerTable, table=True):
    """What a row said before a change, written down by triggers; `views/as_of.py` reads it."""

    __table_args__ = (Index(None, "place", "row", "field", "event"), Index(None, "event"))

    id: int = Field(default=None, primary_key=True)
    event: int | None = None
    """Id of the last event of the transaction, which writes it down at its end; NULL until then."""
    place: String
    """Name of the table."""
    row: int
    field: String
    """Empty where the row came."""
    old: str | None = Field(default=None, sa_type=PlainText)


class OrderCodeRow(LedgerTable, table=True):
    """The code of a button in a letter to a clerk: it stands for one order."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(sa_type=PlainText, unique=True)
    bureau: String
    clerk: String
    letter: int = Field(foreign_key="letter.id")
    line: String
    created: datetime


class CommandRow(LedgerTable, table=True):
    """A mail with orders of a clerk, which answers a `letter` of ours to her. `answer` is our letter about them,
    `files` are those that she attached: their names, and where they lie in the store."""

    message: int = Field(foreign_key="message.id", primary_key=True)
    clerk: String
    letter: int = Field(foreign_key="letter.id")
    code: int | None = Field(default=None, foreign_key="ordercode.id")
    words: String
    carried_out: datetime | None = Field(default=None, index=True)
    answer: int | None = Field(default=None, foreign_key="letter.id")
    files: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    asked: String = ""
    """The orders that `answer` asks about, one a line, until they are confirmed."""


class ClerkOrderRow(LedgerTable, table=True):
    """One order that was carried out; the constraint makes sure that it is carried out once. `message` is the mail that
    it decided, `before` and `after` the submissions that stood."""

    __table_args__ = (
        UniqueConstraint("command", "position"),
        # Its number is what a clerk writes to undo it, and must never be given out twice.
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    bureau: String
    clerk: String
    command: int | None = Field(default=None, foreign_key="command.message")
    position: int
    code: int | None = Field(default=None, foreign_key="ordercode.id", index=True)
    verb: String
    line: String
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    before: int | None = Field(default=None, foreign_key="submission.id")
    after: int | None = Field(default=None, foreign_key="submission.id")
    done: datetime
    undone_by: int | None = Field(default=None, foreign_key="clerkorder.id")


class ExtensionRow(LedgerTable, table=True):
    """More time for one unit, granted by an order."""

    id: int = Field(default=None, primary_key=True)
    notice: str = Field(sa_type=PlainText, index=True)
    unit: String
    material: str | None = Field(default=None, sa_type=PlainText)
    day: date | None = None
    until: datetime
    granted_by: int = Field(foreign_key="clerkorder.id")
    withdrawn_by: int | None = Field(default=None, foreign_key="clerkorder.id")


class SheetPhotoRow(LedgerTable, table=True):
    """A photo on the contact sheet of a letter to a clerk: the number that it has there."""

    __table_args__ = (UniqueConstraint("letter", "number"),)

    id: int = Field(default=None, primary_key=True)
    letter: int = Field(foreign_key="letter.id")
    number: int
    unit: String
    caption: String
    receipt: String
    sha256: String
    """Of the photo itself, which may lie in an archive."""


class PickRow(LedgerTable, table=True):
    """A photo that an order picked for the week report."""

    id: int = Field(default=None, primary_key=True)
    photo: int = Field(foreign_key="sheetphoto.id")
    picked_by: int = Field(foreign_key="clerkorder.id")
    withdrawn_by: int | None = Field(default=None, foreign_key="clerkorder.id")


class ClosedLetterRow(LedgerTable, table=True):
    """A letter that did not arrive, of which a clerk has said that nothing more is to be done."""

    id: int = Field(default=None, primary_key=True)
    letter: int = Field(foreign_key="letter.id", index=True)
    closed_by: int = Field(foreign_key="clerkorder.id")
    withdrawn_by: int | None = Field(default=None, foreign_key="clerkorder.id")


class EventRow(LedgerTable, table=True):
    """The trail. Two triggers in the database refuse every UPDATE and DELETE."""

    __table_args__ = (Index(None, "bureau", "what", "at"), Index(None, "bureau", "what"))

    id: int = Field(default=None, primary_key=True)
    at: datetime
    bureau: String
    what: String
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    letter: int | None = Field(default=None, foreign_key="letter.id", index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
