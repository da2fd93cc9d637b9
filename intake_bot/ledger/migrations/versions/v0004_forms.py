"""The cells of forms, header → value."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], name=op.f("fk_form_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
    )
    op.create_index(op.f("ix_form_item"), "form", ["item"])
