"""Orders of clerks: the mails that hold them, the codes of buttons, what was carried out, and extensions.

A letter's kind loses its CHECK: a new kind of letter must not need a migration.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    _letter_anew()
    _codes()
    _commands()
    _orders()
    _extensions()


def _letter_anew() -> None:
    """SQLite cannot drop a CHECK, so the table is made anew under its own name, as in 0006."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    columns = (
        "id, bureau, kind, submission, recipients, subject, message_id, raw, text, state, attempts, next_attempt, "
        "last_error, created, sent, sha256"
    )
    op.execute(f"CREATE TEMP TABLE letter_before AS SELECT {columns} FROM letter")  # noqa: S608 - no value from outside
    op.drop_table("letter")
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
        sa.Column("sha256", sa.Text(), nullable=False, server_default=""),
        _one_of("letter", "state", ("queued", "sending", "sent", "deferred", "failed", "bounced", "withheld")),
        _key("letter", "submission", "submission.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
        sa.UniqueConstraint("submission", name=op.f("uq_letter_submission")),
    )
    _index("letter", "bureau", "state")
    op.execute("INSERT INTO letter SELECT * FROM letter_before")
    op.execute("DROP TABLE temp.letter_before")


def _codes() -> None:
    op.create_table(
        "ordercode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        _key("ordercode", "letter", "letter.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ordercode")),
        sa.UniqueConstraint("code", name=op.f("uq_ordercode_code")),
    )


def _commands() -> None:
    op.create_table(
        "command",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("carried_out", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        _key("command", "message", "message.id"),
        _key("command", "letter", "letter.id"),
        _key("command", "code", "ordercode.id"),
        _key("command", "answer", "letter.id"),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_command")),
    )
    _index("command", "carried_out")


def _orders() -> None:
    op.create_table(
        "clerkorder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("command", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("done", sa.DateTime(), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        _key("clerkorder", "command", "command.message"),
        _key("clerkorder", "code", "ordercode.id"),
        _key("clerkorder", "message", "message.id"),
        _key("clerkorder", "before", "submission.id"),
        _key("clerkorder", "after", "submission.id"),
        _key("clerkorder", "undone_by", "clerkorder.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clerkorder")),
        sa.UniqueConstraint("command", "position", name=op.f("uq_clerkorder_command_position")),
        sqlite_autoincrement=True,
    )
    _index("clerkorder", "message")
    _index("clerkorder", "code")


def _extensions() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        _key("extension", "granted_by", "clerkorder.id"),
        _key("extension", "withdrawn_by", "clerkorder.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    _index("extension", "notice")


def _one_of(table: str, column: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
