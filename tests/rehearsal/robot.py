"""The program at work: polled as by cron, or as the service."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.e2e.inspection import query_ledger, run

PATIENCE_SECONDS = 240


class Polled:
    """`poll`, as an office with cron runs it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.said: list[str] = []

    def work_until(self, now: datetime) -> None:
        result = run("poll", "--home", self._home, "--now", now.isoformat())
        self.said.append(result.out + result.err)
        assert result.code == 0, result


class Service:
    """`run`, with a clock that stands still between two calls of `work_until`."""

    def __init__(self, home: Path, now: datetime) -> None:
        self._home = home
        self._clock = home.parent / "clock"
        self._log = home.parent / "log"
        self._show(now)

    def __enter__(self) -> Self:
        self._begun = len(self.read_log()) if self._log.exists() else 0
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.rehearsal.service", str(self._clock), "run", "--home", str(self._home)],
                cwd=Path(__file__).parents[2],
                stdout=output,
                stderr=output,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def work_until(self, now: datetime) -> None:
        """Sets the clock, and waits until both bureaus have done what is due at that time."""
        self._show(now)
        for bureau in ("puyang", "hefei"):
            done = f"all done bureau={bureau} at={now.astimezone(UTC).isoformat()}"
            self.wait_for(partial(self._has_logged, done))
        self.wait_for(
            lambda: (
                query_ledger(
                    self._home, "SELECT 1 FROM letter WHERE state IN ('queued', 'sending', 'deferred') LIMIT 1"
                )
                == []
            )
        )

    def begin(self, now: datetime, settled: int) -> None:
        """Sets the clock, and waits until so many mails more are settled."""
        question = "SELECT count(*) FROM message WHERE state NOT IN ('new', 'spooled')"
        before = query_ledger(self._home, question)[0][0]
        self._show(now)
        self.wait_for(lambda: query_ledger(self._home, question)[0][0] >= before + settled)

    def end(self) -> None:
        """Ends the service as systemd does."""
        self._process.terminate()
        assert self._process.wait(PATIENCE_SECONDS) == 0, self.read_log()

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert self._process.poll() is None, self.read_log()
            assert time.monotonic() < deadline, self.read_log()
            time.sleep(0.05)

    def _has_logged(self, words: str) -> bool:
        return words in self.read_log()[self._begun :]

    def read_log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def _show(self, now: datetime) -> None:
        aside = self._clock.with_suffix(".new")
        aside.write_text(now.isoformat(), encoding="ascii")
        aside.replace(self._clock)
