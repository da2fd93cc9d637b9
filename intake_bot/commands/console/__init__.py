"""What commands are made of: arguments, exit codes, log lines, progress; what several need, and actions of one."""
