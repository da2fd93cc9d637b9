"""The rules of a notice, one small function each, in visible ordered tuples.

A rule looks at one file (or at the set of files that serve a part) and returns a Finding or None. All rules are
asked, so that a school learns everything at once. What a rule demands, and how severe a breach is, stands in the
notice; an absent rule, or one whose severity is off, demands nothing.
"""
