"""The IMAP client, the spool of raw mails, and the identity of a mail."""
