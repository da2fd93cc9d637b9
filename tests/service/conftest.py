from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, SmtpServer
from tests.conftest import ImapHost
from tests.e2e.home import edit, make_home
from tests.e2e.office import office as office


@pytest.fixture
def account(best_host: ImapHost, new_user: str) -> ImapAccount:
    return best_host.account(new_user)


@pytest.fixture
def home(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A home that polls every second, out of season, with its digest at the last minute of the day."""
    root = make_home(tmp_path, {"hebei": account}, smtp_server, digests=True)
    edit(root, "config/intake.yaml", "every_seconds: 120", "every_seconds: 1")
    edit(root, "config/intake.yaml", "timeout_seconds: 60", "timeout_seconds: 3")
    edit(root, "config/intake.yaml", 'at: "17:30"', 'at: "23:59"')
    return root
