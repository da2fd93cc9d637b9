"""Reminders to units: ahead of a deadline where the settings ask for it, and when a clerk says 催."""
