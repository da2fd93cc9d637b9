"""A progress bar for long work, on a terminal only, and never in what a machine reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def tracked(steps: Sequence[T], doing: str) -> Iterator[T]:
    """The steps in order, with a bar on standard error while they are worked through."""
    console = Console(stderr=True)
    if not console.is_terminal or len(steps) < 2:
        yield from steps
    else:
        yield from track(steps, description=doing, console=console, transient=True)
