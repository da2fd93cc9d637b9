from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.ledger.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger of one test lies; a path as people have them."""
    return tmp_path / "100% 台账" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger.open(path) as opened:
        yield opened
