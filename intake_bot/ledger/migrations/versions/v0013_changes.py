"""What a row said before each change, so that the ledger can be read as it was; and several digests a day.

Triggers write it down: no place in the program can forget to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_KEYS = {"piece": "message", "supplement": "submission"}
"""The column that names a row, where it is not `id`."""
_CHANGING = {
    "message": ("state", "sender", "subject", "reason", "kind", "settled", "received"),
    "submission": ("stands",),
    "item": ("superseded_by",),
    "link": ("supplied",),
    "letter": ("state", "next_attempt", "last_error", "sent"),
    "piece": ("whole",),
    "supplement": ("earlier",),
    "extension": ("withdrawn_by",),
}
_GROWING = ("message", "submission", "letter", "piece", "digest", "extension")
"""Tables of which it is written down when a row came. Rows of others belong to one of these."""


def upgrade() -> None:
    _digest_anew()
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_place_row_field_event"), "change", ["place", "row", "field", "event"])
    op.create_index(op.f("ix_change_event"), "change", ["event"])
    for table in _GROWING:
        op.execute(_trigger(f"{table}_came", f"AFTER INSERT ON {table}", table, "NEW", "", "NULL"))
    for table, columns in _CHANGING.items():
        for column in columns:
            when = f"AFTER UPDATE OF {column} ON {table} WHEN OLD.{column} IS NOT NEW.{column}"
            op.execute(_trigger(f"{table}_{column}_changed", when, table, "OLD", column, f"OLD.{column}"))


def _trigger(name: str, when: str, table: str, row: str, field: str, old: str) -> str:
    key = _KEYS.get(table, "id")
    values = f"'{table}', {row}.{key}, '{field}', {old}"
    insert = f"INSERT INTO change (place, row, field, old) VALUES ({values})"  # noqa: S608 - our own words
    return f"CREATE TRIGGER {name} {when} BEGIN {insert}; END"


def _digest_anew() -> None:
    """SQLite cannot drop a UNIQUE, so the table is made anew under its own name, as in 0006."""
    op.execute("CREATE TEMP TABLE digest_before AS SELECT id, bureau, day, upto, letter, created FROM digest")
    op.drop_table("digest")
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bureau", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, server_default="digest"),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name=op.f("fk_digest_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("letter", name=op.f("uq_digest_letter")),
    )
    op.create_index(op.f("ix_digest_bureau_day"), "digest", ["bureau", "day"])
    op.execute("INSERT INTO digest (id, bureau, day, upto, letter, created) SELECT * FROM digest_before")
    op.execute("DROP TABLE temp.digest_before")
