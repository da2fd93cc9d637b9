"""The commands, one module each: `run(options)` returns the exit code. What each takes is in `console/arguments.py`."""
