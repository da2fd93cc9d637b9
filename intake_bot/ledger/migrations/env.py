"""Alembic's entry point. The connection comes from `database.py`, already in a transaction that holds the lock.

A step that makes a table anew does so under its own name, as 0006 does: the tables that point to it stay as they are.
Its indexes, its triggers and its AUTOINCREMENT counter are dropped with the old table and must be made again.
"""

from alembic import context

from intake_bot.ledger.tables import LedgerTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=LedgerTable.metadata,
    # SQLite can roll back DDL once the BEGIN is ours (alembic assumes that it is not).
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
