"""The post: mailbox, spool, message, headers, triage, transport."""
