"""What judging with prior mail needs: pieces that wait, supplements, fingerprints, quotas by the piece."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _let_messages_wait()
    op.create_table(
        "supplement",
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["earlier"], ["submission.id"], name=op.f("fk_supplement_earlier")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_supplement_submission")),
        sa.PrimaryKeyConstraint("submission", name=op.f("pk_supplement")),
    )
    _index("supplement", "earlier")
    op.create_table(
        "piece",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_piece_message")),
        sa.ForeignKeyConstraint(["whole"], ["submission.id"], name=op.f("fk_piece_whole")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_piece")),
    )
    _index("piece", "whole")
    op.create_table(
        "fingerprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_fingerprint_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fingerprint")),
    )
    _index("fingerprint", "submission")
    _index("fingerprint", "sha256")
    op.add_column("item", sa.Column("fills", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("finding", sa.Column("private", sa.Boolean(), nullable=False, server_default="0"))


def _let_messages_wait() -> None:
    """SQLite cannot change a CHECK, so the table is made anew under its own name.

    Nothing is renamed: the tables that point to it stay as they are, and their keys are checked when the transaction
    ends, when every row is back. The AUTOINCREMENT counter is the highest id again: nothing was restored before 0003.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMP TABLE message_before AS SELECT * FROM message")
    op.drop_table("message")
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
        _one_of("message", "state", ("new", "spooled", "waiting", "judged", "held", "ignored", "duplicate")),
        _one_of("message", "kind", ("submission", "command", "machine", "other")),
        sa.ForeignKeyConstraint(["duplicate_of"], ["message.id"], name=op.f("fk_message_duplicate_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes", name=op.f("uq_message_identity")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_message_receipt")),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO message SELECT * FROM message_before")
    op.execute("DROP TABLE temp.message_before")
    _index("message", "message_id", "sha256")
    _index("message", "bureau", "state")
    _index("message", "bureau", "settled")


def _one_of(table: str, column: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
