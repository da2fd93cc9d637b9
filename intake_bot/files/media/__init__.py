"""Measures photos and videos."""
