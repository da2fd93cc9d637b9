"""What clerks ordered, and what they laid into the shared folder, is done while the mailbox cannot be reached."""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from intake_bot import cli
from intake_bot.clock import stopped_clock
from intake_bot.config.load import load
from intake_bot.demo import media
from intake_bot.demo.servers import ImapServer
from intake_bot.home.home import Home
from intake_bot.service.poll_cycle import PollCycle
from tests.commands.held_mails import video_mail
from tests.service.running import end, running, wait_until
from tests.stories.clerk import CLERK, asks, digest_of, held, open_clerks_office
from tests.stories.office import Letter, Office, at, letter_of


@pytest.fixture
def office(pymap_server: ImapServer, new_user: str, tmp_path: Path) -> Iterator[Office]:
    with open_clerks_office(tmp_path / "home", pymap_server.account(new_user)) as office:
        yield office


def disconnect(office: Office) -> None:
    """Makes the IMAP server unreachable."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    office.edit("bureaus/puyang.yaml", f"port: {office.account.port}", f"port: {port}")


def poll_in_vain(office: Office, now: str) -> list[Letter]:
    """One poll while the mailbox cannot be reached; returns the letters that it sent."""
    before = len(office.smtp.letters)
    with redirect_stdout(io.StringIO()):
        assert cli.run(["poll", "--home", str(office.home), "--now", at(now).isoformat()]) == 1
    return [letter_of(sent.raw) for sent in office.smtp.letters[before:]]


def film_waits(office: Office) -> Path:
    """The folder for the film that a school left at its provider."""
    office.account.append(video_mail().as_bytes(), at("2023-05-17 15:00"))
    office.poll("2023-05-17 15:01")
    (number,) = held(office)
    folder = office.home / "supply" / number
    folder.mkdir(parents=True)
    (folder / "开幕式.mp4").write_bytes(media.mp4(1280, 720, 60))
    return folder


def test_order_that_was_taken_in_is_carried_out_while_the_mailbox_is_away(office: Office) -> None:
    number = asks(office)
    digest = digest_of(office)
    office.receive("2023-05-17 17:40", "Re", text=f"答 {number} 可以", sender=CLERK, answers=digest)
    with PollCycle(load(office.home), Home(office.home), stopped_clock(at("2023-05-17 17:40"))) as cycle:
        # The program ends right behind the receiving.
        assert cycle.works["puyang"].receive(lambda: False).result.settled == 1
    assert held(office) == [number]
    disconnect(office)
    letters = poll_in_vain(office, "2023-05-17 17:42")
    assert {letter.to for letter in letters if "可以" in letter.text} == {"teacher@school.example", CLERK}
    assert held(office) == []


def test_file_in_the_shared_folder_is_taken_while_the_mailbox_is_away(office: Office) -> None:
    folder = film_waits(office)
    disconnect(office)
    assert poll_in_vain(office, "2023-05-17 15:02") == []
    (letter,) = poll_in_vain(office, "2023-05-17 15:04")
    assert letter.subject.startswith("【已收】")
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal to catch")
def test_running_service_takes_files_while_the_mailbox_is_away(office: Office) -> None:
    folder = film_waits(office)
    disconnect(office)
    office.edit("intake.yaml", "every_seconds: 120", "every_seconds: 1")
    office.edit("intake.yaml", "timeout_seconds: 60", "timeout_seconds: 3")
    before = len(office.smtp.letters)

    def receipts() -> list[str]:
        # The service has the machine's clock: a digest may be due at the hour of the test, and come first.
        subjects = [letter_of(letter.raw).subject for letter in office.smtp.letters[before:]]
        return [subject for subject in subjects if subject.startswith("【已收】")]

    with running(office.home) as daemon:
        wait_until(lambda: len(receipts()) > 0)
        log = end(daemon, office.home)
    assert "trouble bureau=puyang job=receive" in log
    assert len(receipts()) == 1
    assert not folder.exists()
    assert held(office) == []
