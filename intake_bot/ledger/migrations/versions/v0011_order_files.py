"""The files that a clerk attaches to her orders."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("command", sa.Column("files", sa.JSON(), nullable=False, server_default="[]"))
