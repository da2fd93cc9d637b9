"""What the tests of a running daemon share: how to start, wait for, question and end it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from intake_bot.demo.servers import SentLetter, SmtpServer
from tests.e2e.home import CLERK
from tests.service.daemons import ForkedDaemon

TIMEOUT_SECONDS = 90

Daemon = subprocess.Popen[bytes] | ForkedDaemon


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.05)


@contextmanager
def running(home: Path, daemon: Daemon | None = None) -> Iterator[Daemon]:
    """Starts a daemon with short intervals, where none is given, and waits until it handles signals."""
    log = home / "log"
    daemon = daemon or ForkedDaemon(home)
    try:
        wait_until(lambda: " started " in log.read_text(encoding="utf-8") or daemon.poll() is not None)
        yield daemon
    finally:
        if daemon.poll() is None:
            daemon.kill()
        daemon.wait()


def end(daemon: Daemon, home: Path) -> str:
    """Sends SIGTERM, asserts a clean end, and returns the log."""
    daemon.terminate()
    assert daemon.wait(TIMEOUT_SECONDS) == 0, (home / "log").read_text(encoding="utf-8")
    return (home / "log").read_text(encoding="utf-8")


def answers(smtp_server: SmtpServer) -> list[SentLetter]:
    """What was sent, but for digests: one is due where a test runs in the last minute of the day."""
    return [letter for letter in smtp_server.letters if letter.recipients != (CLERK,)]


def complaints(home: Path) -> list[str]:
    complaints: list[str] = json.loads((home / "data/health.json").read_text(encoding="utf-8"))["complaints"]
    return complaints


def health_of(home: Path, bureau: str = "hebei") -> dict[str, object]:
    """What the health file says of the bureau; nothing before it is written."""
    try:
        health: dict[str, dict[str, dict[str, object]]] = json.loads(
            (home / "data/health.json").read_text(encoding="utf-8")
        )
    except FileNotFoundError:
        return {}
    return health["bureaus"][bureau]
