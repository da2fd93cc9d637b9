from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.demo.servers import ImapServer, SmtpServer
from tests.commands.held_mails import number_of, video_mail
from tests.commands.homes import NOW, TestHome, make_home
from tests.commands.lost_ledgers import GOOD
from tests.commands.mails import PHOTOS, mail, photos_zip
from tests.servers.dovecot import PASSWORD

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


@pytest.fixture
def held(office: TestHome) -> str:
    """The number of a mail that is held until one video is downloaded."""
    office.receive(video_mail())
    office.poll()
    return number_of(office)


@pytest.fixture(scope="module")
def worked_once(
    pymap_server: ImapServer, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestHome]:
    """A home that has taken in one mail, answered it and filed a digest; another mail waits in the mailbox. For reading
    only, and no test adds to its mailbox."""
    account = pymap_server.account(f"{request.module.__name__}@example.edu.cn")
    with SmtpServer(PASSWORD) as smtp, pytest.MonkeyPatch.context() as environment:
        office = make_home(tmp_path_factory.mktemp("worked") / "home", account, smtp, environment)
        office.receive(GOOD)
        office.poll()
        office.run("digest", "--now", NOW)
        office.receive(mail(f"{PHOTOS}5月16日", {"照片.zip": photos_zip(seed=1)}, sender="b@qq.com"))
        yield office


@pytest.fixture
def worked(worked_once: TestHome, tmp_path: Path) -> TestHome:
    """A copy of it to work on."""
    return replace(worked_once, root=Path(shutil.copytree(worked_once.root, tmp_path / "home")))
