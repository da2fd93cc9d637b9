"""What a command's exit code says: the words of a script that calls it."""

EXIT_WELL, EXIT_FOUND, EXIT_USAGE = 0, 1, 2
"""Well · it found something wrong · usage or configuration, or the ledger is lost."""
