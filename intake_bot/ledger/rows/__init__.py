"""Rows of single tables, read and written within the caller's transaction."""
