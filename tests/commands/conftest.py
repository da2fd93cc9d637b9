from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.commands.homes import TestHome, make_home

WriteMail = Callable[[str, bytes], Path]


@pytest.fixture
def office(
    tmp_path: Path, pymap_server: ImapServer, new_user: str, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> TestHome:
    """A home with one bureau on embedded servers."""
    return make_home(tmp_path / "home", pymap_server.account(new_user), smtp_server, monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """All four bureaus as they are shipped, without a secret and without anything registered."""
    init_home(tmp_path / "工作 目录")
    return tmp_path / "工作 目录"


@pytest.fixture
def write_mail(tmp_path: Path) -> WriteMail:
    """Writes a raw mail beside the home."""

    def write(name: str, raw: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return write
