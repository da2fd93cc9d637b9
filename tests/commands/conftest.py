from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.commands.homes import TestHome, make_home


@pytest.fixture
def home(
    tmp_path: Path, pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> TestHome:
    """A home with one bureau on embedded servers."""
    return make_home(tmp_path / "home", pymap_server.account(new_user), smtp_server, monkeypatch)
