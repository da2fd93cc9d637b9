"""A progress bar for long work, on a terminal only, and never in what a machine reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def tracked(steps: Sequence[T], doing: str) -> Iterator[T]:
    """The steps in order, with a bar on standard error. For work during which nothing is printed."""
    if not sys.stderr.isatty() or len(steps) < 2:
        yield from steps
        return
    # Here and not above: rich costs memory and a quarter of a second, which a service should not pay for a bar.
    from rich.console import Console
    from rich.progress import Progress

    # Left to itself, rich takes over standard output as well, and what is meant for a file lands on the terminal.
    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield from progress.track(steps, description=doing)


def tracked_while_printing(steps: Sequence[T], doing: str) -> Iterator[T]:
    """The same for work that prints as it goes: where that is seen on the terminal, it is progress enough."""
    return iter(steps) if sys.stdout.isatty() else tracked(steps, doing)
