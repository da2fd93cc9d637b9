"""Notifications to systemd, on real datagram sockets."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.service.systemd import Watchdog, notify
from tests.servers.datagrams import heard, listening

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is Linux, and its sockets are POSIX")

ABSTRACT = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the abstract name space")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: the name of a socket has at most about 100 bytes."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def test_notify_sends_all_lines_in_one_datagram(folder: Path) -> None:
    name = str(folder / "notify")
    with listening(name) as ear:
        notify("READY=1", "STATUS=已启动", environ={"NOTIFY_SOCKET": name})
        assert heard(ear) == ["READY=1\nSTATUS=已启动".encode()]


@ABSTRACT
def test_notify_finds_an_abstract_socket() -> None:
    name = f"intake-bot-{secrets.token_hex(8)}"
    with listening(f"\0{name}") as ear:
        notify("READY=1", environ={"NOTIFY_SOCKET": f"@{name}"})
        assert heard(ear) == [b"READY=1"]


@pytest.mark.parametrize("name", ["", "/nowhere/notify", "@nobody-listens-here", "vsock:2:1234", "/" + "x" * 200, "@"])
def test_notify_without_a_listener_raises_nothing(name: str) -> None:
    notify("READY=1", environ={"NOTIFY_SOCKET": name})


def test_watchdog_is_fed_at_half_its_time(folder: Path) -> None:
    name = str(folder / "notify")
    environ = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}
    with listening(name) as ear:
        watchdog = Watchdog(environ)
        for _ in range(5):
            watchdog.feed()
        assert heard(ear) == [b"WATCHDOG=1"]


@pytest.mark.parametrize(
    "watched",
    [
        {},
        {"WATCHDOG_USEC": ""},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"},
    ],
    ids=["nothing", "empty", "no number", "zero", "another process"],
)
def test_watchdog_of_another_process_is_not_fed(folder: Path, watched: dict[str, str]) -> None:
    name = str(folder / "notify")
    with listening(name) as ear:
        Watchdog({"NOTIFY_SOCKET": name, **watched}).feed()
        assert heard(ear) == []
