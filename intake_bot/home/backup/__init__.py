"""Backup, restore and verification of the ledger and the stored files."""
