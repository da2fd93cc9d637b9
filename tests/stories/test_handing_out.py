"""A clerk asks for the package and the week report in her mail."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import docx
import pytest

from intake_bot import cli
from intake_bot.clock import stopped_clock
from intake_bot.config.load import load
from intake_bot.demo.media import zip_of
from intake_bot.demo.servers import ImapServer
from intake_bot.desk import handing_out
from intake_bot.digests.package.make import make_package
from intake_bot.digests.package.places import own_folder
from intake_bot.digests.package.selection import EVERYTHING, PackedItem
from intake_bot.home.home import Home
from intake_bot.home.lock import only_clerk
from intake_bot.home.services import Services
from tests.stories.clerk import PHOTO, PHOTOS, digest_of, order
from tests.stories.office import Office, at, open_office
from tests.stories.photos import BAD_NAME, SECOND


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path / "home", "puyang", pymap_server.account(new_user)) as office:
        office.receive("2023-05-17 10:00", PHOTO, PHOTOS)
        office.poll("2023-05-17 10:01")
        yield office


def attached(office: Office) -> dict[str, bytes]:
    """The files that came with the newest letter."""
    message = message_from_bytes(office.smtp.letters[-1].raw, policy=default)
    assert isinstance(message, EmailMessage)
    return {part.get_filename() or "": part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


def test_package_comes_with_the_answer(office: Office) -> None:
    (letter,) = order(office, "打包 照片 5月17日", digest_of(office), "2023-05-17 17:40")
    assert "1 个文件打成一个包（" in letter.text
    assert "附在这封信里" in letter.text
    [(name, content)] = attached(office).items()
    assert name == "濮阳市教育局_照片_5月17日_20230517-1740.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "照片/2023-05-17/濮阳县教育局_照片_5月17日_01.jpg" in archive.namelist()
    assert not (office.home / "exports").exists()


def test_package_too_large_for_a_letter_lies_where_the_answer_says(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_out, "MAXIMUM_MAILED_BYTES", 1000)
    (letter,) = order(office, "打包", digest_of(office), "2023-05-17 17:40")
    [path] = (office.home / "exports").iterdir()
    assert f"放在 {path}" in letter.text.replace("\r\n", "\n")
    assert attached(office) == {}


def test_package_of_nothing_says_so(office: Office) -> None:
    (letter,) = order(office, "打包 视频", digest_of(office), "2023-05-17 17:40")
    assert "还没有收下这样的材料" in letter.text


def test_week_report_comes_with_the_answer_and_its_sentences(office: Office) -> None:
    (letter,) = order(office, "周报", digest_of(office), "2023-05-17 17:40")
    files = attached(office)
    assert list(files) == ["周报.docx", "周报.xlsx"]
    sentence = "共收到符合要求的材料 1 项、文件 1 个，全部按时。"
    assert sentence in letter.text
    assert any(sentence in one.text for one in docx.Document(io.BytesIO(files["周报.docx"])).paragraphs)


def test_package_is_whole_when_a_clerks_command_begins_meanwhile(office: Office) -> None:
    """A command on this machine empties its work folder; packages are made elsewhere."""
    office.receive("2023-05-17 10:05", "活动周范县教育局照片材料", {"照片.zip": zip_of({BAD_NAME: SECOND})})
    office.poll("2023-05-17 10:06")
    home, settings = Home(office.home), load(office.home)
    bureau = settings.bureau("puyang")
    assert bureau is not None
    now = at("2023-05-17 17:40")

    def commands_between(items: Sequence[PackedItem]) -> Iterator[PackedItem]:
        for item in items:
            yield item
            with only_clerk(home):
                pass

    with Services.open(settings, home, stopped_clock(now)) as services, own_folder(home) as folder:
        with only_clerk(home):
            pass
        package = make_package(services, bureau, EVERYTHING, folder / "包.zip", now, commands_between)
        assert package is not None
        assert (package.files, package.missing) == (2, ())
        with zipfile.ZipFile(package.path) as archive:
            assert archive.testzip() is None
    assert list(home.packing.iterdir()) == []


@pytest.mark.slow
def test_packages_of_one_minute_do_not_take_each_others_place(office: Office) -> None:
    def desk(words: str) -> str:
        with redirect_stdout(io.StringIO()) as said:
            assert (
                cli.run(["desk", words, "--home", str(office.home), "--now", at("2023-05-17 17:40").isoformat()]) == 0
            )
        return said.getvalue()

    digest = digest_of(office)
    said = [desk("打包"), desk("打包")]
    order(office, "打包", digest, "2023-05-17 17:40")
    names = ["濮阳市教育局_20230517-1740.zip", "濮阳市教育局_20230517-1740 (2).zip"]
    assert [name in words for name, words in zip(names, said, strict=True)] == [True, True]
    assert sorted(path.name for path in (office.home / "exports").iterdir()) == sorted(names)
    for name in names:
        with zipfile.ZipFile(office.home / "exports" / name) as archive:
            assert archive.testzip() is None


def test_leftovers_of_a_killed_run_go_after_a_day(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old, fresh = home.packing / "old", home.packing / "fresh"
    for folder in (old, fresh):
        folder.mkdir(parents=True)
        (folder / "film.mp4").write_bytes(b"half")
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))
    with own_folder(home):
        pass
    assert [path.name for path in home.packing.iterdir()] == ["fresh"]
