"""Mail found in a junk folder is known as such: only what is a submission is told of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("message", sa.Column("junk", sa.Boolean(), nullable=False, server_default="0"))
