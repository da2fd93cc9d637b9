"""The day that a form says it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from intake_bot.files.facts import FileFacts
from intake_bot.judging.forms import is_form
from intake_bot.notices.deadline import Week
from intake_bot.notices.named_days import read_day
from intake_bot.notices.notice import FormPart, Material

_OF_FILLING = re.compile(r"填报|填表|填写|报送|上报|制表|打印|审核|签发")
"""Such a date says when the form was written: for a 次日 report it is the day after the one that is meant."""
_LONGEST_DATE = 30
"""A cell with more signs tells a story, in which any day may be named."""

Table = tuple[tuple[str, ...], ...]


def day_in_forms(material: Material, files: Sequence[FileFacts], week: Week) -> date | None:
    """The one day of the week that the material's forms name in a cell; None where they name none or several."""
    parts = [part for part in material.parts if isinstance(part, FormPart)]
    forms = [file.text for file in files if file.text and any(is_form(part, file) for part in parts)]
    days = {day for form in forms for table in form.tables for day in _days(table, week)}
    return days.pop() if len(days) == 1 else None


def _days(table: Table, week: Week) -> Iterator[date]:
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            if len(cell) <= _LONGEST_DATE and not _OF_FILLING.search(f"{cell} {_label(table, number, column)}"):
                day = read_day(cell, week)
                if day is not None:
                    yield day


def _label(table: Table, number: int, column: int) -> str:
    """What stands left of a cell, and at the head of its column."""
    left = table[number][column - 1] if column else ""
    head = table[0][column] if number and column < len(table[0]) else ""
    return f"{left} {head}"
