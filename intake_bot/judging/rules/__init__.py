"""The rules of a notice, one small function each, in ordered tuples.

A rule checks one file, or all files of a part, and returns a Finding or None. All rules are checked, so that a school
learns everything at once. The notice sets what a rule demands and how severe a breach is. A rule that the notice leaves
out, or switches off, demands nothing.
"""
