"""A progress bar for long work, on a terminal only, and never in what a machine reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def tracked(steps: Sequence[T], doing: str) -> Iterator[T]:
    """The steps in order, with a bar on standard error while they are worked through."""
    if not sys.stderr.isatty() or len(steps) < 2:
        yield from steps
        return
    # Here and not above: rich costs 6 MB and a quarter of a second, which a service should not pay for a bar.
    from rich.console import Console
    from rich.progress import track

    yield from track(steps, description=doing, console=Console(stderr=True), transient=True)
