"""The shape of a text in which signs end paragraphs, cells and rows, as Word keeps it (MS-DOC 2.4.3)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from intake_bot.files.layout import Layout

CELL_END = "\x07"
PARAGRAPH_END = "\r"

# Signs of our own, in the place of Word's where the same sign means two things; Word uses none of them in text.
ROW_END = "\x10"
CELL_PARAGRAPH = "\x11"

Edges = tuple[int, ...]
"""Where the cells of a row begin, and where the last one ends, in twentieths of a point."""

_BREAKS = re.compile(f"([{PARAGRAPH_END}{CELL_END}\x0c\x0e{ROW_END}{CELL_PARAGRAPH}])")
_UNSEEN = {sign: None for sign in range(32) if chr(sign) not in "\t\n"} | {0x0B: "\n", 0x1E: "-"}

_Cells = list[list[str]]
"""The cells of a row, each with its paragraphs."""


def lay_out(text: str, edges: Iterator[Edges], layout: Layout) -> None:
    """Sends paragraphs and tables to the layout. `edges` are those of the text's rows, in their order; they tell which
    cells are wider than one column.
    """
    rows: list[tuple[_Cells, Edges]] = []
    row: _Cells = []
    cell: list[str] = []
    tokens = _BREAKS.split(text)
    for part, mark in zip(tokens[::2], [*tokens[1::2], PARAGRAPH_END], strict=True):
        line = part.translate(_UNSEEN)
        if mark == ROW_END:
            rows.append((row, next(edges, ())))
            row, cell = [], []
        elif mark == CELL_END:
            row.append([*cell, line])
            cell = []
        elif mark == CELL_PARAGRAPH:
            cell.append(line)
        else:
            if row or cell:  # a row that never ended
                rows.append(([*row, cell], ()))
                row, cell = [], []
            _lay_out_table(rows, layout)
            rows = []
            layout.paragraph(line)


_SAME_EDGE = 60
"""Edges of two rows that are no further apart, in twentieths of a point, are one: programs round them."""


def _lay_out_table(rows: list[tuple[_Cells, Edges]], layout: Layout) -> None:
    if not rows:
        return
    columns = _columns([edge for _, edges in rows for edge in edges])
    layout.open_table()
    for row, edges in rows:
        layout.open_row()
        spans = [bisect_right(columns, end) - bisect_right(columns, start) for start, end in pairwise(edges)]
        spans += [1] * (len(row) - len(spans))
        for cell, span in zip(row, spans, strict=False):
            layout.open_cell()
            layout.widen_cell(span)
            for line in cell:
                layout.paragraph(line)
    layout.close_table()


def _columns(edges: list[int]) -> list[int]:
    """Where the columns of a table begin: the first one of edges that are about the same."""
    columns: list[int] = []
    for edge in sorted(edges):
        if not columns or edge > columns[-1] + _SAME_EDGE:
            columns.append(edge)
    return columns
