"""The few errors that say "what now?". Everything else that is raised is a bug.

A refused submission is no error: it is a Verdict.
"""

from __future__ import annotations

from dataclasses import dataclass


class IntakeError(Exception):
    """Parent of the errors below; never raised itself."""


@dataclass(frozen=True)
class ConfigFault:
    """One fault in a configuration file, in words for the admin.

    Line and column count from 1; the column is 0 where only the line is known, both are 0 where the fault is the file
    (or its absence) as a whole.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        if self.line == 0:
            return f"{self.file}：{self.message}"
        column = f"第 {self.column} 列" if self.column else ""
        return f"{self.file} 第 {self.line} 行{column}：{self.message}"


class ConfigError(IntakeError):
    """The configuration cannot be used; `faults` holds everything wrong with it, not only the first fault."""

    def __init__(self, faults: tuple[ConfigFault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class TemporaryFailure(IntakeError):
    """Not possible now; the same thing may go well later (network, busy server)."""


class PermanentFailure(IntakeError):
    """Will not go well by itself; set the matter aside and tell the admin."""
