"""A sample of the changes of `tests.acceptance.mutations`, of which a test must notice each."""

from __future__ import annotations

import math

import pytest

from tests.acceptance.mutations import report

EVERY = 97
"""One of so many changes is tried; all of them take an hour."""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_change_of_a_limit_is_noticed() -> None:
    *unnoticed, summary = report(math.inf, EVERY)
    assert unnoticed == []
    assert summary.endswith(" by none")
