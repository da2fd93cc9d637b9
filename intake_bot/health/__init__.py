"""Is all well? Said to a file, a monitor, systemd, and the admins."""
