"""The ledger on real SQLite files."""
