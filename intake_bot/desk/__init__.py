"""The decisions of a clerk about held mails."""
