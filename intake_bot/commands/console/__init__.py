"""How commands meet the console: arguments, exit codes, log lines, progress."""
