"""Carries out what clerks order and decide, and says what was done."""
