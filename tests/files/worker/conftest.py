from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake_bot.files.limits import Allowance
from intake_bot.files.worker.worker import Worker

STRICT = Allowance(seconds=1, memory_bytes=400_000_000, file_bytes=1_000_000)


@pytest.fixture(scope="module")
def strict() -> Iterator[Worker]:
    with Worker(STRICT) as one:
        yield one
