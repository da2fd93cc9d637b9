"""The tables. `*Row` classes never leave this room: others see plain values.

Every text is TEXT, every enum TEXT with a CHECK, every moment UTC. Nothing is ever deleted. A foreign key is named
after its table; `message_id` is always the Message-ID header. When a table changes here, a migration must follow: a
test compares the two.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Dialect, Index, MetaData, Text, TypeDecorator, UniqueConstraint, text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from intake_bot.judging.verdict import Decision, Disposition, MailKind
from intake_bot.ledger.records import LetterKind
from intake_bot.ledger.states import LetterState, MessageState
from intake_bot.notices.notice import Severity


class PlainText(TypeDecorator[str]):
    """Text that SQLite can hold: half a surrogate pair, as broken mail brings it, becomes a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.encode("utf-8", "replace").decode("utf-8")


class Word(TypeDecorator[StrEnum]):
    """A member of one enum, stored as its value; `one_of` adds the CHECK."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The CHECK that goes with a `Word` column. A NULL passes, as SQL has it."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", name=column)


String = Annotated[str, Field(sa_type=PlainText)]


class LedgerTable(SQLModel):
    """Parent of all tables: `MessageRow` is the table `message`. Constraint names are fixed for alembic's sake."""

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


class MessageRow(LedgerTable, table=True):
    """One mail of a bureau's mailbox."""

    __table_args__ = (
        UniqueConstraint("bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes", name="uq_message_identity"),
        one_of("state", MessageState),
        one_of("kind", MailKind),
        Index(None, "message_id", "sha256"),
        Index(None, "bureau", "state"),
        Index(None, "bureau", "settled"),
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
    first_seen: datetime
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
    duplicate_of: int | None = Field(default=None, foreign_key="message.id")
    junk: bool = False
    """Found in a folder for junk, advertising or viruses."""


class SubmissionRow(LedgerTable, table=True):
    """A judgement on one mail. Its receipt number and its time are the message's."""

    __table_args__ = (
        one_of("disposition", Disposition),
        Index("uq_submission_standing", "message", unique=True, sqlite_where=text("stands")),
    )

    id: int = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id", index=True)
    stands: bool = True
    """False once the mail was judged again, by a person or with what a person gave; one judgement of a mail stands."""
    notice: String
    unit: str | None = Field(default=None, sa_type=PlainText)
    disposition: Disposition = Field(sa_type=Word(Disposition))


class SupplementRow(LedgerTable, table=True):
    """This submission was judged together with the good files of an earlier one （补件）."""

    submission: int = Field(foreign_key="submission.id", primary_key=True)
    earlier: int = Field(foreign_key="submission.id", index=True)


class PieceRow(LedgerTable, table=True):
    """One of several mails that belong together （2/3）, from when it had to wait for the others."""

    message: int = Field(foreign_key="message.id", primary_key=True)
    notice: String
    unit: String
    materials: list[str] = Field(sa_type=JSON)
    day: date | None = None
    number: int
    total: int
    whole: int | None = Field(default=None, foreign_key="submission.id", index=True)
    """The submission as part of which it was judged; NULL while it waits, and for the mail that leads the others."""


class ItemRow(LedgerTable, table=True):
    """One material of one day."""

    __table_args__ = (
        one_of("decision", Decision),
        Index(None, "notice", "unit", "material", "day"),
    )

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    notice: String
    unit: str | None = Field(default=None, sa_type=PlainText)
    material: String
    day: date | None = None
    deadline: datetime | None = None
    late: bool
    decision: Decision = Field(sa_type=Word(Decision))
    superseded_by: int | None = Field(default=None, foreign_key="item.id")
    fills: int = 1
    """How many of a quota it fills."""


class FindingRow(LedgerTable, table=True):
    """One thing that was said about a submission (`item` is NULL) or about one of its items."""

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
    """Given by a clerk, who fetched it from a provider; it did not come with the mail."""


class FingerprintRow(LedgerTable, table=True):
    """One file that came with a submission, attached or inside an archive, to know it again. `look` is the picture's
    perceptual hash, 16 hexadecimal digits."""

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    name: String
    sha256: str = Field(sa_type=PlainText, index=True)
    look: str | None = Field(default=None, sa_type=PlainText)


class LinkRow(LedgerTable, table=True):
    """A file that the sender left at a mail provider (超大附件): no file of ours until a clerk has fetched it."""

    id: int = Field(default=None, primary_key=True)
    submission: int = Field(foreign_key="submission.id", index=True)
    name: String
    link: String
    size: String
    expires: String
    supplied: bool = False
    """A clerk has given the file that it leads to."""


class ItemFileRow(LedgerTable, table=True):
    """This file serves that item; a text may serve two."""

    item: int = Field(foreign_key="item.id", primary_key=True)
    file: int = Field(foreign_key="file.id", primary_key=True)


class FormRow(LedgerTable, table=True):
    """The cells of one form that serves an item: a list of objects, header → value."""

    id: int = Field(default=None, primary_key=True)
    item: int = Field(foreign_key="item.id", index=True)
    title: String
    file: String
    rows: list[dict[str, str]] = Field(sa_type=JSON)


class LetterRow(LedgerTable, table=True):
    """One letter of ours, as it was said. One submission has one answer: `submission` is unique."""

    __table_args__ = (
        one_of("kind", LetterKind),
        one_of("state", LetterState),
        Index(None, "bureau", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    bureau: String
    kind: LetterKind = Field(sa_type=Word(LetterKind))
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


class DigestRow(LedgerTable, table=True):
    """One digest of one bureau and day: the constraint is what sends it once."""

    __table_args__ = (UniqueConstraint("bureau", "day"),)

    id: int = Field(default=None, primary_key=True)
    bureau: String
    day: date
    upto: int
    """Id of the last event that it reports; 0 when nothing has ever happened."""
    letter: int = Field(foreign_key="letter.id", unique=True)
    created: datetime


class EventRow(LedgerTable, table=True):
    """The trail. Two triggers in the database refuse every UPDATE and DELETE."""

    __table_args__ = (Index(None, "bureau", "what"),)

    id: int = Field(default=None, primary_key=True)
    at: datetime
    bureau: String
    what: String
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    letter: int | None = Field(default=None, foreign_key="letter.id", index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
