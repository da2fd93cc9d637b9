"""Two columns of `message` that nothing reads: the trail holds both, `first_seen` as the time of `message.seen`,
`duplicate_of` as the `original` of `message.duplicate`."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """SQLite cannot drop a column that is a foreign key, so the table is made anew under its own name, as in 0002.

    The AUTOINCREMENT counter is dropped with the table. After a restore it is ahead of the ids: receipt numbers in
    between may have been given out, so that it is put back.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(
        "CREATE TEMP TABLE message_before AS SELECT id, bureau, folder, uidvalidity, uid, internaldate, bytes, state, "
        "attempts, receipt, settled, spool, sha256, message_id, sender, subject, kind, reason, last_error, junk "
        "FROM message"
    )
    op.execute("CREATE TEMP TABLE counter_before AS SELECT seq FROM sqlite_sequence WHERE name = 'message'")
    op.drop_table("message")
    _create_message()
    op.execute("INSERT INTO message SELECT * FROM message_before")
    # Without a row in `message` there may be a counter, and no row of sqlite_sequence to put it into.
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'message'")
    op.execute("INSERT INTO sqlite_sequence (name, seq) SELECT 'message', seq FROM counter_before")
    op.execute("DROP TABLE temp.message_before")
    op.execute("DROP TABLE temp.counter_before")


def _create_message() -> None:
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
        sa.Column("settled", sa.Integer(), nullable=True),
        sa.Column("spool", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("junk", sa.Boolean(), nullable=False),
        _one_of("state", ("new", "spooled", "waiting", "judged", "held", "ignored", "duplicate")),
        _one_of("kind", ("submission", "command", "machine", "other")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "bureau", "folder", "uidvalidity", "uid", "internaldate", "bytes", name=op.f("uq_message_identity")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_message_receipt")),
        sqlite_autoincrement=True,
    )
    for columns in (("message_id", "sha256"), ("bureau", "state"), ("bureau", "settled")):
        op.create_index(op.f(f"ix_message_{'_'.join(columns)}"), "message", list(columns))


def _one_of(column: str, words: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_message_{column}"))
