"""Indexes that hold all that is asked of former mails of an address or domain, of which a long ledger has hundreds."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    address, domain = "lower(sender)", "lower(substr(sender, instr(sender, '@') + 1))"
    for name, sender in (("ix_message_sender_address", address), ("ix_message_sender_domain", domain)):
        op.drop_index(name, "message")
        op.create_index(name, "message", [sa.text(sender), "bureau", "sender"])
    op.drop_index("ix_item_submission", "item")
    op.create_index("ix_item_submission", "item", ["submission", "decision", "unit"])
