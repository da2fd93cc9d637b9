"""Decides whether a mail meets the notice: facts and rules in, a verdict out. Pure."""
