from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer
from tests.stories.clerk import open_clerks_office
from tests.stories.office import Office, open_office


@pytest.fixture
def puyang(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "home", "puyang", pymap_server.account(new_user)) as office:
        yield office


@pytest.fixture
def hefei(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "home", "hefei", pymap_server.account(new_user)) as office:
        yield office


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> Iterator[Office]:
    """An office with two clerks."""
    with open_clerks_office(tmp_path / "home", pymap_server.account(new_user)) as office:
        yield office
