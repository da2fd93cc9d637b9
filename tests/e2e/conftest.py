from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from intake_bot.demo.servers import SmtpServer
from tests.conftest import ImapHost
from tests.e2e.home import make_home
from tests.e2e.inspection import run
from tests.e2e.killed_poll import AT_NOW, Outcome, outcome
from tests.e2e.mails import few


@pytest.fixture(scope="session")
def undisturbed(best_host: ImapHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """The outcome without a kill."""
    account = best_host.account(f"undisturbed-{secrets.token_hex(6)}@example.edu.cn")
    for mail in few():
        account.append(mail.raw, mail.received)
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("undisturbed"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        yield outcome(home, smtp)
