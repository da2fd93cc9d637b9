"""The orders that a letter asks a clerk about, until she confirms them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("command", sa.Column("asked", sa.Text(), nullable=False, server_default=""))
