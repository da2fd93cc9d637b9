"""Indexes that keep the time for one mail, and for a poll, the same however long the ledger has become."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(op.f("ix_event_bureau_what_at"), "event", ["bureau", "what", "at"], if_not_exists=True)
    op.create_index(op.f("ix_message_spool"), "message", ["spool"], if_not_exists=True)
    op.create_index("ix_message_sender_address", "message", [sa.text("lower(sender)")], if_not_exists=True)
    domain = "lower(substr(sender, instr(sender, '@') + 1))"
    op.create_index("ix_message_sender_domain", "message", [sa.text(domain)], if_not_exists=True)
    for name, column, condition in (
        ("message_held", "state", "state = 'held'"),
        ("submission_held", "message", "stands AND disposition = 'held'"),
        ("item_held", "submission", "decision = 'held'"),
        ("link_open", "submission", "NOT supplied"),
    ):
        table = name.partition("_")[0]
        op.create_index(f"ix_{name}", table, [column], sqlite_where=sa.text(condition), if_not_exists=True)
