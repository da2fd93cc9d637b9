"""One worker for all tests of the room, as one serves all mails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake_bot.files.limits import Allowance
from intake_bot.files.worker.worker import Worker

ALLOWANCE = Allowance(seconds=60, memory_bytes=1_000_000_000, file_bytes=2_000_000_000)


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker(ALLOWANCE) as one:
        yield one
