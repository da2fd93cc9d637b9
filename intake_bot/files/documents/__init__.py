"""Reads documents: their text, its length, pictures, links and tables."""
