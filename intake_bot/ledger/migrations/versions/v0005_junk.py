"""Mail found in a junk folder is marked: the digest lists only the submissions among it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("message", sa.Column("junk", sa.Boolean(), nullable=False, server_default="0"))
