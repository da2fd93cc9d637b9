"""The trials of `doctor`: each is made for real, and leaves no trace on a mail server."""
