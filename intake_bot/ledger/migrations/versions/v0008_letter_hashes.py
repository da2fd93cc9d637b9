"""Each letter has a hash, which is checked before it is sent; letters that are there already get theirs now."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("letter", sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    one = sa.text("SELECT recipients, raw FROM letter WHERE id = :id")
    update = sa.text("UPDATE letter SET sha256 = :sha256 WHERE id = :id")
    # One at a time: together they are large.
    for letter in connection.execute(sa.text("SELECT id FROM letter")).scalars().all():
        recipients, raw = connection.execute(one, {"id": letter}).one()
        connection.execute(update, {"id": letter, "sha256": _sha256(recipients, raw)})


def _sha256(recipients: str, raw: bytes) -> str:
    """As `letter_sha256`; empty for a letter that is damaged already, which is then not sent."""
    try:
        addresses = [str(one).encode("utf-8", "replace") for one in json.loads(recipients)]
        return hashlib.sha256(b"\n".join([*addresses, raw])).hexdigest()
    except (ValueError, TypeError):
        return ""
