"""Reads and checks `config/`, and makes frozen settings of it."""
