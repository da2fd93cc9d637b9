"""The photos on the contact sheets of digests, by their numbers, and those that clerks pick for the week report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "sheetphoto",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name=op.f("fk_sheetphoto_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheetphoto")),
        sa.UniqueConstraint("letter", "number", name=op.f("uq_sheetphoto_letter_number")),
    )
    op.create_table(
        "pick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo", sa.Integer(), nullable=False),
        sa.Column("picked_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["photo"], ["sheetphoto.id"], name=op.f("fk_pick_photo")),
        sa.ForeignKeyConstraint(["picked_by"], ["clerkorder.id"], name=op.f("fk_pick_picked_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["clerkorder.id"], name=op.f("fk_pick_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick")),
    )
