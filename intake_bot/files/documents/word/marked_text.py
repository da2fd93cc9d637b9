"""Lays out text in which control characters end paragraphs, cells and rows, as in Word (MS-DOC 2.4.3)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from intake_bot.files.documents.layout import Layout

CELL_END = "\x07"
PARAGRAPH_END = "\r"

# Our own marks, for characters of Word that have two meanings. Word uses neither of these two in text.
ROW_END = "\x10"
CELL_PARAGRAPH = "\x11"

Edges = tuple[int, ...]
"""The left edges of the cells of a row and the right edge of the last, in twentieths of a point."""

_BREAKS = re.compile(f"([{PARAGRAPH_END}{CELL_END}\x0c\x0e{ROW_END}{CELL_PARAGRAPH}])")
_REPLACEMENTS = {code: None for code in range(32) if chr(code) not in "\t\n"} | {0x0B: "\n", 0x1E: "-"}

_Cells = list[list[str]]
"""The cells of a row, each with its paragraphs."""


def lay_out(text: str, edges: Iterator[Edges], layout: Layout) -> None:
    """Adds paragraphs and tables to the layout. `edges` are those of the rows in order, and show wide cells."""
    rows: list[tuple[_Cells, Edges]] = []
    row: _Cells = []
    cell: list[str] = []
    tokens = _BREAKS.split(text)
    for part, mark in zip(tokens[::2], [*tokens[1::2], PARAGRAPH_END], strict=True):
        line = part.translate(_REPLACEMENTS)
        if mark == ROW_END:
            rows.append((row, next(edges, ())))
            row, cell = [], []
        elif mark == CELL_END:
            row.append([*cell, line])
            cell = []
        elif mark == CELL_PARAGRAPH:
            cell.append(line)
        else:
            if row or cell:  # a row without an end
                rows.append(([*row, cell], ()))
                row, cell = [], []
            _lay_out_table(rows, layout)
            rows = []
            layout.add_paragraph(line)


_SAME_EDGE = 60
"""Maximum distance of edges that count as one, in twentieths of a point, because programs round them."""


def _lay_out_table(rows: list[tuple[_Cells, Edges]], layout: Layout) -> None:
    if not rows:
        return
    columns = _find_columns([edge for _, edges in rows for edge in edges])
    layout.open_table()
    for row, edges in rows:
        layout.open_row()
        spans = [bisect_right(columns, end) - bisect_right(columns, start) for start, end in pairwise(edges)]
        spans += [1] * (len(row) - len(spans))
        for cell, span in zip(row, spans, strict=False):
            layout.open_cell()
            layout.widen_cell(span)
            for line in cell:
                layout.add_paragraph(line)
    layout.close_table()


def _find_columns(edges: list[int]) -> list[int]:
    """Returns the left edges of the columns: the first of each group of edges that count as one."""
    columns: list[int] = []
    for edge in sorted(edges):
        if not columns or edge > columns[-1] + _SAME_EDGE:
            columns.append(edge)
    return columns
