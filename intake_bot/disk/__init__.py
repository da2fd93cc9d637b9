"""Files of our own on disk."""
