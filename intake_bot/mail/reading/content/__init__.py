"""Decodes the content of parts: transfer encodings, and files inside text."""
