"""Unpacks archives, and winmail.dat, onto disk."""
