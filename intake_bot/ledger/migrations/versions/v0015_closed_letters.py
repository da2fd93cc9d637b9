"""Letters that did not arrive, and which a clerk has closed; with what the ledger writes down of its changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_WRITE_DOWN = "INSERT INTO change (place, row, field, old) VALUES ('closedletter'"


def upgrade() -> None:
    op.create_table(
        "closedletter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name=op.f("fk_closedletter_letter")),
        sa.ForeignKeyConstraint(["closed_by"], ["clerkorder.id"], name=op.f("fk_closedletter_closed_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["clerkorder.id"], name=op.f("fk_closedletter_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closedletter")),
    )
    op.create_index(op.f("ix_closedletter_letter"), "closedletter", ["letter"])
    op.execute(
        f"CREATE TRIGGER closedletter_came AFTER INSERT ON closedletter BEGIN {_WRITE_DOWN}, NEW.id, '', NULL); END"
    )
    op.execute(
        "CREATE TRIGGER closedletter_withdrawn_by_changed AFTER UPDATE OF withdrawn_by ON closedletter "
        "WHEN OLD.withdrawn_by IS NOT NEW.withdrawn_by "
        f"BEGIN {_WRITE_DOWN}, OLD.id, 'withdrawn_by', OLD.withdrawn_by); END"
    )
