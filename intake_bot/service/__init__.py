"""The service: the daemon, the poll cycle, the health file, alerts, and the watcher of the configuration."""
