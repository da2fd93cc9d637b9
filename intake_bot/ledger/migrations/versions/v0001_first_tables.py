"""The first tables, and the two triggers that make the trail append-only."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _messages()
    _submissions()
    _items()
    _findings()
    _files()
    _letters()
    _digests()
    _trail()


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("internaldate", sa.DateTime(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("spool", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        _one_of("message", "state", ("new", "spooled", "judged", "held", "ignored", "duplicate")),
        _one_of("message", "kind", ("submission", "command", "machine", "other")),
        sa.ForeignKeyConstraint(["duplicate_of"], ["message.id"], name=op.f("fk_message_duplicate_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes", name=op.f("uq_message_identity")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_message_receipt")),
        sqlite_autoincrement=True,
    )
    _index("message", "message_id", "sha256")
    _index("message", "bureau", "state")
    _index("message", "bureau", "settled")


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=False),
        _one_of("submission", "disposition", ("accepted", "partial", "rejected", "held", "ignored")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_submission_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("message", name=op.f("uq_submission_message")),
    )


def _items() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("deadline", sa.DateTime(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        _one_of("item", "decision", ("accepted", "rejected", "held")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_item_submission")),
        sa.ForeignKeyConstraint(["superseded_by"], ["item.id"], name=op.f("fk_item_superseded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    _index("item", "submission")
    _index("item", "notice", "unit", "material", "day")


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("todo", sa.Text(), nullable=False),
        _one_of("finding", "severity", ("error", "remark", "off")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_finding_item")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_finding_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    _index("finding", "submission")


def _files() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_file_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
    )
    _index("file", "submission")
    op.create_table(
        "itemfile",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["file.id"], name=op.f("fk_itemfile_file")),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_itemfile_item")),
        sa.PrimaryKeyConstraint("item", "file", name=op.f("pk_itemfile")),
    )


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=True),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        _one_of("letter", "kind", ("answer", "digest", "alert")),
        _one_of("letter", "state", ("queued", "sending", "sent", "deferred", "failed", "bounced", "withheld")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_letter_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
        sa.UniqueConstraint("submission", name=op.f("uq_letter_submission")),
    )
    _index("letter", "bureau", "state")


def _digests() -> None:
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name=op.f("fk_digest_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("bureau", "day", name=op.f("uq_digest_bureau_day")),
        sa.UniqueConstraint("letter", name=op.f("uq_digest_letter")),
    )


def _trail() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("letter", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name=op.f("fk_event_letter")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_event_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    _index("event", "bureau", "what")
    _index("event", "message")
    _index("event", "letter")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER event_refuses_{verb.lower()} BEFORE {verb} ON event "
            "BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"
        )


def _one_of(table: str, column: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
