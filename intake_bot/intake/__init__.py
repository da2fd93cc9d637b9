"""One mail from the mailbox to the ledger: scan, spool, open, examine, judge, file, answer."""
