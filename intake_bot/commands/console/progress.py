"""A progress bar for long work: on a terminal only, and on standard error, never in the output."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def track(steps: Sequence[T], doing: str) -> Iterator[T]:
    """Yields the steps in order, with a bar on standard error. For work that prints nothing meanwhile."""
    if not sys.stderr.isatty() or len(steps) < 2:
        yield from steps
        return
    # Here and not above: rich costs memory and a quarter of a second, which a service should not pay for a bar.
    from rich.console import Console
    from rich.progress import Progress

    # By default rich takes over standard output as well, and output redirected to a file lands on the terminal.
    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield from progress.track(steps, description=doing)


def track_while_printing(steps: Sequence[T], doing: str) -> Iterator[T]:
    """As `tracked`, for work that prints as it goes: no bar where the output is on the terminal."""
    return iter(steps) if sys.stdout.isatty() else track(steps, doing)
