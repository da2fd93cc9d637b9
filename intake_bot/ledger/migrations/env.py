"""Alembic's entry point. The connection comes from `database.py`, already in a transaction that holds the lock.

A step that makes a table anew (batch mode) drops the old one: it must make its indexes and triggers again, and tables
that point to it have to be made anew in the same step.
"""

from alembic import context

from intake_bot.ledger.tables import LedgerTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=LedgerTable.metadata,
    render_as_batch=True,
    # SQLite can roll back DDL once the BEGIN is ours (alembic assumes that it is not).
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
