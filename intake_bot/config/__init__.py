"""Reads `config/`, checks everything once, and hands frozen settings to the rooms."""
