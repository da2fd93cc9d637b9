"""Plain values of the ledger: what goes in and comes out. No module here knows the database."""
