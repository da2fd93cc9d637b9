"""Mails taken in several at a time: fetched, read and measured ahead, judged in order, recorded together."""
