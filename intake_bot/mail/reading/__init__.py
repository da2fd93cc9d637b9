"""Reads raw mails: bytes in, a message out."""
