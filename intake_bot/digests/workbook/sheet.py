"""A sheet as plain values: what stands in which cell, and what kind of value it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | float | date | datetime | None
"""Text is never a formula, a link or a number, whatever it looks like: telephone numbers keep their first 0. Times have
no zone and are the bureau's own, as a spreadsheet shows them."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: a header, which stays in view, and rows of as many cells."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    fixed_columns: int = 1
    """Columns at the left that stay in view."""
