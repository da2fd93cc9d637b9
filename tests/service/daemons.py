"""`intake-bot run` as a process, with short intervals and, on demand, with a clock that can be set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from intake_bot import cli
from tests.e2e.kills import start_forked
from tests.fast_daemon import shorten_waits
from tests.set_clock import read_clock_from


class ForkedDaemon:
    """Forked from a process that has done the imports, which cost more than all that a test lets the daemon do. Its
    methods are those of `subprocess.Popen`."""

    def __init__(self, home: Path, clock: Path | None = None) -> None:
        """Its output goes to `log` in the home."""
        (home / "log").write_bytes(b"")
        self._process = start_forked(_serve, home, clock, dict(os.environ))
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code; None while it runs after so many seconds."""
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _serve(home: Path, clock: Path | None, environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    with (home / "log").open("ab") as output:
        for number in (1, 2):
            os.dup2(output.fileno(), number)
    if clock is None:
        shorten_waits()
    else:
        read_clock_from(clock)
    cli.main(["run", "--home", str(home)])
