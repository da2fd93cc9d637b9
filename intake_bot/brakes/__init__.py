"""When to be silent: what ends a loop or a storm."""
