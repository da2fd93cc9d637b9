"""How much of the worker's time one mail may take, all its files together."""

from __future__ import annotations

from dataclasses import dataclass

WALL_FACTOR = 5
"""Wall seconds for each processor second. Only a file that waits, or a machine full for minutes, uses them up."""


@dataclass
class TimeBudget:
    """What is left, in seconds. Processor seconds are those of the worker and the programs that it runs."""

    processor_seconds: float
    wall_seconds: float

    @classmethod
    def of(cls, seconds: float) -> TimeBudget:
        """A budget of so many processor seconds."""
        return cls(seconds, WALL_FACTOR * seconds)

    @property
    def is_spent(self) -> bool:
        """Whether nothing may be opened any more."""
        return self.processor_seconds <= 0 or self.wall_seconds <= 0

    def spend(self, processor_seconds: float, wall_seconds: float) -> None:
        """Takes off what one task took."""
        self.processor_seconds -= processor_seconds
        self.wall_seconds -= wall_seconds
