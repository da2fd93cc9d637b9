"""What a clerk decides: a mail may be judged again, 超大附件 are kept with their links, files may be supplied."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _let_mails_be_judged_again()
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("expires", sa.Text(), nullable=False),
        sa.Column("supplied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_link_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_submission"), "link", ["submission"])
    op.add_column("file", sa.Column("supplied", sa.Boolean(), nullable=False, server_default="0"))


def _let_mails_be_judged_again() -> None:
    """SQLite cannot drop a UNIQUE, so the table is made anew under its own name, as step 0002 does with `message`."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMP TABLE submission_before AS SELECT * FROM submission")
    op.drop_table("submission")
    words = ", ".join(f"'{word}'" for word in ("accepted", "partial", "rejected", "held", "ignored"))
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.CheckConstraint(f"disposition IN ({words})", name=op.f("ck_submission_disposition")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_submission_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.execute(
        "INSERT INTO submission (id, message, stands, notice, unit, disposition) "
        "SELECT id, message, 1, notice, unit, disposition FROM submission_before"
    )
    op.execute("DROP TABLE temp.submission_before")
    op.create_index(op.f("ix_submission_message"), "submission", ["message"])
    op.create_index(
        op.f("uq_submission_standing"), "submission", ["message"], unique=True, sqlite_where=sa.text("stands")
    )
