"""Marks the further members of a kind as slow: `pytest` tries a telling part of them, `.ci/run` all."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from _pytest.mark import ParameterSet


def slow(*values: object, id: str | None = None) -> ParameterSet:  # noqa: A002 - as pytest names it
    """Parameters that are tried with `-m slow` only."""
    return pytest.param(*values, id=id, marks=pytest.mark.slow)


def slow_but(quick: tuple[str, ...], cases: Mapping[str, object]) -> list[ParameterSet]:
    """All cases with their names; those that are not `quick` are slow. A tuple is several parameters."""
    assert cases.keys() > set(quick), quick
    marked = []
    for name, case in cases.items():
        values = case if isinstance(case, tuple) else (case,)
        marked.append(pytest.param(*values, id=name, marks=() if name in quick else pytest.mark.slow))
    return marked
