"""What a contender is asked to do, and what it says of it: plain values that travel as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """One mailbox to empty, and where answers go. Servers are on loopback, without encryption."""

    host: str
    imap_port: int
    smtp_port: int
    user: str
    password: str
    address: str
    """The address that answers come from."""
    folder: str
    """An empty folder for files and databases; for ours, a home."""
    now: str
    """ISO 8601: the time of our `--now`."""
    expected: int
    """Mails in the inbox."""
    look: str = ""
    """For ours: `count` counts statements, commits and fsyncs, `sample` takes samples of the stack."""

    @property
    def path(self) -> Path:
        return Path(self.folder)

    def as_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    mails: int = 0
    """Taken and, except by the raw fetch, answered or left unanswered on purpose."""
    failed: int = 0
    """Mails that raised."""
    notes: dict[str, float] = field(default_factory=dict)
    """Figures of our own looks."""
    functions: list[list[str | float]] = field(default_factory=list)
    """Most sampled functions: name and share."""


def read_job() -> Job:
    return Job(**json.loads(sys.argv[1]))


def tell(outcome: Outcome) -> None:
    """The last line of the output."""
    sys.stdout.write("\n" + json.dumps(asdict(outcome)) + "\n")
