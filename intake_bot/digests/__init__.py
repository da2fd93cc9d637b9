"""The day's digest, gathered from the ledger."""
