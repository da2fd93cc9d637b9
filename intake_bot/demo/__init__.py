"""What `intake-bot demo` and the tests stand on: servers of our own, on loopback."""
