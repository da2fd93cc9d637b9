"""Finds out which number formats of Excel show a date or a time."""

from __future__ import annotations

import re

_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""Built-in formats that show a date or a time (ECMA-376 part 1, 18.8.30; 27 to 58 are those of East Asia)."""
_NOT_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|G/通用格式', re.I)
_DATE_LETTERS = re.compile(r"[ymdhs]|上午|下午", re.I)
_LONGEST_CODE = 500


def is_built_in_date(number: int) -> bool:
    return number in _BUILT_IN_DATES


def is_date_format(code: str) -> bool:
    """True for a format code with letters that stand for parts of a date or a time."""
    return _DATE_LETTERS.search(_NOT_DATE_LETTERS.sub("", code[:_LONGEST_CODE])) is not None
