"""A home with mails and a backup of it, for the tests of backup, restore and verification."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from intake_bot.demo.servers import ImapAccount, ImapServer, SmtpServer
from tests.e2e.home import make_home
from tests.e2e.inspection import run, tree
from tests.e2e.mails import NOW, START, accepted_mail, compose, foreign_mail, rejected_mail

AT_NOW = ("--now", NOW.isoformat())


@pytest.fixture(scope="module")
def account(pymap_server: ImapServer, request: pytest.FixtureRequest) -> ImapAccount:
    """A mailbox with an accepted, a held, a rejected and a foreign mail."""
    account = pymap_server.account(f"{request.module.__name__}@example.edu.cn")
    link = "https://mail.163.com/large-attachment-download/index.html?file=abc"
    held = compose("活动周承德市教育局视频材料", text=f"视频见超大附件：{link}", message_id="<held@example.edu.cn>")
    for raw in (accepted_mail(), held, rejected_mail(), foreign_mail()):
        account.append(raw, START)
    return account


@pytest.fixture(scope="module")
def polled(account: ImapAccount, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one poll and a digest. For reading only."""
    with SmtpServer("secret") as smtp:
        home = make_home(tmp_path_factory.mktemp("polled"), {"hebei": account}, smtp)
        assert run("poll", "--home", home, *AT_NOW).code == 0
        assert run("digest", "--home", home, *AT_NOW).code == 0
    return home


@pytest.fixture(scope="module")
def backup(polled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. For reading only."""
    target = tmp_path_factory.mktemp("backup") / "备份.zip"
    assert run("backup", "--home", polled, target).code == 0
    return target


@pytest.fixture
def copy(polled: Path, tmp_path: Path) -> Path:
    """A copy of the home to work on."""
    shutil.copytree(polled, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def empty(account: ImapAccount, smtp_server: SmtpServer, tmp_path: Path) -> Path:
    """A new home for the same bureau, without data."""
    return make_home(tmp_path / "new", {"hebei": account}, smtp_server)


def kept(home: Path) -> dict[str, str]:
    """SHA-256 of each file in files/, spool/ and digests/, by its path below data/."""
    return {
        f"{folder}/{name}": digest
        for folder in ("files", "spool", "digests")
        for name, digest in tree(home / "data" / folder).items()
    }
