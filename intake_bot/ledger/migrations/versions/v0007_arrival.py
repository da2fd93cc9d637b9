"""When a mail counts as received, apart from the time that the server gives and that identifies it; and what else
identifies it when its bytes change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("message", sa.Column("received", sa.DateTime(), nullable=False, server_default="1970-01-01"))
    op.add_column("message", sa.Column("latest_arrival", sa.DateTime(), nullable=True))
    op.add_column("message", sa.Column("identity", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("other_bytes", sa.Integer(), nullable=True))
    op.execute("UPDATE message SET received = internaldate, identity = message_id")
