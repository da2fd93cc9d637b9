"""Which mail was written by a program: its headers, phrases and parts."""
