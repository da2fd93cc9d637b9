"""A home folder: its paths, its locks, the services that work on it, backup and restore."""
